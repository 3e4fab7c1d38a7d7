"""Bernama, Malaysia's news agency, its pages in Malay. Never tried live: written from public crawlers of it."""

from newscrawl.outlet import Outlet


class Bernama(Outlet):
    """The declaration of Bernama in Malay."""

    name = "bernama"
    title = "BERNAMA"
    language, country, timezone = "ms", "MY", "Asia/Kuala_Lumpur"
    homepage = "https://www.bernama.com/"
    feeds = ("https://www.bernama.com/bm/rssfeed.php",)
    sections = ("https://www.bernama.com/bm/",)
    article_url = r"bernama\.com/bm/(?:[\w-]{2,40}/)?news\.php\?id=\d{5,9}"
    paywall = "none"
    article_css = "div#topstory"
    title_css = "h1"
    date_css = "h1 + div"
    caption_css = "div.carousel-caption"
    body_css = "div#topstory + div"
    drop_css = ("div.social-buttons", "div.d-flex", "div[class*='ads']")
    furniture = (
        r"^-- ?BERNAMA$",
        r"(?i)^BERNAMA menyediakan informasi dan berita terkini\b",
        r"(?i)^ikuti kami di media sosial\b",
        r"(?i)^(?:facebook|twitter|instagram|tiktok) ?: ?@",
    )
