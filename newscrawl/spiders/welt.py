"""Die Welt, a daily newspaper of Germany, in Berlin."""

from newscrawl.outlet import Outlet


class Welt(Outlet):
    """WELT: its pages came in two markups, of 2023 and of 2024."""

    name = "welt"
    title = "WELT"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.welt.de/"
    feeds = ("https://www.welt.de/feeds/latest.rss",)
    news_sitemaps = ("https://www.welt.de/sitemaps/newssitemap/newssitemap.xml",)
    article_url = r"/(?:article|plus)(?:\d{5,12}|[0-9a-f]{24})/"
    paywall = "some"
    checked = "2 saved pages, November 2026"
    article_css = "div.c-article-text, div.c-article-page__text"
    caption_css = "span.c-content-image__caption-alt"
    body_css = "div.c-article-text, div.c-rich-text-renderer--article"
    drop_css = ("div.c-inline-element",)
