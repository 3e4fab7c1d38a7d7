"""Le Figaro, a daily newspaper of France."""

from newscrawl.outlet import Outlet


class LeFigaro(Outlet):
    """Le Figaro: of articles for subscribers only the opening is on the page."""

    name = "lefigaro"
    title = "Le Figaro"
    language, country, timezone = "fr", "FR", "Europe/Paris"
    homepage = "https://www.lefigaro.fr/"
    feeds = ("https://www.lefigaro.fr/rss/figaro_actualites.xml", "https://www.lefigaro.fr/rss/figaro_flash-actu.xml")
    news_sitemaps = ("https://www.lefigaro.fr/sitemap_news.xml",)
    article_url = r"-20\d{6}$|/20\d\d/\d\d/\d\d/\d{5}-"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "div.fig-content-body"
    caption_css = "figcaption.fig-media__legend"
    tags_css = "a.fig-tags__link"
    body_css = "div.fig-content-body"
    drop_css = ("div.fig-crosslinking", "p.fig-body-link", "div.fig-free", "div.fig-premium-paywall", "aside")
