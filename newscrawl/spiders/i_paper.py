"""The i Paper, United Kingdom: its theme of 2025, and the one before it."""

from newscrawl.outlet import Outlet


class IPaper(Outlet):
    """The declaration of The i Paper."""

    name = "i_paper"
    title = "The i Paper"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://inews.co.uk/"
    feeds = ("https://inews.co.uk/feed",)
    sitemaps = ("https://inews.co.uk/sitemap.xml",)
    article_url = r"inews\.co\.uk/(?:[a-z-]{2,40}/){1,3}[a-z0-9-]{8,200}-\d{5,9}(?:[/?#]|$)"
    article_css = "div.article-content"
    title_css = "h1.inews__post-title, h1.headline"
    standfirst_css = "p.inews__post-excerpt"
    body_css = "div.article-content > p, div.article-content > h2, div.article-content > h3, div.article-content > ul"
    paywall = "some"
    checked = "2 saved pages, November 2026"
