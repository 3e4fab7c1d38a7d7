"""Ottawa Citizen, Canada: one of Postmedia's outlets."""

from newscrawl.networks import Postmedia


class OttawaCitizen(Postmedia):
    """The declaration of the Ottawa Citizen."""

    name = "ottawa_citizen"
    title = "Ottawa Citizen"
    homepage = "https://ottawacitizen.com/"
    feeds = ("https://ottawacitizen.com/feed",)
    news_sitemaps = ("https://ottawacitizen.com/sitemap-news.xml",)
    checked = "1 saved page, November 2026"
