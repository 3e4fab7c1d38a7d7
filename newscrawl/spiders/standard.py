"""The Standard, London, United Kingdom: all class names are hashed."""

from newscrawl.outlet import Outlet


class Standard(Outlet):
    """The declaration of The Standard."""

    name = "standard"
    title = "The Standard"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://www.standard.co.uk/"
    feeds = ("https://www.standard.co.uk/rss", "https://www.standard.co.uk/news/rss")
    article_url = r"-[ab]\d{6,9}\.html"
    article_css = "article h1"
    title_css = "article h1"
    body_css = "article div:not([class]) > p, article div:not([class]) > h2, article div:not([class]) > h3"
    paywall = "none"
    checked = "2 saved pages, November 2026"
