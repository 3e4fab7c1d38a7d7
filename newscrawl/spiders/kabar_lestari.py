"""Kabar Lestari, a made-up outlet of the demo: the widespread `read__` template, several pages an article."""

from newscrawl.outlet import Outlet


class KabarLestari(Outlet):
    """Kabar Lestari (demo): RSS leads to its articles."""

    name = "kabar_lestari"
    title = "Kabar Lestari"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "http://kabarlestari.example/"
    feeds = ("http://kabarlestari.example/rss",)
    article_url = r"/kl-\d{1,9}/"
    article_css = "article.read__content"
    title_css = "h1.read__title"
    author_css = "div.read__info__author a"
    date_css = "div.read__info__date"
    section_css = "li.breadcrumb__item:last-child a"
    tags_css = "a.tag__link"
    caption_css = "div.photo__caption"
    body_css = "article.read__content"
    drop_css = ("strong.read__others", "div.ads__box")
    next_page_css = "a.paging__link--next"
