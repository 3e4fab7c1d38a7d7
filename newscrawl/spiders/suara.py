"""Suara.com, Indonesia. Never tried live: written from public crawlers of it."""

from newscrawl.outlet import Outlet


class Suara(Outlet):
    """The declaration of Suara.com."""

    name = "suara"
    title = "Suara.com"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.suara.com/"
    sections = ("https://www.suara.com/indeks", "https://www.suara.com/")
    article_url = r"suara\.com/[\w-]{2,40}/20\d{2}/\d{2}/\d{2}/\d{5,7}/[^/?#]+"
    paywall = "none"
    article_css = "div.detail-content div.article-content"
    tags_css = "div.article-tags a::attr(title)"
    caption_css = "div.article-image figcaption"
    body_css = "div.article-content"
    drop_css = ("div.ten-second", "div.article-read", "div.baca-juga-new", "div[class^='placeholder']")
    next_page_css = "ul.pagination-custom a"
