"""Süddeutsche Zeitung, a daily newspaper of Germany, in Munich."""

from newscrawl.outlet import Outlet


class Sueddeutsche(Outlet):
    """Süddeutsche Zeitung: its class names change with each build, `data-manual` does not."""

    name = "sueddeutsche"
    title = "Süddeutsche Zeitung"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.sueddeutsche.de/"
    feeds = ("https://rss.sueddeutsche.de/alles",)
    article_url = r"[.-]1\.\d{6,9}$|(?:-lux|/lux)\.[A-Za-z0-9]{20,24}(?:\?|$)"
    paywall = "some"
    checked = "2 saved pages, November 2026"
    article_css = "div[itemprop='articleBody']"
    caption_css = "figure[data-manual='headerImage'] > figcaption"
    tags_css = "nav[aria-label='Themen in diesem Artikel'] a"
    body_css = "div[itemprop='articleBody']"
    drop_css = ("div[class^='css-']:not([id])", "div.iqdcontainer", "aside")
