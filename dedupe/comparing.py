"""Pairs of stored articles -> scores and evidence; profiles are made once and kept while they fit the memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from dedupe.profile import Profile, Reading, Text, profile, read
from dedupe.verify import Comparer, Verified, scores, verified
from dedupe.vocabulary import Counts, Vocabulary

PROFILES_KEPT = 4_000
"""Profiles in memory, about 8 KB each: the articles of the window are met again and again."""

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
        self.measured: dict[Ids, tuple[npt.NDArray[np.float64], float]] = {}
        """Pairs with their values and their score."""

    def forget_pairs(self) -> None:
        """Forget the pairs, and the profiles and words that are too many."""
        self.measured.clear()
        while len(self.profiles) > PROFILES_KEPT:
            self.profiles.popitem(last=False)
        if self.vocabulary.is_full:
            self.vocabulary = Vocabulary(self.counts)
            self.profiles.clear()

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the words of articles, before they are weighted."""
        return [read(text, self.vocabulary) for text in texts]

    def weigh(self, readings: Iterable[Reading]) -> None:
        """Make the profiles of articles, in place of older ones."""
        for reading in readings:
            self.profiles[reading.text.article_id] = profile(reading, self.vocabulary)
            self.profiles.move_to_end(reading.text.article_id)

    def recall(self, article_ids: Sequence[int]) -> list[Profile]:
        """Return the profiles of these articles, read from the store where they are not at hand."""
        missing = [article_id for article_id in article_ids if article_id not in self.profiles]
        if missing:
            self.weigh(self.read(self.texts(missing)))
        return [self.profiles[article_id] for article_id in article_ids]

    def scores(self, article_id: int, others: Sequence[int]) -> list[float]:
        """Return the scores of an article with others; what was measured before is known."""
        new = [other for other in others if ids_of(article_id, other) not in self.measured]
        if new:
            one, *profiles = self.recall([article_id, *new])
            values = self.comparer.measure(one, profiles)
            for other, row, scored in zip(new, values, scores(values).tolist(), strict=True):
                self.measured[ids_of(article_id, other)] = (row, scored)
        return [self.measured[ids_of(article_id, other)][1] for other in others]

    def verified(self, ids: Ids) -> Verified:
        """Return a measured pair with its evidence."""
        one, other = self.recall(ids)
        return verified((one, other), *self.measured[ids], self.vocabulary.words)

    def words_in_common(self, ids: Ids) -> float:
        """Return the cosine of a measured pair."""
        return float(self.measured[ids][0][0])
