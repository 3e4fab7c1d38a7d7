"""How fast `newscrawl ingest` reads WARC files, beside trafilatura in the same run, and how much memory it takes.

    python bench/warc_ingest.py [../shared/data/extraction] [--pages 2000] [--jobs N] [--rounds 2] [--flat 20000]

Two WARC files are made of the pages given, each page under as many addresses as are needed: `known` of pages of
outlets that we have code for, `generic` of all, at hosts that nobody knows. Without ../shared the made-up pages of
`tests/pages` are taken. trafilatura reads them in one process: warcio, `bare_extraction` with metadata, nothing
stored; its two forms (standard and fast) are both timed, and the ratio is to the standard one. `newscrawl ingest
--no-cluster` is a command of its own, started anew, with everything it does: digests, raw pages and articles into a
store on disk. Rounds of both alternate, the best of each counts; CPU seconds are of all processes together, and
"by CPU" is the ratio of the work done in one: on two cores that nobody else uses, the ratio of the rates is up to
twice as much. Memory is that of all processes together, their shared pages counted once (PSS), looked at ten times a
second.

`--flat N` ingests N pages of the known kind and tells memory at 1,000 pages and at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import trafilatura
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl import outlets, page

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared" / "data" / "extraction"
SEED = 20250623


@dataclass(frozen=True)
class Page:
    """A page as it was fetched."""

    url: str
    content_type: str
    body: bytes


@dataclass
class Timing:
    """What one reading of a file took."""

    seconds: float = float("inf")
    cpu: float = float("inf")
    memory: list[tuple[float, int]] = field(default_factory=list)
    """Seconds since the start, and bytes."""
    spent: dict[int, float] = field(default_factory=dict)
    """CPU seconds of each process, as last seen."""
    articles: int = 0

    @property
    def peak(self) -> int:
        """The most bytes at one time."""
        return max((size for _, size in self.memory), default=0)


def real(folder: Path) -> Iterator[Page]:
    with (folder / "real-news.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                kind = record.http_headers.get_header("Content-Type") or "text/html"
                yield Page(record.rec_headers.get_header("WARC-Target-URI"), kind, record.content_stream().read())


def made_up() -> Iterator[Page]:
    for path in sorted((PROJECT / "tests" / "pages").glob("*/*.html")):
        told = json.loads(path.with_suffix(".json").read_text("utf-8"))
        url = told.get("url") or f"https://{path.parent.name}.example/{path.stem}"
        yield Page(url, "text/html; charset=utf-8", path.read_bytes())


def moved(page_: Page, number: int, *, is_known: bool) -> Page:
    """The page under an address of its own; of an unknown host where it is to be read as one."""
    parts = urlsplit(page_.url)
    host = parts.netloc if is_known else f"{parts.netloc.replace('.', '-')}.example"
    path = f"/{number}{parts.path}" if parts.path.strip("/") else f"/{number}/an-article-of-{number}"
    return Page(urlunsplit((parts.scheme, host, path, parts.query, "")), page_.content_type, varied(page_, number))


def varied(page_: Page, number: int) -> bytes:
    """The page with words that only this copy has: each is an article of its own, and a body of its own."""
    body = page_.body.replace(b'rel="canonical"', b'rel="copied"').replace(b"rel=canonical", b"rel=copied")
    body = body.replace(b"og:url", b"og:copied").replace(b'rel="amphtml"', b'rel="copied"')
    return body + f"<!-- {number} -->".encode()


def write(path: Path, pages: Sequence[Page], count: int, *, is_known: bool) -> None:
    """Write a WARC as crawlers do: each page with its request and its metadata."""
    chance = random.Random(SEED)
    with path.open("wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        writer = WARCWriter(file, gzip=True)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "bench/warc_ingest.py"}))
        for number in range(count):
            one = moved(pages[number % len(pages)], number, is_known=is_known)
            head = StatusAndHeaders("200 OK", [("Content-Type", one.content_type)], protocol="HTTP/1.1")
            asked = StatusAndHeaders("GET / HTTP/1.1", [("User-Agent", "bench")], is_http_request=True)
            writer.write_record(writer.create_warc_record(one.url, "request", http_headers=asked))
            body = BytesIO(one.body)
            writer.write_record(
                writer.create_warc_record(one.url, "response", payload=body, length=len(one.body), http_headers=head)
            )
            if chance.random() < 0.5:
                told = BytesIO(b"fetchTimeMs: 12\r\n")
                writer.write_record(writer.create_warc_record(one.url, "metadata", payload=told, length=17))


def by_trafilatura(path: Path, *, fast: bool) -> Timing:
    """How trafilatura reads the file, in a process of its own."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import warc_ingest as b; b.trafilatura_reads(*sys.argv[2:])"
    return timed([sys.executable, "-c", code, str(Path(__file__).parent), str(path), str(int(fast))])


def trafilatura_reads(path: str, fast: str) -> None:
    found = 0
    with Path(path).open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type != "response":
                continue
            url = record.rec_headers.get_header("WARC-Target-URI")
            html = page.decode(record.content_stream().read(), record.http_headers.get_header("Content-Type") or "")
            document = trafilatura.bare_extraction(html, url=url, with_metadata=True, fast=fast == "1")
            found += document is not None
    print(json.dumps({"articles": found}))


def by_us(path: Path, folder: Path, jobs: int) -> Timing:
    """`newscrawl ingest` into a new store."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "newscrawl.cli", "ingest", str(path), "--db", str(folder / "news.db"), "--json"]
    return timed([*command, "--no-cluster", "--jobs", str(jobs)])


def timed(command: Sequence[str]) -> Timing:
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT)  # noqa: S603 - our own commands
    timing = Timing()
    watch = threading.Thread(target=watched, args=(process.pid, timing, started), daemon=True)
    watch.start()
    out = process.communicate()[0]
    timing.seconds = time.monotonic() - started
    watch.join()
    timing.cpu = sum(timing.spent.values())
    if process.returncode not in {0, 3}:
        raise SystemExit(f"{command} ended with {process.returncode}")
    said = json.loads(out)
    timing.articles = said.get("articles") or sum(
        said["files"][0]["outcomes"].get(what, 0) for what in ("new", "version", "older", "unchanged")
    )
    return timing


def watched(pid: int, timing: Timing, started: float) -> None:
    while True:
        alive = (pid, *descendants(pid))
        sizes = [pss(one) for one in alive]
        if not sizes[0]:
            return
        timing.spent |= {one: spent for one in alive if (spent := cpu(one))}
        timing.memory.append((time.monotonic() - started, sum(sizes)))
        time.sleep(0.1)


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        found += [one for child in children for one in (child, *descendants(child))]
    return found


def cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def better(one: Timing, other: Timing) -> Timing:
    return one if one.seconds < other.seconds else other


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=("known", "generic"))
    parser.add_argument("--flat", type=int, default=0)
    given = parser.parse_args()
    pages = list(real(given.folder)) if (given.folder / "real-news.warc.gz").exists() else list(made_up())
    known = [one for one in pages if outlets.at(one.url)]
    size = sum(len(one.body) for one in pages) // len(pages) // 1000
    print(f"{len(pages)} pages, {len(known)} of outlets we have code for; {size} KB on average")
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        for kind, chosen in (("known", known), ("generic", pages)):
            if given.only in {None, kind} and not given.flat:
                compare(kind, chosen, given, folder)
        if given.flat:
            flat(known, given, folder)


def compare(kind: str, chosen: Sequence[Page], given: argparse.Namespace, folder: Path) -> None:
    path = folder / f"{kind}.warc.gz"
    write(path, chosen, given.pages, is_known=kind == "known")
    standard, fast, ours = Timing(), Timing(), Timing()
    for number in range(given.rounds):
        standard = better(by_trafilatura(path, fast=False), standard)
        ours = better(by_us(path, folder / "store", given.jobs), ours)
        if not number:
            fast = by_trafilatura(path, fast=True)
    print(f"\n{kind}: {given.pages} pages, {path.stat().st_size / 1e6:.0f} MB, {given.jobs} jobs")
    print(f"{'':24}{'articles':>9}{'pages/s':>9}{'per CPU s':>11}{'ratio':>7}{'by CPU':>8}{'peak MB':>9}")
    for name, timing in (("trafilatura", standard), ("trafilatura fast", fast), ("newscrawl ingest", ours)):
        rate = given.pages / timing.seconds
        ratio = standard.seconds / timing.seconds
        by_cpu = standard.cpu / timing.cpu
        print(
            f"{name:24}{timing.articles:9}{rate:9.1f}{given.pages / timing.cpu:11.1f}{ratio:7.2f}{by_cpu:8.2f}"
            f"{timing.peak / 1e6:9.0f}"
        )


def flat(known: Sequence[Page], given: argparse.Namespace, folder: Path) -> None:
    path = folder / "flat.warc.gz"
    write(path, known, given.flat, is_known=True)
    ours = by_us(path, folder / "store", given.jobs)
    at = ours.seconds * 1000 / given.flat
    early = max(size for when, size in ours.memory if when <= max(at, 5))
    late = max(size for when, size in ours.memory if when > ours.seconds * 0.8)
    told = f"{given.flat} pages, {path.stat().st_size / 1e6:.0f} MB, {ours.seconds:.0f} s"
    grown = f"{early / 1e6:.0f} MB after 1,000 pages, {late / 1e6:.0f} MB at the end ({late / early - 1:+.1%})"
    print(f"{told}: {grown}")


if __name__ == "__main__":
    main()
