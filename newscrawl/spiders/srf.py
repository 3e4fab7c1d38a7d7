"""SRF, the public broadcaster of Switzerland in German."""

from newscrawl.outlet import Outlet


class Srf(Outlet):
    """SRF: no JSON-LD; headlines elsewhere than on the page begin with a kicker."""

    name = "srf"
    title = "Schweizer Radio und Fernsehen (SRF)"
    language, country, timezone = "de", "CH", "Europe/Zurich"
    homepage = "https://www.srf.ch/"
    feeds = ("https://www.srf.ch/news/bnf/rss/1646",)
    article_url = r"//www\.srf\.ch/(?:news|sport|kultur|wissen)/[\w/-]{10,300}(?:\?|$)"
    paywall = "none"
    checked = "2 saved pages, November 2026"
    article_css = "section[itemprop='articleBody']"
    title_css = "span.article-title__text"
    standfirst_css = "p.article-lead"
    author_css = "p.article-author__name [itemprop='name'], div.article-author span[itemprop='name']"
    caption_css = "span.media-caption__description"
    body_css = "section[itemprop='articleBody']"
    drop_css = ("div.expandable-box", "div.article-element", "blockquote.blockquote--article-indentation")
