"""Running stories: stories of one topic are linked to each other, not merged.

Each story is stood for by its medoid, the article that fits the others best. Those of about two weeks that meet in the
band index under keywords, title or names are compared as two articles are, the days between them left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

import numpy as np
import numpy.typing as npt

from dedupe import bands
from dedupe.comparing import Comparing, ids_of
from dedupe.distinct import distinct
from dedupe.link_store import Ends, LinkStore, Medoid, StoryLink, ends_of
from dedupe.scoring import BASE, LINKS
from dedupe.story_store import StoryStore
from dedupe.verify import FACTORS, FEATURES

LinkKind = Literal["next_development", "same_topic"]

WINDOW_DAYS = 14
"""Developments of a running story follow one another within two weeks; more are found through those between."""
NEXT_DAYS = 3
"""A next development is told within so many days: the window in which reports of one event appear."""
MOST_LINKS = 12
"""Links of a story, the best ones: a topic of a hundred stories is walked through, not listed at each of them."""
STORIES_COMPARED = 5
"""Stories compared with one, those whose medoids share most bands first."""
BANDS_SHARED = 2
"""Shared bands from which two medoids are compared: the R pairs of the dev data above the threshold share two and more,
of the pairs of a fortnight at random one in thirty."""
KEYWORD_SLOTS = 16
"""Bands of keywords looked up, beside those of title and names: 16 and five stories link 40 of 52 R pairs of the dev
data at a third less work than all 32 and eight, which link 41."""
STORIES_AT_ONCE = 500

Array = npt.NDArray[np.float64]
Measured = Mapping[tuple[int, int], tuple[Array, float]]
"""Pairs of articles with their values and their score."""
TOPIC_FACTORS = np.where(np.array(FEATURES) == "days", 0.0, FACTORS)


def topic_scores(values: Array) -> list[float]:
    """Return the score of each pair's values, one row a pair, the days between the two left out."""
    scored: list[float] = np.round(0.5 + 0.5 * np.tanh((BASE + values @ TOPIC_FACTORS) / 2), 6).tolist()
    return scored


def topic_score(values: Array) -> float:
    """Return the score of one pair's values, the days between the two left out."""
    return topic_scores(values[np.newaxis])[0]


def kind_of(one: Medoid, other: Medoid, score: float) -> LinkKind | None:
    """Return how two stories are linked that come to this score, None where they are not."""
    if score < LINKS.same_topic:
        return None
    follows = 0 < abs(one.day - other.day) <= NEXT_DAYS
    return "next_development" if follows and score >= LINKS.next_development else "same_topic"


class Linking:
    """Brings the links of stories up to date, with the profiles at hand."""

    def __init__(self, kept: StoryStore, pairs: Comparing) -> None:
        self.kept = kept
        self.links = LinkStore(kept.store)
        self.pairs = pairs

    def renew(self, story_ids: Iterable[int], measured: Measured | None = None) -> int:
        """Compute the links of these stories anew; return how many there are.

        Where the pairs that a clustering has `measured` are given, stories of its window are known from them, and the
        index is asked for older and later ones alone: at a third of the cost.
        """
        wanted = sorted(set(story_ids))
        near = None if measured is None else self.near(measured)
        return sum(
            self.renew_some(wanted[start : start + STORIES_AT_ONCE], near)
            for start in range(0, len(wanted), STORIES_AT_ONCE)
        )

    def near(self, measured: Measured) -> set[Ends]:
        """Return the stories of which two articles that were measured are of one topic."""
        scored = topic_scores(np.stack([values for values, _ in measured.values()])) if measured else []
        alike = [ids for ids, score in zip(measured, scored, strict=True) if score >= LINKS.same_topic]
        story_of = self.kept.stories_of({article_id for ids in alike for article_id in ids})
        ends = (ends_of(story_of[a], story_of[b]) for a, b in alike if a in story_of and b in story_of)
        return {(one, other) for one, other in ends if one != other}

    def renew_some(self, story_ids: Sequence[int], near: AbstractSet[Ends] | None) -> int:
        """Compute the links of some stories: what is linked already is compared again, with what the index finds."""
        medoids = self.links.medoids(story_ids)
        old = self.links.links_of(story_ids)
        wanted = self.candidates(medoids, is_far=near is not None) | set(old)
        wanted |= {(one, other) for one, other in near or () if one in medoids or other in medoids}
        medoids |= self.links.medoids({story_id for ends in wanted for story_id in ends} - medoids.keys())
        found = dict(self.compare(medoids, wanted))
        self.links.replace(old, found)
        self.links.prune({story_id for ends in found for story_id in ends}, MOST_LINKS)
        self.pairs.forget_pairs()
        return len(found)

    def compare(self, medoids: Mapping[int, Medoid], wanted: Iterable[Ends]) -> Iterator[tuple[Ends, StoryLink]]:
        """Yield the links between stories, those left out that are not of one topic."""
        near: dict[Medoid, list[Medoid]] = {}
        for one, other in sorted(wanted):
            here, there = medoids.get(one), medoids.get(other)
            if here and there and abs(here.day - there.day) <= WINDOW_DAYS:
                near.setdefault(here, []).append(there)
        self.pairs.measure(
            ids_of(here.article_id, there.article_id) for here, others in near.items() for there in others
        )
        for here, others in near.items():
            for there in others:
                score = topic_score(self.pairs.measured[ids_of(here.article_id, there.article_id)][0])
                if kind := kind_of(here, there, score):
                    yield ends_of(here.story_id, there.story_id), StoryLink(kind, score)

    def candidates(self, medoids: Mapping[int, Medoid], *, is_far: bool = False) -> set[Ends]:
        """Return which stories these are compared with: those whose articles their medoids meet most often."""
        asking = {one.article_id: one for one in medoids.values()}
        met = self.met(list(asking.values()), is_far=is_far)
        story_of = self.kept.stories_of({other for others in met.values() for other in others})
        found: set[Ends] = set()
        for article_id, others in met.items():
            own = asking[article_id].story_id
            stories = dict.fromkeys(story_of[other] for other in others if story_of.get(other, own) != own)
            found.update(ends_of(own, other) for other in list(stories)[:STORIES_COMPARED])
        return found

    def met(self, asking: Sequence[Medoid], *, is_far: bool) -> dict[int, list[int]]:
        """Return for each article those that share bands of keywords, title and names with it, most first.

        The far ones are those of epochs that the window of clustering does not touch.
        """
        by_epoch: dict[int, list[Medoid]] = {}
        for one in asking:
            for epoch in range(bands.epoch(one.day - WINDOW_DAYS), bands.epoch(one.day + WINDOW_DAYS) + 1):
                if not is_far or epoch not in bands.epochs(one.day):
                    by_epoch.setdefault(epoch, []).append(one)
        sides = [self.met_in(epoch, some) for epoch, some in sorted(by_epoch.items()) if self.links.has_epoch(epoch)]
        who, whom = (np.concatenate([bands.EMPTY, *side]) for side in (zip(*sides, strict=True) if sides else ((), ())))
        return bands.most_met(*met_often(who, whom), most=4 * STORIES_COMPARED)

    def met_in(self, epoch: int, asking: Sequence[Medoid]) -> tuple[bands.Values, bands.Values]:
        """Return who asks and whom it meets in an epoch, once for each value the two share."""
        asked = [topic_values(one) for one in asking]
        owner = np.repeat(np.arange(len(asking)), [len(values) for values in asked])
        together = np.concatenate(asked)
        order = np.argsort(together, kind="stable")
        together, owner = together[order], owner[order]
        values, members = self.kept.band_entries(epoch, distinct(together).tolist())
        first = np.searchsorted(together, values, "left")
        times = np.searchsorted(together, values, "right") - first
        entry = np.repeat(np.arange(len(times)), times)
        who = owner[np.repeat(first - np.cumsum(times) + times, times) + np.arange(len(entry))]
        whom, day = bands.article_and_day(epoch, members[entry])
        ids = np.array([one.article_id for one in asking], dtype=np.int64)
        days = np.array([one.day for one in asking], dtype=np.int64)
        near = (np.abs(day - days[who]) <= WINDOW_DAYS) & (whom != ids[who])
        return ids[who[near]], whom[near]


def topic_values(one: Medoid) -> bands.Values:
    """Return the band values of keywords, title and names that a story is looked up by."""
    band = one.values >> 32
    keyword = band < bands.KEYWORD.first + KEYWORD_SLOTS
    return one.values[keyword | ((band >= bands.TITLE.first) & (band < bands.QUOTATION.first))]


def met_often(who: bands.Values, whom: bands.Values) -> tuple[bands.Values, bands.Values]:
    """Return the meetings of those that meet BANDS_SHARED times and more."""
    order = np.lexsort((whom, who))
    who, whom = who[order], whom[order]
    is_new = np.concatenate([[True], (who[1:] != who[:-1]) | (whom[1:] != whom[:-1])])[: len(who)]
    run = np.cumsum(is_new) - 1
    often = np.bincount(run, minlength=1)[run] >= BANDS_SHARED if len(run) else is_new
    return who[often], whom[often]
