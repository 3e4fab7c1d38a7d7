"""Daily Mirror, United Kingdom: the older template of Reach plc, live blogs on it, and the one of 2025."""

from newscrawl.outlet import Outlet


class Mirror(Outlet):
    """The declaration of the Daily Mirror."""

    name = "mirror"
    title = "Daily Mirror"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://www.mirror.co.uk/"
    feeds = ("https://www.mirror.co.uk/?service=rss", "https://www.mirror.co.uk/news/?service=rss")
    news_sitemaps = ("https://www.mirror.co.uk/map_news.xml",)
    article_url = r"/[a-z0-9-]{8,200}-\d{7,9}(?:[?#]|$)"
    article_css = "#article-body, div.article-body"
    title_css = "#article-body > h1, h1.lead-content__title"
    caption_css = "[data-testid=leadimage] figcaption"
    body_css = (
        "#article-body > p, #article-body > h3, #article-body > ul, "
        "div.article-body > p, div.article-body > h2, div.article-body > h3, div.article-body > ul, "
        "div.live-event-lead-entry > p, div.live-event-entry h2, div.live-event-entry h3, div.entry-content > p"
    )
    furniture = (r"(?i)^.{0,120}\bget in touch at \S{3,60}$|^do you have a story to tell\?.{0,80}$",)
    paywall = "none"
    checked = "3 saved pages, November 2026"
