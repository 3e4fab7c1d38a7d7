"""Kompas.com, Indonesia. Never tried live: written from public crawlers of it.

Its JSON-LD names the editor as the author; the writer stands in `meta[name=content_author]`, which is read first.
"""

from newscrawl.outlet import Outlet


class Kompas(Outlet):
    """The declaration of Kompas.com."""

    name = "kompas"
    title = "Kompas.com"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.kompas.com/"
    sections = ("https://indeks.kompas.com/",)
    link_css = "a.article-link"
    article_url = r"kompas\.com/[\w/-]{0,80}?read/\d{4}/\d{2}/\d{2}/\d{6,10}/[^/?#]+"
    paywall = "some"
    article_css = "div.read__content"
    title_css = "h1.read__title"
    date_css = "div.read__time"
    section_css = "ul.breadcrumb__wrap li:last-child"
    tags_css = "ul.tag__article__wrap a"
    caption_css = "div.photo__caption"
    body_css = "div.read__content"
    drop_css = (
        "div.read__paging",
        "div.kompasidRec",
        "div[class^='inject-baca-juga']",
        "div.ads-on-body",
        "div.ads-partner-wrap",
        "div.gate-kgplus",
        "div.read__byline",
        "div.photo__caption",
        "div.fb-quote",
        "div.liftdown_v2_tanda",
    )
    next_page_css = "div.read__paging a"
    furniture = (
        r"(?i)^Dapatkan update berita pilihan\b",
        r"(?i)^Simak breaking news\b",
        r"(?i)^Segera lengkapi data dirimu\b",
        r"(?i)^Artikel ini telah tayang di\b",
    )
