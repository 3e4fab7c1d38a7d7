"""Brings the stories up to date: new texts -> candidates -> verified pairs -> stories."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from dedupe import bands, stories
from dedupe.profile import Profile, Text, distinct_words, profile
from dedupe.store import Store
from dedupe.story_store import StoryStore
from dedupe.verify import Verified, verify

BATCH = 500
"""Articles clustered in one transaction: a kill loses at most this much work and nothing that was saved."""
PROFILES_KEPT = 4_000
"""Profiles in memory, about 20 KB each: the articles of the window are met again and again."""


@dataclass
class ClusterReport:
    """What a clustering did."""

    articles: int = 0
    new_stories: int = 0
    joined: int = 0
    merged: int = 0
    pairs: int = 0
    same_text: int = 0
    buckets_cut: int = 0
    """Band values that more articles share than are looked at: furniture or a flood."""
    touched: set[int] = field(default_factory=set, repr=False)


def cluster(store: Store, *, rebuild: bool = False, progress: Callable[[int], object] | None = None) -> ClusterReport:
    """Bring stories up to date with the articles, and return what was done.

    Every batch is one transaction: killed at any moment, the next call goes on where the last batch ended; called twice,
    the second call changes nothing. With `rebuild` everything is computed anew in one transaction and stories keep their ids.
    """
    if not rebuild:
        return Clustering(store).run(progress)
    with store.transaction():
        clustering = Clustering(store)
        old = clustering.kept.memberships()
        clustering.kept.forget_groupings()
        report = clustering.run(progress)
        clustering.kept.hand_down(old, stories.heirs(old, clustering.kept.memberships()))
    return report


def waiting(store: Store) -> int:
    """Return how many articles wait for clustering."""
    return StoryStore(store).waiting()


class Clustering:
    """One clustering run: the profiles it remembers and the report it writes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.kept = StoryStore(store)
        self.report = ClusterReport()
        self.profiles: OrderedDict[int, Profile] = OrderedDict()

    def run(self, progress: Callable[[int], object] | None) -> ClusterReport:
        """Cluster what waits, batch by batch."""
        while True:
            with self.store.transaction():
                fresh = self.kept.unclustered(BATCH)
                self.count_words(fresh)
                self.remember(fresh)
                for text in fresh:
                    self.take_in(text)
                self.kept.summarize(self.report.touched)
                self.report.touched.clear()
            if not fresh:
                return self.report
            if progress:
                progress(len(fresh))

    def count_words(self, fresh: Sequence[Text]) -> None:
        """Add the new articles' words to the document frequencies; a new version was counted before."""
        counted = self.signed(fresh)
        by_language: dict[str, tuple[int, Counter[str]]] = {}
        for text in fresh:
            if text.article_id not in counted:
                articles, counts = by_language.get(text.language, (0, Counter()))
                counts.update(distinct_words(text))
                by_language[text.language] = (articles + 1, counts)
        for language, (articles, counts) in by_language.items():
            self.kept.count_words(language, articles, counts)

    def signed(self, fresh: Sequence[Text]) -> set[int]:
        """Return which of these articles have a signature of an older text."""
        ids = [text.article_id for text in fresh if text.version > 1]
        rows = self.store.rows_in("SELECT article_id FROM signatures WHERE article_id IN ({})", ids)
        return {row["article_id"] for row in rows}

    def remember(self, texts: Iterable[Text]) -> None:
        """Make the profiles of these articles and keep them at hand; the oldest are let go."""
        for text in texts:
            frequencies = self.kept.frequencies(text.language, distinct_words(text))
            self.profiles[text.article_id] = profile(text, frequencies)
            self.profiles.move_to_end(text.article_id)

    def recall(self, article_ids: Sequence[int]) -> list[Profile]:
        """Return the profiles of these articles, read from the store where they are not at hand."""
        self.remember(self.kept.texts([i for i in article_ids if i not in self.profiles]))
        found = [self.profiles[article_id] for article_id in article_ids]
        while len(self.profiles) > PROFILES_KEPT:
            self.profiles.popitem(last=False)
        return found

    def take_in(self, text: Text) -> None:
        """Sign one article, find and verify its pairs, and give it its story."""
        fresh = self.recall([text.article_id])[0]
        previous = self.leave_story(text.article_id) if self.kept.forget_signature(text.article_id) else None
        copy_of = self.kept.same_text(fresh.text_hash, text.day) if fresh.body_words else None
        values = [] if copy_of else bands.band_values(fresh)
        pairs = self.verified(fresh, [copy_of] if copy_of else self.candidates(values, text))
        self.kept.save_signature(text, fresh, values, copy_of)
        self.settle(fresh, pairs, text.title, previous)
        self.report.articles += 1

    def candidates(self, values: Sequence[int], text: Text) -> list[int]:
        """Return the articles that share most bands with this one within the window."""
        hits, cut = self.kept.band_hits(values, text.day)
        self.report.buckets_cut += cut
        return bands.candidates(hits)

    def verified(self, fresh: Profile, others: Sequence[int]) -> dict[int, Verified]:
        """Return the scores of an article with others that lie within the window."""
        found = {other.article_id: verify(fresh, other) for other in self.recall(others) if near(fresh, other)}
        return {i: pair for i, pair in found.items() if pair.score >= stories.PAIR_FLOOR or pair.kind == "same_text"}

    def leave_story(self, article_id: int) -> int | None:
        """Take an article out of its story before its new text is placed; return that story where others remain."""
        story_id = self.kept.stories_of([article_id]).get(article_id)
        self.store.connection.execute("DELETE FROM coverage WHERE article_id = ?", (article_id,))
        if story_id is not None:
            self.report.touched.add(story_id)
        return story_id

    def settle(self, fresh: Profile, pairs: dict[int, Verified], title: str, previous: int | None) -> None:
        """Join the best fitting story or open a new one, keep the pairs, and let stories grow together."""
        near_stories = set(self.kept.stories_of(pairs).values())
        members = {story: stories.nearest(self.kept.members(story), fresh.day) for story in near_stories}
        for other in self.recall([i for ids in members.values() for i in ids if i not in pairs]):
            pairs[other.article_id] = verify(fresh, other)
        scores = {story: [pairs[i].score for i in ids] for story, ids in members.items() if ids}
        all_dated = fresh.dated and all(self.profiles_dated(ids) for ids in members.values())
        placement = stories.place(scores, dated=all_dated)
        story_id = placement.story_id
        if story_id is None:
            story_id = previous if previous and not self.kept.members(previous) else self.kept.new_story(title)
            self.report.new_stories += 1
        else:
            self.report.joined += 1
        self.kept.cover(fresh.article_id, story_id, placement.score)
        self.keep_pairs(fresh, pairs, set(members.get(story_id, ())))
        for other_story in placement.also_fits:
            story_id = self.grow_together(story_id, other_story)
        self.abandon(previous, story_id)
        self.report.touched.add(story_id)

    def profiles_dated(self, article_ids: Sequence[int]) -> bool:
        """Tell whether all of these articles have a printed day."""
        return all(found.dated for found in self.recall(article_ids))

    def keep_pairs(self, fresh: Profile, pairs: dict[int, Verified], members: set[int]) -> None:
        """Store the pairs above the floor, and every pair inside the article's own story."""
        kept = {
            i: p
            for i, p in pairs.items()
            if i in members or p.score >= stories.PAIR_FLOOR or p.kind == "same_text"
        }
        self.kept.save_pairs(fresh.article_id, kept)
        self.report.pairs += len(kept)
        self.report.same_text += sum(pair.kind == "same_text" for pair in kept.values())

    def grow_together(self, one: int, other: int) -> int:
        """Make two stories one where their members fit on average; return the id that lives on, the older."""
        ours = self.recall([i for i, _ in self.kept.members(one)][: stories.MEMBERS_COMPARED])
        theirs = self.recall([i for i, _ in self.kept.members(other)][: stories.MEMBERS_COMPARED])
        compared = {(a.article_id, b.article_id): verify(a, b) for a in ours for b in theirs}
        if not stories.grow_together([pair.score for pair in compared.values()]):
            return one
        for a in ours:
            self.kept.save_pairs(a.article_id, {j: pair for (i, j), pair in compared.items() if i == a.article_id})
        survivor, given_up = min(one, other), max(one, other)
        self.kept.merge(survivor, given_up)
        self.report.touched.discard(given_up)
        self.report.touched.add(survivor)
        self.report.merged += 1
        self.rescore(ours, theirs, compared)
        return survivor

    def rescore(self, ours: Sequence[Profile], theirs: Sequence[Profile], compared: dict[tuple[int, int], Verified]) -> None:
        """Note how well the members of two merged stories fit one another."""
        for member in (*ours, *theirs):
            found = [pair.score for ids, pair in compared.items() if member.article_id in ids]
            self.store.connection.execute(
                "UPDATE coverage SET score = ? WHERE article_id = ?", (round(fmean(found), 6), member.article_id)
            )

    def abandon(self, previous: int | None, story_id: int) -> None:
        """Redirect a story that an article's new text has left empty."""
        if previous is not None and previous != story_id and not self.kept.members(previous):
            self.kept.merge(story_id, previous)
            self.report.touched.discard(previous)


def near(a: Profile, b: Profile) -> bool:
    """Tell whether two articles lie within the window of days."""
    return a.article_id != b.article_id and abs(a.day - b.day) <= bands.WINDOW_DAYS


