"""Financial Post, Canada: one of Postmedia's outlets."""

from newscrawl.networks import Postmedia


class FinancialPost(Postmedia):
    """The declaration of the Financial Post."""

    name = "financial_post"
    title = "Financial Post"
    homepage = "https://financialpost.com/"
    feeds = ("https://financialpost.com/feed",)
    news_sitemaps = ("https://financialpost.com/sitemap-news.xml",)
    checked = "1 saved page, November 2026"
