"""The Telegraph, United Kingdom: most articles cost."""

from newscrawl.outlet import Outlet


class Telegraph(Outlet):
    """The declaration of The Telegraph."""

    name = "telegraph"
    title = "The Telegraph"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://www.telegraph.co.uk/"
    feeds = ("https://www.telegraph.co.uk/rss.xml",)
    news_sitemaps = ("https://www.telegraph.co.uk/custom/daily-news/sitemap.xml",)
    article_url = r"/\d{4}/\d\d/\d\d/[a-z0-9-]{1,200}"
    article_css = "[itemprop=articleBody]"
    title_css = "h1.e-headline"
    standfirst_css = "p.e-standfirst"
    author_css = ".tpl-article__byline-date [data-test=author-name]"
    body_css = "div.article-body-text"
    paywall = "some"
    checked = "2 saved pages, November 2026"
