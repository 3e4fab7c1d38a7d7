"""The West Australian, Perth, Australia."""

from newscrawl.outlet import Outlet


class WestAustralian(Outlet):
    """The declaration of The West Australian."""

    name = "west_australian"
    title = "The West Australian"
    language, country, timezone = "en", "AU", "Australia/Perth"
    homepage = "https://thewest.com.au/"
    feeds = ("https://thewest.com.au/rss",)
    news_sitemaps = ("https://thewest.com.au/news-sitemap.xml",)
    article_url = r"/[a-z0-9-]{3,250}-c-\d{6,10}(?:[/?#]|$)"
    article_css = "#ArticleContent"
    title_css = "h1[itemprop=headline]"
    caption_css = "article figcaption span"
    body_css = "#ArticleContent > p, #ArticleContent > h2, #ArticleContent > h3, #ArticleContent > ul"
    paywall = "some"
    checked = "1 saved page, November 2026"
