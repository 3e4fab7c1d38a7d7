"""pure: HTML -> the article as printed (JSON-LD, meta, outlet selectors, generic text), with provenance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from dedupe import Article, Reject
from newscrawl import credit_lines, facts, generic, jsonld, markup, metadata
from newscrawl.facts import Layers
from newscrawl.markup import Tree, decode
from newscrawl.paging import next_page
from newscrawl.rules import NO_RULES, Rules
from newscrawl.said import Said, alike

__all__ = ["Rules", "decode", "join", "next_page", "read"]

MIN_BODY = 100
"""Characters; less is a teaser, a notice or a picture's caption."""


def read(html: str, url: str, rules: Rules = NO_RULES) -> Article | Reject:
    """The article as the page prints it, or why there is none; its dates and quotations are not read yet."""
    if len(html) > markup.MAX_CHARACTERS:
        return _reject(url, rules, "too-large", f"{len(html)} characters, more than {markup.MAX_CHARACTERS}")
    root = markup.parse(html) if markup.looks_like_html(html) else None
    if root is None:
        return _reject(url, rules, "not-html", "no html, head, body, article, div, p or h1 tag in it")
    if trouble := markup.unreadable(root):
        return _reject(url, rules, trouble, f"over {markup.MAX_DEPTH} levels or {markup.MAX_ELEMENTS} elements")
    if rules.article_css and not markup.select(root, rules.article_css):
        return _reject(url, rules, "not-an-article", f"nothing matches article_css {rules.article_css!r}")
    layers = _layers(html, root, url, rules)
    lines, furniture, source = _body(root, rules, dict(layers))
    if reason := _not_an_article(root, url, rules, layers, lines):
        return _reject(url, rules, *reason)
    return _article(url, rules, layers, (lines, furniture, source))


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
    publisher = rules.title_text or facts.pick(layers, "publisher")[0]
    known = Said(
        authors=facts.others(layers, url, publisher)[0],
        published=facts.pick(layers, "published")[0],
        caption=facts.pick(layers, "caption")[0],
        image_url=facts.pick(layers, "image_url")[0],
    )
    shown = generic.read(root, known, publisher)
    return [*layers, ("generic", replace(shown, image_url=metadata.absolute(url, shown.image_url)))]


def _body(root: Tree, rules: Rules, said: Mapping[str, Said]) -> tuple[list[str], list[str], str]:
    """The article's lines, the lines left out, and the rule that gave them."""
    held = [part for line in (said["json-ld"].body or "").splitlines() if (part := markup.line(line))]
    if rules.body_css:
        areas = markup.outermost(markup.select(root, rules.body_css))
        dropped = [element for area in areas for css in rules.drop_css for element in markup.select(area, css)]
        furniture = [line for element in markup.outermost(dropped) for line in markup.lines(element)]
        lines, source = [line for area in areas for line in markup.lines(area, dropped)], "outlet"
    else:
        lines, furniture, source = generic.body(root), [], "generic"
    # trafilatura itself falls back to the JSON-LD body, all on one line.
    if " ".join(lines) == " ".join(held) or max(MIN_BODY, 2 * _length(lines)) < _length(held):
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


_NOT_FOUND = re.compile(
    r"\b(?:404|410)\b|not found|tidak ditemukan|nicht gefunden|no encontrad[ao]|introuvable|does ?n.t exist",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"\b(?:log ?in|sign ?in|masuk|anmelden|iniciar sesión|se connecter)\b", re.IGNORECASE)


def _not_an_article(root: Tree, url: str, rules: Rules, layers: Layers, lines: list[str]) -> tuple[str, str] | None:
    """Reason and detail where the page is no article; None where it is one."""
    says_so = any(said.is_article for _, said in layers)
    title = facts.pick(layers, "title")[0] or ""
    if not says_so and _NOT_FOUND.search(title) and _length(lines) < 10 * MIN_BODY:
        return "soft-404", f"the title is {title[:80]!r} and the page does not say that it is an article"
    # An outlet's own selectors find the article alone: a short one, or a short last page, is still one.
    if _length(lines) < (1 if rules.body_css else MIN_BODY):
        if not says_so and (_LOGIN.search(title) or root.find('.//input[@type="password"]') is not None):
            return "login-wall", "a log-in form and hardly any text"
        return "no-text", f"{_length(lines)} characters of text with {rules.body_css or 'the generic reader'}"
    if rules.article_css or rules.body_css or says_so:
        return None if title else ("not-an-article", "no title in JSON-LD, meta tags, headings")
    if not title or not urlsplit(url).path.strip("/") or not generic.reads_as_text(lines):
        return "not-an-article", "no JSON-LD article, no og:type article, and its text is no run of sentences"
    return None


_FIELDS = {"standfirst": "standfirst", "section": "section", "tags": "tags", "published": "published_text",
           "modified": "modified_text", "image_url": "image_url", "caption": "image_caption",
           "credit": "image_credit",
           "is_free": "is_free"}  # fmt: skip


def _article(url: str, rules: Rules, layers: Layers, text: tuple[list[str], list[str], str]) -> Article:
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
    values["source_credit"] = credit_lines.of_text(lines, values["image_credit"])
    return Article(
        outlet=rules.outlet or facts.host(url),
        body="\n".join(untitled(lines, values["title"])),
        furniture=tuple(furniture),
        provenance={name: rule for name, (value, rule) in picked.items() if value not in (None, ())} | {"body": source},
        addresses=tuple(dict.fromkeys([url, values["url"], *dict(layers)["meta"].addresses])),
        **values,
    )


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
    return replace(
        head,
        body="\n".join(body),
        page_count=len(parts),
        source_credit=next((part.source_credit for part in reversed(parts) if part.source_credit), None),
        furniture=tuple(dict.fromkeys(_each(parts, "furniture"))),
        addresses=tuple(dict.fromkeys(_each(parts, "addresses"))),
    )


def _each(parts: Sequence[Article], field: str) -> Iterator[str]:
    return (value for part in parts for value in getattr(part, field))
