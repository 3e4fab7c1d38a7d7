"""The nightly pass over the open window: average linkage anew, which alone splits stories that have grown apart.

An article joins a story by what is known when it arrives. Some nights later more is known: rarer words, other articles.
Here the articles of the last days are measured anew, with the document frequencies of today, and grouped as if all had
arrived at once. Where that parts a story or joins two, the stories follow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from itertools import combinations

from dedupe import stories
from dedupe.comparing import Comparing, Ids, ids_of
from dedupe.decisions import constraints_on
from dedupe.links import Linking
from dedupe.scoring import thresholds
from dedupe.store import Store
from dedupe.stories import Cluster, Constraints
from dedupe.story_store import StoryStore

DAYS = 7
"""Days of the open window: twice the days within which reports of one event appear, and a weekend."""
LOOKED_INTO = 500
"""Articles of a story that is still looked into; a greater one is a flood, and stands as it is."""
ALL_PAIRS = 150
"""Texts that hang together of which every two are measured; of more, those pairs that are stored."""
PORTION = 1_000

Part = tuple[int, ...]
"""Articles that are one story, in order."""


@dataclass(frozen=True)
class StoryChange:
    """What became of one story."""

    story_id: int
    before: int
    """Articles that it had."""
    after: int
    """Articles that it has now; 0 where its id leads to another story."""
    leads_to: int
    """The story that its id leads to now: itself, but for a story that became part of another."""
    given_to: tuple[int, ...]
    """Other stories that have articles of it now."""
    mean: float | None
    """Mean score between its articles that stay together and those that left; None where none left."""


@dataclass
class TidyReport:
    """What a pass over the open window did."""

    since: date | None = None
    """First day of the window; None in a store without stories."""
    stories: int = 0
    articles: int = 0
    pairs: int = 0
    """Pairs measured anew."""
    split: int = 0
    merged: int = 0
    moved: int = 0
    """Articles that are in another story now."""
    too_big: int = 0
    """Stories that were not looked into: floods."""
    linked: int = 0
    changes: list[StoryChange] = field(default_factory=list)


@dataclass(frozen=True)
class Member:
    """One article of an open story."""

    article_id: int
    story_id: int
    day: int
    dated: int
    language: str
    same_text_as: int | None


MEMBER = tuple(f.name for f in fields(Member))


def tidy(
    store: Store,
    *,
    days: int = DAYS,
    until: date | None = None,
    constraints: Constraints | None = None,
    progress: Callable[[int], object] | None = None,
) -> TidyReport:
    """Group the stories of the last days anew, in one transaction, and return all that changed.

    The window ends with the newest story, today at the latest, or on the day `until`; a story is in it with all its
    articles where the last of them is. A story that falls apart leaves its id to the part with the oldest article, the
    other parts get new ids; where stories become one the oldest id stays and the others lead to it. Called twice, the
    second call changes nothing. What editors decided holds (`constraints`: from the store where not given).
    """
    with store.transaction():
        return Tidying(store, constraints, progress).run(days, until)


class Tidying:
    """One pass: the articles of the window, the scores between them, and the report."""

    def __init__(self, store: Store, constraints: Constraints | None, progress: Callable[[int], object] | None) -> None:
        self.store = store
        self.kept = StoryStore(store)
        self.pairs = Comparing(self.kept.counts, self.kept.texts)
        self.constraints = constraints
        self.progress = progress
        self.report = TidyReport()
        self.members: dict[int, Member] = {}
        self.fixed: dict[int, Cluster] = {}
        """Stories that are too big to be looked into, by id."""

    def run(self, days: int, until: date | None) -> TidyReport:
        """Group the window anew and write down what changed."""
        last = until or self.newest_day()
        if last is None:
            return self.report
        self.report.since = date.fromordinal(max(1, last.toordinal() - days + 1))
        self.read(self.report.since, last)
        if self.constraints is None:
            self.constraints = constraints_on(self.store, self.members)
        known = self.measure()
        parts: list[Part] = []
        for together in self.components(known):
            parts += self.grown(together, known)
            if len(self.pairs.measured) > ALL_PAIRS**2:
                self.pairs.forget_pairs()
        self.write_down(parts)
        return self.report

    def newest_day(self) -> date | None:
        """Return the day of the newest story, today where an article claims to be of tomorrow."""
        today = datetime.now(UTC).date().isoformat()
        found = self.store.value("SELECT min(max(last_day), ?) FROM stories", (today,))
        return date.fromisoformat(found) if found else None

    def read(self, since: date, last: date) -> None:
        """Read the articles of the window's stories."""
        rows = self.store.rows(
            """
            SELECT c.article_id, c.story_id, g.day, g.dated, coalesce(a.language, '') AS language, g.same_text_as,
                   s.articles
              FROM stories AS s JOIN coverage AS c ON c.story_id = s.id
              JOIN signatures AS g USING (article_id) JOIN articles AS a ON a.id = c.article_id
             WHERE s.last_day BETWEEN ? AND ? ORDER BY g.day, c.article_id""",
            (since.isoformat(), last.isoformat()),
        )
        big: dict[int, list[Member]] = {}
        for row in rows:
            member = Member(**{name: row[name] for name in MEMBER})
            if row["articles"] > LOOKED_INTO:
                big.setdefault(member.story_id, []).append(member)
            else:
                self.members[member.article_id] = member
        for story_id, everyone in big.items():
            told = everyone[-stories.MEMBERS_COMPARED :]
            self.fixed[story_id] = as_cluster(told, {story_id})
            self.members |= {one.article_id: one for one in told}
        self.report.too_big = len(big)
        self.report.articles = len(self.members)
        self.report.stories = len({one.story_id for one in self.members.values()})

    # --- measuring -------------------------------------------------------------------------------

    def measure(self) -> dict[Ids, float]:
        """Measure anew the pairs that clustering met; return those that could join two articles by themselves."""
        known: dict[Ids, float] = {}
        wanted = list(self.members)
        for start in range(0, len(wanted), PORTION):
            portion = wanted[start : start + PORTION]
            met: dict[int, list[int]] = {}
            for row in self.store.rows_in("SELECT a, b FROM pairs WHERE a IN ({}) ORDER BY a, b", portion):
                if row["b"] in self.members:
                    met.setdefault(row["a"], []).append(row["b"])
            for article_id, others in met.items():
                for other, score in zip(others, self.pairs.scores(article_id, others), strict=True):
                    if score >= self.joins(article_id, other):
                        known[article_id, other] = score
            self.report.pairs += len(self.pairs.measured)
            self.pairs.forget_pairs()
            if self.progress:
                self.progress(len(portion))
        return known

    def joins(self, a: int, b: int) -> float:
        """Return the score that joins two articles."""
        one, other = self.members[a], self.members[b]
        at = thresholds(max(one.language, other.language, key=stories.strictness))
        return at.dated if one.dated and other.dated else at.undated

    def units(self) -> list[Cluster]:
        """Return what is never parted here: an original with the copies of its text in its story; a flood."""
        found: dict[int, list[Member]] = {}
        for one in self.members.values():
            if one.story_id in self.fixed:
                continue
            original = self.members.get(one.same_text_as) if one.same_text_as else None
            lead = original.article_id if original and original.story_id == one.story_id else one.article_id
            found.setdefault(lead, []).append(one)
        return [*(as_cluster(told, set()) for told in found.values()), *self.fixed.values()]

    def components(self, known: Mapping[Ids, float]) -> Iterator[list[Cluster]]:
        """Yield the units that hang together: a mean reaches a threshold only where one score does."""
        leads: dict[int, int] = {}

        def lead(article_id: int) -> int:
            while (above := leads.setdefault(article_id, article_id)) != article_id:
                leads[article_id] = leads.setdefault(above, above)
                article_id = above
            return article_id

        units = self.units()
        constraints = self.constraints or stories.UNDECIDED
        first_of: dict[int, int] = {}
        for unit in units:
            unit.blocks = constraints.blocks(unit.members)
            for member in unit.members:
                leads[lead(member)] = lead(unit.members[0])
            for block in unit.blocks:
                leads[lead(unit.members[0])] = lead(first_of.setdefault(block, unit.members[0]))
        for a, b in known:
            leads[lead(a)] = lead(b)
        together: dict[int, list[Cluster]] = {}
        for unit in units:
            together.setdefault(lead(unit.members[0]), []).append(unit)
        yield from together.values()

    def grown(self, units: Sequence[Cluster], known: Mapping[Ids, float]) -> Iterator[Part]:
        """Yield the stories that some units come to, by average linkage."""
        if len(units) == 1:
            yield tuple(sorted(units[0].members))
            return
        heads = [member for unit in units for member in unit.members[: stories.MEMBERS_COMPARED]]
        scored = dict(self.inside(heads, known))
        growth = stories.Growth(units, scored, self.pairs.scores, self.constraints or stories.UNDECIDED)
        for cluster in growth.run():
            yield tuple(sorted(cluster.members))

    def inside(self, article_ids: Sequence[int], known: Mapping[Ids, float]) -> Iterator[tuple[Ids, float]]:
        """Yield the scores of every two of some articles, of those only that are known where there are too many."""
        if len(article_ids) > ALL_PAIRS:
            here = set(article_ids)
            yield from ((ids, score) for ids, score in known.items() if here.issuperset(ids))
            return
        ordered = sorted(article_ids)
        for place, article_id in enumerate(ordered[:-1]):
            others = ordered[place + 1 :]
            for other, score in zip(others, self.pairs.scores(article_id, others), strict=True):
                yield (article_id, other), score

    # --- writing down ----------------------------------------------------------------------------

    def write_down(self, parts: Sequence[Part]) -> None:
        """Give every part its story id, and write down where an article is in another story now."""
        old = {article_id: one.story_id for article_id, one in self.members.items()}
        place = {article_id: number for number, part in enumerate(parts) for article_id in part}
        heirs = {story_id: self.heir(told, place, old) for story_id, told in grouped(old).items()}
        claims: dict[int, list[int]] = {}
        for story_id, number in heirs.items():
            claims.setdefault(number, []).append(story_id)
        ids: dict[int, int] = {}
        for number, part in enumerate(parts):
            ids[number] = min(claims[number]) if number in claims else self.new_story(part)
        new = {article_id: ids[number] for article_id, number in place.items()}
        moved = [article_id for article_id in old if new[article_id] != old[article_id]]
        for article_id in moved:
            self.kept.cover(article_id, new[article_id])
        for story_id, number in sorted(heirs.items()):
            if ids[number] != story_id:
                self.kept.merge(ids[number], story_id)
        self.tell(old, new, {story_id: ids[number] for story_id, number in heirs.items()}, moved)

    def heir(self, told: Sequence[int], place: Mapping[int, int], old: Mapping[int, int]) -> int:
        """Return the part that a story's id goes to: of those that are mostly its own the one with its oldest article.

        Where none is, the story has gone into others: the part with most of its articles.
        """
        story_id = old[told[0]]
        mine = Counter(place[article_id] for article_id in told)
        if len(mine) > 1:
            whose = {number: Counter[int]() for number in mine}
            for article_id, number in place.items():
                if number in whose:
                    whose[number][old[article_id]] += 1
            own = {number for number, of in whose.items() if stories.main_heir(of) == story_id}
            for article_id in told:
                if place[article_id] in own:
                    return place[article_id]
        return stories.main_heir(mine)

    def new_story(self, part: Part) -> int:
        """Return the id of a new story for these articles."""
        first = min((self.members[article_id] for article_id in part), key=lambda one: (one.day, one.article_id))
        title = self.store.value("SELECT title FROM articles WHERE id = ?", (first.article_id,))
        return self.kept.new_story(title, date.fromordinal(first.day).isoformat())

    def tell(
        self, old: Mapping[int, int], new: Mapping[int, int], leads: Mapping[int, int], moved: Sequence[int]
    ) -> None:
        """Report each story that changed, store the pairs that say why, bring titles, counts and links up to date."""
        before, after = grouped(old), grouped(new)
        changed = {old[article_id] for article_id in moved} | {new[article_id] for article_id in moved}
        self.report.moved = len(moved)
        for story_id in sorted(changed & before.keys()):
            told = before[story_id]
            stay = [article_id for article_id in told if new[article_id] == leads[story_id]]
            left = [article_id for article_id in told if new[article_id] != leads[story_id]]
            is_merged = leads[story_id] != story_id
            self.report.merged += is_merged
            self.report.split += bool(left)
            self.report.changes.append(
                StoryChange(
                    story_id,
                    len(told),
                    0 if is_merged else len(after[story_id]),
                    leads[story_id],
                    tuple(sorted({new[article_id] for article_id in told} - {story_id})),
                    self.mean(stay, left),
                )
            )
        for story_id in sorted(changed & after.keys()):
            self.keep_pairs(after[story_id])
        for story_id in sorted(changed & before.keys()):
            self.keep_pairs(before[story_id])
        self.kept.summarize(changed & after.keys())
        self.report.linked = Linking(self.kept, self.pairs).renew(after)

    def mean(self, stay: Sequence[int], left: Sequence[int]) -> float | None:
        """Return the mean score between two sets of articles, of the first thirty of each."""
        some, others = stay[: stories.MEMBERS_COMPARED], left[: stories.MEMBERS_COMPARED]
        scores = [score for article_id in some for score in self.pairs.scores(article_id, others)] if others else []
        return round(sum(scores) / len(scores), 4) if scores else None

    def keep_pairs(self, told: Sequence[int]) -> None:
        """Store the pairs of a changed story with the evidence of today; those of a great one that are stored."""
        if len(told) <= stories.MEMBERS_COMPARED:
            wanted = [ids_of(a, b) for a, b in combinations(told, 2)]
        else:
            here = set(told)
            rows = self.store.rows_in("SELECT a, b FROM pairs WHERE a IN ({})", told)
            wanted = [(row["a"], row["b"]) for row in rows if row["b"] in here]
        for a, b in wanted:
            self.pairs.scores(a, [b])
        self.kept.save_pairs(self.pairs.verified(wanted))


def as_cluster(told: Iterable[Member], story_ids: set[int]) -> Cluster:
    """Return articles as a cluster."""
    told = list(told)
    language = max((one.language for one in told), key=stories.strictness)
    return Cluster([one.article_id for one in told], all(one.dated for one in told), language, story_ids)


def grouped(story_of: Mapping[int, int]) -> dict[int, list[int]]:
    """Return the articles of each story, in their order."""
    found: dict[int, list[int]] = {}
    for article_id, story_id in story_of.items():
        found.setdefault(story_id, []).append(article_id)
    return found
