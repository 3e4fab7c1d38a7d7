"""Het Nieuwsblad, a daily newspaper of Belgium, in Dutch."""

from newscrawl.outlet import Outlet


class Nieuwsblad(Outlet):
    """Het Nieuwsblad: its class names change with each build of the site, its test ids do not."""

    name = "nieuwsblad"
    title = "Het Nieuwsblad"
    language, country, timezone = "nl", "BE", "Europe/Brussels"
    homepage = "https://www.nieuwsblad.be/"
    news_sitemaps = ("https://www.nieuwsblad.be/sitemap-news.xml",)
    article_url = r"/cnt/dmf20\d{6}_\d{5,10}$|/20\d\d/\d\d/\d\d/[\w-]{1,300}$|-\d{6,10}\.html$|/\d{6,10}\.html$"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "[data-testid='article-body']"
    body_css = "[data-testid='article-body'] > p, [data-testid='article-body'] > h3, [data-testid='article-body'] > ul"
