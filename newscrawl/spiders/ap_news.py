"""Associated Press, news agency."""

from newscrawl.outlet import Outlet


class ApNews(Outlet):
    """The declaration of AP News."""

    name = "ap_news"
    title = "AP News"
    language, country, timezone = "en", "US", "America/New_York"
    homepage = "https://apnews.com/"
    news_sitemaps = ("https://apnews.com/news-sitemap-content.xml",)
    sections = ("https://apnews.com/world-news", "https://apnews.com/us-news")
    link_css = ".PagePromo-title a"
    article_url = r"/article/[a-z0-9-]{8,250}"
    article_css = "div.RichTextStoryBody, div.Article[data-key=article]"
    title_css = "h1.Page-headline"
    body_css = "div.RichTextStoryBody, div.Article[data-key=article]"
    drop_css = ("div[class*=Enhancement]", "div.Advertisement", "div.Infobox")
    furniture = (r"^_{2,5}$",)
    paywall = "none"
    checked = "2 saved pages, November 2026"
