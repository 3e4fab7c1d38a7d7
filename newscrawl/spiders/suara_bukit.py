"""Suara Bukit, a made-up outlet of the demo: the `detail__` template, and machine dates that lie."""

from newscrawl.outlet import Outlet


class SuaraBukit(Outlet):
    """Suara Bukit (demo): a sitemap index leads to its articles. Its JSON-LD calls the local time Z."""

    name = "suara_bukit"
    title = "Suara Bukit"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    dates_lie_utc = True
    homepage = "http://suarabukit.example/"
    sitemaps = ("http://suarabukit.example/sitemap.xml",)
    article_url = r"/d-\d{1,9}/"
    article_css = "div.detail__body-text"
    title_css = "h1.detail__title"
    standfirst_css = "h2.detail__subtitle"
    date_css = "div.detail__date"
    section_css = "div.page__breadcrumb a:last-child"
    tags_css = "div.detail__body-tag a.nav__item"
    caption_css = "figcaption.detail__media-caption"
    body_css = "div.detail__body-text"
    drop_css = ("div.lihatjg", "p.para_caption")
