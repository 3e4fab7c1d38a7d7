"""Les Echos, a daily business newspaper of France."""

from newscrawl.outlet import Outlet


class LesEchos(Outlet):
    """Les Echos: most class names change with each build of the site, `post-paywall` does not."""

    name = "lesechos"
    title = "Les Echos"
    language, country, timezone = "fr", "FR", "Europe/Paris"
    homepage = "https://www.lesechos.fr/"
    news_sitemaps = ("https://www.lesechos.fr/sitemap_news.xml",)
    article_url = r"-\d{5,9}(?:\?|$)"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "div.post-paywall"
    body_css = (
        "div.post-paywall > p, div.post-paywall > h2, div.post-paywall > h3, div.post-paywall > ul, "
        "div.post-paywall > blockquote"
    )
