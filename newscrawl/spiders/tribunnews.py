"""Tribunnews.com, Indonesia, and its regional pages. Never tried live: written from public crawlers of it."""

from newscrawl.outlet import Outlet


class Tribunnews(Outlet):
    """The declaration of Tribunnews.com."""

    name = "tribunnews"
    title = "Tribunnews.com"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.tribunnews.com/"
    feeds = ("https://www.tribunnews.com/rss",)
    news_sitemaps = ("https://www.tribunnews.com/sitemap-news.xml",)
    article_url = r"tribunnews\.com/(?:[\w-]{2,40}/)?(?:\d{6,9}|\d{4}/\d{2}/\d{2})/[^/?#]+"
    paywall = "some"
    article_css = "div.txt-article"
    title_css = "h1#arttitle"
    author_css = "div#penulis"
    date_css = "time"
    tags_css = "h5.tagcloud3 a"
    caption_css = "div.arial"
    body_css = "div.txt-article"
    drop_css = (
        "p.baca",
        "blockquote.summary-article",
        "div.ads-placeholder",
        "div[id^='div-Inside']",
        "div.pilihan-list",
        "figcaption",
        "div.paging",
    )
    next_page_css = "div.paging a"
    furniture = (
        r"^TRIBUN[\w-]{1,20}\.COM,? [A-Z ]{3,30} ?[-–]$",
        r"(?i)^laporan (?:wartawan|reporter) tribun\w{0,20}[\w. ]{0,12},? [\w .']{3,60}$",
        r"(?i)^artikel ini telah tayang di tribun",
        r"(?i)^(?:ikuti|baca|simak) .{0,80}\btribun\w{0,20}\.com\b.{0,80}\b(?:google news|whatsapp|telegram)\b",
        r"^\(Tribun[\w.-]{2,30}/[\w .'-]{2,60}\)$",
    )
