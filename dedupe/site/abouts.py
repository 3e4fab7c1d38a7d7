"""What every number and word of the pages means, once: the same sentences that stand beside them."""

from __future__ import annotations

from dataclasses import dataclass

from dedupe.compare import PASSAGE_WORDS
from dedupe.covering import ARTICLES_COMPARED
from dedupe.not_seen import DAYS_AFTER
from dedupe.site.answer import Answer
from dedupe.site.asked import Asked
from dedupe.site.wording import Wording
from dedupe.verify import SAME_QUOTATION

ENDINGS = ("_is", "_are", "definition")
"""How keys end whose sentence says what a figure or a part of a page means."""
WORDS = (
    "story", "article", "outlet", "independent", "first_seen", "printed", "order", "shares", "elsewhere", "fits",
    "score", "quotation", "speaker", "version", "credit", "running", "not_seen", "decision", "freshness", "address",
)  # fmt: skip
"""Words that more than one page uses."""
FIGURES: dict[str, object] = {
    "passage": PASSAGE_WORDS,
    "compared": ARTICLES_COMPARED,
    "days": DAYS_AFTER,
    "same": f"{SAME_QUOTATION:g}",
}
"""Figures in the definitions, from where they are used."""


@dataclass(frozen=True)
class Term:
    """A word or figure with what it means."""

    anchor: str
    term: str
    meaning: str


@dataclass(frozen=True)
class Group:
    """The terms of one page, or those of all."""

    title: str
    anchor: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class About:
    """What the figures mean."""

    groups: tuple[Group, ...]


def page(asked: Asked) -> Answer:
    """Return the page of definitions."""
    t = asked.wording
    shown = About(groups(t))
    rows = [{"page": g.title, "term": one.term, "meaning": one.meaning} for g in shown.groups for one in g.terms]
    return Answer(template="about.html", title=t("nav.about"), data=shown, rows=rows)


def groups(t: Wording) -> tuple[Group, ...]:
    """Return the words of all pages, then the definitions of each page in the order of the wording."""
    common = tuple(Term(word, t(f"about.words.{word}"), t(f"about.means.{word}", **FIGURES)) for word in WORDS)
    found: dict[str, list[Term]] = {}
    for key in t.said:
        table, _, rest = key.partition(".")
        if rest.endswith(ENDINGS) and "{" not in t.said[key] and table != "about":
            found.setdefault(table, []).append(
                Term(key.replace(".", "-").replace("_", "-"), named(t, key), t.said[key])
            )
    pages = (Group(heading(t, table), f"page-{table.replace('_', '-')}", tuple(of)) for table, of in found.items())
    return (Group(t("about.common"), "page-all", common), *pages)


def named(t: Wording, key: str) -> str:
    """Return what a definition defines: the heading that stands above it, or the page's own.

    Where neither says enough on this page, `about.terms` has the words.
    """
    table = key.partition(".")[0]
    bare = key.removesuffix("_is").removesuffix("_are").removesuffix(".definition").removesuffix("_definition")
    tried = (f"about.terms.{bare.replace('.', '_')}", bare)
    return next((t.said[one] for one in tried if one in t.said and "{" not in t.said[one]), heading(t, table))


def heading(t: Wording, table: str) -> str:
    """Return the name of a page."""
    known = (f"about.pages.{table}", f"{table}.title", f"nav.{table}")
    return next((t.said[key] for key in known if key in t.said and "{" not in t.said[key]), table)
