"""Daily Mail, United Kingdom."""

from newscrawl.outlet import Outlet


class DailyMail(Outlet):
    """The declaration of the Daily Mail."""

    name = "daily_mail"
    title = "Daily Mail"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "https://www.dailymail.co.uk/"
    feeds = ("https://www.dailymail.co.uk/articles.rss", "https://www.dailymail.co.uk/news/index.rss")
    news_sitemaps = ("https://www.dailymail.co.uk/google-news-sitemap.xml",)
    article_url = r"/article-\d{6,9}/"
    article_css = "#js-article-text"
    title_css = "#js-article-text > h1, #js-article-text > h2"
    tags_css = "div.articleTopicsRow a"
    caption_css = "p.imageCaption"
    body_css = "[itemprop=articleBody]"
    drop_css = ("div.mol-img-group", "div.mol-embed")
    paywall = "some"
    checked = "1 saved page, November 2026"
