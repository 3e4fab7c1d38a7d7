"""Der Standard, a daily newspaper of Austria."""

from newscrawl.outlet import Outlet


class DerStandard(Outlet):
    """Der Standard: free with advertisements."""

    name = "derstandard"
    title = "DER STANDARD"
    language, country, timezone = "de", "AT", "Europe/Vienna"
    homepage = "https://www.derstandard.at/"
    feeds = ("https://www.derstandard.at/rss",)
    news_sitemaps = ("https://www.derstandard.at/sitemaps/news.xml",)
    article_url = r"/story/\d{10,16}/"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "div.article-body"
    body_css = (
        "div.article-body > p, div.article-body > h2, div.article-body > h3, div.article-body > ul, "
        "div.article-body > blockquote"
    )
