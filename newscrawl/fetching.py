"""Connections made, headers and bodies taken in, within limits: the one way to the web that Scrapy is given here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadFailedError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.resolver import CachingHostnameResolver
from scrapy.responsetypes import responsetypes
from scrapy.utils.datatypes import LocalCache
from scrapy.utils.httpobj import urlparse_cached
from service_identity import VerificationError
from twisted.internet.interfaces import IResolutionReceiver
from twisted.web.client import ResponseFailed
from zope.interface import implementer  # type: ignore[import-untyped]  # it ships no types

from newscrawl import addresses, unpacking
from newscrawl.addresses import Allowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress, IHostResolution
    from twisted.web._newclient import HTTP11ClientProtocol
    from twisted.web._newclient import Request as SentRequest
    from twisted.web.iweb import IResponse

HEADER_BYTES = 64 * 1024
"""What the lines before a body may come to, each counted as LINE_COST more; real pages stay under a quarter of it."""
LINE_COST = 32
"""As HTTP/2 counts header fields: a hundred thousand empty ones are not small."""
ADDRESSES = 16
"""Addresses of a host that are tried, of those its name resolves to."""

log = logging.getLogger(__name__)


class Refused(IgnoreRequest):
    """A request or an answer that the guard refused; another try would be refused again."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class HeadersTooLongError(Exception):
    """A server whose headers do not end."""


def allow_list(settings: Any) -> Allowed:
    """Return the allow-list of a crawl's settings."""
    return addresses.allowed(settings.getlist("GUARD_ALLOW"))


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching resolver, which tells only addresses that may be reached: numbers, cached ones and all others.

    Twisted connects to what it is told here and asks no second time, so a name that resolves to something else a
    moment later (DNS rebinding) gains nothing.
    """

    def __init__(self, reactor: ReactorBase, cache_size: int, openings: Allowed) -> None:
        super().__init__(reactor, cache_size)
        self.openings = openings
        self.refused: LocalCache[tuple[str, int], addresses.Refusal] = LocalCache(10_000)
        """(host, port) -> why no address of it was told."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardedResolver:
        """Return the resolver of a process that crawls."""
        settings = crawler.settings
        size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        return cls(reactor, size, allow_list(settings))

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve a host's name; the receiver is told the addresses that may be reached."""
        sieve: Any = _Sieve(self, resolutionReceiver, hostName, portNumber)
        return super().resolveHostName(sieve, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _Sieve:
    """Hands on the addresses that may be reached."""

    def __init__(self, resolver: GuardedResolver, receiver: Any, host: str, port: int) -> None:
        self.resolver, self.receiver, self.host, self.port = resolver, receiver, host.lower(), port
        self.told = 0
        self.refusal: addresses.Refusal | None = None

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 - Twisted's interface
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        number = cast("Any", address).host
        refusal = addresses.refused_address(self.host, number, self.port, self.resolver.openings)
        if refusal:
            self.refusal = refusal
        elif self.told < ADDRESSES:
            self.told += 1
            self.receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        if self.refusal and not self.told:
            self.resolver.refused[self.host, self.port] = self.refusal
        else:
            self.resolver.refused.pop((self.host, self.port), None)
        self.receiver.resolutionComplete()


class GuardedParser(_LenientHTTPClientParser):
    """Scrapy's parser of an answer's head, which gives up where the head does not end.

    It takes the place of another's class on a living object, so it has no `__init__`.
    """

    MAX_LENGTH = HEADER_BYTES
    head_bytes = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's interface
        """Count a line of the head, interim answers included, and read it."""
        self.head_bytes += len(line) + LINE_COST
        if self.head_bytes > HEADER_BYTES:
            raise HeadersTooLongError(f"more than {HEADER_BYTES} bytes of headers")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: ARG002, N802 - Twisted's interface
        """Give up on a line without end."""
        raise HeadersTooLongError(f"a header line of more than {HEADER_BYTES} bytes")


class GuardedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's connection with a parser that counts."""

    def request(self, request: SentRequest) -> Deferred[IResponse]:
        """Send a request; what comes is read by a `GuardedParser`."""
        answer = super().request(request)
        cast("Any", self._parser).__class__ = GuardedParser
        return answer


class GuardedFactory(_LenientHTTP11ClientFactory):
    """Scrapy's maker of connections, for guarded ones."""

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: ARG002, N802 - Twisted's interface
        """Return a new connection."""
        return GuardedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]  # Twisted's


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 download handler, which returns a whole answer within all limits, unpacked, or refuses it.

    Raises `Refused` where no other try can help; what may pass (a torn answer, one that came too slowly) is raised
    as Scrapy does, to be tried again.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.openings = allow_list(crawler.settings)
        self.verified = crawler.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        self._pool._factory = GuardedFactory  # noqa: SLF001 - as Scrapy's handler sets its own; a test watches it

    async def download_request(self, request: Request) -> Response:
        """Return the answer to a request, whole and unpacked."""
        refusal = addresses.refused_url(request.url, self.openings)
        if refusal:
            raise Refused(refusal.reason, refusal.detail)
        if request.meta.get("proxy"):
            raise Refused("guard-address", "requests go out without a proxy")
        if not self.verified and request.url.startswith("https:"):
            cast("Any", self.crawler).stats.inc_value("newscrawl/insecure_tls")
        try:
            response = await self.fetch(request)
        except DownloadCancelledError as error:
            limit = self.limit(request)
            raise Refused("guard-size", f"the answer has more than {limit} bytes") from error
        except ResponseDataLossError as error:
            raise ResponseDataLossError("the answer ends before the end that it announced") from error
        except CannotResolveHostError as error:
            raise self.unreachable(request, error) from error
        except DownloadFailedError as error:
            raise failed(error) from error
        return whole(response, self.limit(request))

    async def fetch(self, request: Request) -> Response:
        """Return the answer as Scrapy's handler does; no connection is made past the guarded resolver."""
        self.resolver()
        return await super().download_request(request)

    @staticmethod
    def resolver() -> GuardedResolver:
        """Return the resolver that connections of this process are made by.

        Raises:
            Refused: it is another.
        """
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs it

        resolver = cast("Any", reactor).nameResolver
        if not isinstance(resolver, GuardedResolver):
            raise Refused(
                "guard-address",
                "the reactor's resolver is not newscrawl's: start the crawl with `newscrawl run`, `scrapy crawl` or "
                "AsyncCrawlerProcess, with TWISTED_DNS_RESOLVER as newscrawl.settings has it",
            )
        return resolver

    def limit(self, request: Request) -> int:
        """Return how many bytes an answer may have, packed and unpacked."""
        return int(request.meta.get("download_maxsize", self._default_maxsize))

    def unreachable(self, request: Request, error: CannotResolveHostError) -> Exception:
        """Return the refusal where a host has addresses that must not be reached, else the error as it came."""
        parts = urlparse_cached(request)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        refusal = self.resolver().refused.get(((parts.hostname or "").lower(), port))
        return Refused(refusal.reason, refusal.detail) if refusal else error


def failed(error: DownloadFailedError) -> Exception:
    """Return the refusal that stands behind a failed download, else the error as it came."""
    for cause in causes(error):
        if isinstance(cause, HeadersTooLongError):
            return Refused("guard-headers", str(cause))
        if isinstance(cause, (SSL.Error, VerificationError)):
            return Refused("tls", f"the connection cannot be trusted: {tls_words(cause)}")
    return error


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what Twisted names as the reasons of a failure."""
    if isinstance(error.__cause__, ResponseFailed):
        yield from (reason.value for reason in error.__cause__.reasons)


def tls_words(error: Exception) -> str:
    """Return what OpenSSL or the check of the host's name says, in one line."""
    if isinstance(error, SSL.Error) and error.args and error.args[0]:
        return "; ".join(str(part[-1]) for part in error.args[0])[:200]
    return (str(error) or type(error).__name__)[:200]


def whole(response: Response, limit: int) -> Response:
    """Return an answer unpacked, its Content-Encoding taken off; unknown codings stay.

    Raises:
        Refused: it unpacks to more than `limit` bytes.
        ResponseDataLossError: it ends too early, or is damaged; another try may bring it whole.
    """
    named = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
    codings = [coding.strip() for coding in named.split(",") if coding.strip() not in {"", "identity"}]
    if not codings or not response.body or not all(map(unpacking.known, codings)):
        return response
    try:
        body = unpacking.unpacked(response.body, codings, limit)
    except unpacking.BombError as error:
        raise Refused("guard-bomb", f"{len(response.body)} bytes of {named}: {error}") from error
    except unpacking.TruncatedError as error:
        raise ResponseDataLossError(f"{named}: {error}") from error
    headers = response.headers.copy()
    del headers["Content-Encoding"]
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    return kind(  # `replace` would look for the encoding of the packed body first
        response.url,
        status=response.status,
        headers=headers,
        body=body,
        flags=response.flags,
        request=response.request,
        certificate=response.certificate,
        ip_address=response.ip_address,
        protocol=response.protocol,
    )
