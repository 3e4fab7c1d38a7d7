from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import verify as v
from dedupe.model import Article
from dedupe.profile import Profile

MakeProfile = Callable[..., Profile]
PIECES = st.sampled_from([
    "banjir", "Sagara", "1.200 rumah", "yang", "di", "Lembah Hijau.", "\n",
    "“Air naik cepat sekali malam itu,” kata Darma.",
    "“Malam itu air naik cepat sekali,” ujar Darma.", "gempa 5,4", "😀", "東京で地震", "\ud800",
])  # fmt: skip
BODIES = st.lists(PIECES, max_size=25).map(" ".join)
DAYS = st.integers(739_000, 739_004)


@given(a=BODIES, b=BODIES, title_a=BODIES, title_b=BODIES, day_a=DAYS, day_b=DAYS, dated=st.booleans())
def test_laws_of_a_pair(
    make_profile: MakeProfile, a: str, b: str, title_a: str, title_b: str, day_a: int, day_b: int, *, dated: bool
) -> None:
    one = make_profile(1, title_a, a, day=day_a, dated=dated)
    other = make_profile(2, title_b, b, day=day_b)
    found = v.verify(one, other)
    assert found == v.verify(other, one)
    assert v.measure(one, other) == v.measure(other, one)
    values = v.measure(one, other)
    assert all(0 <= value <= 1 for name, value in values.items() if name != "days")
    assert values["days"] == (abs(day_a - day_b) if dated else 0)
    assert found == v.verify(one, other, values)
    assert recomputed(found.evidence) == found.score == v.score(values)


@given(BODIES)
def test_a_text_is_like_itself(make_profile: MakeProfile, body: str) -> None:
    one, same = (make_profile(number, "Judul", body) for number in (1, 2))
    values = v.measure(one, same)
    assert values["words"] == pytest.approx(1, abs=1e-4)
    assert v.verify(one, same).score >= 0.9
    assert not one.shingles or v.verify(one, same).kind == "same_text"


def recomputed(evidence: Any) -> float:
    """The score from the evidence as a reader would add it up, after a trip through JSON."""
    features = [feature for name, feature in json.loads(json.dumps(evidence)).items() if name != "text"]
    assert all(feature["contribution"] == round(feature["value"] * feature["weight"], 6) for feature in features)
    return round(sum(feature["contribution"] for feature in features), 6)


def test_every_pair_of_the_demo_adds_up_and_its_shared_words_are_in_both(
    make_profile: MakeProfile, told: tuple[tuple[str, Article], ...]
) -> None:
    profiles = [make_profile(n, article.title, article.body) for n, (_, article) in enumerate(told[:20])]
    for n, one in enumerate(profiles):
        for other in profiles[n + 1 :]:
            pair = v.verify(one, other)
            assert recomputed(pair.evidence) == pair.score
            assert set(pair.evidence["words"].get("shared", ())) <= one.vector.keys() & other.vector.keys()
            assert set(pair.evidence["numbers"].get("shared", ())) <= one.numbers & other.numbers
            assert len(pair.evidence["words"].get("shared", ())) <= v.SHARED_SHOWN


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({}, {}, 0),
        ({"x": 1.0}, {}, 0),
        ({"x": 2.0}, {"x": 1.0}, 0.5),
        ({"x": 1.0, "y": 1.0}, {"x": 1.0, "z": 2.0}, 0.25),
        ({"x": 0.0}, {"x": 0.0}, 0),
    ],
)
def test_weighted_overlap(a: dict[str, float], b: dict[str, float], expected: float) -> None:
    assert v.weighted_overlap(a, b) == expected == v.weighted_overlap(b, a)


WEIGHED = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 9))


@given(WEIGHED, WEIGHED)
def test_weighted_overlap_is_a_symmetric_share_though_weights_differ(a: dict[str, float], b: dict[str, float]) -> None:
    assert v.weighted_overlap(a, b) == v.weighted_overlap(b, a)
    assert 0 <= v.weighted_overlap(a, b) <= 1


LONG = "banjir merendam rumah warga di tepi sungai sejak malam hari dan belum surut pagi ini " * 2
OTHER = "gempa mengguncang pulau seberang tanpa korban menurut petugas yang berjaga di menara pantai sore kemarin"
ALMOST = (
    "kapal tambang karam di muara sesudah dihantam ombak besar dan delapan awaknya selamat berenang ke tepian "
    "lalu dijemput perahu nelayan yang kebetulan pulang melaut pagi buta itu"
)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        (LONG, LONG, "same_text"),
        (LONG.upper(), LONG + ".", "same_text"),
        (f"{LONG} {ALMOST}", f"{ALMOST} {OTHER[:40]}", "same_text"),
        (LONG, OTHER, "same_story"),
        ("satu dua tiga", "satu dua tiga", "same_text"),
        ("", "", "same_story"),
        (OTHER + " dan satu", "menara pantai sore kemarin", "same_story"),
    ],
)
def test_kind(make_profile: MakeProfile, a: str, b: str, kind: str) -> None:
    same_words = "Kabar Pagi Dari Pantai Timur"
    assert v.verify(make_profile(1, same_words, a), make_profile(2, same_words, b)).kind == kind


@pytest.mark.parametrize(
    ("a", "b", "wordings"),
    [
        ("“satu dua tiga empat lima enam,” kata A.", "“satu dua tiga empat lima tujuh,” kata A.", 2),
        ("“satu dua tiga empat lima enam,” kata A.", "“tiga belas ekor sapi mati mendadak,” kata A.", 0),
        ("tanpa kutipan", "“satu dua tiga empat lima enam,” kata A.", 0),
    ],
)
def test_the_shared_quotation_is_shown_in_both_wordings(
    make_profile: MakeProfile, a: str, b: str, wordings: int
) -> None:
    pair = v.verify(make_profile(1, "x", a), make_profile(2, "y", b))
    assert len(pair.evidence["quotations"].get("shared", ())) == wordings
    assert (pair.evidence["quotations"]["value"] > 0) == bool(wordings)
