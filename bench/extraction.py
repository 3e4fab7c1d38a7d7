"""How well page.read reads pages, beside other projects' readers in the same run.

    python bench/extraction.py [../shared/data/extraction] [--only news|benchmark] [--no-peers] [--worst N]

Body: 4-gram shingles of words; precision and recall averaged over pages, F1 of the averages, with a 95% bootstrap
interval over pages (1,000 resamples). On the 258 pages of outlets the gold is read with and without the standfirst,
and each page takes the better reading. A page without an answer has precision 1 and recall 0, as in the benchmark's
own script. Two halves of the pages, by a hash of their names, show whether a rule was fitted to some of them. Every
reader reads a page before it is timed. A dash stands where a reader does not give a field.

Peers other than trafilatura live in an environment of their own, `.venv-peers`, which is built once from
`bench/peers/requirements.txt`; where it can not be built, their rows say so.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import trafilatura
from warcio.archiveiterator import ArchiveIterator

from dedupe import Article
from newscrawl import dates, outlets, page
from newscrawl.pipelines import Habits

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"
PEERS = ("newspaper4k", "readability-lxml", "resiliparse", "news-please")
RESAMPLES = 1000
SEED = 20250623


@dataclass(frozen=True)
class Case:
    """One page with what a person or a reviewed parser says of it."""

    name: str
    html: str
    url: str
    bodies: tuple[str, ...]
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What a reader made of a page."""

    body: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    day: date | None = None
    moment: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Reading:
    """A reader's answers to all pages, in their order."""

    answers: list[Answer]
    seconds: float
    """Of CPU."""
    fields: frozenset[str] = frozenset({"title", "day", "authors"})
    """What the reader gives beside the body."""


Reader = Callable[[list[Case]], Reading]


def benchmark(folder: Path) -> Iterator[Case]:
    truth = json.loads((folder / "benchmark-181" / "ground-truth.json").read_text("utf-8"))
    for name, said in truth.items():
        packed = folder / "benchmark-181" / "html" / f"{name}.html.gz"
        html = page.decode(gzip.decompress(packed.read_bytes()), "text/html; charset=utf-8")
        yield Case(name, html, said.get("url") or "https://unknown.example/a", (said["articleBody"],))


def news(folder: Path) -> Iterator[Case]:
    with gzip.open(folder / "real-news.gold.jsonl.gz", "rt", encoding="utf-8") as file:
        gold = {said["url"]: said for said in map(json.loads, file)}
    with (folder / "real-news.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type != "response":
                continue
            url = record.rec_headers.get_header("WARC-Target-URI")
            said = gold[url]
            html = page.decode(record.content_stream().read(), record.http_headers.get_header("Content-Type") or "")
            text, standfirst = "\n".join(said["paragraphs"]), "\n".join(said["standfirst"] or [])
            published = datetime.fromisoformat(said["published"]) if said["published"] else None
            bodies = (text, f"{standfirst}\n{text}")
            yield Case(url, html, url, bodies, said["title"], tuple(said["authors"] or ()), published)


def one_by_one(read: Callable[[Case], Answer]) -> Reader:
    """Return the reader that takes a page after the other in this process."""

    def reader(cases: list[Case]) -> Reading:
        read(cases[0])
        started = time.process_time()
        answers = [read(case) for case in cases]
        return Reading(answers, time.process_time() - started)

    return reader


def as_unknown(case: Case) -> Answer:
    return ours(case, Habits())


def as_known(case: Case) -> Answer:
    outlet = outlets.at(case.url)
    return ours(case, outlet.habits() if outlet else Habits())


def ours(case: Case, habits: Habits) -> Answer:
    read = page.read(case.html, case.url, habits.rules)
    if not isinstance(read, Article):
        return Answer(note=f"{read.reason}: {read.detail}")
    when = dates.read(
        read.published_text or "",
        language=read.language,
        order=habits.date_order,
        zone=habits.timezone,
        lies_utc=habits.dates_lie_utc,
    )
    said = str(dict(read.provenance))
    return Answer(read.body, read.title, read.authors, when.day if when else None, when.at if when else None, said)


def trafilaturas(**options: Any) -> Callable[[Case], Answer]:
    def reader(case: Case) -> Answer:
        found = trafilatura.bare_extraction(
            case.html,
            url=case.url,
            include_comments=False,
            with_metadata=True,
            **options,
        )
        if found is None or isinstance(found, dict):
            return Answer()
        authors = tuple(part.strip() for part in (found.author or "").split(";") if part.strip())
        return Answer(found.text or "", found.title, authors, date.fromisoformat(found.date) if found.date else None)

    return reader


def built(folder: Path) -> str:
    """Build the peers' environment once; return what went wrong, or nothing."""
    wanted = PROJECT / "bench" / "peers" / "requirements.txt"
    done = folder / "installed"
    if done.is_file() and done.read_text("utf-8") == wanted.read_text("utf-8"):
        return ""
    print(f"Setting up {folder} (once; about a minute) ...", file=sys.stderr)
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(wanted)],
    ):
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
        if ran.returncode:
            return (ran.stderr.strip().splitlines() or ["no message"])[-1]
    done.write_text(wanted.read_text("utf-8"), "utf-8")
    return ""


def peer(name: str, folder: Path) -> Reader:
    """Return the reader that asks a peer in its own environment; the first page is asked twice, and timed once."""

    def reader(cases: list[Case]) -> Reading:
        asked = "".join(json.dumps({"html": case.html, "url": case.url}) + "\n" for case in [cases[0], *cases])
        command = [str(folder / "bin" / "python"), str(PROJECT / "bench" / "peers" / "read.py"), name]
        ran = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        said = [json.loads(line) for line in ran.stdout.splitlines()][1:]
        if len(said) != len(cases):
            raise SystemExit(f"{name} answered {len(said)} of {len(cases)} pages: {ran.stderr[-500:]}")
        given = frozenset(field for field in ("title", "day", "authors") if any(field in one for one in said))
        return Reading([answered(one) for one in said], sum(one["seconds"] for one in said), given)

    return reader


def answered(said: dict[str, Any]) -> Answer:
    day = date.fromisoformat(said["day"]) if said.get("day") else None
    authors = tuple(said.get("authors") or ())
    return Answer(said["body"] or "", said.get("title"), authors, day, note=said.get("error", ""))


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text, re.UNICODE)
    return Counter(tuple(words[i : i + size]) for i in range(max(1, len(words) - size + 1))) if words else Counter()


def precision_recall(gold: str, found: str) -> tuple[float, float]:
    true, seen = shingles(gold), shingles(found)
    if not seen:
        return 1.0, 0.0
    common = sum((true & seen).values())
    return common / (sum(seen.values()) or 1), common / (sum(true.values()) or 1)


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def best(case: Case, answer: Answer) -> tuple[float, float]:
    return max((precision_recall(gold, answer.body) for gold in case.bodies), key=lambda pair: f1(*pair))


def plain(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", (text or "").lower()))


def same_title(case: Case, answer: Answer) -> bool:
    return plain(case.title) == plain(answer.title)


def same_day(case: Case, answer: Answer) -> bool:
    """The gold's day in its own zone or in UTC: outlets print either."""
    return case.published is not None and answer.day in {case.published.date(), case.published.astimezone(UTC).date()}


def same_authors(case: Case, answer: Answer) -> bool:
    return {plain(name) for name in case.authors} == {plain(name) for name in answer.authors}


def row(name: str, reading: Reading, cases: list[Case]) -> str:
    """Return one line of the table."""
    answers = reading.answers
    pairs = [best(case, answer) for case, answer in zip(cases, answers, strict=True)]
    precision, recall = (sum(column) / len(cases) for column in zip(*pairs, strict=True))
    low, high = interval(pairs)
    halves = " / ".join(f"{of_half(cases, pairs, half):.3f}" for half in (0, 1))
    cells = [
        name,
        f"{f1(precision, recall):.4f} [{low:.3f}, {high:.3f}]",
        f"{precision:.4f}",
        f"{recall:.4f}",
        halves,
        str(sum(bool(answer.body) for answer in answers)),
        f"{len(cases) / reading.seconds:.0f}",
    ]
    with_gold = list(zip(cases, answers, strict=True))
    for field, test, asked in (
        ("title", same_title, [pair for pair in with_gold if pair[0].title]),
        ("day", same_day, [pair for pair in with_gold if pair[0].published]),
        ("authors", same_authors, [pair for pair in with_gold if pair[0].authors]),
    ):
        measured = asked and field in reading.fields
        cells.append(f"{sum(test(*pair) for pair in asked) / len(asked):.3f}" if measured else "-")
    return f"| {' | '.join(cells)} |"


def interval(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """The middle 95% of the F1 of resampled pages."""
    scores = np.asarray(pairs)
    drawn = np.random.default_rng(SEED).integers(0, len(pairs), (RESAMPLES, len(pairs)))
    precision, recall = scores[drawn].mean(axis=1).T
    low, high = np.quantile(2 * precision * recall / (precision + recall), [0.025, 0.975])
    return float(low), float(high)


def of_half(cases: list[Case], pairs: list[tuple[float, float]], half: int) -> float:
    """F1 of the pages whose name's hash is even (0) or odd (1)."""
    parts = [pair for case, pair in zip(cases, pairs, strict=True) if digest(case.name) % 2 == half] or [(0.0, 0.0)]
    precision, recall = (sum(column) / len(parts) for column in zip(*parts, strict=True))
    return f1(precision, recall)


def digest(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[-4:], "big")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, nargs="?", default=SHARED / "data" / "extraction")
    arguments.add_argument("--only", choices=["news", "benchmark"])
    arguments.add_argument("--ours", action="store_true", help="leave all others out")
    arguments.add_argument("--peers", type=Path, default=PROJECT / ".venv-peers", help="where the peers are installed")
    arguments.add_argument("--no-peers", action="store_true", help="of the others only trafilatura")
    arguments.add_argument("--worst", type=int, default=0, help="print our N worst pages and every reject")
    asked = arguments.parse_args()
    if not asked.folder.is_dir():
        print(f"skipped: there is no {asked.folder}")
        return
    missing = "" if asked.ours or asked.no_peers else built(asked.peers)
    readers = {"newscrawl page.read": one_by_one(as_unknown)}
    if not asked.ours:
        readers |= {
            "trafilatura precision": one_by_one(trafilaturas(favor_precision=True)),
            "trafilatura standard": one_by_one(trafilaturas()),
            "trafilatura fast": one_by_one(trafilaturas(fast=True)),
        }
        if not missing and not asked.no_peers:
            readers |= {name: peer(name, asked.peers) for name in PEERS}
    for label, load in (("benchmark", benchmark), ("news", news)):
        if asked.only in {None, label}:
            cases = list(load(asked.folder))
            table(label, cases, readers, asked.worst)
            if missing:
                print(f"\nNot measured, because they could not be installed: {', '.join(PEERS)} ({missing})")
            if label == "news":
                known_outlets(cases)


def table(label: str, cases: list[Case], readers: dict[str, Reader], worst: int = 0) -> None:
    print(
        f"\n## {label}, {len(cases)} pages\n\n| reader | F1 [95%] | precision | recall | F1 of halves | pages read "
        "| pages per CPU second | title exact | same day | authors exact |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, reader in readers.items():
        reading = reader(cases)
        print(row(name, reading, cases), flush=True)
        if name == "newscrawl page.read" and worst:
            report(cases, reading.answers, worst)


def known_outlets(cases: list[Case]) -> None:
    """Print the table of the pages whose outlet is declared in newscrawl/spiders."""
    known = [case for case in cases if outlets.at(case.url)]
    if not known:
        print("\nNo page is of an outlet that newscrawl/spiders declares.")
        return
    declared = len({outlets.at(case.url) for case in known})
    readers = {
        "newscrawl with the outlet's rules": one_by_one(as_known),
        "newscrawl without": one_by_one(as_unknown),
        "trafilatura precision": one_by_one(trafilaturas(favor_precision=True)),
        "trafilatura standard": one_by_one(trafilaturas()),
        "trafilatura fast": one_by_one(trafilaturas(fast=True)),
    }
    table(f"pages of {declared} known outlets", known, readers)


def report(cases: list[Case], answers: list[Answer], count: int) -> None:
    pairs = sorted(zip(cases, answers, strict=True), key=lambda pair: f1(*best(*pair)))
    for case, answer in pairs[:count]:
        print(f"  {f1(*best(case, answer)):.2f} {case.name} {answer.note}")


if __name__ == "__main__":
    main()
