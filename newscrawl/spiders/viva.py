"""VIVA.co.id, Indonesia. Never tried live: written from public crawlers of it."""

from newscrawl.outlet import Outlet


class Viva(Outlet):
    """The declaration of VIVA.co.id."""

    name = "viva"
    title = "VIVA"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.viva.co.id/"
    feeds = ("https://www.viva.co.id/get/all",)
    sections = ("https://www.viva.co.id/indeks",)
    article_url = r"viva\.co\.id/(?!foto|video|tag)[\w/-]{2,60}/\d{5,9}-[^/?#]+"
    paywall = "none"
    article_css = "div.main-content-detail"
    title_css = "h1.main-title"
    date_css = "div.date-time time"
    caption_css = "div.main-content-image figcaption"
    body_css = "div.main-content-detail"
    drop_css = ("div.recommended-article", "div.ads", "div.pagination-detail")
    next_page_css = "div.pagination-detail a"
    furniture = (r"(?i)^halaman selanjutnya\b",)
