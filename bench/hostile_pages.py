"""What pages made to hurt cost to read: seconds and peak memory of `page.read` and `pipelines.finish` for each.

    python bench/hostile_pages.py [NAME ...]

Each page is made and read in a process of its own. The reading alone is timed; the peak is the whole process's,
and beside it stands the peak of a process that reads one small page.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection

from dedupe import Article
from newscrawl import page, pipelines
from newscrawl.rules import Rules

URL = "https://harbour.example/news/ferry-returns"
SENTENCE = "The old ferry crossed the bay again on Monday after three winters in the dry dock at the rope works. "
MEGABYTE = 1024 * 1024
LARGEST = 5 * MEGABYTE
"""Characters of the longest page that is read at all."""
PATIENCE = 60.0
"""Seconds after which a page is given up."""
RULES = Rules(body_css="article", title_css="h1", drop_css=("div div div div a", "*:not(p) > *:not(p) > em"))


def paged(body: str, head: str = "") -> str:
    """A page with this body that says that it is an article."""
    said = '<meta property="og:type" content="article"><meta property="og:title" content="Ferry returns">'
    return f"<!DOCTYPE html><html lang=en><head>{said}{head}</head><body>{body}</body></html>"


def article(body: str, head: str = "") -> str:
    """A page with this body behind two paragraphs of an article."""
    return paged(f"<article><h1>Ferry returns</h1><p>{SENTENCE}</p><p>{SENTENCE[:60]}.</p>{body}</article>", head)


def ld(block: str) -> str:
    """A JSON-LD script element."""
    return f'<script type="application/ld+json">{block}</script>'


def filled(piece: str, size: int = LARGEST - 2_000) -> str:
    """As many pieces as go into so many characters."""
    return piece * (size // len(piece))


NODE = '{"@type": "NewsArticle", "headline": "Ferry returns", '
PAGES: Mapping[str, Callable[[], str]] = {
    "small": lambda: article(""),
    "over 5 MB": lambda: article("x" * (LARGEST + 1)),
    "deeper than 256": lambda: article("<div>" * 300),
    "200,000 levels": lambda: article("<b>" * 200_000),
    "100,000 quotation marks": lambda: article(f"<p>{'“' * 50_000}{'”' * 50_000}</p>"),
    "100,000 straight marks": lambda: article(f"<p>{chr(34) * 100_000}</p>"),
    "100,000 quotations": lambda: article(f"<p>{'“Aye,” said Imke Dorn. ' * 50_000}</p>"),
    "100,000 apostrophes": lambda: article("<p>" + "'a " * 100_000 + "</p>"),
    "40,000 dashes": lambda: article("<p>– Aye, said Imke Dorn.</p>" * 40_000),
    "20,000 paragraphs": lambda: article("".join(f"<p>{number} {SENTENCE}</p>" for number in range(20_000))),
    "100,000 links": lambda: article("".join(f"<a href=/{number}>{number}</a> " for number in range(100_000))),
    "40,000 links": lambda: article("".join(f"<a href=/{number}>{number}</a> " for number in range(40_000))),
    "200,000 unclosed tags": lambda: article("<p>a" * 200_000),
    "200,000 unclosed formats": lambda: article("<i>a<p>" * 200_000),
    "tags that never end": lambda: article(filled("<a href='")),
    "5 MB of <": lambda: article(filled("<")),
    "5 MB of comments": lambda: article(filled("<!-- -->")),
    "5 MB of elements": lambda: article(filled("<p>")),
    "5 MB of breaks": lambda: article(filled("<br>")),
    "one 5 MB line": lambda: article(filled("x")),
    "one 5 MB paragraph": lambda: article(f"<p>{filled(SENTENCE)}</p>"),
    "5 MB of spaces": lambda: article(f"<p>{filled(' ')}x</p>"),
    "5 MB of line ends": lambda: article(f"<pre>a{filled(chr(10))}x</pre>"),
    "5 MB of mojibake": lambda: article(f"<p>{filled('Ã©â€œ')}</p>"),
    "5 MB of accents": lambda: article(f"<p>a{filled(chr(0x0316) + chr(0x0301))}</p>"),
    "5 MB of Chinese": lambda: article(f"<p>{filled('渡船在星期一再次渡过海湾。')}</p>"),
    "a million entities": lambda: article(f"<p>{'&amp;' * 1_000_000}</p>"),
    "a million numbers of characters": lambda: article(f"<p>{'&#65;' * 1_000_000}</p>"),
    "nested tables": lambda: article("<table><tr><td>a" * 80 + SENTENCE + "</table>" * 80),
    "30,000 nested tables": lambda: article("<table><tr><td>" * 30_000),
    "40,000 cells": lambda: article("<table>" + "<tr><td>a</td><td>b</td></tr>" * 13_000 + "</table>"),
    "50,000 lists": lambda: article("<ul><li>a" * 60 + "<li>b" * 45_000),
    "4 MB of JSON-LD": lambda: article("", ld(f'{NODE}"articleBody": "{filled(SENTENCE, 4 * MEGABYTE)}"}}')),
    "4 MB of JSON-LD nodes": lambda: article("", ld("[" + filled(NODE + '"a": 1},', 4 * MEGABYTE) + "1]")),
    "4 MB of JSON-LD levels": lambda: article("", ld("[" * (4 * MEGABYTE))),
    "4 MB of broken JSON-LD": lambda: article("", ld(filled('"headline": "', 4 * MEGABYTE))),
    "JSON-LD of commas": lambda: article("", ld(f'{{"a": [{filled(", ", 4 * MEGABYTE)}')),
    "JSON-LD of backslashes": lambda: article("", ld('"headline": "' + "\\" * (4 * MEGABYTE))),
    "40,000 JSON-LD elements": lambda: article("", ld(f"{NODE}}}") * 40_000),
    "a title of 4 MB": lambda: article("", f"<title>{filled('a - ', 4 * MEGABYTE)}</title>"),
    "40,000 meta tags": lambda: article("", f"<meta name=author content='{SENTENCE[:80]}'>" * 40_000),
    "a meta tag of 4 MB": lambda: article("", f"<meta name=author content='{filled('by ', 4 * MEGABYTE)}'>"),
    "40,000 headings": lambda: article("<h1>Ferry</h1>" * 40_000),
    "40,000 dates": lambda: article("<time datetime=2026-05-04>4 May 2026</time>" * 40_000),
    "40,000 bylines": lambda: article("<span class=byline>By Ada Quill</span>" * 40_000),
    "20,000 quotations in blocks": lambda: article(f"<blockquote>{SENTENCE}</blockquote>" * 20_000),
    "a CSS trap of siblings": lambda: article("<em></em>" * 45_000),
    "a CSS trap of levels": lambda: article(("<div>" * 200 + "<a>x</a>" * 20 + "</div>" * 200) * 200),
    "a class of 4 MB": lambda: article(f"<div class='{filled('article-body ', 4 * MEGABYTE)}'>{SENTENCE}</div>"),
    "40,000 classes": lambda: article("".join(f"<div class='related-{n}'>{n}</div>" for n in range(40_000))),
    "styles of 4 MB": lambda: article(f"<p style='{filled('display:', 4 * MEGABYTE)}'>{SENTENCE}</p>"),
    "a link of 4 MB": lambda: article(f"<a rel=next href='{filled('?page=2&', 4 * MEGABYTE)}'>2</a>"),
    "40,000 next links": lambda: article("".join(f"<a rel=next href='?page={n}'>{n}</a>" for n in range(40_000))),
    "repeated paragraphs": lambda: article(f"<p>{SENTENCE}</p>" * 40_000),
    "furniture lines": lambda: article("<p>Read more: Ferry returns</p>" * 40_000),
    "editors' marks": lambda: article(f"<p>{SENTENCE}{'(*) ' * 100_000}</p>"),
    "datelines": lambda: article(f"<p>{'HARBOUR, BAY – ' * 100_000}{SENTENCE}</p>"),
}  # fmt: skip


def cost(name: str, rules: Rules) -> tuple[str, float, float]:
    """What came of a page, the seconds it took and the megabytes of its process at most."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=measured, args=(name, rules, theirs))
    process.start()
    theirs.close()
    try:
        said, spent, peak = ours.recv() if ours.poll(PATIENCE) else (f"over {PATIENCE} s", PATIENCE, 0.0)
    except EOFError:
        said, spent, peak = "died", 0.0, 0.0
    process.kill()
    process.join()
    return said, spent, peak


def measured(name: str, rules: Rules, connection: Connection) -> None:
    """Read one page as a crawl does, and send what came of it."""
    read(PAGES["small"](), rules)
    html = PAGES[name]()
    started = time.process_time()
    said = read(html, rules)
    spent = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    connection.send((said, spent, peak))


def read(html: str, rules: Rules) -> str:
    """Read a page, finish it and look for its next page; say what came of it."""
    found = page.read(html, URL, rules)
    if isinstance(found, Article):
        found = pipelines.finish(found, pipelines.Habits(rules=rules))
        page.next_page(html, URL, rules)
    return f"article, {len(found.body)}" if isinstance(found, Article) else found.reason


def main() -> None:
    """Print a row for each page."""
    wanted = sys.argv[1:] or list(PAGES)
    print("| page | rules | what came | seconds | MB at most |\n|---|---|---|---|---|")
    for name in wanted:
        for label, rules in (("none", Rules()), ("outlet's", RULES)):
            said, spent, peak = cost(name, rules)
            print(f"| {name} | {label} | {said} | {spent:.2f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
