"""CNN Indonesia. Never tried live: written from public crawlers of it.

Its pages have no names of blocks but those of a style sheet; of them only what is needed is named here.
"""

from newscrawl.networks import DetikNetwork


class CnnIndonesia(DetikNetwork):
    """The declaration of CNN Indonesia."""

    name = "cnnindonesia"
    title = "CNN Indonesia"
    homepage = "https://www.cnnindonesia.com/"
    feeds = (
        "https://www.cnnindonesia.com/nasional/rss",
        "https://www.cnnindonesia.com/internasional/rss",
        "https://www.cnnindonesia.com/ekonomi/rss",
        "https://www.cnnindonesia.com/olahraga/rss",
        "https://www.cnnindonesia.com/teknologi/rss",
        "https://www.cnnindonesia.com/hiburan/rss",
    )
    sections = ("https://www.cnnindonesia.com/indeks",)
    article_url = r"cnnindonesia\.com/[\w-]{2,40}/\d{14}-\d{1,4}-\d{4,9}/[^/?#]+"
    paywall = "none"
    article_css = "div.detail-text"
    title_css = "h1"
    author_css = "div.text-cnn_black_light3"
    date_css = "div.text-cnn_grey"
    section_css = "a.gtm_breadcrumb_kanal"
    body_css = "div.detail-text"
    drop_css = (*DetikNetwork.drop_css, "div.newstag", "div.paging", "a[class*='rounded']")
    next_page_css = "div.paging a"
    furniture = (*DetikNetwork.furniture, r"(?i)^lihat juga ?:?$")
