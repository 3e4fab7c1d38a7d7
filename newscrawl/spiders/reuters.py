"""Reuters, news agency: class names end in a hash, so their beginnings and `data-testid` are used."""

from newscrawl.outlet import Outlet


class Reuters(Outlet):
    """The declaration of Reuters."""

    name = "reuters"
    title = "Reuters"
    language, country, timezone = "en", "US", "America/New_York"
    homepage = "https://www.reuters.com/"
    news_sitemaps = ("https://www.reuters.com/arc/outboundfeeds/news-sitemap-index/?outputType=xml",)
    sitemaps = ("https://www.reuters.com/arc/outboundfeeds/sitemap-index/?outputType=xml",)
    article_url = r"/[a-z0-9-]{1,250}-\d{4}-\d\d-\d\d/?$"
    article_css = "[class*=article-body__content]"
    title_css = "[class*=article-header__heading] h1"
    body_css = "[class*=article-body__content] [data-testid^=paragraph-], [class*=article-body__content] > h2"
    paywall = "some"
    checked = "2 saved pages, November 2026"
