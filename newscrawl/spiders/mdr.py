"""MDR, the public broadcaster of Saxony, Saxony-Anhalt and Thuringia in Germany."""

from newscrawl.outlet import Outlet


class Mdr(Outlet):
    """MDR: its pages came in two markups, of 2023 and of 2026."""

    name = "mdr"
    title = "MDR"
    language, country, timezone = "de", "DE", "Europe/Berlin"
    homepage = "https://www.mdr.de/"
    feeds = ("https://www.mdr.de/nachrichten/index-rss.xml",)
    news_sitemaps = ("https://www.mdr.de/news-sitemap.xml",)
    article_url = r"-\d{3}\.html(?:\?|$)"
    paywall = "none"
    checked = "2 saved pages, November 2026"
    article_css = "div.sectionDetailPage, article.articlepage"
    standfirst_css = "p.einleitung, p.preface"
    title_css = "h1 > span.headline, header.articlehead > h1"
    section_css = "#breadcrumb li:nth-child(3) > a"
    caption_css = "span.mediaSubtitleText, span.caption"
    author_css = "div.articleMeta > p.author, p.textauthor"
    body_css = (
        "div.paragraph:not(.cssCitationStyleProperties) > p.text, div.modParagraph h3.subtitle, "
        "article.articlepage > p:not(.textauthor), article.articlepage > h2, article.articlepage > ul"
    )
    furniture = (r"^MDR(?: \([^()]{2,80}\))?$",)
