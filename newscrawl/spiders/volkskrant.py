"""de Volkskrant, a daily newspaper of the Netherlands.

Never tried live: written from the selectors that public scrapers use for it.
"""

from newscrawl.outlet import Outlet


class Volkskrant(Outlet):
    """de Volkskrant: most articles are for subscribers."""

    name = "volkskrant"
    title = "de Volkskrant"
    language, country, timezone = "nl", "NL", "Europe/Amsterdam"
    homepage = "https://www.volkskrant.nl/"
    feeds = ("https://www.volkskrant.nl/voorpagina/rss.xml", "https://www.volkskrant.nl/nieuws-achtergrond/rss.xml")
    article_url = r"~b[0-9a-f]{5,10}/?(?:\?|$)"
    paywall = "some"
    article_css = ".artstyle__paragraph"
    standfirst_css = "p.artstyle__intro"
    author_css = "span.artstyle__production__author"
    body_css = "p.artstyle__paragraph, h2.artstyle__header, h3.artstyle__header, ul.artstyle__list"
