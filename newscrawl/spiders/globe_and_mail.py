"""The Globe and Mail, Canada: most articles cost."""

from newscrawl.outlet import Outlet


class GlobeAndMail(Outlet):
    """The declaration of The Globe and Mail."""

    name = "globe_and_mail"
    title = "The Globe and Mail"
    language, country, timezone = "en", "CA", "America/Toronto"
    homepage = "https://www.theglobeandmail.com/"
    news_sitemaps = ("https://www.theglobeandmail.com/arc/outboundfeeds/news-sitemap-index/?outputType=xml",)
    feeds = ("https://www.theglobeandmail.com/arc/outboundfeeds/rss/category/canada/",)
    article_url = r"/article-[a-z0-9-]{3,250}/?(?:[?#]|$)"
    article_css = "article#content-gate"
    title_css = "h1.c-primary-title"
    body_css = "p.c-article-body__text, .c-article-body__subheading-v2, ul.c-article-body__list"
    paywall = "some"
    checked = "1 saved page, November 2026"
