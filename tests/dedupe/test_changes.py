"""Two versions of a text: what stayed, what went, what came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.changes import WORDS_COMPARED, Run, changes

WORDS = ("air", "naik", "di", "kota", "tua", "itu")
PARAGRAPHS = st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), max_size=6)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Air naik.", "Air naik.", [[("Air naik.", "same")]]),
        ("Air naik.", "Air turun.", [[("Air", "same"), ("naik.", "gone"), ("turun.", "new")]]),
        ("Air naik.", "Air naik.\nWarga pergi.", [[("Air naik.", "same")], [("Warga pergi.", "new")]]),
        ("Satu.\nDua.\nTiga.", "Satu.\nTiga.", [[("Satu.", "same")], [("Dua.", "gone")], [("Tiga.", "same")]]),
    ],
)
def test_tells_what_changed(old: str, new: str, told: list[list[Run]]) -> None:
    assert changes(old, new) == told


def test_a_very_long_paragraph_is_shown_as_a_whole() -> None:
    old, new = "kata " * (WORDS_COMPARED + 1), "lain " * 3
    assert changes(old, new) == [[(old, "gone"), (new, "new")]]


@given(PARAGRAPHS, PARAGRAPHS)
def test_both_versions_can_be_read_from_the_changes(old: list[str], new: list[str]) -> None:
    found = changes("\n".join(old), "\n".join(new))
    written = [text for runs in found for text, kind in runs if kind != "new"]
    assert " ".join(written).split() == " ".join(old).split()
    written = [text for runs in found for text, kind in runs if kind != "gone"]
    assert " ".join(written).split() == " ".join(new).split()


@given(PARAGRAPHS)
def test_nothing_changes_between_equal_texts(text: list[str]) -> None:
    assert all(kind == "same" for runs in changes("\n".join(text), "\n".join(text)) for _, kind in runs)
