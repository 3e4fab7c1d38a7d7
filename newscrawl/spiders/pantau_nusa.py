"""Pantau Nusa, a made-up outlet of the demo: the article stands in JSON-LD, the visible page has a teaser."""

from newscrawl.outlet import Outlet


class PantauNusa(Outlet):
    """Pantau Nusa (demo): its news sitemap leads to its articles."""

    name = "pantau_nusa"
    title = "Pantau Nusa"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "http://pantaunusa.example/"
    news_sitemaps = ("http://pantaunusa.example/news-sitemap.xml",)
    article_url = r"/[a-z-]{1,40}/\d{4}/\d\d/\d\d/"
    body_css = "div.story-teaser"
    drop_css = ("p.story-app",)
