"""Page shapes that several outlets share: an outlet of such a network adds its name, its address and what differs."""

from __future__ import annotations

from typing import ClassVar

from newscrawl.outlet import Outlet


class ReadTemplate(Outlet):
    """The "read__" template: Pikiran Rakyat's network, Suara Merdeka's, the Ayo Media Network and many more.

    A paragraph may stand in a bare `div`; every `div` with a class is an advertisement, a pager or a list of articles.
    """

    language, country, timezone = "id", "ID", "Asia/Jakarta"
    article_url = r"/(?:[a-z]{2,3}-)?\d{6,12}/[^/?#]+"
    article_css = "article.read__content"
    title_css = "h1.read__title"
    author_css = "div.read__info__author"
    date_css = "div.read__info__date"
    section_css = "ul.breadcrumb__wrap li:last-child"
    tags_css = "ul.tag__list a"
    caption_css = "div.photo__caption"
    body_css = "article.read__content"
    drop_css = ("strong.read__others", "div[class]", "ul.tag__list")
    next_page_css = "a.paging__link"


class DetikNetwork(Outlet):
    """detikcom and CNN Indonesia: one content system, two designs."""

    language, country, timezone = "id", "ID", "Asia/Jakarta"
    drop_css: ClassVar[tuple[str, ...]] = (
        "table.linksisip",
        "div.parallaxindetail",
        "div.paradetail",
        "p.para_caption",
        "div.noncontent",
        "div.staticdetail_container",
        "div.detail__body-tag",
        "table.pic_artikel_sisip_table",
        "div.detail__multiple",
        "a.gtm_body_lihat_juga",
    )
    furniture: ClassVar[tuple[str, ...]] = (
        r"^[A-Z][\w .,'()/-]{1,60} (?:-{1,2}|[–—])$",  # the place, a line of its own before the first paragraph
        r"(?i)^\[Gambas:[^\]]{1,40}\]$",
        r"(?i)^(?:simak|lihat|tonton)(?: juga)? video\b.{0,200}:?$",
        r"(?i)^bersambung ke halaman (?:berikutnya|selanjutnya)",
    )


class MediaPrima(Outlet):
    """Berita Harian and Harian Metro: New Straits Times Press of Malaysia."""

    language, country, timezone = "ms", "MY", "Asia/Kuala_Lumpur"
    article_url = r"/\d{4}/\d{2}/\d{5,10}/[^/?#]+"
    article_css = "div.article-content"
    date_css = "div.published-date"
    caption_css = "figcaption"
    body_css = "div.article-content"
    drop_css = ("div.google-anno-skip", "div.inline-article", "div.ads", "div.related", "figcaption")


class Postmedia(Outlet):
    """National Post, Financial Post, Ottawa Citizen: Postmedia of Canada, in its page of 2025 and the one before it.

    A text is cut into sections of a paragraph or two, with advertisements and lists of other articles between them.
    """

    language, country, timezone = "en", "CA", "America/Toronto"
    article_url = (
        r"/(?!(?:author|tag|category|video)/)(?:[a-z0-9-]{2,40}/){1,3}[a-z0-9]{1,40}(?:-[a-z0-9]{1,40}){2,30}/?$"
    )
    article_css = "section.article-content__content-group--story"
    title_css = "h1#articleTitle"
    standfirst_css = "p.article-subtitle"
    body_css = (
        "section.article-content__content-group--story > p, section.article-content__content-group--story > h3, "
        "section.article-content__content-group--story > ul, div.story-v2-content-element-inline > p, "
        "div.story-v2-content-element-inline > h3, div.story-v2-content-element-inline > ul"
    )
    furniture = (r"^Our website is (?:the|your) (?:place|destination)\b.{1,400}$", r"^• Email: \S{5,60}$")
    paywall = "some"
