"""Frankfurter Allgemeine Zeitung, a daily newspaper of Germany."""

from newscrawl.outlet import Outlet


class Faz(Outlet):
    """Frankfurter Allgemeine: its pages came in three markups, of 2023, 2024 and 2025."""

    name = "faz"
    title = "Frankfurter Allgemeine Zeitung"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.faz.net/"
    feeds = ("https://www.faz.net/rss/aktuell",)
    news_sitemaps = ("https://www.faz.net/sitemap-news.xml",)
    article_url = r"-\d{8,9}\.html$|-accg-\d{8,9}\.html$"
    paywall = "some"
    checked = "3 saved pages, November 2026"
    article_css = "div.atc-Text, div.body-elements, div[data-external-selector='body-elements']"
    title_css = "h1"
    section_css = "a.nvg-Breadcrumb_Link, div.breadcrumbs a"
    caption_css = "div.header-teaser__image-details > span, div.meta2 > span.meta2"
    body_css = "div.atc-Text, div.body-elements, div[data-external-selector='body-elements']"
    drop_css = (
        "div.atc-ContainerInfo",
        "aside",
        "div[class^='ctn-Placeholder']",
        "div.related-articles",
        "div.atc-ContainerFunctions",
    )
