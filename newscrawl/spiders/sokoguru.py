"""Sokoguru.id, Indonesia: a small outlet on a content system of its own.

Never tried live: written from one article's text. The class names below are stand-ins that say which part of
the page is meant; they and the form of its addresses have to be set from a real page before the first run.
"""

from newscrawl.outlet import Outlet


class Sokoguru(Outlet):
    """The declaration of Sokoguru.id."""

    name = "sokoguru"
    title = "Sokoguru.Id"
    homepage = "https://sokoguru.id/"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    sections = ("https://sokoguru.id/",)
    article_url = r"sokoguru\.id/[^/?#]+/[^/?#-]+-[^/?#-]+-[^/?#]+"
    article_css = "div.detail-content"
    title_css = "h1.detail-title"
    standfirst_css = "p.detail-summary"
    author_css = "span.detail-author"
    date_css = "span.detail-date"
    section_css = "a.detail-category"
    caption_css = "div.detail-photo figcaption"
    body_css = "div.detail-content"
    furniture = (r"^SOKOGURU, [A-Z ]{3,40} [–-] ?$",)
