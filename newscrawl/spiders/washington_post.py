"""The Washington Post, United States."""

from newscrawl.outlet import Outlet


class WashingtonPost(Outlet):
    """The declaration of The Washington Post."""

    name = "washington_post"
    title = "The Washington Post"
    language, country, timezone = "en", "US", "America/New_York"
    homepage = "https://www.washingtonpost.com/"
    feeds = ("https://feeds.washingtonpost.com/rss/world", "https://feeds.washingtonpost.com/rss/national")
    news_sitemaps = ("https://www.washingtonpost.com/sitemaps/news-sitemap.xml.gz",)
    article_url = r"/\d{4}/\d\d/\d\d/[a-z0-9-]{1,250}/?(?:[?#]|$)"
    article_css = "[data-qa=article-body]"
    title_css = "[data-qa=headline]"
    caption_css = "[data-qa=lede-art] figcaption"
    body_css = "[data-qa=article-body]"
    drop_css = ("[data-qa=article-body-ad]", "blockquote.twitter-tweet")
    paywall = "all"
    checked = "1 saved page, November 2026"
