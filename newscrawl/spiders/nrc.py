"""NRC, a daily newspaper of the Netherlands.

Never tried live: written from the selectors that public scrapers use for it.
"""

from newscrawl.outlet import Outlet


class Nrc(Outlet):
    """NRC: most articles are for subscribers."""

    name = "nrc"
    title = "NRC"
    language, country, timezone = "nl", "NL", "Europe/Amsterdam"
    homepage = "https://www.nrc.nl/"
    feeds = ("https://www.nrc.nl/rss/",)
    article_url = r"//www\.nrc\.nl/nieuws/20\d\d/\d\d/\d\d/[\w-]{1,300}(?:\?|$)"
    paywall = "some"
    article_css = "div.article__content"
    body_css = "div.article__content > p, div.article__content > h2, div.article__content > ul, div.bericht > p"
