"""ABC, a daily newspaper of Spain."""

from newscrawl.outlet import Outlet


class AbcEs(Outlet):
    """ABC (Madrid): its pages came in two markups, of 2024 and of 2026."""

    name = "abc_es"
    title = "ABC"
    language, country, timezone = "es", "ES", "Europe/Madrid"
    homepage = "https://www.abc.es/"
    feeds = ("https://www.abc.es/rss/2.0/portada/", "https://www.abc.es/rss/2.0/espana/")
    article_url = r"-20\d{12}-nt[a-z]{0,3}\.html(?:\?|$)"
    paywall = "some"
    checked = "2 saved pages, November 2026"
    article_css = "div.voc-d, div.v-d"
    caption_css = "span.voc-figcaption--text, span.v-fc__t"
    body_css = (
        "div.voc-d > p.voc-p, span.paywall > p.voc-p, h3.voc-d-c__s-title, span.paywall > ul, "
        "p.v-d-p, h3.v-cmp-suh, div.paywall > ul"
    )
