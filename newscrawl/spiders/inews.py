"""iNews.id, Indonesia. Never tried live: written from public crawlers of it; the form of its later pages is a guess."""

from newscrawl.outlet import Outlet


class Inews(Outlet):
    """The declaration of iNews.id."""

    name = "inews"
    title = "iNews.id"
    language, country, timezone = "id", "ID", "Asia/Jakarta"
    homepage = "https://www.inews.id/"
    feeds = ("https://www.inews.id/feed",)
    sections = ("https://www.inews.id/indeks",)
    article_url = r"inews\.id/(?!tag|indeks|find|video|photo)[\w-]{2,40}(?:/[\w-]{2,40})?/\w+-\w+-[\w-]+"
    paywall = "none"
    article_css = "article.bodyArticleWrapper"
    date_css = ".timeAndShare .createdAt"
    tags_css = "ul.listTag a"
    caption_css = "figure.mainImage figcaption"
    body_css = "article.bodyArticleWrapper"
    drop_css = ("div.bacaJuga", "div[class*='ads']", "ul.paginationContent", "div.relatedArticle", "figcaption")
    next_page_css = "ul.paginationContent a"
    furniture = (
        r"^Editor ?: ?[\w .'-]{2,60}$",
        r"(?i)^follow (?:berita|whatsapp channel) inews\b",
        r"(?i)^lihat berita lainnya$",
    )
