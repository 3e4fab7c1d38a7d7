from __future__ import annotations

import dataclasses
from zoneinfo import ZoneInfo

import pytest

from newscrawl import languages, outlets, urls
from newscrawl.outlets import UnknownOutletError
from newscrawl.rules import Rules

KNOWN = outlets.known()


@pytest.mark.parametrize("name", KNOWN)
def test_every_outlet_is_a_whole_declaration(name: str) -> None:
    outlet = KNOWN[name]
    assert outlet.name == name
    assert outlet.title
    assert urls.canonical(outlet.homepage) == outlet.homepage
    assert ZoneInfo(outlet.timezone)
    assert outlet.date_order in {"DMY", "MDY", "YMD"}
    assert outlet.feeds or outlet.sitemaps or outlet.news_sitemaps or outlet.sections
    listings = (*outlet.feeds, *outlet.sitemaps, *outlet.news_sitemaps, *outlet.sections)
    assert all(urls.canonical(listing).startswith(("https://", "http://")) for listing in listings)
    assert len(set(listings)) == len(listings)
    assert outlet.country
    assert outlet.language in languages.known()
    assert outlet.paywall in {"", "none", "some", "all"}


@pytest.mark.parametrize("name", KNOWN)
def test_rules_are_what_the_outlet_declares(name: str) -> None:
    outlet, rules = KNOWN[name], KNOWN[name].rules()
    assert (rules.outlet, rules.title_text) == (name, outlet.title)
    for field in dataclasses.fields(Rules):
        if hasattr(outlet, field.name):
            assert getattr(rules, field.name) == getattr(outlet, field.name)


@pytest.mark.parametrize("name", KNOWN)
def test_an_outlet_is_found_by_any_address_of_its_site(name: str) -> None:
    outlet = KNOWN[name]
    assert outlets.at(f"{outlet.homepage}a/b?c=d") is outlet
    assert outlets.at(outlet.homepage.replace("://", "://m.").upper()) is outlet
    assert outlets.habits_at(outlet.homepage).timezone == outlet.timezone


@pytest.mark.parametrize("url", ["", "x", "http://[", "https://nowhere.example.org/", "pesisir", "http://"])
def test_other_addresses_belong_to_nobody(url: str) -> None:
    assert outlets.at(url) is None
    assert outlets.habits_at(url).rules == Rules()


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownOutletError, match="Did you mean pesisir"):
        outlets.named(["pesisirr"])
    with pytest.raises(UnknownOutletError, match="newscrawl outlets"):
        outlets.named(["qqqqqq"])


def test_the_demos_outlets_are_apart_from_real_ones() -> None:
    assert len(outlets.demo()) == 8
    assert all(".example/" in outlet.homepage for outlet in outlets.demo())
