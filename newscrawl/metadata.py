"""pure: a page's meta tags, links and outlet selectors -> what each of them says of the article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urljoin, urlsplit

from newscrawl import markup
from newscrawl.markup import Tree
from newscrawl.rules import Rules
from newscrawl.said import Said, clean, first, people

_TITLE = (
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
    "title",
    "headline",
)
_STANDFIRST = (
    "og:description",
    "description",
    "twitter:description",
    "dcterms.description",
    "sailthru.description",
)
_WRITER = ("content_author",)  # kompas and its sisters: the writer, where JSON-LD names the editor
_AUTHOR = (
    "author",
    "article:author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "articleauthor",
    "article:byline",
    "twitter:misc:written by",
    "twitter:data1",  # the reading time is left out by tags()
)
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date.published",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "article:published",
    "content_publisheddate",
    "og:published_time",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "date",
    "rnews:datepublished",
)
_MODIFIED = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "revised",
)
_IMAGE = (
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "twitter:image",
    "twitter:image:src",
    "image",
    "thumbnailurl",
)
_SECTION = ("article:section", "content_category", "parsely-section", "section", "cxenseparse:category")
_TAGS = ("article:tag", "content_tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags")
_TIERS = ("article:content_tier", "og:article:content_tier", "article_content_tier", "content_tier", "content-tier")
_TIER = {"free": True, "metered": False, "locked": False, "paid": False, "premium": False, "subscriber": False}
_PAID = re.compile(
    r"(?:[a-z0-9]{1,12}:)?(?:[a-z]{3}-)?(?:article_)?(?:is[_-]?)?"
    r"(?:premium|paid(?:[_-]?content)?|paywall(?:ed)?|subscription(?:[_-]?(?:required|only))?)"
)
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def tags(root: Tree) -> dict[str, list[str]]:
    """Every meta tag's contents under its lower-case name (`name`, `property` or `itemprop`)."""
    found: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = clean(meta.get("content"))
        if name and content:
            found.setdefault(name.strip().lower(), []).append(content)
    if _DIGIT.search("".join(found.get("twitter:data1", []))):  # the reading time, or the price
        del found["twitter:data1"]
    return found


_DIGIT = re.compile(r"\d")


def links(root: Tree, url: str) -> dict[str, str]:
    """The page's `canonical` and `amphtml` links in this order, absolute, those that are web addresses."""
    found: dict[str, str] = {}
    for link in root.iter("link"):
        for rel in (link.get("rel") or "").lower().split():
            if rel in {"canonical", "amphtml"} and (target := absolute(url, link.get("href"))):
                found.setdefault(rel, target)
    return {rel: found[rel] for rel in ("canonical", "amphtml") if rel in found}


def absolute(base: str, address: str | None) -> str | None:
    """A link's full address; None where it is no web address."""
    try:
        full = urljoin(base, (address or "").strip())
        parts = urlsplit(full)
    except ValueError:
        return None
    return full if address and parts.scheme in {"http", "https"} and parts.hostname else None


def meta(found: Mapping[str, list[str]], url: str) -> Said:
    """What the meta tags say."""

    def one(names: Iterable[str]) -> str | None:
        return first(found[name][0] for name in names if name in found)

    kind = (one(("og:type",)) or "").lower()
    image = one(_IMAGE)
    return Said(
        is_article=kind in {"article", "news", "newsarticle", "og:article"} or "article:published_time" in found,
        title=one(_TITLE),
        standfirst=one(_STANDFIRST),
        authors=people(next((found[name] for name in _AUTHOR if people(found.get(name, []))), [])),
        published=one(_PUBLISHED),
        modified=one(_MODIFIED),
        section=one(_SECTION),
        tags=_tags(found),
        language=one(("og:locale", "content-language", "language", "dc.language", "dcterms.language")),
        image_url=absolute(url, image),
        publisher=one(("og:site_name", "application-name")),
        is_free=is_free(found),
    )


def is_free(found: Mapping[str, list[str]]) -> bool | None:
    """Whether the meta tags say that the whole text is to be read without paying; None where they say nothing.

    >>> is_free({"article:content_tier": ["locked"]}), is_free({"premium": ["no"]}), is_free({"author": ["Ada"]})
    (False, True, None)
    """
    free = _TRUTH.get(found.get("isaccessibleforfree", [""])[0].lower())
    tier = first(_TIER.get(found[name][0].lower()) for name in _TIERS if name in found)
    paid = first(_TRUTH.get(found[name][0].lower()) for name in found if _PAID.fullmatch(name))
    return first([free, tier, None if paid is None else not paid])


def trusted(root: Tree, found: Mapping[str, list[str]]) -> Said:
    """What is believed before JSON-LD: `<html lang>`, and meta tags known to name the writer."""
    return Said(authors=people(first(found.get(name) for name in _WRITER) or []), language=root.get("lang"))


def _tags(found: Mapping[str, list[str]]) -> tuple[str, ...]:
    contents = next((found[name] for name in _TAGS if name in found), [])
    parts = (clean(part) for content in contents for part in re.split(r"[,;]", content))
    return tuple(dict.fromkeys(part for part in parts if part))[:50]


def language(raw: str | None) -> str | None:
    """An ISO 639-1 code out of a language tag, a locale or a name.

    >>> language("id_ID"), language("in"), language("Indonesian")
    ('id', 'id', 'id')
    """
    tag = re.split(r"[-_]", (raw or "").strip().lower(), maxsplit=1)[0]
    tag = _LANGUAGES.get(tag, tag)
    return tag if re.fullmatch(r"[a-z]{2}", tag) else None


_LANGUAGES = {
    "in": "id",
    "ind": "id",
    "indonesian": "id",
    "indonesia": "id",
    "iw": "he",
    "eng": "en",
    "english": "en",
    "msa": "ms",
    "deu": "de",
    "ger": "de",
    "german": "de",
    "fra": "fr",
    "fre": "fr",
    "french": "fr",
    "spa": "es",
    "spanish": "es",
    "por": "pt",
    "jv": "jv",
    "nb": "no",
    "nn": "no",
}


def outlet(root: Tree, rules: Rules) -> Said:
    """What the outlet's own selectors find."""

    def all_of(name: str) -> list[str]:
        return markup.values(root, getattr(rules, name))

    def one(name: str) -> str | None:
        return clean(first(all_of(name)))

    return Said(
        title=one("title_css"),
        standfirst=one("standfirst_css"),
        authors=people(all_of("author_css"), besides=rules.title_text),
        published=undashed(one("date_css")),
        modified=undashed(one("modified_css")),
        section=one("section_css"),
        tags=tuple(dict.fromkeys(filter(None, map(clean, all_of("tags_css"))))),
        caption=one("caption_css"),
        language=rules.language,
    )


def undashed(text: str | None) -> str | None:
    """A printed date without the dashes and bars that set it off."""
    return (text or "").strip(" -–—|•·,") or None
