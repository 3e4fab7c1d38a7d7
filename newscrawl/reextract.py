"""Kept pages read again with today's rules, without one request; and pages that a crash left unread.

A text that is another now because we read otherwise is not the outlet's edit: its version keeps its number and time,
and what it was read as before stands in `readings`. Dates, writers and quotations of the latest page are brought up to
date, and a page that was rejected and is an article now becomes one. What is no article any more stays one, and is
reported: nobody's work is deleted by a rule.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dedupe import Article, ReadingStore, Reject, Store
from newscrawl import config, history, outlets, page, pipelines
from newscrawl.archive import Archive, Kept, unpacked
from newscrawl.outlet import PAGES_OF_AN_ARTICLE
from newscrawl.pipelines import Habits
from newscrawl.reading import Readers

BATCH = 100
"""Addresses in one transaction."""
SHOWN = 20
"""Addresses that are named in a report."""
READ_AHEAD = 10_000
"""Addresses that are remembered as given out; longer before, they are stored."""
UNREAD = "unread"
"""The work of finishing what a crash left; how far it came is kept for good."""


@dataclass
class ReextractReport:
    """What reading kept pages came to."""

    pages: int = 0
    """Fetches read, each with the later pages of its article."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """`new`, `version`, `older`, `reread`, `unchanged`, `rejected`, `no_longer`, each with its number."""
    fields: Counter[str] = field(default_factory=Counter)
    """Articles that changed, by field."""
    articles: set[int] = field(default_factory=set)
    """Articles that changed."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Rejects whose reason is another now, by that reason."""
    no_longer: list[str] = field(default_factory=list)
    """Addresses, the first of many, that would be no article with today's rules; the articles are kept."""
    left: int = 0
    """Pages that the next crawl fetches again, for later pages of their article had not come."""
    went_on: bool = False
    """Whether an earlier work that did not come to its end was gone on with."""


@dataclass(frozen=True)
class KeptPages:
    """All fetches that one address led to, bodies packed."""

    place: int
    asked_for: str
    fetches: tuple[Kept, ...]
    bodies: tuple[tuple[bytes, int], ...]
    """Of each fetch: packed body and its size unpacked."""
    announced: str | None = None

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return sum(len(body) for body, _ in self.bodies)


@dataclass(frozen=True)
class Visit:
    """One time that an address was fetched, with the later pages of its article: what it is now."""

    read: Article | Reject
    is_whole: bool
    """Whether every page that it goes on with is kept too."""


@dataclass(frozen=True)
class Reread:
    """What an address's fetches are now, in the order of time."""

    place: int
    asked_for: str
    visits: tuple[Visit, ...]


def reextract(  # noqa: PLR0913 - one call of the operator's command
    store: Store,
    archive: Archive,
    readers: Readers | None = None,
    *,
    outlet: str | None = None,
    since: str | None = None,
    progress: Callable[[int], object] | None = None,
) -> ReextractReport:
    """Read every kept page again and bring the store up to date.

    Killed, the next call goes on where this one was; called twice, the second call changes nothing.
    """
    report = ReextractReport()
    scope = f"outlet {outlet or '*'} since {since or '*'}"
    kept = ReadingStore(store)
    place = kept.begin(scope, rules_hash())
    report.went_on = place > 0
    pages = kept_pages(store, archive, first_fetches(archive, place, outlet, since or ""))
    for batch in batches((readers or Readers()).read(pages, read_again)):
        with store.transaction():
            for address in batch:
                bring_up_to_date(store, address, report)
            kept.note_place(scope, batch[-1].place)
        if progress:
            progress(len(batch))
    kept.end(scope)
    return report


def finish_unread(
    store: Store, archive: Archive, readers: Readers | None = None, progress: Callable[[int], object] | None = None
) -> ReextractReport:
    """Read the kept pages that a crash left without article and reject. The caller holds the lock.

    Looks only at what was fetched since the last call. An article whose later pages had not come yet is left to the
    crawl where that fetches it again.
    """
    report, kept = ReextractReport(), ReadingStore(store)
    place, last = kept.begin(UNREAD, ""), archive.number()
    found = ((fetch, fetch.fetched_at) for fetch in unread(store, archive, after=place))
    pages = kept_pages(store, archive, found)
    for batch in batches((readers or Readers()).read(pages, read_again)):
        with store.transaction():
            for address in batch:
                if kept.is_due(address.asked_for) and not all(visit.is_whole for visit in address.visits):
                    report.left += 1
                else:
                    bring_up_to_date(store, address, report)
        if progress:
            progress(len(batch))
    if last > place:
        with store.transaction():
            kept.note_place(UNREAD, last)
    return report


def note_all_read(store: Store, archive: Archive) -> None:
    """Write down that everything fetched so far became an article or a reject: the next look begins behind it."""
    kept = ReadingStore(store)
    kept.begin(UNREAD, "")
    with store.transaction():
        kept.note_place(UNREAD, archive.number())


def unread(store: Store, archive: Archive, *, after: int = 0) -> Iterator[Kept]:
    """Yield the fetches of pages that have neither article nor reject: work to do. Of each address the first fetch.

    The others of an address are read with it, for the later pages of an article are among them.
    """
    kept, seen = ReadingStore(store), dict[str, None]()
    for fetch in archive.fetches(after=after):
        if fetch.asked_for not in seen and not kept.is_accounted_for(
            (fetch.asked_for, fetch.url), fetch.hash, fetch.fetched_at
        ):
            seen[fetch.asked_for] = None
            if len(seen) > READ_AHEAD:
                del seen[next(iter(seen))]
            yield fetch


def first_fetches(archive: Archive, after: int, outlet: str | None, since: str) -> Iterator[tuple[Kept, str]]:
    """Yield the first fetch of each address since a day, and that day."""
    for fetch in archive.fetches(after=after, outlet=outlet, since=since):
        if not archive.has_earlier(fetch, since):
            yield fetch, since


def kept_pages(store: Store, archive: Archive, addresses: Iterable[tuple[Kept, str]]) -> Iterator[KeptPages]:
    """Yield what the archive has of addresses since a time, each given by a fetch and that time."""
    kept = ReadingStore(store)
    for first, since in addresses:
        found = list(archive.fetches(asked_for=first.asked_for, since=since))
        bodies = archive.packed_bodies(one.hash for one in found)
        chosen = [one for one in found if one.hash in bodies]
        if chosen:
            yield KeptPages(
                place=first.id,
                asked_for=first.asked_for,
                fetches=tuple(chosen),
                bodies=tuple(bodies[one.hash] for one in chosen),
                announced=kept.announced(first.asked_for),
            )


def batches(addresses: Iterable[Reread]) -> Iterator[list[Reread]]:
    """Yield addresses in batches."""
    batch: list[Reread] = []
    for address in addresses:
        batch.append(address)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


# --- reading ------------------------------------------------------------------------------------


def read_again(pages: KeptPages) -> Reread:
    """Return what the fetches of one address are with today's rules."""
    bodies = {fetch.id: unpacked(*body) for fetch, body in zip(pages.fetches, pages.bodies, strict=True)}
    used: set[int] = set()
    visits = []
    for number, head in enumerate(pages.fetches):
        if head.id not in used:
            later = [fetch for fetch in pages.fetches[number + 1 :] if fetch.id not in used]
            visits.append(visit(pages, head, later, bodies, used))
    return Reread(pages.place, pages.asked_for, tuple(visits))


def visit(pages: KeptPages, head: Kept, later: Sequence[Kept], bodies: dict[int, bytes], used: set[int]) -> Visit:
    """Return what one fetch is, joined with the later pages of its article that are kept; these are then used.

    The same way as a crawl goes: the form with all pages in one, else page after page.
    """
    outlet = outlets.known().get(head.outlet) or outlets.at(head.url)
    habits = outlet.habits() if outlet else Habits()
    rules = habits.rules
    html = page.decode(bodies[head.id], head.content_type)
    read = page.read(html, head.url, rules)
    if isinstance(read, Reject):
        reject = replace(read, url=pages.asked_for, outlet=head.outlet, raw=head.hash, seen_at=head.at)
        return Visit(reject, is_whole=True)
    parts = [as_met(read, head, pages)]
    by_url = {fetch.url: fetch for fetch in reversed(later)}
    whole, onward = page.whole_page(html, head.url, rules), page.next_page(html, head.url, rules)
    if whole and whole not in parts[0].addresses and whole in by_url:
        used.add(by_url[whole].id)
        other = page.read(page.decode(bodies[by_url[whole].id], by_url[whole].content_type), whole, rules)
        if isinstance(other, Article) and len(other.body) > len(parts[0].body):
            count = max(1, page.total_pages(html, head.url))
            joined = replace(page.join((*parts, as_met(other, by_url[whole], pages))), page_count=count)
            return Visit(pipelines.finish(joined, habits), is_whole=True)
    while onward in by_url and len(parts) < PAGES_OF_AN_ARTICLE and by_url[onward].id not in used:
        fetch = by_url[onward]
        used.add(fetch.id)
        html = page.decode(bodies[fetch.id], fetch.content_type)
        more = page.read(html, fetch.url, rules)
        if isinstance(more, Reject):
            onward = None
            break
        parts.append(as_met(more, fetch, pages))
        onward = page.next_page(html, fetch.url, rules)
    goes_on = onward is not None and not any(onward in part.addresses for part in parts)
    return Visit(pipelines.finish(page.join(parts), habits), is_whole=not goes_on)


def as_met(read: Article, fetch: Kept, pages: KeptPages) -> Article:
    """Return an article with how it was met: addresses, time, raw body, and the date of the listing."""
    article = replace(
        read,
        addresses=tuple(dict.fromkeys((pages.asked_for, fetch.url, *read.addresses))),
        fetched_at=fetch.at,
        raw=fetch.hash,
    )
    if article.published_text is None and pages.announced:
        provenance = {**article.provenance, "published_text": "listing"}
        return replace(article, published_text=pages.announced, provenance=provenance)
    return article


def rules_hash() -> str:
    """Return the SHA-256 of everything that reads pages: this package's code and tables, and the configured outlets."""
    found = hashlib.sha256(repr(config.used().outlets).encode("utf-8", "backslashreplace"))
    folder = Path(__file__).parent
    for path in sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".toml"}):
        found.update(path.read_bytes())
    return found.hexdigest()


# --- bringing up to date ------------------------------------------------------------------------


def bring_up_to_date(store: Store, address: Reread, report: ReextractReport) -> None:
    """Store what the fetches of one address are now, in one transaction."""
    with store.transaction():
        for one in address.visits:
            report.pages += 1
            if isinstance(one.read, Reject):
                report.outcomes[reject_again(store, one.read, report)] += 1
            else:
                kept = history.save(store, one.read, asked_for=address.asked_for)
                report.outcomes[kept.outcome] += 1
                report.fields.update(kept.fields)
                if kept.fields:
                    report.articles.add(kept.article_id)


def reject_again(store: Store, reject: Reject, report: ReextractReport) -> str:
    """Store why a page is no article, unless it was one: that is only reported."""
    kept = ReadingStore(store)
    if kept.is_overtaken(reject):
        if len(report.no_longer) < SHOWN and reject.url not in report.no_longer:
            report.no_longer.append(reject.url)
        return "no_longer"
    if kept.is_known_reject(reject):
        report.reasons[reject.reason] += kept.renew_reject(reject)
    else:
        store.save_reject(reject)
    return "rejected"
