"""Der Spiegel, a news magazine of Germany."""

from newscrawl.outlet import Outlet


class Spiegel(Outlet):
    """Der Spiegel: its headline is in `og:title`; JSON-LD has the one for search engines."""

    name = "spiegel"
    title = "DER SPIEGEL"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.spiegel.de/"
    feeds = ("https://www.spiegel.de/schlagzeilen/index.rss",)
    news_sitemaps = ("https://www.spiegel.de/sitemaps/news-de.xml",)
    article_url = r"//www\.spiegel\.de/(?!international/)[\w/-]{3,300}-a-(?:[0-9a-f-]{36}|\d{4,8}\.html)(?:\?|$)"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "[data-area='body']"
    title_css = "meta[property='og:title']::attr(content)"
    body_css = "div[data-area='text']"
