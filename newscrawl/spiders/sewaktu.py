"""SEWAKTU.com, Indonesia: one of many outlets on the "read__" template of the Pikiran Rakyat media network.

Never tried live: written from one article's text and from how that template is known to look. The selectors,
the listing and the form of its addresses want checking before the first run.
"""

from newscrawl.networks import ReadTemplate


class Sewaktu(ReadTemplate):
    """The declaration of SEWAKTU.com."""

    name = "sewaktu"
    title = "SEWAKTU.com"
    homepage = "https://www.sewaktu.com/"
    sections = ("https://www.sewaktu.com/",)
    article_url = r"/(?:[a-z]{2,3}-)?\d{6,}/[^/?#]+"
