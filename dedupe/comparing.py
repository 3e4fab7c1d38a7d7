"""Pairs of stored articles -> scores and evidence; profiles are made once and kept while they fit the memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from dedupe.kinship import Kinship, kinship
from dedupe.profile import Profile, Reading, Text, profiles, read_all
from dedupe.verify import Comparer, Verified, scores, verified
from dedupe.vocabulary import Counts, Vocabulary

PROFILES_KEPT = 4_000
"""Profiles in memory, about 8 KB each: the articles of the window are met again and again."""
READINGS_KEPT = 3 * PROFILES_KEPT
"""What profiles are made of, some 5 KB each: to weigh words again is far cheaper than to read them again."""

PAIRS_AT_ONCE = 4_000
"""Pairs measured together: the words and weights of their articles are laid out anew, some 20 MB."""

Kept = TypeVar("Kept")
Ids = tuple[int, int]
"""The articles of a pair, the smaller id first."""


def ids_of(a: int, b: int) -> Ids:
    """Return the ids of a pair, the smaller first."""
    return (a, b) if a < b else (b, a)


class Comparing:
    """The profiles at hand, and the pairs measured since `forget_pairs`."""

    def __init__(self, counts: Counts, texts: Callable[[Iterable[int]], Sequence[Text]]) -> None:
        self.counts = counts
        self.texts = texts
        self.vocabulary = Vocabulary(counts)
        self.comparer = Comparer()
        self.profiles: OrderedDict[int, Profile] = OrderedDict()
        self.readings: OrderedDict[int, Reading] = OrderedDict()
        """What the profiles were made of."""
        self.measured: dict[Ids, tuple[npt.NDArray[np.float64], float]] = {}
        """Pairs with their values and their score."""
        self.texts_of: dict[Ids, Kinship] = {}
        """Pairs with what their texts have in common, as far as it was asked for."""

    def forget_pairs(self) -> None:
        """Forget the pairs, and the profiles and words that are too many."""
        self.measured.clear()
        self.texts_of.clear()
        self.let_go()
        if self.vocabulary.is_full:
            self.vocabulary = Vocabulary(self.counts)
            self.profiles.clear()
            self.readings.clear()

    def let_go(self, needed: Iterable[int] = ()) -> None:
        """Forget the profiles that are too many, those made longest ago first and those still needed last."""
        wanted = list(needed)
        keep_latest(self.profiles, wanted, PROFILES_KEPT)
        keep_latest(self.readings, wanted, READINGS_KEPT)

    def forget_weights(self) -> None:
        """Forget the profiles; what they were made of is kept."""
        self.profiles.clear()

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the words of articles, before they are weighted."""
        return read_all(texts, self.vocabulary)

    def weigh(self, readings: Sequence[Reading]) -> None:
        """Make the profiles of articles, in place of older ones."""
        for reading, one in zip(readings, profiles(readings, self.vocabulary), strict=True):
            self.profiles[one.article_id] = one
            self.readings[one.article_id] = reading.without_text()
            self.profiles.move_to_end(one.article_id)
            self.readings.move_to_end(one.article_id)

    def recall(self, article_ids: Sequence[int]) -> list[Profile]:
        """Return the profiles of these articles, read from the store where they are not at hand."""
        missing = [article_id for article_id in article_ids if article_id not in self.profiles]
        if missing:
            unread = [article_id for article_id in missing if article_id not in self.readings]
            known = [self.readings[article_id] for article_id in missing if article_id in self.readings]
            self.weigh([*known, *self.read(self.texts(unread))])
        return [self.profiles[article_id] for article_id in article_ids]

    def scores(self, article_id: int, others: Sequence[int]) -> list[float]:
        """Return the scores of an article with others; what was measured before is known."""
        self.measure(ids_of(article_id, other) for other in others)
        return [self.measured[ids_of(article_id, other)][1] for other in others]

    def measure(self, pairs: Iterable[Ids]) -> None:
        """Measure pairs, all together; what was measured before is known."""
        wanted = list(dict.fromkeys(ids for ids in pairs if ids not in self.measured))
        for first in range(0, len(wanted), PAIRS_AT_ONCE):
            new = wanted[first : first + PAIRS_AT_ONCE]
            values = self.comparer.measure_pairs(*self.placed(new))
            self.measured.update(zip(new, zip(values, scores(values).tolist(), strict=True), strict=True))

    def placed(self, pairs: Sequence[Ids]) -> tuple[list[Profile], list[tuple[int, int]]]:
        """Return the profiles of pairs, each once, and of each pair the places of its two among them."""
        place = {article_id: at for at, article_id in enumerate(dict.fromkeys(i for ids in pairs for i in ids))}
        return self.recall(list(place)), [(place[a], place[b]) for a, b in pairs]

    def kinship(self, ids: Ids) -> Kinship:
        """Return what the texts of a pair have in common; what was asked before is known."""
        if ids not in self.texts_of:
            self.texts_of[ids] = kinship(*self.recall(ids))
        return self.texts_of[ids]

    def verified(self, pairs: Iterable[Ids]) -> dict[Ids, Verified]:
        """Return measured pairs with their evidence."""
        found: dict[Ids, Verified] = {}
        wanted = list(dict.fromkeys(pairs))
        for first in range(0, len(wanted), PAIRS_AT_ONCE):
            some = wanted[first : first + PAIRS_AT_ONCE]
            profiles, places = self.placed(some)
            shared = self.comparer.shared_words(profiles, places, self.vocabulary.words)
            values, scored = zip(*(self.measured[ids] for ids in some), strict=True)
            both = [(profiles[a], profiles[b]) for a, b in places]
            texts = [self.kinship(ids) for ids in some]
            found.update(zip(some, verified(both, values, scored, texts, shared), strict=True))
        return found


def keep_latest(kept: OrderedDict[int, Kept], needed: Iterable[int], most: int) -> None:
    """Leave what was made latest, and of that what is needed last of all to go."""
    for article_id in needed:
        if article_id in kept:
            kept.move_to_end(article_id)
    while len(kept) > most:
        kept.popitem(last=False)
