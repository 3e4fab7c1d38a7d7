"""Rest of World, United States: technology outside the West."""

from newscrawl.outlet import Outlet


class RestOfWorld(Outlet):
    """The declaration of Rest of World."""

    name = "rest_of_world"
    title = "Rest of World"
    language, country, timezone = "en", "US", "America/New_York"
    homepage = "https://restofworld.org/"
    feeds = ("https://restofworld.org/feed/latest/",)
    article_url = r"restofworld\.org/\d{4}/[a-z0-9-]{1,200}/"
    article_css = "div.post-content"
    title_css = "h1.post-header__text__title"
    standfirst_css = "p.post-header__text__dek"
    section_css = "p.post-header__text__section"
    body_css = "div.post-content > p, div.post-content > h2, div.post-content > h3, div.post-content > ul"
    paywall = "none"
    checked = "1 saved page, November 2026"
