"""Selectors: the quick way finds what XPath finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import markup

TAGS = st.sampled_from(["div", "p", "h1", "article", "time"])
CLASSES = st.sampled_from(["", "isi", "isi judul", "judul", " isi\n", "isibesar", "Isi"])
PIECES = st.recursive(
    st.just("x"),
    lambda inside: st.tuples(TAGS, CLASSES, st.lists(inside, max_size=3).map("".join)).map(
        lambda one: f'<{one[0]} class="{one[1]}">{one[2]}</{one[0]}>'
    ),
    max_leaves=12,
)
SIMPLE = [
    "h1", "h1.judul", ".isi", "div.isi", ".isi.judul", "p", "article.isi.judul", "time",
    "div p", ".isi div", "div div", "div  .isi", ".isi .judul time", "html body .isi",
]  # fmt: skip


@pytest.mark.parametrize("css", SIMPLE)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_simple_selector_finds_what_xpath_finds(css: str, html: str) -> None:
    root = markup.parse(f"<html><body>{html}<h1>x</h1></body></html>")
    assert markup._simple(css) is not None
    assert markup.select(root, css) == markup.compiled(css)(root)


@pytest.mark.parametrize("css", ["div p::text", "h1::text", "a[href]", "h1, h2", "p:first-child", "#isi", "h1 > a"])
def test_any_other_selector_is_left_to_xpath(css: str) -> None:
    assert markup._simple(css) is None


def test_no_selector_finds_nothing() -> None:
    assert markup.select(markup.parse("<p>x</p>"), "") == []
