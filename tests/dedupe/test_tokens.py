from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedupe import words as w
from dedupe.model import Article
from dedupe.tokens import Tokens, keys_of, tokens

PIECES = st.sampled_from([
    "Banjir", "banjir", "di Kota", "Jum'at", "tarik-ulur", "1.200", "5,4", "3:15", "7.", "covid19", "-", "--", "'",
    "\n", " ", ". ", ", ", ":", "“", "”", "…", "«Était", "naïve", "東京で地震", "😀", "\0", "\ud800", "Ⓐ", "²",
    "Σίσυφος", "x",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40)


def told(found: Tokens, number: int) -> tuple[list[str], set[str]]:
    """The words of one of several texts, and those of names."""
    places = np.arange(found.bounds[number], found.bounds[number + 1])
    return found.spelled(places), set(found.spelled(places[found.named[places]]))


def grows(text: str) -> bool:
    """Whether a character of a text is folded to several."""
    return any(len(char.casefold()) > 1 for char in text)


@given(st.lists(st.tuples(TEXTS, st.booleans()), min_size=1, max_size=6))
@example([("5", True), ("4", False), (",4", True), ("'a", True)])
def test_the_words_are_those_of_the_plain_reading(texts: list[tuple[str, bool]]) -> None:
    texts = [(text, opens) for text, opens in texts if not grows(text)] or [("", True)]
    found = tokens(texts)
    for number, (text, opens) in enumerate(texts):
        plain = w.read(text, opens=opens)
        assert told(found, number) == (plain.words, plain.named)


@pytest.mark.parametrize(
    ("text", "words", "named"),
    [
        ("di Straße 5", ["di", "strasse", "5"], {"strasse"}),
        ("di straße", ["di", "strasse"], set()),
        ("ke İstanbul", ["ke", "istanbul"], {"istanbul"}),
        ("ﬁlm ﬁktif", ["film", "fiktif"], set()),
        ("Weiß Weiß", ["weiss", "weiss"], {"weiss"}),
    ],
)
def test_characters_folded_to_several(text: str, words: list[str], named: set[str]) -> None:
    assert told(tokens([("Kabar", False), (text, True), ("Banjir", True)]), 1) == (words, named)


@given(st.lists(st.text(max_size=5), max_size=30))
def test_a_key_tells_a_word_wherever_it_stands(words: list[str]) -> None:
    keys = keys_of(words).tolist()
    assert [keys_of([word])[0] for word in words] == keys
    folded = [word.casefold() for word in words]
    assert len(set(keys_of(folded).tolist())) == len(set(folded))


def test_keys_of_a_corpus_are_as_many_as_its_words(told: Sequence[tuple[str, Article]]) -> None:
    found = tokens([(article.body, True) for _, article in told])
    spelled = found.spelled(np.arange(len(found.starts)))
    pairs = set(zip(found.keys.tolist(), spelled, strict=True))
    assert len({key for key, _ in pairs}) == len({word for _, word in pairs}) == len(pairs)
    assert keys_of(spelled).tolist() == found.keys.tolist()


@pytest.mark.parametrize("text", ["", "'" * 50_000, "a" * 200_000, "1." * 50_000, "\0" * 50_000, "a-" * 50_000 + "a"])
def test_hostile_texts_are_read_as_plainly(text: str) -> None:
    assert told(tokens([(text, True)]), 0)[0] == w.words(text)
