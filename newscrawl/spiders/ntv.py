"""ntv, a news channel of Germany."""

from newscrawl.outlet import Outlet


class Ntv(Outlet):
    """ntv: its headline is in the page's heading only; everywhere else another one, with a kicker, stands."""

    name = "ntv"
    title = "ntv"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.n-tv.de/"
    feeds = ("https://www.n-tv.de/rss",)
    news_sitemaps = ("https://www.n-tv.de/news.xml",)
    article_url = r"-(?:article|id)\d{6,10}\.html(?:\?|$)"
    paywall = "none"
    checked = "3 saved pages, November 2026"
    article_css = "div.article__text, p[class*='storyline_paragraph']"
    title_css = "span.article__headline, span[class*='article-detail-head_headline']"
    section_css = "nav[class*='breadcrumb'] > span:nth-child(2)"
    author_css = "span.article__author"
    caption_css = "p.article__caption"
    tags_css = "section.article__tags a:not(.title), div[class*='article-detail-footer_tags'] a"
    body_css = (
        "div.article__text, p[class*='storyline_paragraph'], h2[class*='storyline_sub'], ul[class*='storyline_list']"
    )
    drop_css = ("div.article__aside",)
    furniture = (r"^Quelle: ntv\.de\b.{0,80}$",)
