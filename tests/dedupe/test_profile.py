from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from dedupe.profile import QUOTATIONS_COMPARED, Profile, Text, compared, distinct_words

MakeProfile = Callable[..., Profile]
BODY = "Banjir merendam 1.200 rumah di Lembah Hijau. “Air naik cepat sekali malam itu,” kata Darma."


def test_a_profile_holds_what_an_article_is_compared_by(make_profile: MakeProfile) -> None:
    found = make_profile(1, "Banjir Lembah Hijau", BODY)
    assert math.hypot(*found.vector.values()) == pytest.approx(1)
    assert math.hypot(*found.title_vector.values()) == pytest.approx(1)
    assert set(found.names) == {"lembah", "hijau", "darma"}
    assert found.numbers == {"1.200"}
    assert found.quotations == (
        ("Air naik cepat sekali malam itu,", frozenset({"air", "naik", "cepat", "sekali", "malam", "itu"})),
    )
    assert "merendam 1.200 rumah" in found.shingles


@pytest.mark.parametrize(
    ("one", "other", "is_equal"),
    [
        ("Banjir di Sagara.", "BANJIR — di “Sagara”!", True),
        ("Banjir di Sagara.", "Banjir di Sagara 2.", False),
        ("satu dua", "dua satu", False),
        ("", "…", True),
    ],
)
def test_the_text_hash_sees_words_only(make_profile: MakeProfile, one: str, other: str, *, is_equal: bool) -> None:
    hashes = [make_profile(1, "Judul", body).text_hash for body in (one, other)]
    assert (hashes[0] == hashes[1]) == is_equal


def test_short_quotations_say_nothing() -> None:
    assert compared(["kakak", "satu dua tiga empat", "satu dua tiga empat lima"]) == [
        ("satu dua tiga empat lima", frozenset({"satu", "dua", "tiga", "empat", "lima"}))
    ]
    assert len(compared(["satu dua tiga empat lima"] * 500)) == QUOTATIONS_COMPARED


@pytest.mark.parametrize("body", ["", "\n\n", "😀", "東京で地震がありました", "kata " * 60_000, "\ud800 x", "'" * 9])
def test_any_text_has_a_profile(make_profile: MakeProfile, body: str) -> None:
    found = make_profile(1, "", body)
    assert len(found.text_hash) == 16
    assert set(found.vector) <= set(found.body_words)


def test_words_counted_are_those_of_title_and_body() -> None:
    text = Text(
        article_id=1,
        version=1,
        outlet="warta",
        title="Judul Baru",
        body="isi baru",
        language="",
        day=1,
        dated=False,
        quotations=(),
    )
    assert distinct_words(text) == {"judul", "baru", "isi"}
