"""BeritaSatu.com, Indonesia. Never tried live: written from public crawlers of it."""

from newscrawl.outlet import Outlet


class BeritaSatu(Outlet):
    """The declaration of BeritaSatu.com."""

    name = "beritasatu"
    title = "Beritasatu.com"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.beritasatu.com/"
    sections = ("https://www.beritasatu.com/indeks", "https://www.beritasatu.com/nasional")
    article_url = r"beritasatu\.com/(?!foto|video|tag|indeks|penulis)[\w-]{2,40}/\d{5,9}/[^/?#]+"
    paywall = "none"
    article_css = "div.b1-article"
    tags_css = "div.b1-article a[href*='/tag/'] h3"
    caption_css = "figcaption"
    body_css = "div.b1-article"
    drop_css = ("div div",)
