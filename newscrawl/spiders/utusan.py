"""Utusan Malaysia. Never tried live: written from public crawlers of it and from what its WordPress theme prints."""

from newscrawl.outlet import Outlet


class Utusan(Outlet):
    """The declaration of Utusan Malaysia."""

    name = "utusan"
    title = "Utusan Malaysia"
    language, country, timezone = "ms", "MY", "Asia/Kuala_Lumpur"
    homepage = "https://www.utusan.com.my/"
    feeds = ("https://www.utusan.com.my/feed/",)
    sections = ("https://www.utusan.com.my/terkini",)
    article_url = r"utusan\.com\.my/[\w-]{2,40}(?:/[\w-]{2,40})?/\d{4}/\d{2}/[^/?#]+"
    paywall = "some"
    article_css = "div.content-inner"
    title_css = "h1.jeg_post_title"
    author_css = ".jeg_meta_author a"
    date_css = ".jeg_meta_date a"
    section_css = ".jeg_meta_category a"
    tags_css = "div.jeg_post_tags a"
    caption_css = "p.wp-caption-text"
    body_css = "div.content-inner"
    drop_css = ("div div[class]", "p.wp-caption-text")
    furniture = (r"^[–—-] ?UTUSAN(?: ONLINE)?$",)
