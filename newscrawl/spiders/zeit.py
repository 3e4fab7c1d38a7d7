"""Die Zeit, a weekly newspaper of Germany with daily news on the web."""

from newscrawl.outlet import Outlet


class Zeit(Outlet):
    """Zeit Online: a long article lies on several pages (`/seite-2`)."""

    name = "zeit"
    title = "Die Zeit"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.zeit.de/"
    feeds = ("https://newsfeed.zeit.de/index", "https://newsfeed.zeit.de/news/index")
    article_url = r"//www\.zeit\.de/(?:[\w-]{2,40}/){0,3}20\d\d[/-]\d\d/(?!index)(?:\d\d/)?[\w-]{5,200}(?:\?|$)"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "div.article-page"
    standfirst_css = "div.summary"
    caption_css = "span.figure__text"
    body_css = "div.article-page"
    drop_css = ("aside", "div.ad-container", "div.embed-wrapper")
    next_page_css = "a.article-pagination__link"
    furniture = (r"^© dpa-infocom, dpa:[\d/-]{5,40}$",)
