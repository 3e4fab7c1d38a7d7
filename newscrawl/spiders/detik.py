"""detikcom, Indonesia. Never tried live: written from public crawlers of it.

Its meta tags say Z where they mean the outlet's own time.
"""

from newscrawl.networks import DetikNetwork


class Detik(DetikNetwork):
    """The declaration of detikcom, all of its channels."""

    name = "detik"
    title = "detikcom"
    homepage = "https://www.detik.com/"
    dates_lie_utc = True
    feeds = ("https://news.detik.com/berita/rss", "https://finance.detik.com/rss")
    news_sitemaps = ("https://news.detik.com/berita/sitemap_news.xml", "https://finance.detik.com/sitemap_news.xml")
    sections = ("https://news.detik.com/indeks", "https://finance.detik.com/indeks")
    article_url = r"detik\.com/[\w/-]{1,80}/d-\d{5,9}/[^/?#]+"
    paywall = "none"
    article_css = "div.detail__body-text, div.itp_bodycontent"
    title_css = "h1.detail__title"
    author_css = "div.detail__author"
    date_css = "div.detail__date"
    section_css = "div.page__breadcrumb a:last-child"
    tags_css = "div.detail__body-tag a"
    caption_css = "figcaption.detail__media-caption"
    body_css = "div.detail__body-text, div.itp_bodycontent"
    next_page_css = "div.detail__anchor-numb a, a.detail__anchor-next"
