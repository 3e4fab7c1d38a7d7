"""NDR, the public broadcaster of northern Germany."""

from newscrawl.outlet import Outlet


class Ndr(Outlet):
    """NDR: its pages came in two markups, of 2023 and of 2025."""

    name = "ndr"
    title = "NDR"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.ndr.de/"
    feeds = ("https://www.ndr.de/nachrichten/index-rss.xml",)
    news_sitemaps = ("https://www.ndr.de/sitemap112-newssitemap.xml",)
    article_url = r"//www\.ndr\.de/[\w/-]{2,120}/[^/?]{4,200}-?\d{2,4}\.html(?:\?|$)"
    paywall = "none"
    checked = "2 saved pages, November 2026"
    article_css = "header.articlehead"
    standfirst_css = "p.preface"
    section_css = "#breadcrumb li:nth-child(2) > a"
    tags_css = "div.tagbox a"
    author_css = "p.textauthor"
    body_css = (
        "div.copytext > p:not(.textauthor), div.copytext > h2, div.copytext > ul, "
        "body > article > p:not(.textauthor), body > article > h2, body > article > ul"
    )
