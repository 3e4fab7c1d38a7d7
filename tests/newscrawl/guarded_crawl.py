"""Ask addresses as a crawl does, with a resolver whose answers a test lays down, and print what came of each.

Standard input: {"urls": [...], "names": {host: [[address, ...], ...]}, "settings": {...}}.
Standard output: {"number url": code, "insecure": number}.
"""

import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.python.failure import Failure

from newscrawl import guard
from newscrawl.fetching import GuardedResolver

ASKED: dict[str, Any] = json.load(sys.stdin) if __name__ == "__main__" else {}
CAME: dict[str, str] = {}


class Told:
    """A name server: each name has a list of answers, given in turn; names it does not know are numbers, or nothing."""

    def __init__(self, system: Any) -> None:
        self.system = system
        self.turns: dict[str, int] = {}

    def resolveHostName(self, receiver: Any, host: str, port: int = 0, *rest: Any) -> Any:  # noqa: N802 - Twisted's
        answers = ASKED["names"].get(host)
        if answers is None:
            return self.system.resolveHostName(receiver, host, port, *rest)
        turn = self.turns[host] = self.turns.get(host, -1) + 1
        receiver.resolutionBegan(receiver)
        for address in answers[turn % len(answers)]:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return receiver


class TestResolver(GuardedResolver):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.original_resolver = Told(self.original_resolver)


class Asker(Spider):
    name = "asker"

    async def start(self) -> AsyncIterator[Request]:
        for number, url in enumerate(ASKED["urls"]):
            said = {"meta": {"said": f"{number} {url}"}, "dont_filter": True}
            try:
                yield Request(url, callback=self.came, errback=self.failed, **said)
            except ValueError:
                CAME[f"{number} {url}"] = "no-request"

    def came(self, response: Response) -> None:
        CAME[response.meta["said"]] = f"{response.status} {len(response.body)}"

    def failed(self, failure: Failure) -> None:
        CAME[failure.request.meta["said"]] = guard.reason(failure.value) or type(failure.value).__name__


def main() -> None:
    settings = Settings()
    settings.setmodule("newscrawl.settings", priority="project")
    theirs = [name for name in settings["DOWNLOADER_MIDDLEWARES"] if name.startswith("newscrawl.")]
    kept = {name: None for name in theirs if "guard" not in name}
    settings.set("DOWNLOADER_MIDDLEWARES", {**settings.getdict("DOWNLOADER_MIDDLEWARES"), **kept}, priority="cmdline")
    own = {
        "TWISTED_DNS_RESOLVER": TestResolver,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "RETRY_TIMES": 0,
        "ROBOTSTXT_OBEY": False,
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {"newscrawl.guard.Watch": 0},
        "LOG_LEVEL": "CRITICAL",
    }
    settings.update({**own, **ASKED.get("settings", {})}, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Asker)
    process.crawl(crawler)
    process.start()
    json.dump({**CAME, "insecure": crawler.stats.get_value("newscrawl/insecure_tls", 0)}, sys.stdout)


if __name__ == "__main__":
    main()
