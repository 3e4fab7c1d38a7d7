"""The Sun, United Kingdom."""

from newscrawl.outlet import Outlet


class TheSun(Outlet):
    """The declaration of The Sun."""

    name = "the_sun"
    title = "The Sun"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://www.thesun.co.uk/"
    feeds = ("https://www.thesun.co.uk/feed/",)
    news_sitemaps = ("https://www.thesun.co.uk/news-sitemap.xml",)
    article_url = r"/\d{6,9}/[a-z0-9-]{1,200}/"
    article_css = "div.article__content"
    title_css = "h1.article__headline"
    standfirst_css = "div.article__subdeck"
    caption_css = "figcaption.article__media-caption"
    body_css = (
        "div.article__content > p, div.article__content > h2, div.article__content > h3, div.article__content > ul"
    )
    paywall = "some"
    checked = "1 saved page, November 2026"
