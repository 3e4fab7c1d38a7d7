"""Daily Maverick, South Africa: the page of 2026 and the WordPress one before it."""

from newscrawl.outlet import Outlet


class DailyMaverick(Outlet):
    """The declaration of Daily Maverick."""

    name = "daily_maverick"
    title = "Daily Maverick"
    language, country, timezone = "en", "ZA", "Africa/Johannesburg"
    homepage = "https://www.dailymaverick.co.za/"
    feeds = ("https://www.dailymaverick.co.za/dmrss/",)
    news_sitemaps = ("https://www.dailymaverick.co.za/news-sitemap.xml",)
    article_url = r"/(?:article|opinionista)/\d{4}-\d\d-\d\d-[a-z0-9-]{1,250}"
    article_css = "div.article-contents, div.article-content"
    caption_css = "em.image-caption"
    body_css = "div.article-contents, #long-form div.article-content"
    drop_css = ("h2.first-paragraph", "div.dm_add_wrapper", "div.wp-caption")
    furniture = (r"^DM$",)
    paywall = "none"
    checked = "2 saved pages, November 2026"
