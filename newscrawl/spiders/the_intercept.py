"""The Intercept, United States: the theme of 2024, and the one before it."""

from newscrawl.outlet import Outlet


class TheIntercept(Outlet):
    """The declaration of The Intercept."""

    name = "the_intercept"
    title = "The Intercept"
    language, country, timezone = "en", "US", "America/New_York"
    homepage = "https://theintercept.com/"
    feeds = ("https://theintercept.com/feed/?lang=en",)
    article_url = r"/\d{4}/\d\d/\d\d/[a-z0-9-]{1,250}/"
    article_css = "div.entry-content__content, div.PostContent"
    title_css = "h1.post__title, h1.Post-title"
    standfirst_css = "p.post__excerpt, h2.Post-excerpt"
    caption_css = "header.post__header div.image__caption"
    body_css = "div.entry-content__content, div.PostContent"
    drop_css = (
        "div.newsletter-embed",
        "div.most-read",
        "div.promote-related-post",
        "aside",
        "blockquote.stylized",
        "blockquote.Pullquote",
        "div.NewsletterEmbed-container",
        "div.PromoteRelatedPost-promo",
    )
    paywall = "none"
    checked = "2 saved pages, November 2026"
