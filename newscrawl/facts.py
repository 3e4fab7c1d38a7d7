"""pure: what each layer of a page says -> title, standfirst, writers, language and address, each with its rule."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

import py3langid

from newscrawl import headline, metadata, urls
from newscrawl.rules import Rules
from newscrawl.said import Said, alike

Layers = Sequence[tuple[str, Said]]
"""The name of a layer and what it says, the most trusted first."""


def host(url: str) -> str:
    """The outlet's name where none is given: the host without `www.`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def pick(layers: Layers, field: str) -> tuple[Any, str]:
    """A field's value and the rule that gave it, from the first layer that says it."""
    for rule, said in layers:
        value = getattr(said, field)
        if value not in (None, "", ()):
            return value, _RULES.get(rule, rule)
    return None, ""


_RULES = {"trusted": "meta"}
"""Layers whose rule goes by another name in an article's provenance."""


def title(layers: Layers, rules: Rules, publisher: str | None) -> tuple[str, str]:
    """The headline: by the outlet's selector, else as in JSON-LD, as shared (og:title), on the page."""
    said = dict(layers)
    if said["outlet"].title:
        return said["outlet"].title, "outlet"
    given = [(title, rule) for rule in ("json-ld", "meta") if (title := said[rule].title)]
    if not given and (title := said["generic"].title):
        given = [(title, "generic")]
    return headline.chosen(given, said["generic"].headings, said["generic"].title, rules.title_text or publisher)


def standfirst(layers: Layers, lines: Sequence[str]) -> tuple[str | None, str]:
    """The first standfirst that is more than the cut-off opening of the text."""
    for rule, layer in layers:
        if layer.standfirst and (rule == "outlet" or not _is_cut(layer.standfirst, lines)):
            return layer.standfirst, _RULES.get(rule, rule)
    return None, ""


def _is_cut(standfirst: str, lines: Sequence[str]) -> bool:
    said = alike(standfirst)
    opened = alike(" ".join(lines[:OPENING_LINES])[: 2 * len(standfirst) + OPENING_SLACK])
    whole_line = any(alike(line) == said for line in lines[:OPENING_LINES])
    return standfirst.rstrip().endswith(("…", "...", "[…]", "[...]")) or (said in opened and not whole_line)


OPENING_LINES, OPENING_SLACK = 4, 200
"""How much of the text is looked at for a standfirst that is cut out of it."""


def others(layers: Layers, url: str, publisher: str | None) -> tuple[tuple[str, ...], str]:
    """The first names that are not the outlet's own or its editors', and the rule that gave them."""
    site = alike(host(url).rpartition(".")[0])
    own = {alike(publisher or ""), alike(host(url)), site, site.rpartition(".")[2]}
    for rule, said in layers:
        names = tuple(name for name in said.authors if not _is_own(name, own))
        if names and (rule == "outlet" or not _are_editors(names, layers)):
            return names, _RULES.get(rule, rule)
    return (), ""


def _are_editors(names: Sequence[str], layers: Layers) -> bool:
    edited = {alike(name) for _, said in layers for name in said.editors}
    return all(alike(name) in edited for name in names)


def _is_own(name: str, own: Collection[str]) -> bool:
    said = alike(name)
    return said in own or any(len(one) >= OWN and said.startswith(one) for one in own)


OWN = 4
"""Letters of an outlet's name, from which "Harbour Times desk" is the outlet too."""


def authors(layers: Layers, url: str, publisher: str | None, signed: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The writers; the outlet itself stands as author only where no layer and no signed line names anyone else."""
    named = others(layers, url, publisher)
    if named[0]:
        return named
    if signed:
        return signed, "generic"
    names, rule = pick(layers, "authors")
    return names or (), rule


def language(layers: Layers, lines: Sequence[str]) -> tuple[str, str]:
    """The language as outlet and page say it; where they contradict each other or say nothing, as the text shows it.

    An outlet's own language is that of most of its pages: english.elpais.com is in English.
    """
    said = [(code, _RULES.get(rule, rule)) for rule, layer in layers if (code := metadata.language(layer.language))]
    codes = {code for code, _ in said}
    if said and (len(codes) == 1 or (said[0][1] == "outlet" and said[0][0] in {code for code, _ in said[1:]})):
        return said[0]
    guess = py3langid.classify("\n".join(lines)[:3000])[0]
    return next((pair for pair in said if pair[0] == guess), said[0] if said else (guess, "generic"))


def canonical(url: str, layers: Layers) -> tuple[str, str]:
    """The article's one address: the canonical link where it is a page of the same site, and no AMP form of it."""
    for address in dict(layers)["meta"].addresses[:1]:
        is_amp = _AMP.search(address.lower()) and not _AMP.search(url.lower())
        if not is_amp and urls.same_site(address, url) and urlsplit(address).path.strip("/"):
            return urls.canonical(address), "meta"
    return urls.canonical(url), "given"


_AMP = re.compile(r"[/.?&=]amp(?:[/.?&=]|$)")
