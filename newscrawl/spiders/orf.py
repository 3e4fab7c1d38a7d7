"""ORF, the public broadcaster of Austria."""

from newscrawl.outlet import Outlet


class Orf(Outlet):
    """ORF: its articles name no writers."""

    name = "orf"
    title = "ORF.at"
    language, country, timezone = "de", "AT", "Europe/Vienna"
    homepage = "https://orf.at/"
    feeds = ("https://rss.orf.at/news.xml",)
    article_url = r"/stories/\d{6,9}/?(?:\?|$)"
    paywall = "none"
    checked = "1 saved page, November 2026"
    article_css = "#ss-storyContent"
    body_css = "div.story-story"
    drop_css = ("aside", "div.fact", "div.socialmedia-embed")
