"""Malay Mail, Malaysia, in English."""

from newscrawl.outlet import Outlet


class MalayMail(Outlet):
    """The declaration of Malay Mail."""

    name = "malaymail"
    title = "Malay Mail"
    language, country, timezone = "en", "MY", "Asia/Kuala_Lumpur"
    homepage = "https://www.malaymail.com/"
    feeds = ("https://www.malaymail.com/feed/rss/malaysia", "https://www.malaymail.com/feed/rss/world")
    sitemaps = ("https://www.malaymail.com/sitemap.xml",)
    article_url = r"malaymail\.com/news/[\w-]{2,40}/\d{4}/\d{2}/\d{2}/[^/?#]+/\d{3,9}"
    paywall = "none"
    checked = "1 saved page, November 2026"
    article_css = "div.article-body"
    title_css = "h1.article-title"
    author_css = "div.article-byline"
    caption_css = "div.image-caption"
    body_css = "div.article-body"
    drop_css = ("div div[class]", "div div[id]")
    furniture = (r"^[–—-] ?(?:Malay Mail|Bernama|AFP|Reuters|AP)$",)
