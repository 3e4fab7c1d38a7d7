"""TechCrunch, United States: the block theme, and the theme before it."""

from newscrawl.outlet import Outlet


class TechCrunch(Outlet):
    """The declaration of TechCrunch."""

    name = "tech_crunch"
    title = "TechCrunch"
    language, country, timezone = "en", "US", "America/Los_Angeles"
    homepage = "https://techcrunch.com/"
    feeds = ("https://techcrunch.com/feed/",)
    news_sitemaps = ("https://techcrunch.com/news-sitemap.xml",)
    article_url = r"/\d{4}/\d\d/\d\d/[a-z0-9-]{1,250}/"
    article_css = "div.wp-block-post-content, div.article-content"
    title_css = "h1.wp-block-post-title, h1.article__title, h1.article-hero__title"
    body_css = "div.wp-block-post-content, div.article-content"
    drop_css = (
        "div.wp-caption",
        "div.ad-unit",
        "div.wp-block-tc23-marfeel-experience",
        "div.wp-block-techcrunch-inline-cta",
    )
    paywall = "none"
    checked = "2 saved pages, November 2026"
