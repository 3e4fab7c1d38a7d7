"""Voice of America, United States; it has published little since March 2025, its archive stands."""

from newscrawl.outlet import Outlet


class VoaNews(Outlet):
    """The declaration of Voice of America, English."""

    name = "voa_news"
    title = "Voice of America"
    language, country, timezone = "en", "US", "America/New_York"
    homepage = "https://www.voanews.com/"
    sitemaps = ("https://www.voanews.com/sitemap.xml",)
    article_url = r"/a/[a-z0-9-]{1,250}/\d{5,9}\.html"
    article_css = "#article-content div.wsw"
    title_css = "h1.pg-title"
    body_css = "#article-content div.wsw"
    drop_css = ("div.wsw__embed", "span.dateline")
    paywall = "none"
    checked = "1 saved page, November 2026"
