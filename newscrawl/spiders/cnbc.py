"""CNBC, United States: business news."""

from newscrawl.outlet import Outlet


class Cnbc(Outlet):
    """The declaration of CNBC."""

    name = "cnbc"
    title = "CNBC"
    language, country, timezone = "en", "US", "America/New_York"
    homepage = "https://www.cnbc.com/"
    feeds = (
        "https://www.cnbc.com/id/100003114/device/rss/rss.html",
        "https://www.cnbc.com/id/100727362/device/rss/rss.html",
    )
    news_sitemaps = ("https://www.cnbc.com/sitemap_news.xml",)
    article_url = r"cnbc\.com/\d{4}/\d\d/\d\d/[a-z0-9-]{1,250}\.html"
    article_css = "[data-module=ArticleBody]"
    title_css = "h1.ArticleHeader-headline"
    caption_css = "div.InlineImage-imageEmbedCaption"
    body_css = "[data-module=ArticleBody] > div.group, h2.ArticleBody-subtitle"
    drop_css = ("div.RelatedContent-relatedContent",)
    paywall = "some"
    checked = "1 saved page, November 2026"
