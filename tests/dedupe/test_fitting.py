from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.fitting import OF_THE_ORDER, Query, best_fit, folded, folded_words, marked, passage, shown
from dedupe.word_index import Weights

TEXT = st.text(st.sampled_from(" abcde.,\n“”'-é’"), max_size=120)


def query(text: str, **weight: float) -> Query:
    """A query whose words weigh 1 where no other weight is given."""
    words = folded_words(text)
    return Query(words, Weights({word: weight.get(word, 1.0) for word in words}, dict.fromkeys(words, 1)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jum’at", "jum'at"),
        ("CAFÉ", "cafe"),
        ("İstanbul", "istanbul"),
        ("Straße", "strasse"),
        ("东京", "东京"),
        ("", ""),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert folded(text) == expected
    assert folded(folded(text)) == folded(text)


def test_a_passage_is_found_where_most_of_its_words_stand() -> None:
    body = folded_words("satu dua tiga " * 20 + "banjir merendam jembatan kayu " + "empat lima enam " * 20)
    fit = passage(query("jembatan kayu banjir"), body)
    assert body[fit.start : fit.end] == ["banjir", "merendam", "jembatan", "kayu"]
    assert 1 - OF_THE_ORDER < fit.score < 1


def test_words_in_another_order_fit_a_little_less() -> None:
    body = folded_words("banjir merendam jembatan kayu")
    same, turned = (
        passage(query(text), body).score for text in ("banjir merendam jembatan", "jembatan merendam banjir")
    )
    assert same > turned >= same * (1 - OF_THE_ORDER) - 1e-9


def test_rare_words_count_more() -> None:
    asked = query("banjir yang", banjir=5.0, yang=0.1)
    assert passage(asked, ["banjir"]).score > 0.8 > passage(asked, ["yang"]).score


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Banjir Rendam Lantera", "title"),
        ("kami butuh perahu dan selimut malam ini juga", "quotation"),
        ("kami butuh perahu dan selimut", "quotation"),
        ("warga bertahan di atap sambil menunggu", "text"),
        ("warga bertahan di atap sambil menunggu. kata lurah, kami butuh perahu", "text"),
    ],
)
def test_what_of_an_article_fits(text: str, kind: str) -> None:
    said = "Kami butuh perahu dan selimut malam ini juga"
    body = f"Warga bertahan di atap sambil menunggu. Kata lurah, “{said}.” Air naik sejak sore."
    assert best_fit(query(text), "Banjir rendam Lantera", ["Lain sekali", said], body).kind == kind


@given(TEXT, TEXT, TEXT, TEXT)
def test_a_fit_is_a_share(asked: str, title: str, said: str, body: str) -> None:
    wanted = query(asked)
    if wanted.words:
        fit = best_fit(wanted, title, [said], body)
        assert 0 <= fit.score <= 1
        assert fit.start >= 0


@given(TEXT)
def test_a_text_fits_itself(text: str) -> None:
    asked = query(text)
    if asked.words:
        assert best_fit(asked, "", [], text).score > 0.99
        assert best_fit(asked, "", [text], "").score > 0.99


@given(TEXT, TEXT)
def test_marking_keeps_the_text(text: str, asked: str) -> None:
    pieces = marked(text, asked)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    shared = {word for piece in pieces if piece.is_shared for word in folded_words(piece.text)}
    assert shared <= set(folded_words(asked))


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("Tempat penuh, setiap hari 380.", "setiap hari 380 tempat penuh", ["Tempat penuh", "setiap hari 380"]),
        ("Lantera, kota banjir", "kota lantera", ["Lantera"]),
        ("satu dua", "tiga", []),
    ],
)  # fmt: skip
def test_what_is_marked(text: str, asked: str, expected: list[str]) -> None:
    assert [piece.text for piece in marked(text, asked) if piece.is_shared] == expected


def test_a_passage_is_shown_with_its_paragraph_cut_where_it_is_long() -> None:
    body = "awal\n" + "kata " * 200 + "banjir di sini " + "kata " * 200 + "\nakhir"
    fit = passage(query("banjir di sini"), folded_words(body))
    part = shown(body, fit.start, fit.end)
    assert "banjir di sini" in part
    assert part.startswith("… ")
    assert part.endswith(" …")
    assert len(part) < 600
    assert shown("satu\ndua tiga\nempat", 1, 3) == "dua tiga"
    assert shown("satu dua", 5, 9) == ""


def test_a_long_text_without_blanks_is_cut_too() -> None:
    body = "-" * 5_000 + " banjir " + "-" * 5_000
    assert len(shown(body, 0, 1)) < 600


def test_nothing_fits_nothing() -> None:
    assert best_fit(query("banjir"), "", [], "").score == 0
