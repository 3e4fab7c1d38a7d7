"""The furniture of every outlet brought up to date: texts -> what recurs is learned -> taken out of every article."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dedupe import Article, FurnitureStore, Saved, Store
from newscrawl import furniture, quotes

BATCH = 200
"""Articles brought up to date in one transaction: a kill loses at most this much work."""


@dataclass
class LearnReport:
    """What learning did."""

    outlets: int = 0
    """Outlets whose furniture is another than before."""
    articles: int = 0
    """Articles whose text is another than before."""


def save(store: Store, article: Article, asked_for: str | None = None) -> Saved:
    """Store an article and take out of it what is known to be furniture of its outlet, in one transaction."""
    with store.transaction():
        saved = store.save_article(article, asked_for=asked_for)
        if saved.outcome != "unchanged" or saved.is_renewed:
            bring_up_to_date(FurnitureStore(store), [saved.article_id])
    return saved


def learn(store: Store, progress: Callable[[int], object] | None = None) -> LearnReport:
    """Learn the furniture of outlets with new texts, then go through all articles of those where it changed.

    Killed at any moment, the next call goes on after the last batch; called twice, the second call changes nothing.
    """
    kept, report = FurnitureStore(store), LearnReport()
    for outlet in kept.due():
        with store.transaction():
            report.outlets += kept.save_learned(outlet, furniture.learn(kept.sample(outlet)))
    for outlet, gone_through in kept.behind().items():
        left = kept.after(outlet, gone_through)
        for start in range(0, len(left), BATCH):
            batch = left[start : start + BATCH]
            with store.transaction():
                report.articles += bring_up_to_date(kept, batch)
                kept.note_gone_through(outlet, batch[-1])
            if progress:
                progress(len(batch))
        with store.transaction():
            kept.note_gone_through(outlet, None)
    return report


def bring_up_to_date(kept: FurnitureStore, article_ids: Sequence[int]) -> int:
    """Leave out of articles what is furniture now, put back what is no longer, and return how many changed."""
    changed = 0
    known = kept.learned_of(article_ids)
    out = kept.taken_out(article_ids)
    if not out and not any(known.values()):
        return 0
    blocks = kept.blocks(article_ids)
    for printed in kept.printed(article_ids):
        wanted = furniture.places(printed.body, known[printed.outlet])
        if wanted != out[printed.article_id]:
            body = furniture.without(printed.body, wanted)
            found = quotes.find(body, language=printed.language, set_apart=blocks[printed.article_id])
            kept.take_out(printed, body, wanted, found)
            changed += 1
    return changed
