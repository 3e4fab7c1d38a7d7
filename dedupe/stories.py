"""Verified pairs -> stories: grown by average linkage, best first.

New articles and the stories they touch are clusters. The two clusters that fit best on average become one, again and
again, until no two fit well enough. So a single strong link never chains two events together, and the order of arrival
within a batch does not matter. (Average linkage, UPGMA: Sokal and Michener 1958; on a sparse graph of candidates.)
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dedupe.scoring import THRESHOLDS, Thresholds, thresholds

PAIR_FLOOR = 0.1
"""Pairs below this are kept only inside a story."""
MEMBERS_COMPARED = 30
"""Members of a story that stand for it, the nearest in time: a story of thousands costs no more."""
SCORES_ENOUGH = 30
"""Scores between two clusters from which their mean is taken as known; a smaller number is all of them."""

Score = Callable[[int, Sequence[int]], Sequence[float]]
"""An article and others -> its score with each of them."""


@dataclass
class Cluster:
    """Articles that are, or are becoming, one story."""

    members: list[int]
    is_dated: bool
    language: str = ""
    story_ids: set[int] = field(default_factory=set)
    """The stories that it was before: none for new articles, several where stories grow together."""


@dataclass
class Link:
    """The scores known between two clusters."""

    total: float = 0.0
    known: set[tuple[int, int]] = field(default_factory=set)

    @property
    def mean(self) -> float:
        """The mean of the known scores."""
        return self.total / len(self.known)


def strictness(language: str) -> float:
    """Return the score that joins two dated articles of a language."""
    return thresholds(language).dated


def least(table: Mapping[str, Thresholds]) -> float:
    """Return the least score that joins anything in any language."""
    return min(min(one.dated, one.undated) for one in table.values())


LEAST = least(THRESHOLDS)


class Growth:
    """Clusters and the links between them, growing together best first.

    A link begins with a pair that could join two articles by itself: where a mean reaches a threshold, one score does.
    """

    def __init__(self, clusters: Iterable[Cluster], pairs: Mapping[tuple[int, int], float], score: Score) -> None:
        self.score = score
        self.clusters = dict(enumerate(sorted(clusters, key=lambda cluster: min(cluster.members))))
        self.home = {member: number for number, cluster in self.clusters.items() for member in cluster.members}
        self.links: dict[int, dict[int, Link]] = {number: {} for number in self.clusters}
        self.queue: list[tuple[float, int, int, int, int]] = []
        for (a, b), value in sorted(pairs.items()):
            if value >= LEAST:
                self.note(a, b, value)
        for one, other in [(one, other) for one, linked in self.links.items() for other in linked if one < other]:
            self.complete(one, other)
            self.enqueue(one, other)

    def note(self, a: int, b: int, value: float) -> None:
        """Add one known score to the link between two clusters."""
        one, other = self.home.get(a), self.home.get(b)
        if one is None or other is None or one == other:
            return
        link = self.links[one].get(other)
        if link is None:
            link = self.links[one][other] = self.links[other][one] = Link()
        pair = (min(a, b), max(a, b))
        if pair not in link.known:
            link.known.add(pair)
            link.total += value

    def complete(self, one: int, other: int) -> None:
        """Learn the scores that are missing between two clusters, until zeros for the rest would change nothing."""
        link = self.links[one][other]
        enough = SCORES_ENOUGH * self.threshold(one, other)
        for a in self.clusters[one].members:
            room = SCORES_ENOUGH - len(link.known)
            if room <= 0 or link.total >= enough:
                return
            wanted = [b for b in self.clusters[other].members if (min(a, b), max(a, b)) not in link.known]
            if wanted:
                for b, value in zip(wanted[:room], self.score(a, wanted[:room]), strict=True):
                    self.note(a, b, value)

    def enqueue(self, one: int, other: int) -> None:
        """Put two clusters that fit into the queue; sizes tell later whether either has changed since."""
        mean = self.links[one][other].mean
        if mean >= self.threshold(one, other):
            sizes = len(self.clusters[one].members), len(self.clusters[other].members)
            heapq.heappush(self.queue, (-mean, one, other, *sizes))

    def threshold(self, one: int, other: int) -> float:
        """Return the mean score from which two clusters become one."""
        a, b = self.clusters[one], self.clusters[other]
        at = thresholds(max(a.language, b.language, key=strictness))
        join = at.dated if a.is_dated and b.is_dated else at.undated
        return join if min(len(a.members), len(b.members)) == 1 else join * at.merge

    def run(self) -> Iterator[Cluster]:
        """Let clusters grow together until no two fit, and yield them."""
        while self.queue:
            _, one, other, size_of_one, size_of_other = heapq.heappop(self.queue)
            if self.size(one) == size_of_one and self.size(other) == size_of_other:
                self.unite(one, other)
        yield from self.clusters.values()

    def size(self, number: int) -> int:
        """Return how many members a cluster has, 0 when it is gone."""
        return len(self.clusters[number].members) if number in self.clusters else 0

    def unite(self, one: int, other: int) -> None:
        """Make one cluster of two, with the links of both."""
        kept, gone = self.clusters[one], self.clusters.pop(other)
        kept.members += gone.members
        kept.is_dated = kept.is_dated and gone.is_dated
        kept.language = max(kept.language, gone.language, key=strictness)
        kept.story_ids |= gone.story_ids
        self.home.update(dict.fromkeys(gone.members, one))
        del self.links[one][other]
        for neighbour, link in self.links.pop(other).items():
            if neighbour == one:
                continue
            del self.links[neighbour][other]
            mine = self.links[one].get(neighbour)
            if mine is None:
                self.links[one][neighbour] = self.links[neighbour][one] = link
            else:
                mine.total += link.total
                mine.known |= link.known
        for neighbour in self.links[one]:
            self.complete(one, neighbour)
            self.enqueue(min(one, neighbour), max(one, neighbour))


def nearest(members: Sequence[tuple[int, int]], day: int) -> list[int]:
    """Return the ids of the members nearest in time, at most MEMBERS_COMPARED; members are (article id, day)."""
    ranked = sorted(members, key=lambda member: (abs(member[1] - day), member[0]))
    return [article_id for article_id, _ in ranked[:MEMBERS_COMPARED]]


def heirs(old: Mapping[int, int], new: Mapping[int, int]) -> dict[int, int]:
    """Return which old story id each new story inherits: the one it shares most articles with, each id once.

    `old` and `new` map article ids to story ids. Ties go to the older id. New stories that share nothing are left out.
    """
    shared: dict[tuple[int, int], int] = {}
    for article_id, story_id in new.items():
        if article_id in old:
            key = (story_id, old[article_id])
            shared[key] = shared.get(key, 0) + 1
    inherited: dict[int, int] = {}
    given: set[int] = set()
    for (story_id, old_id), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0][1], item[0][0])):
        if story_id not in inherited and old_id not in given:
            inherited[story_id] = old_id
            given.add(old_id)
    return inherited
