"""One test, many pages: every page under tests/pages gives the whole record beside it.

`tests/pages/<outlet>/<slug>.html` is an invented article in the outlet's markup, `<slug>.2.html` its second
page, `<slug>.json` the expected record after `page.read` and `pipelines.finish`; its first address is the one
asked for. `python tests/newscrawl/test_pages.py PAGE.html URL` prints what the code makes of a page: check it
against the page line by line, for it shows what the code does, not what is right.
"""

import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from dedupe import Article
from newscrawl import page, pipelines
from newscrawl.outlet import Outlet

PAGES = Path(__file__).parents[1] / "pages"
LOADER = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["newscrawl.spiders"]}))
FIRST_PAGES = sorted(path for path in PAGES.glob("*/*.html") if "." not in path.stem)


def outlet_class(name: str) -> type[Outlet]:
    found = LOADER.load(name)
    assert issubclass(found, Outlet)
    return found


def all_pages(first: Path) -> list[str]:
    """The HTML of an article's pages, in order."""
    later = sorted(first.parent.glob(f"{first.stem}.*.html"), key=lambda path: int(path.suffixes[0][1:]))
    return [path.read_text("utf-8") for path in (first, *later)]


def crawled(first: Path, url: str) -> Article:
    """The article as a crawl makes it of these pages, each page's link leading to the next."""
    outlet = outlet_class(first.parent.name)
    rules = outlet.rules()
    parts: list[Article] = []
    onward: str | None = url
    for html in all_pages(first):
        assert onward is not None, f"page {len(parts)} of {first} links to no next page"
        read = page.read(html, onward, rules)
        assert isinstance(read, Article), read
        parts.append(read)
        onward = page.next_page(html, onward, rules)
    assert onward is None, f"{first} has no page for {onward}"
    finished = pipelines.finish(page.join(parts), outlet.habits())
    assert isinstance(finished, Article), finished
    return finished


def record(article: Article) -> dict[str, Any]:
    """The article's fields as JSON holds them, the silent ones left out."""
    said: dict[str, Any] = json.loads(json.dumps(asdict(article), default=written, ensure_ascii=False))
    return {name: value for name, value in said.items() if value not in (None, [], {})}


def written(value: object) -> str:
    assert isinstance(value, date | datetime)
    return value.isoformat()


@pytest.mark.parametrize("html", FIRST_PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page_gives_its_record(html: Path) -> None:
    beside = html.with_suffix(".json")
    assert beside.exists(), (
        f"no record: write {beside}, by eye; "
        f"`python tests/newscrawl/test_pages.py {html} URL` prints what the code makes of it"
    )
    expected = json.loads(beside.read_text("utf-8"))
    assert record(crawled(html, expected["addresses"][0])) == expected


@pytest.mark.parametrize("name", LOADER.list())
def test_every_outlet_has_a_page(name: str) -> None:
    assert list((PAGES / name).glob("*.json")), (
        f"outlet {name!r} has no page: write an invented article in its markup as "
        f"tests/pages/{name}/<slug>.html and the record it should give as <slug>.json beside it "
        "(tests/newscrawl/test_pages.py says how)"
    )


if __name__ == "__main__":
    shown = record(crawled(Path(sys.argv[1]).resolve(), sys.argv[2]))
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")
