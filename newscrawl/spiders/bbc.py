"""BBC News, United Kingdom: class names are hashed anew at each release, `data-component` stays."""

from newscrawl.outlet import Outlet


class Bbc(Outlet):
    """The declaration of BBC News."""

    name = "bbc"
    title = "BBC News"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://www.bbc.com/"
    feeds = ("https://feeds.bbci.co.uk/news/rss.xml", "https://feeds.bbci.co.uk/news/world/rss.xml")
    sitemaps = ("https://www.bbc.com/sitemaps/https-index-com-news.xml",)
    article_url = (
        r"/(?:news|sport|business|innovation|culture|travel|future)/"
        r"(?:articles/[a-z0-9]{8,20}|(?:[a-z0-9-]{1,80}-)?\d{8})(?:[/?#]|$)"
    )
    article_css = "[data-component=headline-block]"
    title_css = "[data-component=headline-block] h1"
    section_css = "meta[name='page.section']::attr(content)"
    tags_css = "[data-component=topic-list] a, [data-component=tags] a"
    caption_css = "[data-component=image-block] figcaption"
    body_css = "[data-component=text-block], [data-component=subheadline-block], [data-component=unordered-list-block]"
    paywall = "some"
    checked = "2 saved pages, November 2026"
