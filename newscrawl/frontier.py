"""What is known, due, fetched, failed, gone, and when next: the memory of a crawl, in the store and never in JOBDIR.

An announced address is written down as due before it is asked for. So the next crawl goes on where a killed one ended,
even when the feed has moved on. What a crawl wants of store and archive it asks of one `Frontier`: its arguments and
answers are plain records, so that a crawl in another process can be given a proxy, and one process does all writing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler

from dedupe import (
    Article,
    HostState,
    HostStore,
    ListingState,
    PageState,
    PageStore,
    Reject,
    RobotsCopy,
    Saved,
    Store,
    StoreFullError,
    moment,
    open_store,
)
from newscrawl import learning, schedule
from newscrawl.announcing import announced, changed_since, first_mentions, link_of, published, with_canonical_address
from newscrawl.archive import Archive, Fetch, open_archive
from newscrawl.discovery import Link
from newscrawl.schedule import TRIES, Schedule
from newscrawl.sharing import Shared, together

__all__ = ["TRIES", "End", "Frontier", "Validators", "opened", "use", "with_canonical_address"]

MISSING = frozenset({"http-404", "http-410"})
EVERYTHING = 1_000_000
"""More pages than one question is answered with."""
CAPPED = timedelta(hours=1)
"""How long a page is left alone that a limit of a run kept from being asked for."""


@dataclass(frozen=True)
class Validators:
    """What an answer says of its version, to be sent along when it is asked for again."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class End:
    """What became of a page that was asked for."""

    item: Article | Reject
    asked_for: str
    validators: Validators | None = None


class Writes:
    """What the crawls of a process write page by page; pages that come close together share a commit."""

    def __init__(self, frontier: Frontier) -> None:
        self.bodies: Shared[Fetch, str] = Shared(frontier.keep_all)
        """Raw bodies -> their keys."""
        self.ends: Shared[End, str] = Shared(frontier.end_all)
        """What became of pages -> what each counts as."""


class Frontier:
    """The store and the archive of this process, and what they say is due."""

    def __init__(self, store: Store, archive: Archive, clock: Callable[[], datetime] | None = None) -> None:
        self.store = store
        self.archive = archive
        self.hosts = HostStore(store)
        self.seen = PageStore(store)
        self.clock = clock or (lambda: datetime.now(UTC))
        self.schedules: dict[str, Schedule] = {}
        self.writes = Writes(self)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        """Return the frontier of the store that the settings name: one for all crawlers of a process."""
        return opened(Path(crawler.settings["DB"]).absolute(), is_dry=crawler.settings.getbool("DRY_RUN"))

    def save_outlet(self, name: str, *, when: Schedule | None = None, **declared: str | None) -> None:
        """Store what an outlet declares: title, homepage, language, country, timezone; and how often it is asked."""
        self.schedules[name] = when or Schedule()
        self.store.save_outlet(name, **declared)

    def schedule(self, outlet: str) -> Schedule:
        """Return how often an outlet is asked."""
        return self.schedules.get(outlet, Schedule())

    # --- pages: what to ask for --------------------------------------------------------------------

    def due(self, outlet: str, links: Iterable[Link], before: int = 0) -> list[Link]:
        """Return the links that are new or say that they changed since they were fetched, written down as due.

        Of a listing given in portions, `before` says how many links came before these: those are the newer ones.
        """
        at = self.clock()
        by_url = first_mentions(links)
        known = self.seen.pages(by_url)
        due = [link for url, link in by_url.items() if url not in known or self.is_due_again(link, known[url], at)]
        self.seen.announce(outlet, [announced(link, place, at) for place, link in enumerate(due, before)], at)
        return due

    def is_due_again(self, link: Link, page: PageState, at: datetime) -> bool:
        """Tell whether a page that is known is due because a listing names it; put off what was fetched just now."""
        if page.status == "due" or page.last_fetched_at is None:
            return False
        if page.gone_at or (page.status == "failed" and page.next_due_at is None):
            return at - page.last_fetched_at >= schedule.GONE_AGAIN
        if not changed_since(link, page.last_fetched_at):
            return False
        when = schedule.after_change(page.first_seen_at, page.last_fetched_at, at)
        if when > at and not (page.next_due_at and page.next_due_at <= when):
            self.put_off(page.url, when)
        return when <= at

    def put_off(self, url: str, until: datetime | None) -> None:
        """Leave a page alone until a moment."""
        with self.store.transaction():
            self.seen.put_off(url, until)

    def next_pages(self, outlet: str, most: int = EVERYTHING, failed_before: datetime | None = None) -> list[PageState]:
        """Return the pages of an outlet to be asked for now, the newest first: due, to be tried or looked at again.

        With `failed_before` also those that failed before that moment and wait for their next try.
        """
        return self.seen.to_ask(outlet, self.clock(), most, failed_before)

    def left_over(self, outlet: str) -> list[Link]:
        """Return what is to be asked for now, as the links that announced it, the newest first."""
        return [link_of(page) for page in self.next_pages(outlet)]

    def known_page(self, url: str) -> PageState | None:
        """Return what is known of an address; None where nothing is."""
        return self.known_pages([url]).get(url)

    def known_pages(self, addresses: Sequence[str]) -> dict[str, PageState]:
        """Return what is known of those addresses that are known."""
        return self.seen.pages(addresses)

    def give_back(self, url: str, reason: str) -> None:
        """Take back a page that was not asked for: it stays due; where a run's limit was reached, not at once."""
        if reason == "capped":
            self.put_off(url, self.clock() + CAPPED)

    # --- pages: what became of them ------------------------------------------------------------------

    def keep(self, fetch: Fetch) -> str:
        """Commit a raw body to the archive; return its key."""
        return self.archive.keep(fetch)

    def keep_all(self, fetches: Sequence[Fetch]) -> list[str | Exception]:
        """Commit raw bodies to the archive at once; return their keys, or why one could not be kept."""
        return together(self.keep, fetches, self.archive.transaction)

    def end_all(self, ends: Sequence[End]) -> list[str | Exception]:
        """Commit what became of pages at once; return what each counts as, or why it could not be stored."""
        return together(self.end, ends, self.store.transaction)

    def end(self, one: End) -> str:
        """Store what became of a page; return what it counts as."""
        if isinstance(one.item, Reject):
            return self.save_reject(one.item)
        return self.save(one.item, one.asked_for, one.validators).outcome

    def save(self, article: Article, asked_for: str | None = None, validators: Validators | None = None) -> Saved:
        """Store an article, the validators of its page, and when it is looked at again, in one transaction."""
        url, said = asked_for or article.url, validators or Validators()
        with self.store.transaction():
            saved = learning.save(self.store, article, asked_for=url)
            page = self.seen.pages([url])[url]
            self.seen.note_fetched(
                url,
                etag=said.etag,
                last_modified=said.last_modified,
                next_due_at=self.next_look(article.outlet, page, published(article)),
                is_look=saved.outcome != "new",
            )
        return saved

    def next_look(self, outlet: str, page: PageState, at: datetime | None) -> datetime | None:
        """Return when an article is looked at again that was published at a moment, as far as that is known."""
        return schedule.next_look(page.first_seen_at, self.clock(), self.schedule(outlet), at)

    def save_reject(self, reject: Reject) -> str:
        """Store why a page did not become an article, and when it is tried again; return what it counts as.

        A page that is an article already stays one: `failed` only says when it is asked for next.
        """
        if reject.stage not in {"fetch", "read"}:
            self.store.save_reject(reject)
            return "rejected"
        with self.store.transaction():
            page = self.seen.pages([reject.url]).get(reject.url)
            if reject.stage == "fetch" and reject.reason in MISSING and page and page.article_id:
                return "gone" if self.note_gone(reject.url, int(reject.reason[-3:])) else "failed"
            self.write_reject(reject, page)
            page = self.seen.pages([reject.url]).get(reject.url)
            if page is None:
                return "rejected"
            if reject.stage == "fetch" and reject.reason in MISSING:
                return "gone" if self.note_gone(reject.url, int(reject.reason[-3:])) else "failed"
            if reject.may_pass:
                self.seen.put_off(reject.url, schedule.next_try(page.failures, self.clock()))
                return "failed"
            again = self.next_look(reject.outlet or "", page, None) if page.article_id else None
            self.seen.put_off(reject.url, again)
        return "rejected"

    def write_reject(self, reject: Reject, page: PageState | None) -> None:
        """Store a reject; of an article that could not be fetched once more only that it failed."""
        if reject.may_pass and page and page.article_id:
            self.store.save_page(reject.url, reject.outlet or "", "failed", moment(reject.seen_at or self.clock()))
        else:
            self.store.save_reject(reject)

    def note_unchanged(self, url: str) -> None:
        """Remember that a page answered 304, or with the body that was last read."""
        page = self.known_page(url)
        if page is not None:
            outlet = self.store.value("SELECT outlet FROM pages WHERE url = ?", (url,))
            self.seen.note_unchanged(url, self.clock(), self.next_look(outlet, page, None))

    def note_gone(self, url: str, status: int) -> bool:
        """Remember that a page answers 404 or 410; tell whether it counts as gone: the second time, a day later."""
        if f"http-{status}" not in MISSING:
            raise ValueError(f"{url}: status {status} does not say that a page is gone")
        page, at = self.known_page(url), self.clock()
        if page is None:
            return False
        is_gone = schedule.is_gone(page.missed_at, at)
        again = None if is_gone else schedule.next_miss(page.missed_at, at)
        with self.store.transaction():
            self.seen.note_missing(url, at, again, is_gone=is_gone)
        return is_gone

    # --- listings ------------------------------------------------------------------------------------

    def listing(self, url: str) -> ListingState | None:
        """Return what is known of a listing; None where nothing is."""
        return self.listings([url]).get(url)

    def listings(self, addresses: Sequence[str]) -> dict[str, ListingState]:
        """Return what is known of those listings that are known."""
        return self.seen.listings(addresses)

    def is_listing_due(self, state: ListingState | None) -> bool:
        """Tell whether a listing may be asked by now."""
        return state is None or state.is_pending or state.next_due_at is None or state.next_due_at <= self.clock()

    def plan(
        self, outlet: str, kind: str, parent: str, named: Sequence[tuple[str, str | None]], *, at_once: bool = False
    ) -> list[str]:
        """Return which listings are to be read of those that one names, written down before any is asked for.

        Each is given with its last change as printed. It is read when it never was, when that has moved on, and, where
        nothing is printed, when its time has come (or always: `at_once`).
        """
        known = self.seen.listings(url for url, _ in named)
        wanted = [(url, said) for url, said in named if self.may_have_changed(known.get(url), said, at_once=at_once)]
        self.seen.plan(outlet, kind, parent, wanted, self.clock())
        return [url for url, _ in wanted]

    def may_have_changed(self, state: ListingState | None, said: str | None, *, at_once: bool) -> bool:
        """Tell whether a listing may hold something new since it was read."""
        if state is None or state.is_pending or state.last_read_at is None:
            return True
        return said != state.read_modified if said else at_once or self.is_listing_due(state)

    def pending(self, outlet: str, parent: str, *, at_once: bool = False) -> list[str]:
        """Return what is to be read of the listings that one led to, when that one itself is unchanged."""
        due = [state.url for state in self.seen.undated(outlet, parent) if at_once or self.is_listing_due(state)]
        return [*self.seen.pending(outlet, parent), *due]

    def links_below(self, outlet: str, parent: str) -> dict[str, int]:
        """Return the listings that one led to, each with how many links to articles it had when last read."""
        return self.seen.links_below(outlet, parent)

    def is_flawed(self, url: str) -> bool:
        """Tell whether a listing was damaged or cut when it was last read."""
        return self.store.value("SELECT 1 FROM rejects WHERE url = ? AND stage = 'listing'", (url,)) is not None

    def note_listing(  # noqa: PLR0913 - one answer of a listing
        self,
        outlet: str,
        url: str,
        kind: str,
        *,
        status: int,
        etag: str | None = None,
        last_modified: str | None = None,
        body_hash: str | None = None,
        new_links: int = 0,
        links: int = 0,
        read_as: str | None = None,
    ) -> None:
        """Remember how a listing answered, when all that it names is written down; 0 where no answer came.

        It is asked again sooner where it brought something new, later where it did not, and after a pause that grows
        where it failed.
        """
        at, when = self.clock(), self.schedule(outlet)
        known = self.listing(url) or ListingState(url=url, outlet=outlet, kind=kind)
        asked = replace(known, outlet=outlet, kind=kind, http_status=status, last_asked_at=at)
        if status not in {200, 304}:
            failures = known.failures + 1
            again = schedule.poll_after_failure(at, failures, when)
            self.seen.save_listing(replace(asked, failures=failures, next_due_at=again), at)
            return
        before = timedelta(seconds=known.poll_seconds) if known.poll_seconds else None
        poll = schedule.next_poll(before, new_links, when)
        read = replace(
            asked,
            is_pending=False,
            read_modified=known.said_modified,
            failures=0,
            poll_seconds=round(poll.total_seconds()),
            last_read_at=at,
            last_news_at=at if new_links else known.last_news_at,
            next_due_at=schedule.poll_again(at, poll),
        )
        if status == 200:  # noqa: PLR2004 - HTTP's OK
            read = replace(
                read, etag=etag, last_modified=last_modified, body_hash=body_hash, links=links, read_as=read_as
            )
        with self.store.transaction():
            self.seen.save_listing(read, at)
            if status == 200 or known.failures:  # noqa: PLR2004 - an unchanged listing is as flawed as it was
                self.store.forget_reject(url.partition("#")[0], "listing")

    # --- hosts: see politeness.py and robots.py ----------------------------------------------------

    def host(self, host: str) -> HostState | None:
        """Return what a host asked of us, None where it is not known."""
        return self.hosts.host(host)

    def note_host(
        self,
        host: str,
        paused_until: datetime | None = None,
        reason: str | None = None,
        crawl_delay: float | None = None,
    ) -> None:
        """Write down that a host wants to be left alone; without a moment, that it answers again."""
        self.hosts.note_host(host, paused_until, reason, crawl_delay)

    def note_turn(self, host: str, next_at: datetime, crawl_delay: float | None = None) -> None:
        """Write down when a host may be asked next."""
        self.hosts.note_turn(host, next_at, crawl_delay)

    def robots(self, origin: str) -> RobotsCopy | None:
        """Return the robots.txt of an origin as last read, None where it was never asked for."""
        return self.hosts.robots(origin)

    def note_robots(self, copy: RobotsCopy) -> None:
        """Write down a robots.txt as last read."""
        self.hosts.note_robots(copy)


_opened: dict[tuple[Path, bool], Frontier] = {}
_used: list[Frontier] = []


def opened(path: Path, *, is_dry: bool = False) -> Frontier:
    """Return the frontier of a store, opened once in a process: one writing connection.

    Raises:
        StoreError: the file cannot be used as a store.
    """
    if _used:
        return _used[-1]
    key = (path.absolute(), is_dry)
    if key not in _opened:
        from newscrawl import dry_run  # noqa: PLC0415 - it builds on this module

        _opened[key] = dry_run.dry(path) if is_dry else Frontier(open_store(path), open_archive(path))
    return _opened[key]


@contextmanager
def watched(path: Path, on_full: Callable[[StoreFullError], object]) -> Iterator[None]:
    """Have somebody told at once when what this process writes finds the disk full."""
    watcher = Watcher(opened(path), on_full)
    _used.append(watcher)  # type: ignore[arg-type]  # has the frontier's methods, all of them
    try:
        yield
    finally:
        _used.remove(watcher)  # type: ignore[arg-type]  # see above


class Watcher:
    """A frontier whose first write that finds the disk full is told."""

    def __init__(self, frontier: Frontier, on_full: Callable[[StoreFullError], object]) -> None:
        self.frontier, self.on_full = frontier, on_full
        self.writes = Writes(self)  # type: ignore[arg-type]  # has the frontier's methods, all of them

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.frontier, name)
        return partial(self.call, found) if callable(found) else found

    def call(self, method: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Return what a method of the frontier returns."""
        try:
            found = method(*args, **named)
        except StoreFullError as error:
            self.on_full(error)
            raise
        if isinstance(found, list) and (full := next((e for e in found if isinstance(e, StoreFullError)), None)):
            self.on_full(full)  # of several writes, one
        return found


def use(frontier: Frontier) -> None:
    """Let every crawl of this process speak with another frontier: one that passes its calls on to a parent process."""
    _used.append(frontier)
