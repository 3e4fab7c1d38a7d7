"""El País, a daily newspaper of Spain."""

from newscrawl.outlet import Outlet


class ElPais(Outlet):
    """El País: free pages at first, then a subscription."""

    name = "elpais"
    title = "El País"
    language, country, timezone = "es", "ES", "Europe/Madrid"
    homepage = "https://elpais.com/"
    feeds = ("https://feeds.elpais.com/mrss-s/pages/ep/site/elpais.com/portada",)
    article_url = r"//elpais\.com/[\w/-]{2,80}/20\d\d-\d\d-\d\d/[\w.-]{1,300}\.html(?:\?|$)"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "div.a_c"
    caption_css = "figcaption.a_m_p::text, figcaption.a_m_p > span:not([class])"
    body_css = "div.a_c"
    drop_css = ("section", "aside", "div.a_b_wp", "p.a_tp")
