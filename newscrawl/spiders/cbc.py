"""CBC News, Canada."""

from newscrawl.outlet import Outlet


class Cbc(Outlet):
    """The declaration of CBC News."""

    name = "cbc"
    title = "CBC News"
    language, country, timezone = "en", "CA", "America/Toronto"
    homepage = "https://www.cbc.ca/"
    feeds = (
        "https://www.cbc.ca/webfeed/rss/rss-topstories",
        "https://www.cbc.ca/webfeed/rss/rss-world",
        "https://www.cbc.ca/webfeed/rss/rss-canada",
    )
    article_url = r"/(?:news|sports)/[a-z0-9/-]{1,250}-\d\.\d{6,9}"
    article_css = "div.story > p"
    title_css = "h1.detailHeadline"
    standfirst_css = "h2.deck"
    body_css = "div.story > p, div.story > h2, div.story > ul"
    paywall = "none"
    checked = "1 saved page, November 2026"
