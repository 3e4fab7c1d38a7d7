"""AyoBandung.com, Indonesia. Never tried live: written from what is public of the "read__" template."""

from newscrawl.networks import ReadTemplate


class AyoBandung(ReadTemplate):
    """The declaration of AyoBandung.com."""

    name = "ayobandung"
    title = "AyoBandung.com"
    homepage = "https://www.ayobandung.com/"
    feeds = ("https://www.ayobandung.com/rss",)
    sections = ("https://www.ayobandung.com/indeks-berita",)
