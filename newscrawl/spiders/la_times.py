"""Los Angeles Times, United States."""

from newscrawl.outlet import Outlet


class LaTimes(Outlet):
    """The declaration of the Los Angeles Times."""

    name = "la_times"
    title = "Los Angeles Times"
    language, country, timezone = "en", "US", "America/Los_Angeles"
    homepage = "https://www.latimes.com/"
    feeds = ("https://www.latimes.com/california/rss2.0.xml", "https://www.latimes.com/world-nation/rss2.0.xml")
    news_sitemaps = ("https://www.latimes.com/news-sitemap.xml",)
    article_url = r"/story/\d{4}-\d\d-\d\d/[a-z0-9-]{1,250}"
    article_css = "[data-element*=story-body]"
    title_css = "h1.headline"
    body_css = "[data-element*=story-body]"
    drop_css = ("div.enhancement", "div.story-stack-item-number")
    paywall = "some"
    checked = "1 saved page, November 2026"
