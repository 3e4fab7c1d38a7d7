"""The Guardian, United Kingdom: `data-gu-name` names the areas of a page, its classes are hashed."""

from newscrawl.outlet import Outlet


class Guardian(Outlet):
    """The declaration of The Guardian; live blogs, videos and galleries are not followed."""

    name = "guardian"
    title = "The Guardian"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://www.theguardian.com/"
    feeds = ("https://www.theguardian.com/world/rss", "https://www.theguardian.com/uk-news/rss")
    news_sitemaps = ("https://www.theguardian.com/sitemaps/news.xml",)
    article_url = (
        r"theguardian\.com/(?:(?!(?:live|video|gallery|audio|picture|ng-interactive)/)[a-z-]{2,40}/){1,2}"
        r"\d{4}/[a-z]{3}/\d\d/[a-z0-9-]{1,200}"
    )
    article_css = "[data-gu-name=body]"
    title_css = "[data-gu-name=headline] h1"
    standfirst_css = "[data-gu-name=standfirst] p"
    caption_css = "[data-gu-name=media] figcaption"
    body_css = (
        "div.article-body-viewer-selector > p, div.article-body-viewer-selector > h2, "
        "div.article-body-viewer-selector > ul, div.article-body-viewer-selector > blockquote"
    )
    paywall = "none"
    checked = "1 saved page, November 2026"
