"""One story as one HTML file that needs no server: style inside, no link but to the outlets."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from dedupe.covering import Coverage
from dedupe.not_seen import not_seen
from dedupe.outgoing import whole_file
from dedupe.site.abouts import groups
from dedupe.site.rendering import TEMPLATES, is_web
from dedupe.site.wording import load
from dedupe.store import Store


def single_file(store: Store, found: Coverage, *, made_at: str, root: str = "", language: str = "en") -> str:
    """Return a story as one HTML document.

    `root` is scheme and host under which the pages are served for good; where it is given the document names the
    story's permanent address. `made_at` says when the document was made.
    """
    t = load(language)
    by_id = {one.article_id: one for one in found.coverage}
    style = (files("dedupe.site") / "static" / "newscrawl.css").read_text("utf-8")
    return TEMPLATES.get_template("single.html").render(
        s=found,
        t=t,
        by_id=by_id,
        by_url={one.url: one for one in found.coverage},
        first_seen=min((one.first_seen_at for one in found.coverage), default=None),
        not_seen=not_seen(store, found),
        credits=sorted({one.source_credit for one in found.coverage if one.source_credit}),
        words=groups(t)[0].terms,
        made_at=made_at,
        address=f"{root.rstrip('/')}/story/{found.story_id}" if root else "",
        style=style,
    )


def is_root(named: str) -> bool:
    """Tell whether pages can be served under an address: scheme and host, perhaps a folder, and no more.

    >>> is_root("https://news.example/"), is_root("news.example"), is_root("https://news.example/?a=1")
    (True, False, False)
    """
    try:
        parts = urlsplit(named)
    except ValueError:
        return False
    return is_web(named) and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)


def write_single(document: str, target: Path, db: Path) -> None:
    """Put a document in its place: whole and on the disk, or not at all.

    Raises:
        ExportError: it cannot be written there.
    """
    with whole_file(target, db) as path:
        path.write_text(document, "utf-8", "replace")
