"""Tempo.co, Indonesia. Never tried live: written from public crawlers of it.

The text stands in several boxes with advertisements between them.
"""

from newscrawl.outlet import Outlet


class Tempo(Outlet):
    """The declaration of Tempo.co."""

    name = "tempo"
    title = "Tempo.co"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.tempo.co/"
    feeds = ("https://rss.tempo.co/", "https://rss.tempo.co/nasional", "https://rss.tempo.co/bisnis")
    sections = ("https://www.tempo.co/indeks",)
    article_url = r"tempo\.co/[\w-]{2,40}/[^/?#]+-\d{4,9}(?:$|[?#])|tempo\.co/read/\d{4,9}/[^/?#]+"
    paywall = "some"
    article_css = "#content-wrapper, .detail-content"
    title_css = "h1"
    caption_css = "figcaption"
    body_css = "#content-wrapper, .detail-content"
    tags_css = "a[href^='/tag/']"
    drop_css = ("div[id^='ads-slot']", "aside")
    furniture = (r"^Pilihan Editor:", r"(?i)^scroll ke bawah untuk melanjutkan membaca$")
