"""The pages in a real browser: from a pasted quotation to a comparison, at every width, without scripts, for all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow

WIDTHS = (360, 480, 800, 1_200, 1_600)
SCHEMES = ("light", "dark")
UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"
TABS = 120
"""Presses of the tab key after which a place counts as out of reach."""
Visit = Callable[..., Any]
Addresses = dict[str, str]
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def reworded(demo: Path, rows: Rows) -> tuple[str, int]:
    """A quotation of the story that most outlets cover, a few of its words dropped, and the story's id."""
    ((text, story),) = rows(
        demo,
        "SELECT q.text, c.story_id FROM quotes AS q JOIN coverage AS c ON c.article_id = q.article_id"
        " WHERE c.story_id = (SELECT id FROM stories ORDER BY outlets DESC, articles DESC, id LIMIT 1)"
        " ORDER BY length(q.text) DESC, q.id LIMIT 1",
    )
    return " ".join(word for place, word in enumerate(text.split()) if place % 6 != 3), story


def path_of(tab: Any) -> str:
    return urlsplit(tab.url).path


def test_a_pasted_reworded_quotation_leads_to_its_story_and_a_comparison_by_mouse(
    visit: Visit, reworded: tuple[str, int]
) -> None:
    text, story = reworded
    tab = visit("/")
    tab.get_by_role("searchbox", name="Who else has this?").fill(text)
    tab.get_by_role("button", name="Look up").click()
    assert path_of(tab) == "/look"
    tab.locator(f'main a[href="/story/{story}"]').first.click()
    assert path_of(tab) == f"/story/{story}"
    fields = tab.locator("select[name=b] option")
    tab.select_option("select[name=b]", value=fields.nth(2).get_attribute("value"))
    tab.get_by_role("button", name="Compare").click()
    assert path_of(tab) == f"/story/{story}"
    assert tab.locator(".beside > div").count() == 2


@pytest.mark.parametrize("page", ["README.md", "docs/journalists.md"])
def test_the_quotation_that_the_guides_paste_leads_to_its_story_in_two_clicks(page: str, visit: Visit) -> None:
    guide = (Path(__file__).parents[2] / page).read_text("utf-8")
    (pasted,) = re.findall(r'^\$ newscrawl check "(.+)"$', guide, re.MULTILINE)
    tab = visit("/")
    tab.get_by_role("searchbox", name="Who else has this?").fill(pasted)
    tab.get_by_role("button", name="Look up").click()
    tab.locator("main a").first.click()  # the first link of the answer is the story
    assert path_of(tab).startswith("/story/")
    spoken = tab.locator("#quotations ~ .utterance").all_inner_texts()
    assert any(set(pasted.replace(",", "").split()[-3:]) <= set(re.findall(r"\w+", one.lower())) for one in spoken)


def focused(tab: Any) -> Any:
    return tab.locator(":focus")


def tab_to(tab: Any, selector: str) -> None:
    """Press the tab key until what is looked for has the focus."""
    for _ in range(TABS):
        tab.keyboard.press("Tab")
        if focused(tab).and_(tab.locator(selector)).count():
            return
    raise AssertionError(f"the tab key does not reach {selector} on {tab.url}")


def test_the_same_by_keyboard_alone(visit: Visit, reworded: tuple[str, int]) -> None:
    text, story = reworded
    tab = visit("/")
    tab.keyboard.press("Tab")
    assert "skip" in (focused(tab).get_attribute("class") or "")
    tab_to(tab, "#q")
    tab.keyboard.insert_text(text)
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert path_of(tab) == "/look"
    tab_to(tab, f'main a[href="/story/{story}"]')
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert path_of(tab) == f"/story/{story}"
    tab_to(tab, "select[name=b]")
    tab.keyboard.press("ArrowDown")
    tab_to(tab, "select[name=b] >> xpath=following::button[1]")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.locator(".beside > div").count() == 2


def test_the_skip_link_leads_past_the_head_of_the_page(visit: Visit) -> None:
    tab = visit("/outlets")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**#content")
    tab.keyboard.press("Tab")
    assert focused(tab).and_(tab.locator("main *")).count() == 1


def test_what_is_folded_opens_by_keyboard(visit: Visit, addresses: Addresses) -> None:
    tab = visit(addresses["story"])
    tab_to(tab, "#alone ~ details summary")
    tab.keyboard.press("Enter")
    assert tab.locator("#alone ~ details[open]").count() == 1


def test_no_page_scrolls_sideways(visit: Visit, addresses: Addresses, site: str) -> None:
    tab = visit("/")
    wide = {}
    for name, path in addresses.items():
        tab.goto(f"{site}{path}")
        tab.evaluate(UNFOLD)
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 800})
            reaches = tab.evaluate("document.documentElement.scrollWidth")
            if reaches > width:
                wide[name, width] = reaches
    assert not wide


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "id")])
def test_no_page_has_a_serious_finding_of_axe(
    visit: Visit, addresses: Addresses, site: str, scheme: str, language: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing: pip install --group dev")
    tab = visit("/", color_scheme=scheme, locale=language, java_script_enabled=True)
    findings = []
    for name, path in addresses.items():
        tab.goto(f"{site}{path}")
        tab.evaluate(UNFOLD)
        found = axe.Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
        findings += [
            f"{name}: {one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
    assert not findings, "\n".join(findings)


def test_no_page_asks_another_host_for_anything_or_runs_a_script(visit: Visit, addresses: Addresses, site: str) -> None:
    tab = visit("/", java_script_enabled=True)
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    for name, path in addresses.items():
        tab.goto(f"{site}{path}")
        assert tab.locator("script, [style], style").count() == 0, name
    assert asked
    assert not [url for url in asked if not url.startswith((f"{site}/", "data:,"))]
    assert not [text for text in said if "404" not in text]


def test_a_browser_that_prefers_indonesian_reads_indonesian_and_may_choose_english(visit: Visit) -> None:
    tab = visit("/", locale="id-ID")
    assert tab.locator("html").get_attribute("lang") == "id"
    assert tab.get_by_role("button", name="Cari").count() == 1
    tab.get_by_role("link", name="English").click()
    assert tab.locator("html").get_attribute("lang") == "en"
    tab.get_by_role("link", name="Outlets", exact=True).first.click()
    assert tab.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_follow_the_reader_s_light_or_dark(visit: Visit, scheme: str) -> None:
    tab = visit("/", color_scheme=scheme)
    colour = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", colour)[:3]))
    assert (brightness > 600) == (scheme == "light")


def test_a_printed_story_has_its_sources_and_no_forms(visit: Visit, addresses: Addresses) -> None:
    tab = visit(addresses["story"])
    tab.emulate_media(media="print")
    assert not tab.locator("form").first.is_visible()
    assert tab.locator("#alone ~ details p").first.is_visible()
    assert tab.locator(".citation").is_visible()


def test_every_link_of_the_main_pages_leads_to_a_page(visit: Visit, addresses: Addresses, site: str) -> None:
    tab = visit("/")
    seen: set[str] = set()
    for name in ("stories", "story", "article", "outlets", "outlet", "speaker", "look-up", "about"):
        tab.goto(f"{site}{addresses[name]}")
        links = tab.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        seen.update(link.split("#")[0] for link in links if link.startswith(site))
    kinds: dict[str, str] = {}
    for link in sorted(seen):
        kinds.setdefault(re.sub(r"\d+|(?<==)[^&]*", "*", link), link)
    dead = {link: tab.request.get(link).status for link in kinds.values()}
    assert not {link: status for link, status in dead.items() if status != 200}
