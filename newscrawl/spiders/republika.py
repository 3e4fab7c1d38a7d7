"""Republika, Indonesia. Never tried live: written from public crawlers of it.

Its JSON-LD names the editor ("Red:") as the author; a reporter ("Rep:") stands only in the line below the headline.
"""

from newscrawl.outlet import Outlet


class Republika(Outlet):
    """The declaration of Republika and its sections, each on an address of its own."""

    name = "republika"
    title = "Republika Online"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.republika.co.id/"
    feeds = ("https://www.republika.co.id/rss",)
    sections = ("https://www.republika.co.id/indeks",)
    article_url = r"republika\.co\.id/(?:berita|posts)/(?:[\w-]{1,40}/){1,4}[^/?#]+"
    paywall = "none"
    article_css = "div.article-content"
    title_css = ".max-card__title h1"
    standfirst_css = "p.max-card__teaser"
    date_css = "div.date-item__headline"
    section_css = "ul.breadcrumb li:last-child"
    caption_css = "div.caption-img"
    body_css = "div.article-content"
    drop_css = (
        "div.picked-article",
        "div.footnote-wrap",
        "div.baca-juga",
        "div#next-article",
        "div[id^='div-gpt-ad']",
        "div.taiching",
    )
    furniture = (
        r"(?i)^(?:loading\.\.\.|advertisement)$",
        r"(?i)^ikuti whatsapp channel republika$",
        r"(?i)^komik si calus$",
        r"(?i)^sumber ?: ?[\w ./-]{2,60}$",
    )
