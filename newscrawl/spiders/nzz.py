"""Neue Zürcher Zeitung, a daily newspaper of Switzerland."""

from newscrawl.outlet import Outlet


class Nzz(Outlet):
    """Neue Zürcher Zeitung: the paragraphs carry their kind in their class."""

    name = "nzz"
    title = "Neue Zürcher Zeitung"
    language, country, timezone = "de", "CH", "Europe/Zurich"
    homepage = "https://www.nzz.ch/"
    feeds = ("https://www.nzz.ch/recent.rss",)
    article_url = r"//www\.nzz\.ch/(?!english/)[\w/-]{2,300}[/-]ld\.\d{5,9}(?:\?|$)"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "section.container--article"
    caption_css = "h2.image-description__caption"
    section_css = "a.breadcrumbs__item:not(.breadcrumbs__item--first)"
    body_css = "p.articlecomponent.text, h2.subtitle, h5.time, ul.enumeration, ol.enumeration"
