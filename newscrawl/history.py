"""Articles saved in the order of time: pages fetched long ago, pages read again, and what belongs to which version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dedupe import Article, FurnitureStore, ReadingStore, Store, Version, as_version, at_time, reread
from newscrawl import learning

Outcome = Literal["new", "version", "older", "reread", "unchanged"]
"""`older`: a text from before the latest one; `reread`: the same page, read otherwise than before."""


@dataclass(frozen=True)
class Kept:
    """What saving an article came to."""

    article_id: int
    outcome: Outcome
    fields: tuple[str, ...] = ()
    """Fields of the article that are others than before, where it was known."""


def save(store: Store, article: Article, asked_for: str | None = None) -> Kept:
    """Store what was read of a page at the place of its fetch in the article's history, in one transaction.

    An older fetch becomes an older version and never the present text. A version whose own page is read anew keeps its
    number and time: the outlet changed nothing, we read otherwise; what it was read as stands in `readings` from then
    on. What else the latest page says (dates, writers, quotations) is brought up to date.
    """
    with store.transaction():
        article_id = store.article_at((article.url, *article.addresses))
        if article_id is None:
            return Kept(learning.save(store, article, asked_for).article_id, "new")
        kept = ReadingStore(store)
        versions = kept.versions(article_id)
        number = at_time(versions, as_version(article).seen_at)
        current = versions[number - 1] if number else None
        is_own = current is not None and current.raw is not None and current.raw == article.raw
        if current and number == len(versions) and not is_own and current.text != as_version(article).text:
            return Kept(article_id, learning.save(store, article, asked_for).outcome)
        outcome = placed(kept, article_id, article, versions, number)
        is_present = number == len(versions) and article.page_count >= kept.pages_of(article_id)
        changed: tuple[str, ...] = ()
        if is_present and (outcome == "reread" or kept.is_latest(article_id, article)):
            changed = brought_up_to_date(store, kept, article_id, article)
        store.add_addresses(article_id, article)
        kept.note_seen(asked_for or article.url, article_id, article)
        return Kept(article_id, outcome, changed)


def placed(kept: ReadingStore, article_id: int, article: Article, versions: list[Version], number: int) -> Outcome:
    """Put the text of a page among an article's versions, `number` of which had been seen when it was fetched."""
    text = as_version(article)
    current = versions[number - 1] if number else None
    following = versions[number] if number < len(versions) else None
    if current and current.text == text.text:
        return "unchanged"
    if current and current.raw and current.raw == text.raw:
        if article.page_count < kept.pages_of(article_id):
            return "unchanged"  # its first page alone says less than all its pages did
        kept.note_reading(article_id, current)
        kept.write(article_id, [*versions[: number - 1], reread(current, article), *versions[number:]])
        return "reread"
    if following and following.text == text.text:
        moved = replace(following, seen_at=text.seen_at, raw=text.raw)
        kept.write(article_id, [*versions[:number], moved, *versions[number + 1 :]])
        return "unchanged"
    kept.write(article_id, [*versions[:number], text, *versions[number:]])
    return "older"


def brought_up_to_date(store: Store, kept: ReadingStore, article_id: int, article: Article) -> tuple[str, ...]:
    """Make an article say what its latest page says, learned furniture left out; return the fields that changed."""
    before = store.article(article_id)
    with kept.only_if() as wanted:
        kept.replace(article_id, article)
        learning.bring_up_to_date(FurnitureStore(store), [article_id])
        changed = kept.differing(article_id, before)
        wanted.append(bool(changed))
        if changed:
            kept.note_changed(article_id, changed)
    return changed
