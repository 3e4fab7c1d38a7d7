"""ANTARA News, Indonesia's news agency. Never tried live: written from public crawlers of it."""

from newscrawl.outlet import Outlet


class Antaranews(Outlet):
    """The declaration of ANTARA News."""

    name = "antaranews"
    title = "ANTARA News"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.antaranews.com/"
    feeds = ("https://www.antaranews.com/rss/terkini.xml", "https://www.antaranews.com/rss/top-news.xml")
    sections = ("https://www.antaranews.com/terkini",)
    article_url = r"antaranews\.com/berita/\d{5,9}/[^/?#]+"
    paywall = "none"
    article_css = "div.wrap__article-detail-content, div[itemprop='articleBody']"
    title_css = ".wrap__article-detail-title"
    date_css = ".wrap__article-detail-info span.text-secondary"
    section_css = "li.breadcrumbs__item:nth-child(2)"
    tags_css = ".blog-tags a"
    caption_css = ".wrap__article-detail-image figcaption"
    body_css = "div.wrap__article-detail-content, div[itemprop='articleBody']"
    drop_css = ("span.baca-juga", ".text-muted", "ins", "div.quote_old", "blockquote.instagram-media", "div.card")
