"""The Namibian, Namibia: the theme of 2024, and the one before it."""

from newscrawl.outlet import Outlet


class Namibian(Outlet):
    """The declaration of The Namibian."""

    name = "namibian"
    title = "The Namibian"
    language, country, timezone = "en", "NA", "Africa/Windhoek"
    homepage = "https://www.namibian.com.na/"
    feeds = ("https://www.namibian.com.na/feed/",)
    sitemaps = ("https://www.namibian.com.na/sitemap_index.xml",)
    article_url = r"namibian\.com\.na/[a-z0-9]{1,40}(?:-[a-z0-9]{1,40}){2,30}/?$"
    article_css = "div.post_content, div.tdb_single_content"
    title_css = "h1.wp-block-post-title, h1.tdb-title-text"
    section_css = "div.nam_post__info [rel~=category]"
    body_css = "div.post_content, div.tdb_single_content"
    drop_css = ("div.namps-single-cta",)
    paywall = "some"
    checked = "2 saved pages, November 2026"
