"""pure: the JSON-LD of a page -> what it says of the article, whatever shape it is in."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from newscrawl.said import Said, alike, clean, first, people

MAX_NODES = 5_000
"""Objects looked at on a page; real pages stay under a few hundred."""

RANK = {
    "newsarticle": 0, "reportagenewsarticle": 0, "analysisnewsarticle": 0, "backgroundnewsarticle": 0,
    "opinionnewsarticle": 0, "reviewnewsarticle": 0, "asknewsarticle": 0, "liveblogposting": 1,
    "article": 1, "report": 1, "blogposting": 2, "advertisercontentarticle": 2,
    "satiricalarticle": 2, "scholarlyarticle": 2,
    "techarticle": 2, "socialmediaposting": 3, "discussionforumposting": 3, "review": 4, "recipe": 4,
    "videoobject": 6,
    "webpage": 8, "itempage": 8,
}  # fmt: skip
"""Schema.org types that may hold an article's facts, best first."""
ARTICLE_RANK = 4
"""Up to this rank a node says that the page is an article."""

# Objects below these keys are other articles.
_ELSEWHERE = frozenset(
    [
        "itemListElement",
        "hasPart",
        "isPartOf",
        "relatedLink",
        "mentions",
        "citation",
        "comment",
        "review",
        "liveBlogUpdate",
        "significantLink",
        "workExample",
        "isBasedOn",
        "subjectOf",
        "about",
    ]
)
_SCRIPT = re.compile(r"<script\b[^>]{0,400}?\bapplication/ld\+json\b[^>]{0,400}>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/|;)\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s{0,200}[}\]])")
_BARE = re.compile(r'"(headline|datePublished|dateModified)"\s{0,20}:\s{0,20}"((?:[^"\\]|\\.){3,400})"')


def blocks(html: str) -> list[str]:
    """The contents of a page's JSON-LD script elements; one that is never closed ends the search."""
    found: list[str] = []
    opening = _SCRIPT.search(html)
    while opening and (closing := _SCRIPT_END.search(html, opening.end())):
        found.append(html[opening.end() : closing.start()])
        opening = _SCRIPT.search(html, closing.end())
    return found


def load(block: str) -> Any:
    """A block as Python objects; None where it is beyond repair."""
    for repair in (_as_printed, _repaired):
        try:
            return json.loads(repair(block), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _as_printed(block: str) -> str:
    return block


def _repaired(block: str) -> str:
    """A block without the comments around it and without commas behind the last member."""
    return _TRAILING_COMMA.sub(r"\1", _WRAPPING.sub("", _WRAPPING.sub("", block)))


def nodes(data: Any) -> Iterator[Mapping[str, Any]]:
    """Objects of a JSON-LD value, outermost first, without those that describe other pages."""
    queue = deque([data])
    for _ in range(MAX_NODES):
        if not queue:
            return
        node = queue.popleft()
        if isinstance(node, list):
            queue.extend(node[:MAX_NODES])
        elif isinstance(node, dict):
            yield node
            queue.extend(
                value for key, value in node.items() if isinstance(value, (dict, list)) and key not in _ELSEWHERE
            )


def rank(node: Mapping[str, Any]) -> int | None:
    """How good a source of an article's facts a node is, 0 best; None for a node of another kind."""
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    ranks = [
        RANK[name] for kind in names if isinstance(kind, str) and (name := kind.rsplit("/", 1)[-1].lower()) in RANK
    ]
    return min(ranks, default=None)


def read(html: str, addresses: Iterable[str] = ()) -> Said:
    """What a page's JSON-LD says of its article: by the node of the best type."""
    found: list[Mapping[str, Any]] = []
    broken: list[str] = []
    for block in blocks(html):
        data = load(block)
        found.extend(nodes(data))
        if data is None:
            broken.append(block)
    known = {node["@id"]: node for node in found if isinstance(node.get("@id"), str) and len(node) > 1}
    ranked = [(place, order, node) for order, node in enumerate(found) if (place := rank(node)) is not None]
    own = {_path(address) for address in addresses}
    ranked.sort(
        key=lambda item: (
            item[0],
            not own.intersection(map(_path, _addresses(item[2]))),
            "headline" not in item[2],
            item[1],
        )
    )
    if not ranked:
        return _from_broken(broken)
    said = [_edited(_said(node, known, place), html) for place, _, node in ranked[:1]]
    pages = [_said(node, known, place) for place, _, node in ranked[1:] if place >= RANK["webpage"]]
    return _merge(said[0], pages) if said[0].is_article else said[0]


def _edited(article: Said, html: str) -> Said:
    """With the authors apart whom the page prints behind "Editor:": outlets name who published the article."""
    return article.with_(editors=_Editors(article.authors, html)) if article.authors else article


class _Editors:
    """Those of an article's authors whom its page prints as its editors; looked for when somebody asks."""

    def __init__(self, authors: Sequence[str], html: str) -> None:
        self.authors, self.html = authors, html

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    @cached_property
    def names(self) -> tuple[str, ...]:
        declared = _DECLARED.search(self.html[:5000])
        if declared and declared[1].lower() not in _WITH_EDITORS:
            return ()
        edited = {alike(name) for name in _printed_editors(self.html)}
        return tuple(name for name in self.authors if alike(name) in edited)


def _printed_editors(html: str) -> Iterator[str]:
    for word in ("Editor", "Redaktur", "Penyunting"):
        place = html.find(word)
        for _ in range(MAX_PRINTED):
            if place < 0:
                break
            if match := _EDITOR.match(html, place + len(word)):
                yield match[1]
            place = html.find(word, place + len(word))


_DECLARED = re.compile(r"<html\b[^<>]{0,400}?\slang\s{0,3}=\s{0,3}[\"']?([a-z]{2})", re.IGNORECASE)
_WITH_EDITORS = frozenset(["id", "in", "ms"])
"""Languages whose outlets print both; pages in others are not searched, for it takes longer than the JSON-LD."""
MAX_PRINTED = 100
"""Places of the word on a page that are looked at."""
_EDITOR = re.compile(
    r"\s{0,9}(?:</[a-z]{1,9}>\s{0,9}){0,2}:\s{0,40}(?:<[^<>]{0,250}>\s{0,40}){0,4}([^\s<>:|\"{}][^<>:|\"{}]{1,60}?)\s{0,40}<"
)


def _merge(article: Said, pages: list[Said]) -> Said:
    """The article's facts, with the date of the page node where the article node says none."""
    published = first([article.published, *(page.published for page in pages)])
    language = first([article.language, *(page.language for page in pages)])
    return article.with_(published=published, language=language)


def _said(node: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], place: int) -> Said:
    image = _resolved(node.get("image"), known) or _resolved(node.get("thumbnailUrl"), known)
    return Said(
        is_article=place <= ARTICLE_RANK,
        title=clean(_text(node.get("headline")) or (_text(node.get("name")) if place > 1 else None)),
        standfirst=clean(_text(node.get("description"))),
        body=_text(node.get("articleBody")),
        authors=people(_names(node.get("author") or node.get("creator"), known)),
        published=clean(_text(node.get("datePublished"))) or clean(_text(node.get("dateCreated"))),
        modified=clean(_text(node.get("dateModified"))),
        section=clean(first(_strings(node.get("articleSection")))),
        tags=tuple(tag for tag in map(clean, _keywords(node.get("keywords"))) if tag),
        language=_language(node.get("inLanguage")),
        image_url=_text(image.get("url") or image.get("contentUrl")) if isinstance(image, Mapping) else _text(image),
        caption=clean(_text(image.get("caption")) if isinstance(image, Mapping) else None),
        credit=clean(_text(image.get("creditText")) if isinstance(image, Mapping) else None),
        publisher=clean(first(_names(node.get("publisher"), known))),
        is_free=_is_free(node),
        addresses=tuple(_addresses(node)),
    )


def _from_broken(broken: list[str]) -> Said:
    """Headline and dates picked out of blocks that are no JSON, such as those with bare quotation marks."""
    facts = {match[1]: match[2] for block in reversed(broken) for match in reversed(list(_BARE.finditer(block)))}
    if not facts:
        return Said()
    return Said(
        is_article="headline" in facts,
        title=clean(facts.get("headline", "").replace('\\"', '"')),
        published=clean(facts.get("datePublished")),
        modified=clean(facts.get("dateModified")),
    )


def _text(value: Any) -> str | None:
    """A string out of a value that may be a string, a list of one or an object with `@value` or `url`."""
    for _ in range(4):
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("url") or value.get("name") or value.get("@id")
        else:
            return None
    return None


def _strings(value: Any) -> list[str]:
    many = value if isinstance(value, list) else [value]
    return [text for item in many[:100] if (text := _text(item))]


def _keywords(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part for part in value[:5000].split(",") if ":" not in part][:50]
    return [text for text in _strings(value) if ":" not in text][:50]


_REFERENCE = {"@id", "@type"}


def _resolved(value: Any, known: Mapping[str, Mapping[str, Any]]) -> Any:
    """The first object of a value, followed through an `@id` reference."""
    first_one = value[0] if isinstance(value, list) and value else value
    if isinstance(first_one, dict) and isinstance(first_one.get("@id"), str) and first_one.keys() <= _REFERENCE:
        return known.get(first_one["@id"], first_one)
    return first_one


def _names(value: Any, known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Names out of a string, an object or a list of either, of people and organisations (a wire beside a writer)."""
    many = value if isinstance(value, list) else [value]
    objects = [_resolved(item, known) for item in many[:30]]
    return [name for item in objects if (name := item if isinstance(item, str) else _name(item))]


def _name(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    name = item.get("name")
    if isinstance(name, list):
        return ", ".join(part for part in name[:30] if isinstance(part, str)) or None
    whole = " ".join(part for key in ("givenName", "familyName") if isinstance(part := item.get(key), str))
    return name if isinstance(name, str) and name.strip() else whole or None


def _addresses(node: Mapping[str, Any]) -> list[str]:
    page = node.get("mainEntityOfPage")
    texts = [
        _text(node.get("url")),
        page.get("@id") or page.get("url") if isinstance(page, dict) else page,
        node.get("@id"),
    ]
    return [text for text in texts if isinstance(text, str) and text.startswith("http")]


def _path(address: str) -> str:
    return address.split("#", 1)[0].split("?", 1)[0].split("://", 1)[-1].removeprefix("www.").rstrip("/")


def _language(value: Any) -> str | None:
    return _text(value.get("alternateName") or value.get("name")) if isinstance(value, dict) else _text(value)


def _is_free(node: Mapping[str, Any]) -> bool | None:
    """What the article says of itself; where it is silent, False if a part of it is said to be behind the wall."""
    said = _truth(node.get("isAccessibleForFree"))
    parts = node.get("hasPart")
    listed = parts[:50] if isinstance(parts, list) else [parts]
    walls = (isinstance(part, dict) and _truth(part.get("isAccessibleForFree")) is False for part in listed)
    return False if said is None and any(walls) else said


def _truth(value: Any) -> bool | None:
    text = str(_text(value) if not isinstance(value, bool | int) else value).lower()
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(text.rsplit("/", 1)[-1])
