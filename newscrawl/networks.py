"""Page shapes that several outlets share: an outlet of such a network adds its name, its address and what differs."""

from __future__ import annotations

from newscrawl.outlet import Outlet


class ReadTemplate(Outlet):
    """The "read__" template: Pikiran Rakyat's network, Kompas's, Suara Merdeka's and many more."""

    language, country, timezone = "id", "ID", "Asia/Jakarta"
    article_css = "article.read__content"
    title_css = "h1.read__title"
    author_css = "div.read__info__author"
    date_css = "div.read__info__date"
    section_css = "ul.breadcrumb__wrap li:last-child"
    tags_css = "ul.tag__list a"
    caption_css = "div.photo__caption"
    body_css = "article.read__content"
    drop_css = ("strong.read__others", "div[class^='paging__']", "div.read__related")
    next_page_css = "div[class^='paging__'] a"
