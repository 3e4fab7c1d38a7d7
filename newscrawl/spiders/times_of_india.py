"""The Times of India, India: a `<br>` or an empty `span.br` parts its paragraphs, so lines may hold several of them."""

from newscrawl.outlet import Outlet


class TimesOfIndia(Outlet):
    """The declaration of The Times of India."""

    name = "times_of_india"
    title = "The Times of India"
    language, country, timezone = "en", "IN", "Asia/Kolkata"
    homepage = "https://timesofindia.indiatimes.com/"
    feeds = (
        "https://timesofindia.indiatimes.com/rssfeedstopstories.cms",
        "https://timesofindia.indiatimes.com/rssfeedmostrecent.cms",
    )
    news_sitemaps = ("https://timesofindia.indiatimes.com/sitemap/today",)
    article_url = r"/articleshow/\d{6,12}\.cms"
    article_css = "[data-articlebody]"
    body_css = "[data-articlebody]"
    paywall = "some"
    checked = "2 saved pages, November 2026"
