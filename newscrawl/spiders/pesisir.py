"""Kantor Berita Pesisir, a made-up news agency of the demo: plain HTML with microdata."""

from newscrawl.outlet import Outlet


class Pesisir(Outlet):
    """Kantor Berita Pesisir (demo): Atom leads to its articles."""

    name = "pesisir"
    title = "Pesisir"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "http://pesisir.example/"
    feeds = ("http://pesisir.example/atom.xml",)
    article_url = r"/berita/\d{1,9}/"
    article_css = "[itemprop=articleBody]"
    title_css = "[itemprop=headline]"
    author_css = "[itemprop=author]"
    date_css = "time[itemprop=datePublished]"
    modified_css = "time[itemprop=dateModified]"
    section_css = "[itemprop=articleSection]"
    tags_css = "p.kunci a"
    caption_css = "[itemprop=caption]"
    body_css = "[itemprop=articleBody]"
