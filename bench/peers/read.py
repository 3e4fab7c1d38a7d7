"""One peer's answers to pages, in the peers' own environment: JSON lines in, JSON lines out.

    .venv-peers/bin/python bench/peers/read.py newspaper4k < pages.jsonl

In: {"html", "url"}. Out: {"body", "title", "authors", "day", "seconds"}, `seconds` of CPU; null for what the peer does
not give. bench/extraction.py starts it; nothing of newscrawl is imported here.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Reader = Callable[[str, str], dict[str, Any]]


def newspaper4k() -> Reader:
    import newspaper  # noqa: PLC0415 - only the peer that is asked for is loaded

    def read(html: str, url: str) -> dict[str, Any]:
        found = newspaper.article(url, input_html=html, fetch_images=False)
        day = found.publish_date.date().isoformat() if found.publish_date else None
        return {"body": found.text, "title": found.title, "authors": list(found.authors), "day": day}

    return read


def readability_lxml() -> Reader:
    from lxml import html as markup  # noqa: PLC0415 - as above
    from readability import Document  # noqa: PLC0415 - as above

    def read(html: str, url: str) -> dict[str, Any]:
        found = Document(html, url=url)
        text = markup.fromstring(found.summary())
        for block in text.iter("p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote", "td"):
            block.tail = f"\n{block.tail or ''}"  # the words of two paragraphs are not to grow together
        return {"body": text.text_content(), "title": found.short_title()}

    return read


def resiliparse() -> Reader:
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415 - as above

    without = dict.fromkeys(("comments", "list_bullets", "links", "alt_texts", "noscript"), False)

    def read(html: str, url: str) -> dict[str, Any]:  # noqa: ARG001 - it does not ask where a page is from
        return {"body": extract_plain_text(html, main_content=True, **without)}

    return read


def news_please() -> Reader:
    from newsplease import NewsPlease  # noqa: PLC0415 - as above

    def read(html: str, url: str) -> dict[str, Any]:
        found = NewsPlease.from_html(html, url=url, fetch_images=False)
        day = found.date_publish.date().isoformat() if found.date_publish else None
        return {"body": found.maintext or "", "title": found.title, "authors": list(found.authors or []), "day": day}

    return read


PEERS = {
    "newspaper4k": newspaper4k,
    "readability-lxml": readability_lxml,
    "resiliparse": resiliparse,
    "news-please": news_please,
}


def main() -> None:
    """Answer every page on standard input; what a peer itself prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    read = PEERS[sys.argv[1]]()
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.process_time()
        try:
            answer = read(asked["html"], asked["url"])
        except Exception as error:  # noqa: BLE001 - a peer that fails on a page has not read it, whatever the reason
            answer = {"body": "", "error": f"{type(error).__name__}: {error}"[:200]}
        answers.write(json.dumps({**answer, "seconds": time.process_time() - started}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
