"""Pikiran Rakyat, Indonesia (Bandung). Never tried live: written from what is public of the "read__" template."""

from newscrawl.networks import ReadTemplate


class PikiranRakyat(ReadTemplate):
    """The declaration of Pikiran Rakyat."""

    name = "pikiran_rakyat"
    title = "Pikiran-Rakyat.com"
    homepage = "https://www.pikiran-rakyat.com/"
    feeds = ("https://www.pikiran-rakyat.com/rss",)
    sections = ("https://www.pikiran-rakyat.com/indeks-berita",)
    furniture = (r"^\*{2,3}$",)
