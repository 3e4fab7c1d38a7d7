"""Harian Metro, Malaysia. Never tried live: written from public crawlers of it.

They drive a browser: where a page comes without its text, it is told as no article.
"""

from newscrawl.networks import MediaPrima


class HarianMetro(MediaPrima):
    """The declaration of Harian Metro."""

    name = "hmetro"
    title = "Harian Metro"
    homepage = "https://www.hmetro.com.my/"
    feeds = ("https://www.hmetro.com.my/mutakhir.xml", "https://www.hmetro.com.my/utama.xml")
    sections = ("https://www.hmetro.com.my/mutakhir",)
    paywall = "none"
    author_css = "div.article-meta a"
    tags_css = "div.keywords a"
