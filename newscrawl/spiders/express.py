"""Daily Express, United Kingdom."""

from newscrawl.outlet import Outlet


class Express(Outlet):
    """The declaration of the Daily Express."""

    name = "express"
    title = "Daily Express"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://www.express.co.uk/"
    feeds = ("https://www.express.co.uk/posts/rss/139/politics", "https://www.express.co.uk/posts/rss/78/world")
    news_sitemaps = ("https://www.express.co.uk/googlenews.xml",)
    article_url = r"/\d{6,8}/[A-Za-z0-9-]{1,200}"
    article_css = "[data-type=article-body]"
    title_css = "article > header h1"
    standfirst_css = "article > header h3"
    body_css = "div.text-description:not(.dont-miss), div.live-events__entry-text"
    paywall = "none"
    checked = "1 saved page, November 2026"
