"""SEWAKTU.com, Indonesia: one of many outlets on the "read__" template of the Pikiran Rakyat media network.

Never tried live: written from one article's text and from how that template is known to look. The selectors,
the listing and the form of its addresses want checking before the first run.
"""

from newscrawl.outlet import Outlet


class Sewaktu(Outlet):
    """The declaration of SEWAKTU.com."""

    name = "sewaktu"
    title = "SEWAKTU.com"
    homepage = "https://www.sewaktu.com/"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    sections = ("https://www.sewaktu.com/",)
    article_url = r"/(?:[a-z]{2,3}-)?\d{6,}/[^/?#]+"
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
