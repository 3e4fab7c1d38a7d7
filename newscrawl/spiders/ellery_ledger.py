"""The Ellery Ledger, a made-up outlet of the demo: a WordPress block theme and curly quotes."""

from newscrawl.outlet import Outlet


class ElleryLedger(Outlet):
    """The Ellery Ledger (demo): its sitemap leads to its articles."""

    name = "ellery_ledger"
    title = "The Ellery Ledger"
    language, country, timezone = "en", "GB", "Europe/London"
    homepage = "http://elleryledger.example/"
    sitemaps = ("http://elleryledger.example/sitemap.xml",)
    article_url = r"/\d{4}/\d\d/[a-z0-9-]{1,200}/"
    title_css = "h1.wp-block-post-title"
    standfirst_css = "main p.wp-block-post-excerpt__excerpt"
    author_css = "p.wp-block-post-author__name"
    section_css = "div.taxonomy-category a"
    tags_css = "div.taxonomy-post_tag a"
    caption_css = "figcaption.wp-element-caption"
    body_css = "div.entry-content"
    drop_css = ("div.wp-block-buttons",)
