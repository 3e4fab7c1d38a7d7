"""Deutsche Welle, the foreign broadcaster of Germany, in German."""

from newscrawl.outlet import Outlet


class Dw(Outlet):
    """Deutsche Welle, the German pages; its markup changed in 2023."""

    name = "dw"
    title = "Deutsche Welle"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.dw.com/de"
    feeds = ("https://rss.dw.com/xml/rss-de-all",)
    news_sitemaps = ("https://www.dw.com/de/news-sitemap.xml",)
    article_url = r"/de/[^/?]{1,300}/a-\d{6,10}(?:\?|$)"
    paywall = "none"
    checked = "3 saved pages, November 2026"
    article_css = "div.rich-text, div.longText"
    author_css = "ul.smallList > li::text"
    date_css = "ul.smallList > li:first-child::text"
    tags_css = "#related-topics a.tertiary"
    body_css = "div.rich-text, div.longText"
    drop_css = ("div.picBox", "div.embed", "div.col2", "span.rich-text-ad")
