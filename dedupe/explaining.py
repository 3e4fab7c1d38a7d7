"""Two articles -> why they are, or are not, in one story."""

from __future__ import annotations

import json
from dataclasses import dataclass

from dedupe import compare
from dedupe.model import Article
from dedupe.profile import profile, read
from dedupe.store import Store
from dedupe.story_store import StoryStore
from dedupe.verify import Verified, verify
from dedupe.vocabulary import Vocabulary


@dataclass(frozen=True)
class Explanation:
    """Why two articles are, or are not, in one story."""

    a: Article
    b: Article
    pair: Verified
    same_story: int | None
    """The story that both are in, or None."""
    passages: tuple[str, ...]
    quotations: tuple[compare.Utterance, ...]


def explain(store: Store, a: int, b: int) -> Explanation:
    """Return the evidence for a pair: as stored where the pair is, else computed now."""
    kept = StoryStore(store)
    one, other = store.article(a), store.article(b)
    placed = kept.stories_of([a, b])
    together = placed[a] if len(placed) == 2 and placed[a] == placed[b] else None  # noqa: PLR2004 - a pair
    shared = [u for u in compare.utterances([one, other]) if len(u.wordings) > 1]
    return Explanation(
        one,
        other,
        verified_pair(kept, a, b),
        together,
        tuple(compare.passages(one.body, other.body)),
        tuple(shared),
    )


def verified_pair(kept: StoryStore, a: int, b: int) -> Verified:
    """Return the pair as stored, or verified now."""
    found = kept.store.rows("SELECT * FROM pairs WHERE a = ? AND b = ?", (min(a, b), max(a, b)))
    if found:
        return Verified(found[0]["kind"], found[0]["score"], json.loads(found[0]["evidence"]))
    vocabulary = Vocabulary(kept.counts)
    first, second = (profile(read(text, vocabulary), vocabulary) for text in kept.texts((a, b)))
    return verify(first, second, vocabulary)
