"""taz, die tageszeitung, a daily newspaper of Germany, in Berlin."""

from newscrawl.outlet import Outlet


class Taz(Outlet):
    """taz: all of it is free; its pages came in two markups."""

    name = "taz"
    title = "taz"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://taz.de/"
    feeds = ("https://taz.de/!p4608;rss/",)
    news_sitemaps = ("https://taz.de/sitemap-google-news.xml",)
    article_url = r"/![0-9]{6,8}/?(?:\?|$)"
    paywall = "none"
    checked = "1 saved page, November 2026"
    article_css = "article.sectbody, div.main-article-corpus"
    section_css = "ul.breadcrumb > li:nth-child(2)"
    caption_css = "article.sectbody > p.caption"
    body_css = (
        "article.sectbody > p.article, article.sectbody > h6, div.main-article-corpus p.paragraph, "
        "div.main-article-corpus h2.headline"
    )
