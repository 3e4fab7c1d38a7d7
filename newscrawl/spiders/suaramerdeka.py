"""Suara Merdeka, Indonesia (Semarang). Never tried live: written from what is public of the "read__" template."""

from newscrawl.networks import ReadTemplate


class SuaraMerdeka(ReadTemplate):
    """The declaration of Suara Merdeka."""

    name = "suaramerdeka"
    title = "Suara Merdeka"
    homepage = "https://www.suaramerdeka.com/"
    feeds = ("https://www.suaramerdeka.com/rss",)
    sections = ("https://www.suaramerdeka.com/indeks-berita",)
    furniture = (r"^SUARAMERDEKA\.COM\s?[-–—]?$",)
