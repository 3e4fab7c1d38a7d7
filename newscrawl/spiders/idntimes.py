"""IDN Times, Indonesia, and its regional pages. Never tried live: written from public crawlers of it.

The names of its blocks change with each new build of the site; the ids and `data-testid` stay.
"""

from newscrawl.outlet import Outlet


class IdnTimes(Outlet):
    """The declaration of IDN Times."""

    name = "idntimes"
    title = "IDN Times"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.idntimes.com/"
    sections = ("https://www.idntimes.com/news", "https://www.idntimes.com/business")
    article_url = r"idntimes\.com/[\w-]{2,40}/[\w-]{2,40}/[a-z0-9-]{10,200}-\d\d-[a-z0-9]{5}-[a-z0-9]{6}"
    paywall = "none"
    article_css = "div#article-description"
    title_css = "h1[data-testid='title-article']"
    section_css = "span[data-testid='breadcrumbs-3']"
    tags_css = "div#tag-list a"
    body_css = "div#article-description p.article-text, div#article-description h2, div#article-description li"
    furniture = (r"(?i)^baca juga\b",)
