"""La Vanguardia, a daily newspaper of Spain, in Barcelona."""

from newscrawl.outlet import Outlet


class LaVanguardia(Outlet):
    """La Vanguardia: its pages came in two markups, of 2025 and of 2026."""

    name = "lavanguardia"
    title = "La Vanguardia"
    language, country, timezone = "es", "ES", "Europe/Madrid"
    homepage = "https://www.lavanguardia.com/"
    feeds = ("https://www.lavanguardia.com/rss/home.xml", "https://www.lavanguardia.com/rss/internacional.xml")
    news_sitemaps = ("https://www.lavanguardia.com/sitemap-google-news.xml",)
    article_url = r"/20\d{6}/\d{5,10}/[\w-]{1,300}\.html(?:\?|$)"
    paywall = "some"
    checked = "2 saved pages, November 2026"
    article_css = "div.article-modules, div.article_story"
    standfirst_css = "div.epigraph-container > h2, div.subtitles > h2:first-child"
    caption_css = "figure.image-container p.caption-title"
    tags_css = "div.tags a"
    body_css = "div.article-modules, div.article_story"
    drop_css = (
        "span.content-related",
        "span.content-ad-module",
        "div.content_ad",
        "div.related",
        "div.information",
        "div.highlight--quote",
        "div.signature",
        "div.tags",
        "div.media",
    )
