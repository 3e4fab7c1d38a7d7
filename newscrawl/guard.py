"""Refuses private addresses, other schemes and ports, oversized and endless answers; sees that nobody took it off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware, RedirectMiddleware
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest, ResponseDataLossError, UsageError
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from scrapy.utils.python import without_none_values

from newscrawl import addresses
from newscrawl.fetching import GuardedHandler, GuardedResolver, Refused, allow_list

REASONS = frozenset(
    {
        "guard-address", "guard-scheme", "guard-port", "guard-size", "guard-headers", "guard-bomb",
        "guard-time", "guard-truncated", "guard-redirects", "tls",
    }
)  # fmt: skip  # those of the first line are not tried again by later runs, see dedupe.model.LASTING
"""The codes of rejects that come from here."""
LONGEST_TRY = 35
"""Seconds for one request, connecting included; what takes longer is a slow loris."""
LARGEST_BODY = 64 * 1024 * 1024
MOST_REDIRECTS = 20

_OFF = {
    "COOKIES_ENABLED": "cookies tie requests together and open walls for one reader only",
    "HTTPPROXY_ENABLED": "behind a proxy the guard sees the proxy's address only",
    "REMOTE_CONTROL_ENABLED": "it runs any code sent to a port of this machine",
    "TELNETCONSOLE_ENABLED": "it runs any code sent to a port of this machine",
}
_ON = {
    "DOWNLOAD_FAIL_ON_DATALOSS": "torn answers would pass as whole pages",
    "REDIRECT_ENABLED": "moved pages would be lost",
    "TWISTED_REACTOR_ENABLED": "the guard stands in Twisted's resolver",
}
_WITHIN = {
    "DOWNLOAD_MAXSIZE": (1, LARGEST_BODY),
    "DOWNLOAD_TIMEOUT": (1, LONGEST_TRY),
    "REDIRECT_MAX_TIMES": (1, MOST_REDIRECTS),
}


class GuardOffError(UsageError):
    """Settings that take off a part of the guard."""


def reason(error: BaseException) -> str | None:
    """Return the guard's code for why a request failed; None where the guard has nothing to say."""
    if isinstance(error, Refused):
        return error.reason
    if isinstance(error, ResponseDataLossError):
        return "guard-truncated"
    return "guard-time" if isinstance(error, DownloadTimeoutError) else None


class Guard:
    """Downloader middleware: refuses what an address already shows, before anybody asks for its robots.txt."""

    def __init__(self, crawler: Crawler) -> None:
        self.openings = allow_list(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Guard:
        """Return the middleware of a crawler."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let a request go on, or refuse it."""
        refusal = addresses.refused_url(request.url, self.openings)
        if refusal:
            raise Refused(refusal.reason, refusal.detail)


class Redirects(RedirectMiddleware):
    """Scrapy's middleware; every redirect that is not followed is refused with its reason, none is lost in silence.

    Scrapy drops a redirect to an address that was asked before without a word, and takes one to another scheme for
    the page itself.
    """

    def process_response(  # type: ignore[override]  # Scrapy warns of a third parameter, which it has itself
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the answer, or the request for where it leads."""
        try:
            onward = super().process_response(request, response)
        except IgnoreRequest as error:
            times = request.meta.get("redirect_times", 0) + 1
            raise Refused("guard-redirects", f"{times} redirects, none of which is the page") from error
        except ValueError as error:
            raise Refused("guard-address", f"it redirects to what is no address: {error}") from error
        if isinstance(onward, Response):
            wants_it_as_it_is = request.meta.get("dont_redirect") or request.meta.get("handle_httpstatus_all")
            return onward if wants_it_as_it_is else self.answer(onward)
        if onward.url in onward.meta["redirect_urls"]:
            raise Refused("guard-redirects", f"it redirects in a circle, by way of {onward.url[:200]}")
        return onward.replace(dont_filter=True)

    @staticmethod
    def answer(response: Response) -> Response:
        """Return an answer that leads nowhere; one that leads to another scheme is refused."""
        location = response.headers.get("Location")
        if location and response.status in {301, 302, 303, 307, 308}:
            scheme = location.partition(b":")[0][:20].decode("latin-1")
            raise Refused("guard-scheme", f"it redirects to {scheme!r}; only http and https are asked")
        return response


class Watch:
    """Extension: no crawl starts with a part of the guard taken off."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Watch:
        """Return the extension of a crawler whose settings are good."""
        check(crawler.settings, insecure_tls=getattr(crawler.spidercls, "insecure_tls", False))
        return cls()


def check(settings: BaseSettings, *, insecure_tls: bool = False) -> None:
    """See that settings leave the guard whole, but for what their allow-list names.

    Raises:
        GuardOffError: they do not; the message names each setting and the remedy.
    """
    try:
        allow_list(settings)
    except ValueError as error:
        raise GuardOffError(str(error)) from error
    named = {entry.strip() for entry in settings.getlist("GUARD_ALLOW") if addresses.is_switch(entry)}
    if insecure_tls:
        named.add("DOWNLOAD_VERIFY_CERTIFICATES")
    wrong = [f"{setting}: {why}" for setting, why in weakened(settings) if setting not in named]
    if wrong:
        raise GuardOffError(
            "These settings take the guard off:\n  " + "\n  ".join(wrong) + "\nPut them back as newscrawl.settings has "
            "them, or name the setting in GUARD_ALLOW where this is meant."
        )


def weakened(settings: BaseSettings) -> Iterator[tuple[str, str]]:
    """Yield each setting that takes off a part of the guard, with what it would let in."""
    for setting, why in _OFF.items():
        if settings.getbool(setting):
            yield setting, f"must be False: {why}"
    for setting, why in _ON.items():
        if not settings.getbool(setting):
            yield setting, f"must be True: {why}"
    for setting, (least, most) in _WITHIN.items():
        if not least <= settings.getfloat(setting) <= most:
            yield setting, f"must be from {least} to {most}, not {settings.get(setting)}"
    if not settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
        yield "DOWNLOAD_VERIFY_CERTIFICATES", "must be True; an outlet may say `insecure_tls = True` for itself"
    if not issubclass(load_object(settings["TWISTED_DNS_RESOLVER"]), GuardedResolver):
        yield "TWISTED_DNS_RESOLVER", "must be newscrawl.fetching.GuardedResolver: it refuses private addresses"
    yield from _handlers(without_none_values(settings.getwithbase("DOWNLOAD_HANDLERS")))
    yield from _middlewares(without_none_values(settings.getwithbase("DOWNLOADER_MIDDLEWARES")))


def _handlers(handlers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for scheme, path in handlers.items():
        if scheme not in addresses.SCHEMES:
            yield "DOWNLOAD_HANDLERS", f"{scheme!r} must be None: only http and https are asked"
        elif not issubclass(load_object(path), GuardedHandler):
            yield "DOWNLOAD_HANDLERS", f"{scheme!r} must be a newscrawl.fetching.GuardedHandler: it keeps all limits"


def _middlewares(middlewares: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    classes = [load_object(path) for path in middlewares]
    for wanted in (Guard, Redirects):
        if not any(issubclass(one, wanted) for one in classes):
            yield "DOWNLOADER_MIDDLEWARES", f"newscrawl.guard.{wanted.__name__} is missing"
    for one in classes:
        if issubclass(one, BaseRedirectMiddleware) and not issubclass(one, Redirects):
            yield "DOWNLOADER_MIDDLEWARES", f"{one.__module__}.{one.__name__} must be None"
