"""Pages and lines -> finished articles, in their order, read by as many processes as there are cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit

from dedupe import Article, Reject
from newscrawl import config, jsonl, outlets, pipelines, warc
from newscrawl.archive import Fetch, Packed, packed
from newscrawl.files import FileError, host_of
from newscrawl.jsonl import Line
from newscrawl.warc import WarcPage

AT_ONCE, BYTES_AT_ONCE = 16, 2_000_000
"""Pages, or their bytes, that are given to a process at once: some tenths of a second of work."""
FEW = 64
"""Pages; fewer are read here, for other processes take a second to start."""

Unread: TypeAlias = WarcPage | Line


class Sized(Protocol):
    """Something to be read that knows how much it is."""

    @property
    def size(self) -> int:
        """Bytes that it holds."""


S = TypeVar("S", bound=Sized)
R = TypeVar("R")


@dataclass(frozen=True)
class Done:
    """What one page or line became."""

    place: int
    """Where it stands in its file: once it is stored, everything up to it is."""
    read: Article | Reject
    page: Packed | None = None
    """The raw page, where there was one, as the archive keeps it."""
    trouble: str = ""
    """What was wrong with the record itself, with its place in the file."""


class ReadersGoneError(Exception):
    """A process that read pages was ended from outside; what it was reading is not stored."""


class Readers:
    """Processes that read pages; with one job, or for few pages, this process alone."""

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def read(self, unread: Iterable[S], read_one: Callable[[S], R]) -> Iterator[R]:
        """Yield what each became, in their order; what comes before an error comes before the error.

        Raises:
            FileError: the file that they come from breaks off.
            ReadersGoneError: a process was ended from outside.
        """
        waiting: deque[Future[list[R]] | list[R]] = deque()
        seen, broken = 0, None
        portions = in_portions(unread)
        while True:
            try:
                portion = next(portions, None)
            except FileError as error:
                broken, portion = error, None
            if portion is None:
                break
            seen += len(portion)
            waiting.append(self.begun(portion, read_one, seen))
            if len(waiting) > 2 * self.jobs or self.pool is None:
                yield from finished(waiting.popleft())
        while waiting:
            yield from finished(waiting.popleft())
        if broken:
            raise broken

    def begun(self, portion: list[S], read_one: Callable[[S], R], seen: int) -> Future[list[R]] | list[R]:
        """Return a portion read here, or being read by another process; these start when there is enough to do."""
        if self.pool is None and self.jobs > 1 and seen > FEW:
            self.pool = started(self.jobs)
        try:
            return self.pool.submit(read_all, read_one, portion) if self.pool else read_all(read_one, portion)
        except BrokenProcessPool as error:
            raise ReadersGoneError from error


def started(jobs: int) -> ProcessPoolExecutor:
    """Return a pool of processes that know the same outlets as this one and end when it ends.

    They are forked off a server which has opened no store: a connection must not go through a fork, and a lock would
    be held on by a process that outlives this one.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["newscrawl.reading"])
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=begin, initargs=(config.used(),))


def begin(used: config.Config) -> None:
    """Make a new process ready: the parent answers Ctrl-C, and no process outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    config.use(used)


def end_with_parent() -> None:
    """Wait until the parent is gone, whatever ended it, and end too."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def finished(portion: Future[list[R]] | list[R]) -> list[R]:
    """Return what a portion became.

    Raises:
        ReadersGoneError: a process was ended from outside.
    """
    if isinstance(portion, list):
        return portion
    try:
        return portion.result()
    except BrokenProcessPool as error:
        raise ReadersGoneError from error


def in_portions(unread: Iterable[S]) -> Iterator[list[S]]:
    """Yield pages in portions; what comes before an error comes before the error."""
    portion: list[S] = []
    size = 0
    try:
        for one in unread:
            portion.append(one)
            size += one.size
            if len(portion) == AT_ONCE or size > BYTES_AT_ONCE:
                yield portion
                portion, size = [], 0
    except FileError:
        if portion:
            yield portion
        raise
    if portion:
        yield portion


def read_all(read_one: Callable[[S], R], portion: list[S]) -> list[R]:
    """Return what each of a portion became."""
    return [read_one(one) for one in portion]


def read_one(unread: Unread) -> Done:
    """Return what a page or a line became."""
    if isinstance(unread, Line):
        read, trouble = jsonl.read_line(unread)
        return Done(unread.place, read, trouble=trouble)
    fetch = fetch_of(unread)
    if isinstance(fetch, Reject):
        return Done(unread.place, fetch, trouble=told(unread, fetch))
    page = packed(fetch)
    return Done(unread.place, replace(read_fetch(fetch), raw=page.key), page)


def fetch_of(page: WarcPage) -> Fetch | Reject:
    """Return the fetch that a record keeps; a torn or outsized one is a reject."""
    trouble, body = page.trouble, b""
    try:
        body = body if trouble else warc.plain(page.body, page.codings)
    except warc.TornPageError as error:
        trouble = str(error)
    if trouble:
        url = page.url or f"file:{page.path.name}#{page.number}"
        detail = f"{page.path}: {trouble}"
        return Reject(url=url, stage="ingest", reason="torn-record", detail=detail, seen_at=page.fetched_at)
    return Fetch(
        url=page.url,
        asked_for=page.asked_for,
        outlet=page.outlet or outlet_name(page.url),
        status=200,
        content_type=page.content_type,
        body=body,
        fetched_at=page.fetched_at,
    )


def told(page: WarcPage, reject: Reject) -> str:
    """Return where in a file a torn record stands, and what is wrong with it."""
    return f"{page.path}, page {page.number} ({page.url}): {reject.detail.removeprefix(f'{page.path}: ')}"


def read_fetch(fetch: Fetch) -> Article | Reject:
    """Return the article of a fetched page, or why there is none."""
    parts = urlsplit(fetch.url)
    if not parts.path.strip("/") and not parts.query:  # whatever it says of itself: many say "article" on every page
        return Reject(
            url=fetch.url,
            stage="read",
            reason="section-page",
            detail="the outlet's first page",
            outlet=fetch.outlet,
            seen_at=fetch.fetched_at,
        )
    habits = outlets.habits_at(fetch.url)
    return pipelines.read_page(fetch.body, fetch.url, fetch.content_type, habits, fetch.fetched_at)


def outlet_name(url: str) -> str:
    """Return the name of the outlet that an address belongs to: ours, or its host."""
    outlet = outlets.at(url)
    return outlet.name if outlet else (host_of(url) or "").removeprefix("www.")
