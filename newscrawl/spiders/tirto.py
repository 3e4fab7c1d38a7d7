"""Tirto.id, Indonesia. Never tried live: written from public crawlers of it. Its pages have no JSON-LD of articles."""

from newscrawl.outlet import Outlet


class Tirto(Outlet):
    """The declaration of Tirto.id."""

    name = "tirto"
    title = "tirto.id"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://tirto.id/"
    sections = ("https://tirto.id/", "https://tirto.id/flash-news")
    article_url = r"tirto\.id/[a-z0-9-]{15,200}-[A-Za-z0-9]{4}(?:$|[?#])"
    paywall = "none"
    article_css = "div.content-text-editor"
    title_css = "h1.article-title"
    standfirst_css = "p.kicker"
    author_css = "a.reporter-name"
    date_css = "div.byline > div"
    section_css = "div.breadcrumbs-wrapper a:last-child"
    caption_css = "div.article-cover figcaption"
    body_css = "div.content-text-editor"
    drop_css = ("div.baca-holder", "figcaption", "ins")
