"""Verified pairs -> stories: grown by average linkage, best first.

New articles and the stories they touch are clusters. The two clusters that fit best on average become one, again and
again, until no two fit well enough. So a single strong link never chains two events together, and the order of arrival
within a batch does not matter. (Average linkage, UPGMA: Sokal and Michener 1958; on a sparse graph of candidates.)
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
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


@dataclass(frozen=True)
class Constraints:
    """What editors have decided: articles of one block stay together, and some blocks stay apart."""

    block_of: Mapping[int, int] = field(default_factory=dict)
    """Article -> the number of its block. An article that is only kept apart is a block of its own."""
    apart: AbstractSet[tuple[int, int]] = frozenset()
    """Blocks that are never in one story, the smaller number first."""

    def blocks(self, article_ids: Iterable[int]) -> set[int]:
        """Return the blocks of these articles; most articles have none."""
        return {self.block_of[i] for i in article_ids if i in self.block_of} if self.block_of else set()

    def mates(self, article_ids: Iterable[int]) -> set[int]:
        """Return the articles of the same blocks, these themselves included where they have one."""
        blocks = self.blocks(article_ids)
        return {article_id for article_id, block in self.block_of.items() if block in blocks}

    def keep_apart(self, some: AbstractSet[int], others: AbstractSet[int]) -> bool:
        """Tell whether anything of some blocks stays apart from anything of others."""
        return bool(self.apart) and any((min(a, b), max(a, b)) in self.apart for a in some for b in others)

    def may_meet(self, some: Iterable[int], others: Iterable[int]) -> bool:
        """Tell whether these articles may be in one story with those."""
        return not self.keep_apart(self.blocks(some), self.blocks(others))


UNDECIDED = Constraints()
"""Where no editor has decided anything."""


@dataclass
class Cluster:
    """Articles that are, or are becoming, one story."""

    members: list[int]
    is_dated: bool
    language: str = ""
    story_ids: set[int] = field(default_factory=set)
    """The stories that it was before: none for new articles, several where stories grow together."""
    blocks: set[int] = field(default_factory=set)
    """What editors have decided about: the blocks of all its articles, those that are not among `members` too."""

    def take(self, other: Cluster) -> None:
        """Become one with another cluster."""
        self.members += other.members
        self.is_dated = self.is_dated and other.is_dated
        self.language = max(self.language, other.language, key=strictness)
        self.story_ids |= other.story_ids
        self.blocks |= other.blocks


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


def bound(clusters: Iterable[Cluster]) -> list[Cluster]:
    """Return the clusters, of which those that share a block have become one."""
    found: list[Cluster] = []
    home: dict[int, Cluster] = {}
    for cluster in clusters:
        there = {id(home[block]): home[block] for block in cluster.blocks if block in home}
        for earlier in there.values():
            cluster.take(earlier)
        if there:
            found = [one for one in found if id(one) not in there]
        found.append(cluster)
        home.update(dict.fromkeys(cluster.blocks, cluster))
    return found


class Growth:
    """Clusters and the links between them, growing together best first.

    A link begins with a pair that could join two articles by itself: where a mean reaches a threshold, one score does.
    What editors have bound is one cluster from the start, and what they keep apart never becomes one.
    """

    def __init__(
        self,
        clusters: Iterable[Cluster],
        pairs: Mapping[tuple[int, int], float],
        score: Score,
        constraints: Constraints = UNDECIDED,
    ) -> None:
        self.score = score
        self.constraints = constraints
        self.clusters = dict(enumerate(sorted(bound(clusters), key=lambda cluster: min(cluster.members))))
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
        if len(self.clusters[other].members) == 1:
            self.complete_single(self.clusters[other].members[0], self.clusters[one].members, link, enough)
            return
        for a in self.clusters[one].members:
            room = SCORES_ENOUGH - len(link.known)
            if room <= 0 or link.total >= enough:
                return
            wanted = [b for b in self.clusters[other].members if (min(a, b), max(a, b)) not in link.known]
            if wanted:
                for b, value in zip(wanted[:room], self.score(a, wanted[:room]), strict=True):
                    self.note(a, b, value)

    def complete_single(self, one: int, others: Sequence[int], link: Link, enough: float) -> None:
        """Learn the scores that are missing between one article and a cluster, as many at once as are surely needed."""
        missing = [b for b in others if (min(one, b), max(one, b)) not in link.known]
        while missing and link.total < enough and len(link.known) < SCORES_ENOUGH:
            # a score is at most 1
            sure = min(SCORES_ENOUGH - len(link.known), max(1, math.ceil(enough - link.total)))
            now, missing = missing[:sure], missing[sure:]
            for b, value in zip(now, self.score(one, now), strict=True):
                self.note(one, b, value)

    def enqueue(self, one: int, other: int) -> None:
        """Put two clusters that fit into the queue; sizes tell later whether either has changed since."""
        mean = self.links[one][other].mean
        if mean >= self.threshold(one, other) and self.may_join(one, other):
            sizes = len(self.clusters[one].members), len(self.clusters[other].members)
            heapq.heappush(self.queue, (-mean, one, other, *sizes))

    def may_join(self, one: int, other: int) -> bool:
        """Tell whether no editor keeps two clusters apart."""
        return not self.constraints.keep_apart(self.clusters[one].blocks, self.clusters[other].blocks)

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
        kept.take(gone)
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


def main_heir(shared: Mapping[int, int]) -> int:
    """Return the story that has most of another's articles, given how many each has; the older of equals."""
    return min(shared, key=lambda story_id: (-shared[story_id], story_id))


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
