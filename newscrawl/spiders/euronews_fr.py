"""Euronews, the French edition of a European broadcaster, in France."""

from newscrawl.outlet import Outlet


class EuronewsFr(Outlet):
    """Euronews in French; the other editions have hosts of their own."""

    name = "euronews_fr"
    title = "Euronews"
    language, country, timezone = "fr", "FR", "Europe/Paris"
    homepage = "https://fr.euronews.com/"
    feeds = ("https://fr.euronews.com/rss",)
    news_sitemaps = ("https://fr.euronews.com/sitemaps/fr/latest-news.xml",)
    article_url = r"//fr\.euronews\.com/[\w/-]{2,60}/20\d\d/\d\d/\d\d/[\w-]{1,300}(?:\?|$)"
    paywall = "none"
    checked = "2 saved pages, November 2026"
    article_css = "div.c-article-content"
    standfirst_css = "p.c-article-summary"
    caption_css = "span.c-article-caption__text::text"
    section_css = "a.c-article-breadcrumbs__link"
    body_css = "div.c-article-content"
    drop_css = ("div.widget", "div.connatix-container", "div.c-ad")
