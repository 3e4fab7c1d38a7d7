"""Warta Sagara, a made-up outlet of the demo: a small CMS of its own, no feed, days without times."""

from newscrawl.outlet import Outlet


class WartaSagara(Outlet):
    """Warta Sagara (demo): only its section pages lead to its articles."""

    name = "warta_sagara"
    title = "Warta Sagara"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "http://wartasagara.example/"
    sections = ("http://wartasagara.example/", "http://wartasagara.example/indeks")
    link_css = "a.teaser-title"
    article_url = r"/read/(?:cetak/)?\d{1,9}/"
    title_css = "h1.post-title"
    standfirst_css = "div.post-lead"
    author_css = "div.post-author > span"
    date_css = "div.post-date"
    section_css = "div.post-category a"
    tags_css = "div.post-tags a"
    caption_css = "div.post-caption"
    body_css = "div.post-content"
