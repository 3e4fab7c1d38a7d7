"""Harbour Courier, a made-up outlet of the demo: English, markup of its own, straight quotes."""

from newscrawl.outlet import Outlet


class HarbourCourier(Outlet):
    """Harbour Courier (demo): RSS leads to its articles."""

    name = "harbour_courier"
    title = "Harbour Courier"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "http://harbourcourier.example/"
    feeds = ("http://harbourcourier.example/rss.xml",)
    article_url = r"/[a-z-]{1,40}/[a-z0-9-]{1,200}-\d{1,9}\.html"
    article_css = "article.story"
    title_css = "article.story > h1"
    standfirst_css = "p.dek"
    author_css = "span.byline a"
    date_css = "time.pub"
    modified_css = "time.mod"
    section_css = "p.kicker a"
    tags_css = "ul.topics a"
    caption_css = "article.story > figure figcaption"
    body_css = "div.text"
    drop_css = ("aside.promo",)
