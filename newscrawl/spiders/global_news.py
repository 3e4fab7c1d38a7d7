"""Global News, Canada."""

from newscrawl.outlet import Outlet


class GlobalNews(Outlet):
    """The declaration of Global News."""

    name = "global_news"
    title = "Global News"
    language, country, timezone = "en", "CA", "America/Toronto"
    homepage = "https://globalnews.ca/"
    feeds = ("https://globalnews.ca/feed/", "https://globalnews.ca/world/feed/")
    news_sitemaps = ("https://globalnews.ca/news-sitemap.xml",)
    article_url = r"/news/\d{6,9}/[a-z0-9-]{1,200}/"
    article_css = "article.l-article__text"
    title_css = "h1.l-article__title"
    body_css = (
        "article.l-article__text > p, article.l-article__text > h2, article.l-article__text > h3, "
        "article.l-article__text > ul"
    )
    paywall = "none"
    checked = "1 saved page, November 2026"
