"""JPNN.com, Indonesia. Never tried live: written from public crawlers of it. Its dates have English names of months."""

from newscrawl.outlet import Outlet


class Jpnn(Outlet):
    """The declaration of JPNN.com."""

    name = "jpnn"
    title = "JPNN.com"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.jpnn.com/"
    feeds = ("https://www.jpnn.com/index.php?mib=rss",)
    sections = ("https://www.jpnn.com/indeks",)
    article_url = r"jpnn\.com/news/[^/?#]+"
    paywall = "none"
    article_css = "div[itemprop='articleBody']"
    title_css = "h1.judul"
    author_css = "meta[name='jpnncom_news_author']::attr(content)"
    date_css = "meta[name='jpnncom_news_pubdate']::attr(content)"
    section_css = "div.breadcrumb a:last-child"
    tags_css = "div.tags a"
    caption_css = "p.caption"
    body_css = "div[itemprop='articleBody']"
    drop_css = ("div.baca-juga", "p.baca-juga", "div.pagination", "div.ads", "p.caption", "div.video")
    next_page_css = "div.pagination a"
    furniture = (
        r"^BACA JUGA\b",
        r"(?i)^redaktur(?: & reporter)? ?:",
        r"(?i)^(?:yuk,? )?simak juga video ini\b",
        r"(?i)^video terpopuler hari ini\b",
        r"(?i)^jangan lewatkan video terbaru\b",
        r"(?i)^sumber (?:video|foto)\b",
    )
