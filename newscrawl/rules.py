"""What an outlet says of its pages, as `page.read` takes it; pages of unknown outlets are read with none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rules:
    """CSS selectors, each optional; where one is empty, the page's metadata and the generic reader serve."""

    outlet: str = ""
    """The outlet's name in code; empty: the host without `www.`."""
    title_text: str = ""
    """The outlet's name as it prints it."""
    language: str | None = None
    """ISO 639-1, where all of the outlet's pages are in one language."""
    article_css: str = ""
    """Matches on every article page and on no other."""
    body_css: str = ""
    """The elements that hold the text: each paragraph, or what is around them."""
    drop_css: tuple[str, ...] = ()
    """What inside the body is not the article; its lines are kept as furniture."""
    title_css: str = ""
    standfirst_css: str = ""
    author_css: str = ""
    date_css: str = ""
    modified_css: str = ""
    section_css: str = ""
    tags_css: str = ""
    caption_css: str = ""
    next_page_css: str = ""
    furniture: tuple[str, ...] = ()
    """Regular expressions of lines that are not the article."""


NO_RULES = Rules()
