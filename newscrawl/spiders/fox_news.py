"""Fox News, United States."""

from newscrawl.outlet import Outlet


class FoxNews(Outlet):
    """The declaration of Fox News; lines in capitals are its links to other articles."""

    name = "fox_news"
    title = "Fox News"
    language, country, timezone = "en", "US", "America/New_York"
    homepage = "https://www.foxnews.com/"
    feeds = (
        "https://moxie.foxnews.com/google-publisher/latest.xml",
        "https://moxie.foxnews.com/google-publisher/world.xml",
        "https://moxie.foxnews.com/google-publisher/politics.xml",
    )
    news_sitemaps = ("https://www.foxnews.com/sitemap.xml?type=news",)
    article_url = (
        r"foxnews\.com/(?!(?:video|shows|person|category|live-news)/)"
        r"(?:[a-z-]{2,40}/){1,3}[a-z0-9]{1,40}-[a-z0-9-]{8,200}$"
    )
    article_css = "div.article-body"
    title_css = "h1.headline"
    standfirst_css = "h2.sub-headline"
    section_css = "meta[name='prism.section']::attr(content)"
    body_css = "div.article-body > p, div.article-body > h2, div.article-body > h3, div.article-body > ul"
    furniture = (r"^[^a-z]{20,250}$",)
    paywall = "none"
    checked = "1 saved page, November 2026"
