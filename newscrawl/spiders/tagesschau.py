"""Tagesschau, the news of the ARD broadcasters of Germany."""

from newscrawl.outlet import Outlet


class Tagesschau(Outlet):
    """Tagesschau: paragraphs stand beside boxes that lead to other articles."""

    name = "tagesschau"
    title = "tagesschau.de"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.tagesschau.de/"
    feeds = ("https://www.tagesschau.de/infoservices/alle-meldungen-100~rss2.xml",)
    article_url = r"-\d{3}\.html(?:\?|$)"
    paywall = "none"
    checked = "1 saved page, November 2026"
    article_css = "p.textabsatz"
    standfirst_css = "article > p.textabsatz > strong:only-child"
    section_css = "ul.article-breadcrumb > li:nth-child(2)"
    body_css = "p.textabsatz:not([class^='textabsatz columns']), h2.meldung__subhead, article > ul, blockquote"
