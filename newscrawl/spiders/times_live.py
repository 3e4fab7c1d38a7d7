"""TimesLIVE, South Africa: the page of 2025 on Arc, and the one before it."""

from newscrawl.outlet import Outlet


class TimesLive(Outlet):
    """The declaration of TimesLIVE."""

    name = "times_live"
    title = "TimesLIVE"
    language, country, timezone = "en", "ZA", "Africa/Johannesburg"
    homepage = "https://www.timeslive.co.za/"
    news_sitemaps = ("https://www.timeslive.co.za/arc/outboundfeeds/sitemap-news-index/",)
    feeds = ("https://www.timeslive.co.za/arc/outboundfeeds/rss/",)
    article_url = r"/\d{4}-\d\d-\d\d-[a-z0-9-]{1,250}/"
    article_css = "article.b-article-body, div.article-widgets"
    title_css = "h1.b-headline, h1.article-title-primary"
    body_css = "article.b-article-body, div.article-widget-text"
    drop_css = ("blockquote.b-article-body__pullquote",)
    furniture = (r"^(?:TimesLIVE|Sunday Times)$",)
    paywall = "some"
    checked = "2 saved pages, November 2026"
