"""Sinar Harian, Malaysia. Never tried live: written from public crawlers of it."""

from newscrawl.outlet import Outlet


class SinarHarian(Outlet):
    """The declaration of Sinar Harian."""

    name = "sinarharian"
    title = "Sinar Harian"
    language, country, timezone = "ms", "MY", "Asia/Kuala_Lumpur"
    homepage = "https://www.sinarharian.com.my/"
    feeds = ("https://www.sinarharian.com.my/rssFeed/211", "https://www.sinarharian.com.my/rssFeed/212")
    sections = ("https://www.sinarharian.com.my/terkini",)
    article_url = r"sinarharian\.com\.my/article/\d{3,9}/[^?#]+"
    paywall = "some"
    article_css = "div#articleText"
    title_css = "h1.title"
    author_css = "a.authorName"
    date_css = ".byline-date-readingtime .timespan"
    section_css = "ol.breadcrumb li:last-child"
    tags_css = "div.article-tags a"
    caption_css = "div.image-caption"
    body_css = "div#articleText"
    drop_css = ("div div[class]", "p.artikel-berkaitan")
