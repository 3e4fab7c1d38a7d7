"""Okezone, Indonesia, each channel on an address of its own. Never tried live: written from public crawlers of it."""

from newscrawl.outlet import Outlet


class Okezone(Outlet):
    """The declaration of Okezone."""

    name = "okezone"
    title = "Okezone.com"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.okezone.com/"
    feeds = ("https://sindikasi.okezone.com/index.php/rss/0/RSS2.0",)
    sections = (
        "https://index.okezone.com/",
        "https://news.okezone.com/indeks",
        "https://economy.okezone.com/indeks",
        "https://bola.okezone.com/indeks",
    )
    article_url = r"okezone\.com/read/\d{4}/\d{2}/\d{2}/\d{1,5}/\d{5,9}/[^/?#]+"
    paywall = "none"
    article_css = "div.c-detail"
    title_css = ".title-article h1"
    author_css = ".journalist a[title]"
    section_css = "div.breadcrumb a:last-child"
    tags_css = "div.box-tag a"
    caption_css = "div.desc-foto"
    body_css = "div.c-detail"
    drop_css = ("div#baca-juga", "div.vicon", "div[class^='inject-']", "div[class^='banner']", "div.detads-bottom")
    next_page_css = "div.box-nomor a"
    furniture = (r"(?i)^follow .{0,40}whatsapp channel\b", r"(?i)^telusuri berita .{0,60} lainnya$")
