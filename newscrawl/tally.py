"""pure: what one crawl of an outlet came to: its counts, what its pages were like, where its selectors matched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dedupe import Article, Reject
from newscrawl.rules import Rules

COUNTED = {
    "listings": "listings",
    "listings_failed": "listings_failed",
    "listings_unchanged": "listings_unchanged",
    "listings_flawed": "listings_flawed",
    "links": "links",
    "due": "due",
    "saved": "new",
    "new_versions": "version",
    "unchanged": "unchanged",
    "rejected": "rejected",
    "failed": "failed",
    "gone": "gone",
    "paused": "paused",
    "capped": "capped",
    "insecure_tls": "insecure_tls",
}
"""Column of `run_outlets` -> name of the crawl's statistic."""
SELECTORS = {
    "body_css": "body",
    "title_css": "title",
    "standfirst_css": "standfirst",
    "author_css": "authors",
    "date_css": "published_text",
    "modified_css": "modified_text",
    "section_css": "section",
    "tags_css": "tags",
    "caption_css": "image_caption",
}
"""Declared selector -> the field of an article whose provenance says "outlet" where it matched."""
MOST_LENGTHS = 200
"""Bodies of one run whose length is kept: as many as health looks back."""


@dataclass
class Tally:
    """What the pages of one outlet came to in one crawl."""

    rules: Rules
    kinds: Counter[str] = field(default_factory=Counter)
    """`pages`, `articles`, `dated` ..., as columns of `run_outlets`."""
    lengths: list[int] = field(default_factory=list)
    selected: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    """Field of `Rules` -> selector, pages on which it was looked for, pages on which it matched."""

    def note(self, item: Article | Reject) -> None:
        """Count what became of one page; a listing, or a later page of an article, is told elsewhere."""
        if isinstance(item, Reject) and item.stage not in {"fetch", "read"}:
            return
        self.kinds["pages"] += 1
        if isinstance(item, Reject):
            self.kinds[kind_of(item)] += 1
            self.note_selectors(matches_of_reject(item, self.rules))
        else:
            self.note_article(item)
            self.note_selectors(matches(item, self.rules))

    def note_article(self, article: Article) -> None:
        """Count what an article has and lacks."""
        self.kinds["articles"] += 1
        self.kinds["dated"] += article.published_day is not None
        self.kinds["signed"] += bool(article.authors)
        self.kinds["quoting"] += bool(article.quotes)
        self.kinds["cluttered"] += sum(map(len, article.furniture)) > len(article.body)
        if len(self.lengths) < MOST_LENGTHS:
            self.lengths.append(len(article.body))

    def note_selectors(self, matched: Mapping[str, bool]) -> None:
        """Count the selectors that were looked for on one page."""
        for name, has_matched in matched.items():
            selector, pages, times = self.selected.get(name, (declared(self.rules, name), 0, 0))
            self.selected[name] = (selector, pages + 1, times + has_matched)

    def columns(self) -> dict[str, int | str]:
        """Return what the pages were like, under the names of `run_outlets`' columns."""
        return {**{kind: self.kinds[kind] for kind in KINDS}, "body_lengths": json.dumps(self.lengths)}


KINDS = (
    "pages", "forbidden", "robots", "server_errors", "truncated", "refused", "unread",
    "articles", "dated", "signed", "quoting", "cluttered",
)  # fmt: skip


def kind_of(reject: Reject) -> str:
    """Return what kind of failure a reject is, as a column of `run_outlets`; `other` for what has none.

    >>> kind_of(Reject(url="https://kabar.example/1", stage="fetch", reason="http-403"))
    'forbidden'
    """
    reason = reject.reason
    if reject.stage == "read":
        return "unread"
    if reason in {"http-401", "http-403"}:
        return "forbidden"
    if reason.startswith("http-5"):
        return "server_errors"
    if reason in {"robots", "guard-truncated"}:
        return reason.removeprefix("guard-")
    return "refused" if reason.startswith("guard-") else "other"


def matches(article: Article, rules: Rules) -> dict[str, bool]:
    """Return which of an outlet's declared selectors matched on the page of an article."""
    found = {
        name: article.provenance.get(told) == "outlet" for name, told in SELECTORS.items() if declared(rules, name)
    }
    if rules.article_css:
        found["article_css"] = True
    return found


def matches_of_reject(reject: Reject, rules: Rules) -> dict[str, bool]:
    """Return which declared selectors are known to have matched, or not to, on a page that is no article."""
    if reject.reason == "not-an-article" and rules.article_css and reject.detail.startswith("nothing matches article_"):
        return {"article_css": False}
    if reject.stage == "read" and reject.reason == "no-text" and rules.body_css:
        return {"body_css": False}
    return {}


def declared(rules: Rules, name: str) -> str:
    """Return a selector that an outlet declares; empty where it declares none."""
    said: Any = getattr(rules, name)
    return str(said)


def counts_of(stats: Mapping[str, Any]) -> dict[str, int]:
    """Return a crawl's statistics under the names of `run_outlets`' columns."""
    errors = int(stats.get("spider_exceptions/count", 0)) + int(stats.get("newscrawl/item_errors", 0))
    return {**{column: int(stats.get(f"newscrawl/{name}", 0)) for column, name in COUNTED.items()}, "errors": errors}
