"""pure: HTML -> the article as printed (JSON-LD, meta, outlet selectors, generic text), with provenance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from dedupe import Article, Reject
from newscrawl import credit_lines, facts, generic, jsonld, markup, metadata, rejects
from newscrawl.facts import Layers
from newscrawl.markup import Tree, decode
from newscrawl.paging import next_page, total_pages, whole_page
from newscrawl.rules import NO_RULES, Rules
from newscrawl.said import Said, alike

__all__ = ["Rules", "decode", "join", "next_page", "read", "total_pages", "whole_page"]

MIN_BODY = 100
"""Characters; less is a teaser, a notice or a picture's caption."""
MAX_BODY = 1_000_000
"""Characters; more is no article: the longest of 9,337 has 41,686."""


def read(html: str, url: str, rules: Rules = NO_RULES) -> Article | Reject:
    """The article as the page prints it, or why there is none; its dates and quotations are not read yet."""
    root, trouble = markup.readable(html)
    if root is None:
        return _reject(url, rules, trouble or "not-html", _TROUBLES[trouble or "not-html"])
    if rules.article_css and not markup.select(root, rules.article_css):
        return _reject(url, rules, "not-an-article", f"nothing matches article_css {rules.article_css!r}")
    layers = _layers(html, root, url, rules)
    lines, furniture, source = _body(root, rules, dict(layers))
    if _length(lines) > MAX_BODY:
        return _reject(url, rules, "too-large", f"{_length(lines)} characters of text, more than {MAX_BODY}")
    if reason := _not_an_article(root, url, rules, layers, lines):
        return _reject(url, rules, *reason)
    return _article(root, url, rules, layers, (lines, furniture, source))


_TROUBLES = {
    "too-large": f"over {markup.MAX_CHARACTERS} characters or {markup.MAX_ELEMENTS} elements",
    "too-deep": f"over {markup.MAX_DEPTH} levels, or the depths of its elements are over {markup.MAX_PATHS} together",
    "not-html": "no html, head, body, article, div, p or h1 tag in it",
}


def _reject(url: str, rules: Rules, reason: str, detail: str) -> Reject:
    return Reject(url=url, stage="read", reason=reason, detail=detail, outlet=rules.outlet or facts.host(url))


def _layers(html: str, root: Tree, url: str, rules: Rules) -> Layers:
    """What each layer of the page says, the most trusted first."""
    tags = metadata.tags(root)
    links = metadata.links(root, url)
    layers = [
        ("outlet", metadata.outlet(root, rules)),
        ("trusted", metadata.trusted(root, tags)),
        ("json-ld", jsonld.read(html, [url, *links.values()])),
        ("meta", replace(metadata.meta(tags, url), addresses=tuple(links.values()))),
    ]
    shown = _shown(root, layers, url, rules)
    return [*layers, ("generic", replace(shown, image_url=metadata.absolute(url, shown.image_url)))]


def _shown(root: Tree, layers: Layers, url: str, rules: Rules) -> Said:
    """What the visible page says, read only where the outlet's own selectors and the metadata left something out.

    Whoever wrote an outlet's selectors has seen whom its metadata names as the writer.
    """
    outlet = layers[0][1]
    publisher = rules.title_text or facts.pick(layers, "publisher")[0]
    known = Said(
        authors=facts.others(layers, url, publisher)[0],
        published=facts.pick(layers, "published")[0],
        caption=facts.pick(layers, "caption")[0],
        image_url=facts.pick(layers, "image_url")[0],
    )
    if not (rules.body_css and outlet.title and known.authors and known.published):
        return generic.read(root, known, publisher)
    return Said(
        caption=None if known.caption else generic.lead_caption(root),
        image_url=None if known.image_url else generic.lead_image(root, next(root.iter("h1"), None)),
    )


def _body(root: Tree, rules: Rules, said: Mapping[str, Said]) -> tuple[list[str], list[str], str]:
    """The article's lines, the lines left out, and the rule that gave them."""
    held = [part for line in (said["json-ld"].body or "").splitlines() if (part := markup.line(line))]
    if rules.body_css:
        areas = markup.outermost(markup.select(root, rules.body_css))
        inside = (element for area in areas for css in rules.drop_css for element in markup.select(area, css))
        dropped = [element for element in inside if element not in areas]
        furniture = [line for element in markup.outermost(dropped) for line in markup.lines(element)]
        lines, source = [line for area in areas for line in markup.lines(area, dropped)], "outlet"
    else:
        lines, furniture, source = generic.body(root), [], "generic"
    # trafilatura itself falls back to the JSON-LD body, all on one line.
    is_held = source == "generic" and " ".join(lines) == " ".join(held)
    if is_held or max(MIN_BODY, 2 * _length(lines)) < _length(held):
        lines, source = held, "json-ld"
    return once(lines), furniture, source


LONG = 80
"""Bytes; shorter lines may well stand twice in an article: names, labels, rows of a table."""


def once(lines: Iterable[str]) -> list[str]:
    """The lines in order, paragraphs that are printed again left out."""
    seen: set[str] = set()
    kept = []
    for line in lines:
        if line not in seen or len(line.encode("utf-8", "ignore")) < LONG:
            kept.append(line)
        seen.add(line)
    return kept


def _length(lines: Sequence[str]) -> int:
    return sum(map(len, lines))


def _not_an_article(root: Tree, url: str, rules: Rules, layers: Layers, lines: list[str]) -> tuple[str, str] | None:
    """Reason and detail where the page is no article; None where it is one."""
    says_so = any(said.is_article for _, said in layers)
    title = facts.pick(layers, "title")[0] or ""
    titles = [title, *(text for h1 in root.iter("h1") if (text := markup.text_of(h1)) and text != title)][:TITLES]
    if not says_so and (reason := rejects.notice(root, titles, lines, is_known=bool(rules.article_css))):
        return reason
    # An outlet's own selectors find the article alone: a short one, or a short last page, is still one.
    if _length(lines) < (1 if rules.body_css else MIN_BODY):
        nothing = ("no-text", f"{_length(lines)} characters of text with {rules.body_css or 'the generic reader'}")
        listed = None if says_so else rejects.listing(root, url, lines)
        return listed or rejects.without_text(root, titles, says_so=says_so) or nothing
    if not title:
        return "not-an-article", "no title in JSON-LD, meta tags, headings"
    if rules.article_css or rules.body_css or says_so:
        return None
    return rejects.listing(root, url, lines) or _no_prose(lines)


def _no_prose(lines: list[str]) -> tuple[str, str] | None:
    if generic.reads_as_text(lines):
        return None
    return "not-an-article", "no JSON-LD article, no og:type article, and its text is no run of sentences"


TITLES = 3
"""Of a page's titles and headings that are looked at for what it is."""


_FIELDS = {"standfirst": "standfirst", "section": "section", "tags": "tags", "published": "published_text",
           "modified": "modified_text", "image_url": "image_url", "caption": "image_caption",
           "credit": "image_credit",
           "is_free": "is_free"}  # fmt: skip
_CREDITS = ("image_credit", "source_credit")
"""Found in captions and last lines, where nothing else says them."""


def _article(root: Tree, url: str, rules: Rules, layers: Layers, text: tuple[list[str], list[str], str]) -> Article:
    lines, furniture, source = text
    publisher = facts.pick(layers, "publisher")[0]
    picked = {name: facts.pick(layers, field) for field, name in _FIELDS.items()}
    picked["standfirst"] = facts.standfirst(layers, lines)
    picked["title"] = facts.title(layers, rules, publisher)
    signed, lines = credit_lines.of_signature(lines)
    picked["authors"] = facts.authors(layers, url, publisher, signed)
    picked["language"] = facts.language(layers, lines)
    picked["url"] = facts.canonical(url, layers)
    values: dict[str, Any] = {name: value for name, (value, _) in picked.items() if value is not None}
    caption, credit = credit_lines.of_caption(values.get("image_caption"))
    values |= {"image_caption": caption, "image_credit": values.get("image_credit") or credit}
    body = untitled(lines, values["title"])
    values["source_credit"] = credit_lines.of_text(
        lines, values["image_credit"], own=rules.title_text or publisher or ""
    )
    picked |= {name: (values[name], picked.get(name, ("", ""))[1] or "generic") for name in _CREDITS if values[name]}
    return Article(
        outlet=rules.outlet or facts.host(url),
        body="\n".join(body),
        set_apart=set_apart(markup.select(root, rules.body_css) if rules.body_css else [root], body),
        furniture=tuple(furniture),
        provenance={name: rule for name, (value, rule) in picked.items() if value not in (None, ())} | {"body": source},
        addresses=tuple(dict.fromkeys([url, values["url"], *dict(layers)["meta"].addresses])),
        **values,
    )


_SET_APART = etree.XPath(
    "descendant-or-self::blockquote | descendant-or-self::*[self::div or self::p or self::section][@class]"
    "[contains(concat(' ', @class, ' '), ' quote ') or contains(concat(' ', @class, ' '), ' blockquote ')]"
)
_EMBEDDED = re.compile(
    r"\b(?:twitter|instagram|tiktok|reddit|bluesky|imgur|mastodon|fb|facebook|telegram|threads?|text-post|embed\w{0,4})\b",
    re.IGNORECASE,
)


def set_apart(areas: Iterable[Tree], body: Sequence[str]) -> tuple[str, ...]:
    """The lines of a body that stand in block quotations; the line that says who is cited is none, nor is a post.

    A text that stands in a block quotation as a whole is laid out so, and quotes nobody.
    """
    found = [element for area in areas for element in _SET_APART(area) if not _is_embedded(element)]
    if not found:
        return ()
    cited = {line for element in found for cite in element.iter("cite", "footer") for line in markup.lines(cite)}
    inside = {line for element in markup.outermost(found) for line in markup.lines(element)} - cited
    lines = tuple(line for line in body if line in inside)
    return lines if len(lines) < len(body) else ()


def _is_embedded(element: Tree) -> bool:
    """True for what a social network's script turns into a post."""
    around = (element, element.getparent())
    return any(one is not None and _EMBEDDED.search((one.get("class") or "")[:200]) for one in around)


OPENING = 3
"""Lines in which the headline may stand again, however it is set."""


def untitled(lines: Sequence[str], title: str) -> list[str]:
    """The lines without the headline."""
    said = alike(title)
    return [line for line in lines[:OPENING] if alike(line) != said] + [
        line for line in lines[OPENING:] if line != title
    ]


def join(parts: Sequence[Article]) -> Article:
    """One article out of its pages, in order: the first page's facts, every paragraph once."""
    head = parts[0]
    body = dict.fromkeys(line for part in parts for line in part.body.split("\n"))
    quoted = dict.fromkeys(line for line in _each(parts, "set_apart") if line in body)
    return replace(
        head,
        body="\n".join(body),
        set_apart=tuple(quoted),
        page_count=len(parts),
        source_credit=next((part.source_credit for part in reversed(parts) if part.source_credit), None),
        furniture=tuple(dict.fromkeys(_each(parts, "furniture"))),
        addresses=tuple(dict.fromkeys(_each(parts, "addresses"))),
    )


def _each(parts: Sequence[Article], field: str) -> Iterator[str]:
    return (value for part in parts for value in getattr(part, field))
