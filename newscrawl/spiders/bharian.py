"""Berita Harian, Malaysia. Never tried live: written from public crawlers of it.

They drive a browser: where a page comes without its text, it is told as no article.
"""

from newscrawl.networks import MediaPrima


class BeritaHarian(MediaPrima):
    """The declaration of Berita Harian."""

    name = "bharian"
    title = "Berita Harian"
    homepage = "https://www.bharian.com.my/"
    feeds = ("https://www.bharian.com.my/feed",)
    sections = ("https://www.bharian.com.my/berita/nasional", "https://www.bharian.com.my/dunia")
    paywall = "none"
    author_css = "div.article-meta a[href^='/authors']"
    tags_css = "div.keywords a"
    caption_css = "figcaption.p-2"
