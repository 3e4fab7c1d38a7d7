"""Merdeka.com, Indonesia. Never tried live: written from public crawlers of it.

All pages of an article stand in one document; its JSON-LD names no author, its meta tags do.
"""

from newscrawl.outlet import Outlet


class Merdeka(Outlet):
    """The declaration of Merdeka.com."""

    name = "merdeka"
    title = "Merdeka.com"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.merdeka.com/"
    news_sitemaps = (
        "https://www.merdeka.com/peristiwa/sitemap.xml",
        "https://www.merdeka.com/politik/sitemap.xml",
        "https://www.merdeka.com/uang/sitemap.xml",
        "https://www.merdeka.com/dunia/sitemap.xml",
    )
    sections = ("https://www.merdeka.com/peristiwa", "https://www.merdeka.com/uang", "https://www.merdeka.com/dunia")
    article_url = r"merdeka\.com/(?!foto|video|slideshow)[\w-]{2,40}/(?:read/\d{5,9}/[^/?#]+|[\w-]{10,200}\.html)"
    paywall = "none"
    article_css = "div.articles-content__body"
    title_css = "h1.articles-content__title"
    standfirst_css = "p.articles-content__sinopsis"
    section_css = "nav.breadcrumb-navigation li:last-child"
    tags_css = "div.tags-articles__list a"
    caption_css = "figure.articles-content__image figcaption"
    body_css = "div.articles-content__body"
    drop_css = ("div div[class]",)
