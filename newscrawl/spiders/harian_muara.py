"""Harian Muara, a made-up outlet of the demo: a classic WordPress theme with a SEO plugin's JSON-LD."""

from newscrawl.outlet import Outlet


class HarianMuara(Outlet):
    """Harian Muara (demo): RSS leads to its articles."""

    name = "harian_muara"
    title = "Harian Muara"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "http://harianmuara.example/"
    feeds = ("http://harianmuara.example/feed/",)
    article_url = r"/\d{4}/\d\d/\d\d/[a-z0-9-]{1,200}/"
    section_css = "span.cat-links a"
    tags_css = "span.tags-links a"
    caption_css = "figcaption.wp-caption-text"
    body_css = "div.entry-content"
    drop_css = ("p.editor", "div.sharedaddy")
