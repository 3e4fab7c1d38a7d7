"""El Mundo, a daily newspaper of Spain."""

from newscrawl.outlet import Outlet


class ElMundo(Outlet):
    """El Mundo: most articles are free, Premium ones are not."""

    name = "elmundo"
    title = "El Mundo"
    language, country, timezone = "es", "ES", "Europe/Madrid"
    homepage = "https://www.elmundo.es/"
    feeds = (
        "https://e00-elmundo.uecdn.es/elmundo/rss/portada.xml",
        "https://e00-elmundo.uecdn.es/elmundo/rss/espana.xml",
        "https://e00-elmundo.uecdn.es/elmundo/rss/internacional.xml",
    )
    article_url = r"/20\d\d/\d\d/\d\d/[0-9a-f]{24}\.html(?:\?|$)"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "div.ue-c-article__body"
    standfirst_css = "div.ue-c-article__standfirst"
    caption_css = "span.ue-c-article__media-description"
    body_css = "div.ue-c-article__body"
    drop_css = ("div.ue-c-article__listing", "div[class*='newsletter']", "div.ue-c-ad", "aside")
