"""NU.nl, a news site of the Netherlands.

Never tried live: written from the selectors that public scrapers use for it.
"""

from newscrawl.outlet import Outlet


class NuNl(Outlet):
    """NU.nl: free, its text lies in blocks."""

    name = "nu_nl"
    title = "NU.nl"
    language, country, timezone = "nl", "NL", "Europe/Amsterdam"
    homepage = "https://www.nu.nl/"
    feeds = ("https://www.nu.nl/rss/Algemeen", "https://www.nu.nl/rss/Economie")
    article_url = r"//www\.nu\.nl/[\w-]{2,40}/\d{6,9}/[\w-]{1,300}\.html(?:\?|$)"
    paywall = "none"
    article_css = "div.textblock, div.block-content > p"
    body_css = "div.textblock.paragraph, div.block-content > p, div.block-content > h2, div.block-content > ul"
    drop_css = ("aside",)
