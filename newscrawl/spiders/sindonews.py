"""SINDOnews, Indonesia, each channel on an address of its own. Never tried live: written from public crawlers of it.

Its text has no paragraphs but line breaks, and is split into pages that `?showpage=all` shows as one.
"""

from scrapy import Request

from newscrawl.discovery import Link
from newscrawl.outlet import Outlet


class Sindonews(Outlet):
    """The declaration of SINDOnews."""

    name = "sindonews"
    title = "SINDOnews"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.sindonews.com/"
    feeds = ("https://www.sindonews.com/feed",)
    sections = ("https://www.sindonews.com/indeks",)
    article_url = r"//(?!hi-lite\.|scope\.|media\.)[\w-]{2,20}\.sindonews\.com/read/\d{4,9}/\d{1,5}/[^/?#]+"
    paywall = "none"
    article_css = "div.detail-desc"
    title_css = "h1.detail-title"
    author_css = "div.detail-nama-redaksi a"
    date_css = "div.detail-date-artikel"
    section_css = "div.breadcrumb a:last-child"
    caption_css = "div.caption-img"
    body_css = "div.detail-desc"
    drop_css = ("div.editor", "div[class^='v-']", "div[id^='ads_']", "div.lihat-juga", "div.baca-juga")

    def article_request(self, link: Link) -> Request:
        """Return the request for the whole article on one page."""
        request = super().article_request(link)
        return request.replace(url=f"{link.url}?showpage=all")
