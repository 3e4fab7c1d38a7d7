"""Hostile texts in a real browser, our own policy switched off: nothing that outlets or readers write comes alive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest

from dedupe import Article, Quote, cluster, open_store

pytestmark = pytest.mark.slow

LIVE = """
[...document.querySelectorAll('*')].flatMap(one => [
    ...(['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'SVG', 'MATH', 'BASE', 'STYLE', 'VIDEO', 'AUDIO', 'IMG', 'TEMPLATE']
        .includes(one.tagName.toUpperCase()) ? [one.tagName] : []),
    ...[...one.attributes].filter(a => /^on|^style$|^srcdoc$|^formaction$/i.test(a.name)).map(a => a.name),
    ...['href', 'src', 'action'].map(name => one.getAttribute(name) || '')
        .filter(value => /^\\s*(javascript|vbscript|data:text)/i.test(value)),
])
"""
"""What a page holds that our templates never write."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, payloads: tuple[str, ...], serving: Any) -> Iterator[str]:
    """The address of the pages of a store in which every field is an attack."""
    db = tmp_path_factory.mktemp("hostile") / "news.db"
    with open_store(db) as store:
        for number, payload in enumerate(payloads):
            outlet = f"o{number % 4}{payload}"
            store.save_outlet(outlet, title=payload, homepage=payload, language=payload[:8], country=payload[:8])
            store.save_article(article(number, payload, outlet))
        cluster(store)
    with serving(db) as address:
        yield address


def article(number: int, payload: str, outlet: str) -> Article:
    """An article with one attack in every field."""
    spoken = f"{payload} kata mereka,"
    body = f"Banjir merendam tiga kecamatan.\n{payload}\n“{spoken}” ujar {payload}."
    start = body.index("“") + 1
    return Article(
        url=payload if number % 2 else f"https://warta.example/{number}?{payload}",
        outlet=outlet,
        title=f"Banjir {payload}",
        body=body,
        standfirst=payload,
        authors=(payload,),
        section=payload,
        tags=(payload,),
        language="id",
        published_text=payload,
        published_day=date(2026, 5, 5),
        modified_text=payload,
        image_url=payload,
        image_caption=payload,
        source_credit=payload,
        furniture=(payload,),
        provenance={"title": payload},
        quotes=(
            Quote(text=spoken, start=start, end=start + len(spoken), kind="direct", speaker=payload, role=payload,
                  cue=payload),
        ),
        addresses=(f"https://warta.example/{number}",),
    )  # fmt: skip


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A tab that runs scripts and minds no policy; what comes alive is kept in its list `alive`."""
    context = browser.new_context(bypass_csp=True, java_script_enabled=True)
    opened = context.new_page()
    opened.alive = []
    opened.on("dialog", lambda dialog: (opened.alive.append(f"{opened.url}: {dialog.message}"), dialog.dismiss()))
    context.route(
        re.compile(r"^[a-z]+://xss7\.example"), lambda route: (opened.alive.append(route.request.url), route.abort())
    )
    yield opened
    context.close()


Address = Callable[[int, str], str]
PAGES: dict[str, Address] = {
    "article": lambda number, _: f"/article/{number + 1}",
    "outlet": lambda number, payload: f"/outlet/{quote(f'o{number % 4}{payload}', safe='')}",
    "speaker": lambda _, payload: f"/speaker?name={quote(payload)}",
    "speakers": lambda _, payload: f"/speakers?name={quote(payload)}",
    "look-up": lambda _, payload: f"/look?q={quote(payload)}",
    "search": lambda _, payload: f"/search?q={quote(payload)}&outlet={quote(payload)}",
    "front page": lambda _, payload: f"/?outlet={quote(payload)}&day={quote(payload)}&kind=all",
    "error": lambda _, payload: f"/{quote(payload, safe='')}",
}
"""A page's address by the number of an attack and its text."""
ONCE = ("/?kind=all", "/outlets", "/speakers?days=90", "/about", "/why/1/2", "/why/3/4")


@pytest.mark.parametrize("kind", PAGES)
def test_no_attack_comes_alive(tab: Any, hostile: str, payloads: tuple[str, ...], kind: str) -> None:
    found = {}
    for number, payload in enumerate(payloads):
        path = PAGES[kind](number, payload)
        tab.goto(f"{hostile}{path}", wait_until="domcontentloaded")
        if live := tab.evaluate(LIVE):
            found[path] = live
    assert not found
    assert not tab.alive


def test_none_comes_alive_on_pages_that_show_all_of_them(tab: Any, hostile: str) -> None:
    tab.goto(f"{hostile}/?kind=all")
    stories = tab.eval_on_selector_all("ol.stories h2 a", "links => links.map(link => link.getAttribute('href'))")
    assert stories
    found = {}
    for path in (*ONCE, *stories):
        tab.goto(f"{hostile}{path}")
        if live := tab.evaluate(LIVE):
            found[path] = live
    assert not found
    assert not tab.alive
