"""The Citizen, South Africa."""

from newscrawl.outlet import Outlet


class TheCitizen(Outlet):
    """The declaration of The Citizen."""

    name = "the_citizen"
    title = "The Citizen"
    language, country, timezone = "en", "ZA", "Africa/Johannesburg"
    homepage = "https://www.citizen.co.za/"
    feeds = ("https://www.citizen.co.za/feed/",)
    sitemaps = ("https://www.citizen.co.za/sitemap_index.xml",)
    article_url = (
        r"citizen\.co\.za/(?!(?:tag|author|category)/)(?:[a-z-]{2,40}/){1,3}[a-z0-9]{1,40}(?:-[a-z0-9]{1,40}){2,30}/$"
    )
    article_css = "div.single-content"
    body_css = "div.single-content > p, div.single-content > h2, div.single-content > h3, div.single-content > ul"
    furniture = (r"^(?:NOW|ALSO) READ\b.{1,200}$",)
    paywall = "some"
    checked = "1 saved page, November 2026"
