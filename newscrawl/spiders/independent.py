"""The Independent, United Kingdom."""

from newscrawl.outlet import Outlet


class Independent(Outlet):
    """The declaration of The Independent."""

    name = "independent"
    title = "The Independent"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://www.independent.co.uk/"
    feeds = ("https://www.independent.co.uk/rss", "https://www.independent.co.uk/news/world/rss")
    news_sitemaps = ("https://www.independent.co.uk/sitemaps/googlenews",)
    article_url = r"-[ab]\d{6,9}\.html"
    article_css = "article #main"
    title_css = "article h1"
    caption_css = "#articleHeader figcaption"
    body_css = "#main > p, #main > h2, #main > h3, #main > ul, #main > blockquote"
    furniture = (r"(?i)^this is a breaking news? story\b.{0,60}$",)
    paywall = "some"
    checked = "1 saved page, November 2026"
