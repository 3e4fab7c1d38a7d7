"""Two versions of a text -> what stayed, what went and what came, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "gone", "new"]
Run = tuple[str, Change]
"""Words in a row, and what became of them."""

WORDS_COMPARED = 600
"""Words of a paragraph that are compared one by one; a longer one is shown as gone and new as a whole."""


def changes(old: str, new: str) -> list[list[Run]]:
    """Return the paragraphs of both versions in reading order, each as runs of words that stayed, went or came.

    >>> changes("Tiga rumah rusak.", "Lima rumah rusak.")
    [[('Tiga', 'gone'), ('Lima', 'new'), ('rumah rusak.', 'same')]]
    """
    before, after = old.split("\n"), new.split("\n")
    found: list[list[Run]] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found += [[(paragraph, "same")] for paragraph in before[a:b]]
        else:
            found += [list(paragraph) for paragraph in rewritten(before[a:b], after[c:d])]
    return found


def rewritten(before: Sequence[str], after: Sequence[str]) -> Iterator[list[Run]]:
    """Yield paragraphs that differ: side by side as far as both sides go, what is left over as gone or new."""
    for old, new in zip(before, after, strict=False):
        yield words_changed(old, new)
    both = min(len(before), len(after))
    for paragraph in before[both:]:
        yield [(paragraph, "gone")]
    for paragraph in after[both:]:
        yield [(paragraph, "new")]


def words_changed(old: str, new: str) -> list[Run]:
    """Return one paragraph's words with what became of them."""
    ours, theirs = old.split(), new.split()
    if max(len(ours), len(theirs)) > WORDS_COMPARED:
        return [(old, "gone"), (new, "new")]
    found: list[Run] = []
    for what, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if what == "equal":
            found.append((" ".join(ours[a:b]), "same"))
        else:
            sides: tuple[Run, Run] = (" ".join(ours[a:b]), "gone"), (" ".join(theirs[c:d]), "new")
            found += [side for side in sides if side[0]]
    return found
