import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import urls
from newscrawl.urls import MAX_LENGTH, canonical, forms, same_site

CASES = json.loads((Path(__file__).parents[1] / "cases" / "urls" / "canonical.json").read_text(encoding="utf-8"))
PIECES = st.sampled_from([
    "/", "//", "amp", ".amp", ".html", "?", "&", "=", "page", "all", "2", "utm_source", "%", "%2F",
    "%41", "..", ".", ";", ":", "@", "#", "a", "É", " ", "\0", "\ud800", "+", "%20", "b/c", "www.google.com/amp/s/",
    "https://", "x.cdn.ampproject.org/c/s/", "[", "]",
])  # fmt: skip
ADDRESSES = st.one_of(
    st.text(max_size=80),
    st.lists(PIECES, max_size=20).map(lambda pieces: "https://warta.example/" + "".join(pieces)),
    st.lists(PIECES, max_size=20).map(lambda pieces: "https://" + "".join(pieces)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_canonical(case: dict[str, Any]) -> None:
    assert canonical(case["url"]) == case["canonical"]


@given(ADDRESSES)
def test_canonical_twice_is_once(url: str) -> None:
    once = canonical(url)
    assert canonical(once) == once


@given(ADDRESSES | st.lists(PIECES, max_size=9).map(lambda pieces: "http://warta.test:8080/" + "".join(pieces)))
def test_what_is_seen_to_be_settled_is_canonical(url: str) -> None:
    """The glance says what the long way finds: an address with a fragment after it cannot be told at a glance."""
    if urls.is_settled(url):
        assert not urls.is_settled(f"{url}#a")
        assert urls.to_ask_for(f"{url}#a") == url
        assert canonical(f"{url}#a") == url
        assert same_site(url, f"{url}#a")


@pytest.mark.parametrize(
    "url",
    [
        "http://a.test/",
        "https://a.test:8080/b/c.html",
        "https://a.example/2026/11/22/a-b_c~d",
        "http://127.0.0.1:36035/a",
    ],
)
def test_ordinary_addresses_are_settled_at_a_glance(url: str) -> None:
    assert urls.is_settled(url)


@pytest.mark.parametrize("space", ["%20", "+", "-", " ", "%20+"])
@given(words=st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=2, max_size=5))
def test_a_channels_name_is_one_address_however_its_words_are_joined(words: list[str], space: str) -> None:
    assert canonical(f"https://warta.example/{space.join(words)}/x") == f"https://warta.example/{'-'.join(words)}/x"


@given(ADDRESSES)
def test_the_canonical_address_is_the_first_of_the_forms_and_none_comes_twice(url: str) -> None:
    found = forms(url)
    assert found[0] == canonical(url)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "other",
    [
        "http://warta.example/a",
        "https://www.warta.example/a",
        "https://warta.example/a/",
        "https://warta.example/a/amp",
        "https://warta.example/a?page=all",
        "https://m.warta.example/a",
        "https://amp.warta.example/a",
        "https://warta.example/amp/a",
    ],
)
def test_each_form_is_found_from_the_plain_one_and_leads_back(other: str) -> None:
    assert canonical(other) in forms("https://warta.example/a")
    assert "https://warta.example/a" in forms(other) or "/amp/" in other
    assert canonical("https://warta.example/amp/a") in forms("https://warta.example/a")


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://news.warta.example/a", "http://www.warta.example/b", True),
        ("https://warta.example/", "https://lain.example/", False),
        ("https://satu.co.id/", "https://dua.co.id/", False),
        ("https://berita.satu.co.id/", "https://satu.co.id/", True),
        ("https://satu.github.io/", "https://dua.github.io/", False),
        ("http://127.0.0.1/a", "http://127.0.0.1/b", True),
        ("http://127.0.0.1/a", "http://10.0.0.1/b", False),
        ("http://[::1]/a", "http://[::1]:8000/b", True),
        ("http://localhost/a", "http://localhost:8000/b", True),
        ("https://warta.example.jahat.com/", "https://warta.example/", False),
        ("mailto:a@warta.example", "https://warta.example/", False),
        ("", "", False),
    ],
)
def test_same_site(a: str, b: str, *, same: bool) -> None:
    assert same_site(a, b) is same
    assert same_site(b, a) is same


@given(ADDRESSES, ADDRESSES)
def test_same_site_is_symmetric(a: str, b: str) -> None:
    assert same_site(a, b) == same_site(b, a)


@pytest.mark.parametrize("path", ["/amp", "%", "//", "../", "?a=1&", "é", "#", "&page=1"])
def test_huge_addresses_come_back(path: str) -> None:
    huge = "https://warta.example/" + path * 100_000
    assert len(canonical(huge)) > MAX_LENGTH
    assert canonical(canonical(huge)) == canonical(huge)
