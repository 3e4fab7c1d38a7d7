"""Pages made to hurt are read or rejected with a reason; `bench/hostile_pages.py` says what each costs."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from dedupe import Article, Reject
from newscrawl import clean, markup, page, pipelines
from newscrawl.rules import Rules

BENCH: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "bench" / "hostile_pages.py"))
TOO_LARGE = {
    "over 5 MB", "100,000 links", "200,000 unclosed tags", "200,000 unclosed formats", "5 MB of elements",
    "5 MB of breaks", "one 5 MB line", "one 5 MB paragraph", "20,000 paragraphs", "100,000 quotations", "5 MB of <",
    "5 MB of mojibake", "5 MB of Chinese", "a million entities", "a million numbers of characters", "4 MB of JSON-LD",
    "datelines", "5 MB of accents",
}  # fmt: skip
TOO_DEEP = {"50,000 lists", "deeper than 256", "200,000 levels", "30,000 nested tables", "a CSS trap of levels"}


@pytest.mark.parametrize("rules", [Rules(), BENCH["RULES"]], ids=["unknown", "outlet"])
@pytest.mark.parametrize("name", list(BENCH["PAGES"]))
def test_a_hostile_page_is_read_or_rejected_with_a_reason(name: str, rules: Rules) -> None:
    html = BENCH["PAGES"][name]()
    found = page.read(html, BENCH["URL"], rules)
    if isinstance(found, Article):
        found = pipelines.finish(found, pipelines.Habits(rules=rules))
    page.next_page(html, BENCH["URL"], rules)
    page.whole_page(html, BENCH["URL"], rules)
    if isinstance(found, Reject):
        assert found.detail
        expected = {"too-large": name in TOO_LARGE, "too-deep": name in TOO_DEEP}
        assert expected[found.reason], found
    else:
        assert name not in TOO_LARGE | TOO_DEEP
        assert BENCH["SENTENCE"].strip() in found.body


def test_a_wide_page_may_not_be_deep_and_a_deep_one_not_wide() -> None:
    assert page.read(BENCH["article"]("<p>a</p>" * 45_000), BENCH["URL"]).url == BENCH["URL"]
    deep = BENCH["article"](("<div>" * 100 + "</div>" * 100) * 100)
    answer = page.read(deep, BENCH["URL"])
    assert isinstance(answer, Reject)
    assert answer.reason == "too-deep"
    assert str(markup.MAX_PATHS) in answer.detail


def test_accents_without_end_are_cut_as_in_stream_safe_text() -> None:
    cleaned = clean.text("a" + "\u0316\u0301" * 50_000)
    assert len(cleaned) <= 1 + 30
    assert clean.text(cleaned) == cleaned
    assert clean.text("— … " * 40) == ("— … " * 40).strip()
