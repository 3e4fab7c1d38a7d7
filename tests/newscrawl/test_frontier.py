from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Article, ListingState, Reject, open_store
from newscrawl.archive import Fetch, open_archive
from newscrawl.discovery import Link
from newscrawl.dry_run import dry
from newscrawl.frontier import TRIES, Frontier, Validators, with_canonical_address
from newscrawl.schedule import Schedule

Shared = Callable[[], tuple[Frontier, str]]
OUTLET = "harian"
NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
FEED = "https://harian.example.org/rss"


@dataclass
class Clock:
    """What a frontier takes for the time."""

    at: datetime = NOW

    @classmethod
    def of(cls, frontier: Frontier) -> Clock:
        """Put a clock into a frontier."""
        clock = cls()
        frontier.clock = lambda: clock.at
        return clock


def fresh(folder: Path) -> Frontier:
    db = folder / "news.db"
    return Frontier(open_store(db), open_archive(db))


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    opened = fresh(tmp_path)
    yield opened
    opened.store.close()
    opened.archive.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """One store for all examples of a property, and a new outlet's name for each."""
    opened = fresh(tmp_path_factory.mktemp("frontier"))
    number = iter(range(10**9))
    yield lambda: (opened, f"outlet{next(number)}")
    opened.store.close()
    opened.archive.close()


def link(number: int, modified: datetime | None = None) -> Link:
    return Link(
        url=f"https://harian.example.org/{number}",
        published_text="6 Mei 2026",
        title=None,
        modified_text=modified.isoformat() if modified else None,
    )


def article(number: int, **more: object) -> Article:
    return Article(**{  # type: ignore[arg-type]
        "url": link(number).url, "outlet": OUTLET, "title": "Bakau", "body": "Warga menanam bakau.",
        "fetched_at": NOW, **more,
    })  # fmt: skip


def urls(links: list[Link]) -> list[str]:
    return [found.url for found in links]


def test_a_new_link_is_due_once(frontier: Frontier) -> None:
    assert urls(frontier.due(OUTLET, [link(1), link(2), link(1)])) == urls([link(1), link(2)])
    assert frontier.due(OUTLET, [link(1), link(2)]) == []


def test_what_was_announced_and_not_fetched_is_left_over(frontier: Frontier) -> None:
    frontier.due(OUTLET, [link(1), link(2)])
    frontier.store.save_article(article(1))
    assert urls(frontier.left_over(OUTLET)) == [link(2).url]
    assert frontier.left_over(OUTLET)[0].published_text == "6 Mei 2026"
    assert frontier.left_over("another") == []


def failed(frontier: Frontier, number: int, reason: str = "http-503") -> str:
    reject = Reject(url=link(number).url, stage="fetch", reason=reason, outlet=OUTLET, seen_at=frontier.clock())
    return frontier.save_reject(reject)


def test_a_page_that_fails_is_tried_again_after_pauses_that_grow_and_at_last_left_alone(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    frontier.due(OUTLET, [link(1)])
    pauses = []
    for _ in range(TRIES - 1):
        assert failed(frontier, 1) == "failed"
        assert frontier.left_over(OUTLET) == []
        page = frontier.known_page(link(1).url)
        assert page is not None
        assert page.next_due_at is not None
        pauses.append(page.next_due_at - clock.at)
        clock.at = page.next_due_at
        assert urls(frontier.left_over(OUTLET)) == [link(1).url]
    assert pauses == sorted(pauses)
    failed(frontier, 1)
    clock.at += timedelta(days=6)
    assert frontier.left_over(OUTLET) == []
    assert frontier.due(OUTLET, [link(1)]) == []
    clock.at += timedelta(days=1)
    assert urls(frontier.due(OUTLET, [link(1)])) == [link(1).url], "still announced: it may have come back"


def test_who_asks_now_has_failed_pages_tried_at_once_but_not_twice_in_a_run(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    frontier.due(OUTLET, [link(1)])
    failed(frontier, 1)
    clock.at = started = NOW + timedelta(seconds=5)
    assert [page.url for page in frontier.next_pages(OUTLET, 9, started)] == [link(1).url]
    failed(frontier, 1)
    assert frontier.next_pages(OUTLET, 9, started) == []


# --- articles looked at again ---------------------------------------------------------------------


def test_an_article_is_looked_at_again_ever_more_rarely(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    frontier.due(OUTLET, [link(1)])
    frontier.save(article(1), link(1).url, Validators('"a"', None))
    for hours in (1, 6, 24, 168):
        clock.at = NOW + timedelta(hours=hours, seconds=-1)
        assert frontier.left_over(OUTLET) == []
        clock.at = NOW + timedelta(hours=hours)
        assert urls(frontier.left_over(OUTLET)) == [link(1).url]
        frontier.note_unchanged(link(1).url)
    clock.at = NOW + timedelta(days=4000)
    assert frontier.left_over(OUTLET) == []
    page = frontier.known_page(link(1).url)
    assert page is not None
    assert (page.etag, page.status) == ('"a"', "article")


def test_an_edit_is_a_version_and_the_next_look_stays_as_it_was(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    frontier.due(OUTLET, [link(1)])
    frontier.save(article(1), link(1).url, Validators('"a"', None))
    clock.at = NOW + timedelta(hours=1)
    edited = article(1, body="Warga menanam seribu bakau.", fetched_at=clock.at)
    assert frontier.save(edited, link(1).url, Validators('"b"', "x")).outcome == "version"
    page = frontier.known_page(link(1).url)
    assert page is not None
    assert (page.etag, page.last_modified, page.next_due_at) == ('"b"', "x", NOW + timedelta(hours=6))


def test_an_outlet_says_when_its_articles_are_looked_at_again(frontier: Frontier) -> None:
    Clock.of(frontier)
    frontier.save_outlet(OUTLET, when=Schedule(looks_hours=(2,)), title="Harian")
    frontier.due(OUTLET, [link(1)])
    frontier.save(article(1), link(1).url)
    page = frontier.known_page(link(1).url)
    assert page is not None
    assert page.next_due_at == NOW + timedelta(hours=2)


def test_an_article_missing_twice_a_day_apart_is_gone_keeps_its_text_and_comes_back(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    frontier.due(OUTLET, [link(1)])
    frontier.save(article(1), link(1).url)
    assert failed(frontier, 1, "http-404") == "failed"
    clock.at = NOW + timedelta(hours=23)
    assert frontier.left_over(OUTLET) == []
    assert failed(frontier, 1, "http-410") == "failed", "a day has not passed"
    clock.at = NOW + timedelta(hours=24)
    assert urls(frontier.left_over(OUTLET)) == [link(1).url]
    assert failed(frontier, 1, "http-404") == "gone"
    page = frontier.known_page(link(1).url)
    assert page is not None
    assert (page.gone_at, page.next_due_at, page.status) == (clock.at, None, "article")
    assert frontier.store.article(page.article_id or 0).body == "Warga menanam bakau."
    clock.at += timedelta(days=7)
    assert urls(frontier.due(OUTLET, [link(1)])) == [link(1).url], "still announced"
    frontier.save(article(1), link(1).url)
    page = frontier.known_page(link(1).url)
    assert page is not None
    assert (page.gone_at, page.missed_at) == (None, None)


def test_a_page_that_never_was_there_is_gone_too_and_asked_for_no_more(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    frontier.due(OUTLET, [link(1)])
    assert failed(frontier, 1, "http-404") == "failed"
    clock.at += timedelta(days=1)
    assert urls(frontier.left_over(OUTLET)) == [link(1).url]
    assert failed(frontier, 1, "http-404") == "gone"
    clock.at += timedelta(days=900)
    assert frontier.left_over(OUTLET) == []


def test_a_listing_that_always_says_changed_has_a_page_fetched_ever_more_rarely(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    fetched = 0
    for hour in range(24 * 30):
        clock.at = NOW + timedelta(hours=hour)
        frontier.due(OUTLET, [link(1, clock.at)])
        for _ in frontier.left_over(OUTLET):
            fetched += 1
            frontier.save(article(1, fetched_at=clock.at), link(1).url)
    assert 10 < fetched < 90


def test_the_newest_are_left_over_first(frontier: Frontier) -> None:
    Clock.of(frontier)
    undated = [replace(link(n), published_text=None) for n in (1, 2)]
    dated = [
        replace(link(3), published_text="Tue, 05 May 2026 08:00:00 +0700"),
        replace(link(4), published_text="2026-05-06T18:59:59+07:00"),
        replace(link(5), url="https://harian.example.org/2026/05/05/5", published_text=None),
    ]
    frontier.due(OUTLET, [*undated, *dated])
    found = [one.url.rsplit("/", 1)[1] for one in frontier.left_over(OUTLET)]
    assert found == ["1", "2", "4", "5", "3"]


# --- listings ---------------------------------------------------------------------------------------


def answered(frontier: Frontier, status: int = 200, new_links: int = 0) -> ListingState:
    frontier.note_listing(OUTLET, FEED, "feed", status=status, etag='"a"', new_links=new_links, links=9)
    state = frontier.listing(FEED)
    assert state is not None
    return state


def test_a_listing_written_down_in_portions_keeps_its_order(frontier: Frontier) -> None:
    Clock.of(frontier)
    links = [Link(url=f"https://harian.example.org/{number}") for number in range(9)]
    for start in (0, 3, 6):
        frontier.due(OUTLET, links[start : start + 3], start)
    assert [one.url for one in frontier.left_over(OUTLET)] == [one.url for one in links]


def test_a_listings_flaw_stays_until_it_is_read_without_one(frontier: Frontier) -> None:
    def told() -> list[str]:
        return [row["reason"] for row in frontier.store.rows("SELECT reason FROM rejects WHERE stage = 'listing'")]

    flaw = Reject(url=FEED, stage="listing", reason="broken-listing", outlet=OUTLET)
    frontier.note_listing(OUTLET, FEED, "feed", status=200)
    frontier.save_reject(flaw)
    frontier.note_listing(OUTLET, FEED, "feed", status=304)
    assert told() == ["broken-listing"]
    assert frontier.is_flawed(FEED)
    frontier.note_listing(OUTLET, FEED, "feed", status=200)
    assert told() == []
    frontier.note_listing(OUTLET, FEED, "feed", status=500)
    frontier.save_reject(replace(flaw, reason="http-500"))
    frontier.note_listing(OUTLET, FEED, "feed", status=304)
    assert told() == []


def test_a_listing_is_asked_more_often_the_more_it_brings(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    polls = []
    for new_links in (5, 0, 0, 1, 1, 1):
        state = answered(frontier, new_links=new_links)
        assert state.next_due_at is not None
        assert state.next_due_at > clock.at
        assert not frontier.is_listing_due(state)
        polls.append(state.poll_seconds)
        clock.at += timedelta(seconds=state.poll_seconds or 0)
        assert frontier.is_listing_due(frontier.listing(FEED))
    assert polls == [1800, 3600, 7200, 3600, 1800, 900]


def test_a_listing_that_is_unchanged_or_fails_keeps_what_is_known_of_it(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    answered(frontier)
    unchanged = answered(frontier, 304)
    assert (unchanged.etag, unchanged.links, unchanged.http_status) == ('"a"', 9, 304)
    failed_once = answered(frontier, 503)
    assert (failed_once.etag, failed_once.failures, failed_once.last_read_at) == ('"a"', 1, clock.at)
    assert failed_once.next_due_at == clock.at + timedelta(minutes=5)


def test_of_an_index_only_what_may_have_changed_is_read(frontier: Frontier) -> None:
    clock = Clock.of(frontier)
    named = [("https://harian.example.org/1.xml", "2026-05-01"), ("https://harian.example.org/2.xml", None)]
    for key, _ in named:
        assert key in frontier.plan(OUTLET, "sitemap", "index", named)
    frontier.note_listing(OUTLET, named[0][0], "sitemap", status=200)
    assert frontier.pending(OUTLET, "index") == [named[1][0]], "as a killed crawl left it"
    frontier.note_listing(OUTLET, named[1][0], "sitemap", status=200)
    assert frontier.plan(OUTLET, "sitemap", "index", named) == []
    assert frontier.plan(OUTLET, "sitemap", "index", named, at_once=True) == [named[1][0]]
    frontier.note_listing(OUTLET, named[1][0], "sitemap", status=304)
    changed = [(named[0][0], "2026-05-02"), named[1]]
    assert frontier.plan(OUTLET, "sitemap", "index", changed) == [named[0][0]]
    clock.at += timedelta(days=1)
    assert frontier.pending(OUTLET, "index") == [named[0][0], named[1][0]]


def test_what_robots_txt_forbids_is_not_asked_for_again(frontier: Frontier) -> None:
    frontier.due(OUTLET, [link(1)])
    failed(frontier, 1, "robots")
    assert frontier.left_over(OUTLET) == []


@pytest.mark.parametrize(("later", "is_due"), [(-1, False), (0, False), (1, True)])
def test_a_listing_that_names_a_later_change_makes_a_page_due_again(
    frontier: Frontier,
    later: int,
    is_due: bool,  # noqa: FBT001 - a case
) -> None:
    frontier.due(OUTLET, [link(1)])
    frontier.store.save_article(article(1))
    changed = link(1, NOW + timedelta(minutes=later))
    assert bool(frontier.due(OUTLET, [changed])) == is_due
    assert bool(frontier.left_over(OUTLET)) == is_due


def test_forms_of_one_address_are_one_link_the_first_mention_first() -> None:
    found = with_canonical_address(
        [
            Link(url="https://harian.example.org/1?utm_source=rss", published_text="a", title=None, modified_text=None),
            Link(url="HTTPS://harian.example.org/1#top", published_text="b", title=None, modified_text=None),
        ]
    )
    assert [(one.url, one.published_text) for one in found] == [("https://harian.example.org/1", "a")]


listings = st.lists(st.lists(st.integers(0, 12), max_size=6), max_size=4)


@given(listings)
def test_every_address_is_due_exactly_once_whatever_the_listings(shared: Shared, told: list[list[int]]) -> None:
    frontier, outlet = shared()
    due: list[str] = []
    for listing in told:
        due += urls(frontier.due(outlet, [replace(link(n), url=f"https://{outlet}.example.org/{n}") for n in listing]))
    assert sorted(due) == sorted({f"https://{outlet}.example.org/{n}" for listing in told for n in listing})
    assert sorted(urls(frontier.left_over(outlet))) == sorted(due)


# --- saving and raw bodies ----------------------------------------------------------------------


def test_saving_twice_is_saving_once(frontier: Frontier) -> None:
    first = frontier.store.save_article(article(1))
    before = list(map(tuple, frontier.store.rows("SELECT * FROM articles")))
    second = frontier.store.save_article(article(1, fetched_at=NOW + timedelta(days=1)))
    assert (first.outcome, second.outcome) == ("new", "unchanged")
    assert second.article_id == first.article_id
    assert list(map(tuple, frontier.store.rows("SELECT * FROM articles"))) == before
    assert frontier.store.value("SELECT count(*) FROM versions") == 1


@given(st.binary(max_size=300), st.text("abc/", max_size=5))
def test_a_raw_body_comes_back_as_it_was(shared: Shared, body: bytes, path: str) -> None:
    frontier, outlet = shared()
    url = f"https://{outlet}.example.org/{path}"
    fetch = Fetch(url, url, outlet, 200, "text/html", body, NOW)
    key = frontier.archive.keep(fetch)
    assert frontier.archive.keep(fetch) == key
    assert frontier.archive.body(key) == body
    [(fetches,)] = frontier.archive.connection.execute("SELECT count(*) FROM fetches WHERE outlet = ?", (outlet,))
    assert fetches == 1


def test_a_raw_body_that_is_not_there(frontier: Frontier) -> None:
    with pytest.raises(KeyError):
        frontier.archive.body("00")


# --- laws -------------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(
        st.sampled_from(["announce", "save", "edit", "fail", "missing", "reject", "unchanged", "wait"]),
        st.integers(0, 4),
    ),
    max_size=30,
)


@given(steps)
def test_nothing_announced_is_ever_forgotten_and_nothing_is_due_in_the_past_after_a_fetch(
    shared: Shared, told: list[tuple[str, int]]
) -> None:
    frontier, outlet = shared()
    clock = Clock.of(frontier)
    seen: set[str] = set()
    for what, number in told:
        one = replace(link(number), url=f"https://{outlet}.example.org/{number}")
        if what == "wait":
            clock.at += timedelta(hours=2 ** (number * 3))
        elif what == "announce" or one.url not in seen:
            frontier.due(outlet, [one])
            seen.add(one.url)
        else:
            fetch(frontier, outlet, one.url, what)
            page = frontier.known_page(one.url)
            assert page is not None
            assert page.next_due_at is None or page.next_due_at > clock.at
        states = frontier.known_pages(sorted(seen))
        assert states.keys() == seen
        for page in states.values():
            is_kept = page.article_id or page.gone_at or page.status == "reject" or page.failures >= TRIES
            assert is_kept or page.status == "due" or page.next_due_at, page
    for page in frontier.known_pages(sorted(seen)).values():
        if page.article_id:
            assert frontier.store.article(page.article_id).body


def fetch(frontier: Frontier, outlet: str, url: str, what: str) -> None:
    """What a crawl does when a page came, or did not."""
    body = f"Warga menanam bakau {frontier.clock()}." if what == "edit" else "Warga menanam bakau."
    known = frontier.known_page(url)
    if what in {"save", "edit"} or (what == "unchanged" and known and not known.article_id):
        frontier.save(article(0, url=url, outlet=outlet, body=body, fetched_at=frontier.clock()), url)
    elif what == "unchanged":
        frontier.note_unchanged(url)
    else:
        reason = {"fail": "http-500", "missing": "http-404", "reject": "no-text"}[what]
        stage: Any = "read" if what == "reject" else "fetch"
        frontier.save_reject(Reject(url=url, stage=stage, reason=reason, outlet=outlet, seen_at=frontier.clock()))


class KilledError(Exception):
    """The crawl ended here."""


class Mortal:
    """A frontier that dies after so many calls, before or after the last of them is done."""

    def __init__(self, frontier: Frontier, calls: int) -> None:
        self.frontier, self.left = frontier, calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.frontier, name)

        def call(*args: Any, **more: Any) -> Any:
            if self.left <= 0:
                raise KilledError
            self.left -= 1
            return method(*args, **more)

        return call


def crawl(frontier: Any, outlet: str, asked: list[str]) -> None:
    """A crawl as `listings` and `outlet` do it: an index, its two sitemaps, their articles."""
    site = f"https://{outlet}.example.org"
    index = f"{site}/index.xml"
    known = frontier.listing(index)
    if known is None or not known.last_read_at:
        frontier.plan(outlet, "sitemap", index, [(f"{site}/{n}.xml", "2026-05-01") for n in range(2)])
        frontier.note_listing(outlet, index, "sitemap", status=200)
    for part in frontier.pending(outlet, index):
        first = 3 * int(part.rsplit("/", 1)[1][0])
        due = frontier.due(outlet, [replace(link(n), url=f"{site}/{n}") for n in range(first, first + 3)])
        frontier.note_listing(outlet, part, "sitemap", status=200, new_links=len(due))
    while pages := frontier.next_pages(outlet, 2):
        for page in pages:
            asked.append(page.url)
            frontier.save(article(0, url=page.url, outlet=outlet), page.url)


@given(st.lists(st.integers(0, 12), max_size=5))
def test_killed_between_any_two_calls_the_next_run_finishes(shared: Shared, lives: list[int]) -> None:
    frontier, outlet = shared()
    Clock.of(frontier)
    asked: list[str] = []
    for calls in lives:
        with suppress(KilledError):
            crawl(Mortal(frontier, calls), outlet, asked)
    crawl(frontier, outlet, asked)
    assert set(asked) == {f"https://{outlet}.example.org/{n}" for n in range(6)}
    assert len(asked) <= 6 + len(lives), "what came is asked for once"
    assert frontier.store.value("SELECT count(*) FROM articles WHERE outlet = ?", (outlet,)) == 6


# --- dry runs -----------------------------------------------------------------------------------------


def test_a_dry_run_finds_the_same_due_and_leaves_no_trace(frontier: Frontier) -> None:
    frontier.due(OUTLET, [link(1)])
    before = list(frontier.store.connection.iterdump())
    looking = dry(frontier.store.path)
    looking.save_outlet(OUTLET, title="Harian")
    assert urls(looking.due(OUTLET, [link(1), link(2)])) == [link(2).url]
    assert sorted(page.url for page in looking.next_pages(OUTLET, 9)) == urls([link(1), link(2)])
    fetched = Fetch(link(2).url, link(2).url, OUTLET, 200, "text/html", b"<p>", NOW)
    assert looking.keep(fetched) == frontier.archive.keep(fetched)
    assert looking.save(article(2), link(2).url).outcome == "new"
    assert looking.save_reject(Reject(url=link(1).url, stage="fetch", reason="http-503", outlet=OUTLET)) == "failed"
    looking.note_listing(OUTLET, FEED, "feed", status=200)
    looking.note_host("harian.example.org", NOW, "429")
    assert looking.plan(OUTLET, "sitemap", FEED, [("https://harian.example.org/1.xml", None)]) != []
    assert looking.next_pages(OUTLET, 9) == []
    assert looking.listing(FEED) is not None
    assert list(frontier.store.connection.iterdump()) == before


def test_a_dry_run_makes_no_store(tmp_path: Path) -> None:
    looking = dry(tmp_path / "news.db")
    looking.due(OUTLET, [link(1)])
    assert urls(looking.left_over(OUTLET)) == [link(1).url]
    assert list(tmp_path.iterdir()) == []


def test_what_a_frontier_is_asked_and_answers_goes_to_another_process_and_back(frontier: Frontier) -> None:
    frontier.due(OUTLET, [link(1)])
    frontier.save(article(1), link(1).url)
    frontier.note_listing(OUTLET, FEED, "feed", status=200)
    said = (frontier.known_page(link(1).url), frontier.listing(FEED), Schedule(), Validators("a", "b"), link(1))
    assert pickle.loads(pickle.dumps(said)) == said  # noqa: S301 - our own
