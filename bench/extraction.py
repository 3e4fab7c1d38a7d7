"""How well page.read reads pages of outlets it knows nothing of, beside trafilatura in the same run.

    python bench/extraction.py ../shared/data/extraction [--only news|benchmark] [--worst N]

Body: 4-gram shingles of words; precision and recall averaged over pages, F1 of the averages. On the 258 pages
of outlets the gold is read with and without the standfirst, and each page takes the better reading. A page
without an answer has precision 1 and recall 0, as in the benchmark's own script. Two halves of the pages, by a
hash of their names, show whether a rule was fitted to some of them. Every reader reads a page before it is timed.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import trafilatura
from warcio.archiveiterator import ArchiveIterator

from dedupe import Article
from newscrawl import dates, page

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"


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


def ours(case: Case) -> Answer:
    read = page.read(case.html, case.url)
    if not isinstance(read, Article):
        return Answer(note=f"{read.reason}: {read.detail}")
    when = dates.read(read.published_text or "", language=read.language)
    return Answer(
        read.body,
        read.title,
        read.authors,
        when.day if when else None,
        when.at if when else None,
        str(dict(read.provenance)),
    )


def trafilaturas(**options: Any) -> Callable[[Case], Answer]:
    def reader(case: Case) -> Answer:
        found = trafilatura.bare_extraction(
            case.html,
            url=case.url,
            include_comments=False,
            with_metadata=True,
            **options,
        )
        if found is None:
            return Answer()
        authors = tuple(part.strip() for part in (found.author or "").split(";") if part.strip())
        return Answer(found.text or "", found.title, authors, date.fromisoformat(found.date) if found.date else None)

    return reader


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


def same_day(case: Case, answer: Answer) -> bool:
    """The gold's day in its own zone or in UTC: outlets print either."""
    if case.published is None or answer.day is None:
        return False
    moment = case.published
    return answer.day in {
        moment.date(),
        moment.astimezone().date(),
    }


def same_authors(case: Case, answer: Answer) -> bool:
    return {plain(name) for name in case.authors} == {plain(name) for name in answer.authors}


def measure(name: str, reader: Callable[[Case], Answer], cases: list[Case]) -> tuple[str, list[Answer]]:
    reader(cases[0])
    started = time.process_time()
    answers = [reader(case) for case in cases]
    spent = time.process_time() - started
    pairs = [best(case, answer) for case, answer in zip(cases, answers, strict=True)]
    precision, recall = (sum(column) / len(cases) for column in zip(*pairs, strict=True))
    read = sum(bool(answer.body) for answer in answers)
    halves = " / ".join(f"{of_half(cases, pairs, half):.4f}" for half in (0, 1))
    scores = f"{f1(precision, recall):.4f} | {precision:.4f} | {recall:.4f} | {halves}"
    row = f"| {name} | {scores} | {read} | {len(cases) / spent:.0f} |"
    with_gold = list(zip(cases, answers, strict=True))
    for test, asked in (
        (lambda c, a: plain(c.title) == plain(a.title), [p for p in with_gold if p[0].title]),
        (same_day, [p for p in with_gold if p[0].published]),
        (same_authors, [p for p in with_gold if p[0].authors]),
    ):
        row += f" {sum(test(*pair) for pair in asked) / len(asked):.3f} |" if asked else " |"
    return row, answers


def of_half(cases: list[Case], pairs: list[tuple[float, float]], half: int) -> float:
    """F1 of the pages whose name's hash is even (0) or odd (1)."""
    parts = [pair for case, pair in zip(cases, pairs, strict=True) if digest(case.name) % 2 == half]
    precision, recall = (sum(column) / len(parts) for column in zip(*parts, strict=True))
    return f1(precision, recall)


def digest(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[-4:], "big")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, nargs="?", default=SHARED / "data" / "extraction")
    arguments.add_argument("--only", choices=["news", "benchmark"])
    arguments.add_argument("--ours", action="store_true", help="leave trafilatura out")
    arguments.add_argument("--worst", type=int, default=0, help="print our N worst pages and every reject")
    asked = arguments.parse_args()
    if not asked.folder.is_dir():
        print(f"skipped: there is no {asked.folder}")
        return
    readers = {"newscrawl page.read": ours}
    if not asked.ours:
        readers |= {
            "trafilatura precision": trafilaturas(favor_precision=True),
            "trafilatura standard": trafilaturas(),
            "trafilatura fast": trafilaturas(fast=True),
        }
    for label, load in (("benchmark", benchmark), ("news", news)):
        if asked.only in {None, label}:
            cases = list(load(asked.folder))
            print(
                f"\n## {label}, {len(cases)} pages\n\n| reader | F1 | precision | recall | F1 of halves | pages read "
                "| pages per CPU second | title exact | same day | authors exact |"
            )
            print("|---|---|---|---|---|---|---|---|---|---|")
            for name, reader in readers.items():
                row, answers = measure(name, reader, cases)
                print(row, flush=True)
                if reader is ours and asked.worst:
                    report(cases, answers, asked.worst)


def report(cases: list[Case], answers: list[Answer], count: int) -> None:
    pairs = sorted(zip(cases, answers, strict=True), key=lambda pair: f1(*best(*pair)))
    for case, answer in pairs[:count]:
        print(f"  {f1(*best(case, answer)):.2f} {case.name} {answer.note}")


if __name__ == "__main__":
    main()
