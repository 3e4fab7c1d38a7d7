"""Quotations and speakers found in the labelled cases of each language and in PFSA-ID: prints two tables.

The cases (tests/cases/quotes) are our own, made-up, known failures among them: a quotation counts as right where
its words and its speaker are both right.

PFSA-ID (sigit-purnomo/pfsa-id, CC BY-NC-SA 4.0) is for evaluation only: it lies beside the project.
It labels statements of public figures only, so precision counts a quotation only where it touches a labelled
statement or has a labelled speaker beside it.

    python bench/quotes.py [--errors N]
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dedupe import Quote
from newscrawl import languages
from newscrawl.quotes import find

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "quotes" / "pfsa-id-dev.txt.gz"
CASES = Path(__file__).resolve().parents[1] / "tests" / "cases" / "quotes"
NO_SPACE_BEFORE = frozenset(",.;:?!)%…-/")
NO_SPACE_AFTER = frozenset("(-/")
BESIDE = 90  # characters after a quotation in which a labelled speaker counts as its own
PRONOUNS = frozenset({"dia", "ia", "beliau"})


@dataclass
class Text:
    """A detokenised text with labelled stretches of characters."""

    body: str = ""
    labels: list[tuple[str, int, int]] = field(default_factory=list)

    def of(self, *kinds: str) -> list[tuple[str, int, int]]:
        """The stretches with one of some labels."""
        return [label for label in self.labels if label[0] in kinds]


def tokens(path: Path) -> Iterator[tuple[str, str] | None]:
    """Token and label; None where a sentence ends."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            word, _, label = line.rstrip("\n").partition("\t")
            yield (word, label or "O") if word else None


def read(path: Path) -> Text:
    """The corpus as one text: a paragraph ends with a sentence, outside of quotation marks."""
    text = Text()
    pieces: list[str] = []
    length, is_open, sentences, glue, opened = 0, False, 0, True, 0
    for token in [*tokens(path), None]:
        if token is None:
            sentences += 1
            if not is_open or sentences > 12:
                pieces.append("\n")
                length, is_open, sentences, glue = length + 1, False, 0, True
            continue
        word, label = token
        is_mark = word in {"”", "“"}
        is_opening = is_mark and not is_open
        if not glue and word not in NO_SPACE_BEFORE and not (is_mark and is_open):
            pieces.append(" ")
            length += 1
        if label[:2] in {"B-", "U-"}:
            opened = length
        pieces.append(word)
        length += len(word)
        if label[:2] in {"L-", "U-"}:
            text.labels.append((label[2:], opened, length))
        is_open = is_open != is_mark
        glue = word in NO_SPACE_AFTER or is_opening
    text.body = "".join(pieces)
    return text


def inner(body: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without the marks and spaces around it."""
    words = body[start:end]
    bare = words.strip("”“ \n")
    start += len(words) - len(words.lstrip("”“ \n"))
    return start, start + len(bare)


def expected(text: Text, end: int) -> tuple[str | None, bool]:
    """The labelled speaker of a statement, and whether the name is printed beside it, not only meant."""
    sentence_end = min(x for x in (text.body.find("\n", end), end + 250) if x > 0)
    beside = [label for label in text.of("PERSON", "PERSONCOREF", "CUECOREF") if end <= label[1] < sentence_end]
    if not beside:
        return None, False
    kind, a, b = beside[0]
    if kind != "CUECOREF" and text.body[a:b].lower() not in PRONOUNS:
        return text.body[a:b], True
    named = [
        text.body[a:b]
        for _, a, b in text.of("PERSON", "PERSONCOREF")
        if b <= end and text.body[a:b].lower() not in PRONOUNS
    ]
    return (named[-1] if named else None), False


def same_person(quote: Quote, label: str | None) -> bool:
    """Whether one name's words are all in the other; an office in the label may stand in the quotation's role."""
    name, role, wanted = (set(re.findall(r"\w+", (text or "").lower())) for text in (quote.speaker, quote.role, label))
    return bool(name and wanted) and (name <= wanted or wanted <= name or bool(wanted <= name | role and wanted & name))


def by_article(body: str) -> Iterator[Quote]:
    """The quotations of each article; the corpus prints no border, so a dateline opens one."""
    starts = [
        0,
        *(found.start() for found in re.finditer(r"^[A-Z][A-Z ,]+ — ", body, re.MULTILINE)),
        len(body),
    ]
    for start, end in pairwise(starts):
        for quote in find(body[start:end], language="id"):
            yield replace(quote, start=start + quote.start, end=start + quote.end)


def report(path: Path, errors: int) -> str:
    text = read(path)
    gold = [inner(text.body, a, b) for _, a, b in text.of("STATEMENT")]
    quotes = list(by_article(text.body))
    found = {(quote.start, quote.end): quote for quote in quotes}
    right = [span for span in gold if span in found]
    speakers = sorted(a for _, a, _ in text.of("PERSON", "PERSONCOREF", "CUECOREF"))
    covered = bytearray(len(text.body) + 1)
    for a, b in gold:
        covered[a:b] = b"\1" * (b - a)
    beside = bytearray(len(text.body) + 1)
    for a in speakers:
        start = max(a - BESIDE, text.body.rfind("\n", 0, a) + 1)
        beside[start:a] = b"\1" * (a - start)
    counted = [quote for quote in quotes if any(covered[quote.start : quote.end]) or beside[quote.end]]
    precision, recall = len(right) / len(counted), len(right) / len(gold)
    told = [(span, *expected(text, span[1])) for span in right]
    named = [(found[span], label) for span, label, is_beside in told if label and is_beside]
    last = [(found[span], label) for span, label, is_beside in told if label and not is_beside]
    for missed in [span for span in gold if span not in found][:errors]:
        print(
            "MISSED",
            repr(text.body[missed[0] - 60 : missed[0] + 60]),
            "...",
            repr(text.body[missed[1] - 40 : missed[1] + 80]),
        )
    for extra in [quote for quote in counted if (quote.start, quote.end) not in set(gold)][:errors]:
        print(
            "EXTRA",
            extra.kind,
            repr(extra.text[:80]),
            "...",
            repr(text.body[extra.end - 20 : extra.end + 80]),
        )
    for span, label, is_beside in [x for x in told if x[1] and not same_person(found[x[0]], x[1])][:errors]:
        print(
            "SPEAKER",
            label,
            "|",
            found[span].speaker,
            "|",
            found[span].role,
            is_beside,
            repr(text.body[span[1] : span[1] + 90]),
        )
    rows = [
        ("statements labelled", f"{len(gold)}"),
        ("quotations found / counted", f"{len(quotes)} / {len(counted)}"),
        ("span precision", f"{precision:.3f}"),
        ("span recall", f"{recall:.3f}"),
        ("span F1", f"{2 * precision * recall / (precision + recall):.3f}"),
        (
            f"speaker beside the cue, same person ({len(named)})",
            f"{share(same_person(*pair) for pair in named):.3f}",
        ),
        (
            f"speaker meant by -nya or a pronoun ({len(last)})",
            f"{share(same_person(*pair) for pair in last):.3f}",
        ),
        (f"speaker, all ({len(named + last)})", f"{share(same_person(*pair) for pair in named + last):.3f}"),
    ]
    return "\n".join(["| PFSA-ID, dev | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def case_figures(code: str) -> tuple[int, int, float, float, float]:
    """Of one language: cases, quotations in them, and precision, recall and F1 of words and speaker together."""
    cases = json.loads((CASES / f"{code}.json").read_text(encoding="utf-8"))
    right, found, wanted = 0, 0, 0
    for case in cases:
        labelled = Counter((quote["text"], quote["speaker"]) for quote in case["quotes"])
        quotes = Counter((quote.text, quote.speaker) for quote in find(case["body"], language=code))
        right += (labelled & quotes).total()
        found += quotes.total()
        wanted += labelled.total()
    return len(cases), wanted, right / found, right / wanted, 2 * right / (found + wanted)


def cases_report() -> str:
    rows = [
        f"| {languages.load(code).name} | {cases} | {quotes} | {precision:.3f} | {recall:.3f} | {f1:.3f} |"
        for code in languages.known()
        for cases, quotes, precision, recall, f1 in [case_figures(code)]
    ]
    head = ["| language | cases | quotations | precision | recall | F1 |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def share(outcomes: Iterator[bool]) -> float:
    values = list(outcomes)
    return sum(values) / len(values) if values else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", type=int, default=0, help="print so many errors of each kind")
    errors = parser.parse_args().errors
    print(cases_report(), end="\n\n")
    print(report(DATA, errors) if DATA.exists() else f"skipped: {DATA} is not here")


if __name__ == "__main__":
    main()
