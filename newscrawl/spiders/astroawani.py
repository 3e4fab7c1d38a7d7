"""Astro Awani, Malaysia. Never tried live: written from public crawlers of it.

The names of its blocks end in a number that changes with each new build of the site; only their beginnings count.
"""

from newscrawl.outlet import Outlet


class AstroAwani(Outlet):
    """The declaration of Astro Awani, its pages in Malay."""

    name = "astroawani"
    title = "Astro Awani"
    language, country, timezone = "ms", "MY", "Asia/Kuala_Lumpur"
    homepage = "https://www.astroawani.com/"
    feeds = ("https://www.astroawani.com/rss/latest/public", "https://rss.astroawani.com/rss/national/public")
    article_url = r"//www\.astroawani\.com/(?:berita-|gaya-hidup|dunia)[\w-]{0,40}/[^/?#]+-\d{4,9}"
    paywall = "none"
    article_css = "article[class*='ArticleContent']"
    author_css = "div[class*='__Author-']"
    date_css = "div[class*='ArticleDate']"
    caption_css = "div[class*='ArticleCaption'], figcaption"
    tags_css = "div[class*='TagWrapper'] a"
    body_css = "article[class*='ArticleContent']"
    drop_css = ("div[class*='RelatedArticle']", "div[class*='Ads']", "figcaption", "div[class*='TagWrapper']")
    furniture = (r"^Tag: ", r"(?i)^ikuti (?:saluran|kami)\b")
