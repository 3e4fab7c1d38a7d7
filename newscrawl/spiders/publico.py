"""Público, a daily of Spain that is on the web only."""

from newscrawl.outlet import Outlet


class Publico(Outlet):
    """Público: its standfirst stands nowhere but on the page."""

    name = "publico"
    title = "Público"
    language, country, timezone = "es", "ES", "Europe/Madrid"
    homepage = "https://www.publico.es/"
    feeds = ("https://www.publico.es/rss/",)
    article_url = r"//www\.publico\.es/[a-z-]{3,40}/[\w/-]{20,300}\.html(?:\?|$)"
    checked = "1 saved page, November 2026"
    article_css = "#body-modules"
    standfirst_css = "h1.article-title + div"
    caption_css = "span.image-description"
    tags_css = "div.tags a"
    body_css = "#body-modules > p, #body-modules > h2, #body-modules > ul, #body-modules > blockquote"
