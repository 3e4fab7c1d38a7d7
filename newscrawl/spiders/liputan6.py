"""Liputan6.com, Indonesia. Never tried live: written from public crawlers of it.

All pages of an article stand in one document, as blocks with a number and sometimes a heading.
"""

from newscrawl.outlet import Outlet


class Liputan6(Outlet):
    """The declaration of Liputan6.com."""

    name = "liputan6"
    title = "Liputan6.com"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.liputan6.com/"
    sections = (
        "https://www.liputan6.com/news",
        "https://www.liputan6.com/bisnis",
        "https://www.liputan6.com/regional",
        "https://www.liputan6.com/global",
    )
    article_url = r"www\.liputan6\.com/(?!photo|foto|video)[\w-]{2,40}/read/\d{5,9}/[^/?#]+"
    paywall = "none"
    article_css = "div.article-content-body"
    title_css = "h1.read-page--header--title"
    section_css = "li.read-page--breadcrumb--item:last-child"
    tags_css = "ul.tags--snippet__list a"
    caption_css = "figcaption.read-page--photo-gallery--item__caption"
    body_css = "div.article-content-body"
    drop_css = (
        "div.baca-juga-collections",
        "div.baca-juga",
        "div.article-ad",
        "div.advertisement-placeholder",
        "div.vidio-video-wrapper",
        "p.content-image-caption",
        "div.article-content-body__item-page--navigation",
    )
    furniture = (
        r"(?i)^saksikan video (?:pilihan|menarik)\b",
        r"(?i)^\* ?fakta atau hoaks\b",
        r"(?i)^simak (?:juga )?video\b",
    )
