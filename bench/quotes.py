"""Quotations and speakers found in the labelled cases of each language and in PFSA-ID: prints two tables.

The cases (tests/cases/quotes) are our own, made-up, known failures among them: a quotation counts as right where
its words and its speaker are both right. The unseen set (data/gold/quotes) was labelled by somebody
who had not seen the rules, and no rule is made from it.

PFSA-ID (sigit-purnomo/pfsa-id, CC BY-NC-SA 4.0) is for evaluation only: it lies beside the project.
It labels statements of public figures only, so precision counts a quotation only where it touches a labelled
statement or has a labelled speaker beside it.

    python bench/quotes.py [--errors N] [--hostile]
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
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
UNSEEN = Path(__file__).resolve().parents[1] / "data" / "gold" / "quotes"
ARTICLE = re.compile(r"^(?:an?|the|seorang|sang|para)\s+", re.IGNORECASE)
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
    is_in_role = wanted <= role or bool(wanted <= name | role and wanted & name)
    return bool(name and wanted) and (name <= wanted or wanted <= name or is_in_role)


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


@dataclass(frozen=True)
class Figures:
    """Of some labelled cases: how many, quotations in them, and how many of those found are right."""

    cases: int
    wanted: int
    found: int
    spans_right: int
    right: int
    """Words and speaker both."""

    def cells(self) -> str:
        """Precision, recall and F1 of words and speaker together, and F1 of the words alone."""
        together = 2 * self.right / (self.found + self.wanted)
        words = 2 * self.spans_right / (self.found + self.wanted)
        precision, recall = self.right / self.found, self.right / self.wanted
        return f"{self.cases} | {self.wanted} | {precision:.3f} | {recall:.3f} | {together:.3f} | {words:.3f}"


def case_figures(folder: Path, code: str) -> Figures:
    """What `find` makes of the labelled cases of a language."""
    cases = json.loads((folder / f"{code}.json").read_text(encoding="utf-8"))
    figures = Figures(len(cases), 0, 0, 0, 0)
    for case in cases:
        found = find(case["body"], language=code, set_apart=case.get("set_apart", ()))
        labelled = Counter((quote["text"].strip(), bare(quote["speaker"])) for quote in case["quotes"])
        quotes = Counter((quote.text.strip(), bare(quote.speaker)) for quote in found)
        texts = Counter(text for text, _ in labelled.elements()) & Counter(text for text, _ in quotes.elements())
        figures = Figures(
            figures.cases,
            figures.wanted + labelled.total(),
            figures.found + quotes.total(),
            figures.spans_right + texts.total(),
            figures.right + (labelled & quotes).total(),
        )
    return figures


def bare(speaker: str | None) -> str | None:
    """A speaker without a leading article: "a neighbour" and "neighbour" are one."""
    return speaker and ARTICLE.sub("", speaker)


def cases_report() -> str:
    head = [
        "| language | set | cases | quotations | precision | recall | F1 | F1 of the words alone |",
        "|---|---|---|---|---|---|---|---|",
    ]
    rows = [
        f"| {languages.load(code).name} | {name} | {case_figures(folder, code).cells()} |"
        for name, folder in (("with the rules", CASES), ("unseen", UNSEEN))
        for code in languages.known()
        if (folder / f"{code}.json").exists()
    ]
    return "\n".join([*head, *rows])


def hostile() -> dict[str, str]:
    """Texts that a reader of marks and cues may choke on."""
    marked = {f"100,000 {mark}": mark * 100_000 for mark in "\"“”„‟«»‹›'‘’—–-"}
    spaced = {f"100,000 {mark}a": f"{mark}a " * 100_000 for mark in "\"“«'‘—"}
    return {
        **marked,
        **spaced,
        "1 MB without a newline": "kata Agis di Serang, " * 50_000,
        "1 MB of one word": "A" * 1_000_000,
        "100,000 cue words": "kata said dit sagte " * 25_000,
        "100,000 cue words in marks": '"a," kata Agis dan Budi (45). ' * 100_000,
        "100,000 signatures": "— Agis, wali kota\n" * 100_000,
        "300,000 sentences": "a. " * 300_000,
    }


def hostile_report() -> str:
    """The slowest language on each hostile text; what takes no tenth of a second is left out."""
    rows = []
    for name, body in hostile().items():
        taken = max((seconds(body, code), code) for code in languages.known())
        if taken[0] >= 0.1:
            rows.append(f"| {name} | {taken[0]:.2f} | {taken[1]} |")
    return "\n".join(["| hostile text | seconds | language |", "|---|---|---|", *rows])


def seconds(body: str, code: str) -> float:
    start = time.perf_counter()
    find(body, language=code, set_apart=("— Agis, wali kota",))
    return time.perf_counter() - start


def share(outcomes: Iterator[bool]) -> float:
    values = list(outcomes)
    return sum(values) / len(values) if values else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", type=int, default=0, help="print so many errors of each kind")
    parser.add_argument("--hostile", action="store_true", help="measure texts made to be slow instead")
    given = parser.parse_args()
    if given.hostile:
        print(hostile_report())
        return
    errors = given.errors
    print(cases_report(), end="\n\n")
    print(report(DATA, errors) if DATA.exists() else f"skipped: {DATA} is not here")


if __name__ == "__main__":
    main()
