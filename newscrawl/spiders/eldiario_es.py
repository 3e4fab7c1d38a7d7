"""elDiario.es, a daily of Spain that is on the web only."""

from newscrawl.outlet import Outlet


class EldiarioEs(Outlet):
    """elDiario.es: free after some hours for those who are no members."""

    name = "eldiario_es"
    title = "elDiario.es"
    language, country, timezone = "es", "ES", "Europe/Madrid"
    homepage = "https://www.eldiario.es/"
    feeds = ("https://www.eldiario.es/rss/",)
    article_url = r"_\d{1,3}_\d{6,9}\.html(?:\?|$)"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "p.article-text"
    caption_css = "figcaption.image-footer > span.title::text"
    tags_css = "ul.tags-wrapper a"
    body_css = "p.article-text, h2.article-text, ul.article-text"
