"""Metro, United Kingdom."""

from newscrawl.outlet import Outlet


class MetroUk(Outlet):
    """The declaration of Metro."""

    name = "metro_uk"
    title = "Metro"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://metro.co.uk/"
    feeds = ("https://metro.co.uk/feed/",)
    news_sitemaps = ("https://metro.co.uk/news-sitemap.xml",)
    article_url = r"/\d{4}/\d\d/\d\d/[a-z0-9-]{1,200}-\d{5,9}/"
    article_css = "div.article__content__inner, div.article-body"
    title_css = "h1.article__title, h1.post-title"
    body_css = (
        "div.article__content__inner > p, div.article__content__inner > h2, div.article__content__inner > ul, "
        "div.article-body > p, div.article-body > h2, div.article-body > ul, div.metro-factbox"
    )
    furniture = (
        r"^MORE ?: .{1,200}$",
        r"(?i)^(?:got a story\? )?get in touch with our news team\b.{0,200}$",
        r"^For more stories like this\b.{0,60}$",
        r"^Follow Metro\b.{0,300}$",
    )
    paywall = "none"
    checked = "2 saved pages, November 2026"
