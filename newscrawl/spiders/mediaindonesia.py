"""Media Indonesia. Its JSON-LD names the editor as the author; the writer stands below the headline."""

from newscrawl.outlet import Outlet


class MediaIndonesia(Outlet):
    """The declaration of Media Indonesia."""

    name = "mediaindonesia"
    title = "Media Indonesia"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://mediaindonesia.com/"
    sitemaps = ("https://mediaindonesia.com/sitemap.xml",)
    sections = ("https://mediaindonesia.com/indeks",)
    article_url = r"mediaindonesia\.com/(?!indeks|video|galleries)[\w-]{2,40}/\d{4,9}/[^/?#]+"
    paywall = "some"
    checked = "1 saved page, November 2026"
    article_css = "section.detail div.article"
    author_css = "div.author-2"
    section_css = "ul.mi-breadcrumb li:last-child"
    tags_css = "ul.related-tags a::attr(title)"
    caption_css = "figure.main-img figcaption"
    body_css = "div.article"
    drop_css = (
        "div.ext-channel",
        "div.info-author",
        "div.amp-flying-carpet-wrapper",
        "div._ap_apex_ad",
        "div.baca-juga",
    )
    furniture = (r"^\([A-Z]-\d{1,2}\)$",)
