"""heise online, news of information technology from Germany."""

from newscrawl.outlet import Outlet


class Heise(Outlet):
    """heise online: the sign of the editor stands below the text."""

    name = "heise"
    title = "heise online"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.heise.de/"
    feeds = ("https://www.heise.de/rss/heise-atom.xml",)
    article_url = r"//www\.heise\.de/[\w/-]{2,300}-\d{6,9}\.html(?:\?|$)"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "div.article-content"
    body_css = "div.article-content"
    drop_css = ("div.ad-label", "footer", "a-paternoster", "a-lightbox", "div.a-u-inline", "aside", "a-collapse")
