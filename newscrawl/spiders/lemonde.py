"""Le Monde, a daily newspaper of France."""

from newscrawl.outlet import Outlet


class LeMonde(Outlet):
    """Le Monde: of paid articles only the opening is on the page."""

    name = "lemonde"
    title = "Le Monde"
    language, country, timezone = "fr", "FR", "Europe/Paris"
    homepage = "https://www.lemonde.fr/"
    feeds = ("https://www.lemonde.fr/rss/une.xml", "https://www.lemonde.fr/rss/en_continu.xml")
    news_sitemaps = ("https://www.lemonde.fr/sitemap_news.xml",)
    article_url = r"//www\.lemonde\.fr/(?!en/)[\w/-]{2,80}/article/20[\d/]{8}/[\w-]{1,300}_\d{4,9}_\d{1,9}\.html"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "p.article__paragraph"
    caption_css = "figcaption.article__legend"
    body_css = "p.article__paragraph, h2.article__sub-title, ul.article__list, blockquote.article__citation"
