"""National Post, Canada: one of Postmedia's outlets."""

from newscrawl.networks import Postmedia


class NationalPost(Postmedia):
    """The declaration of the National Post."""

    name = "national_post"
    title = "National Post"
    homepage = "https://nationalpost.com/"
    feeds = ("https://nationalpost.com/feed",)
    news_sitemaps = ("https://nationalpost.com/sitemap-news.xml",)
    checked = "2 saved pages, November 2026"
