"""Brings the stories up to date: new texts -> candidates -> verified pairs -> stories."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dedupe import bands, stories
from dedupe.profile import Profile, Text, distinct_words, profile
from dedupe.store import Store
from dedupe.story_store import StoryStore
from dedupe.verify import SHINGLES_OF_A_TEXT, WORTH_READING_TEXT, Verified, measure, score, verify

Pairs = dict[tuple[int, int], Verified]
"""Verified pairs by the ids of their articles, the smaller first."""

BATCH = 500
"""Articles clustered in one transaction: a kill loses at most this much work and nothing that was saved."""
SAME_AT_LEAST = 0.5
"""Score from which an exact copy needs no comparing with the rest of its original's story; lower ones are boilerplate
under different headlines."""
REPRINTS_ENOUGH = 8
"""Verified reprints of one text after which its further candidates are left alone: a flood."""
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


def cluster(store: Store, *, rebuild: bool = False, progress: Callable[[int], object] | None = None) -> ClusterReport:
    """Bring stories up to date with the articles, and return what was done.

    Every batch is one transaction: killed at any moment, the next call goes on where the last batch ended; called
    twice, the second call changes nothing. With `rebuild` everything is computed anew in one transaction, and stories
    keep their ids.
    """
    if not rebuild:
        return Clustering(store).run(progress)
    with store.transaction():
        clustering = Clustering(store)
        old, greatest = clustering.kept.memberships(), clustering.kept.greatest_id()
        clustering.kept.forget_groupings()
        report = clustering.run(progress)
        clustering.kept.hand_down(old, stories.heirs(old, clustering.kept.memberships()), greatest)
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
        self.touched: set[int] = set()
        self.copies: dict[int, int] = {}
        """Exact copies of the batch, each with the article whose text it has."""

    def run(self, progress: Callable[[int], object] | None) -> ClusterReport:
        """Cluster what waits, batch by batch."""
        while ids := self.kept.waiting_ids():
            for start in range(0, len(ids), BATCH):
                with self.store.transaction():
                    fresh = self.kept.unclustered(ids[start : start + BATCH])
                    self.take_batch(fresh)
                if progress:
                    progress(len(fresh))
        return self.report

    def take_batch(self, fresh: Sequence[Text]) -> None:
        """Cluster some articles: count their words, sign them, find their pairs, grow the stories they touch."""
        self.count_words(fresh)
        arriving = [*fresh, *self.kept.copies(fresh)]
        self.remember(arriving)
        left = {text.article_id: self.take_out(text.article_id) for text in arriving}
        pairs = {ids: value for text in arriving for ids, value in self.take_in(text).items()}
        self.settle(arriving, pairs, left)
        self.kept.summarize(self.touched)
        self.touched.clear()
        self.copies.clear()

    def count_words(self, fresh: Sequence[Text]) -> None:
        """Add the new articles' words to the document frequencies; one with another text now was counted before."""
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
        ids = [text.article_id for text in fresh]
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

    def take_out(self, article_id: int) -> int | None:
        """Forget what was made of an article's older text; return the story it was in, if any."""
        if not self.kept.forget_signature(article_id):
            return None
        story_id = self.kept.stories_of([article_id]).get(article_id)
        self.kept.uncover(article_id)
        if story_id is not None:
            self.touched.add(story_id)
        return story_id

    def take_in(self, text: Text) -> dict[tuple[int, int], float]:
        """Sign an article, put it into the index, and return its scores with its candidates."""
        fresh = self.recall([text.article_id])[0]
        is_text = len(fresh.shingles) >= SHINGLES_OF_A_TEXT
        copy_of = self.kept.same_text(fresh.text_hash, text.day) if is_text else None
        values = [] if copy_of else bands.band_values(fresh)
        others = [copy_of] if copy_of else self.candidates(values, text)
        if copy_of:
            self.copies[text.article_id] = copy_of
        self.kept.save_signature(text, fresh, values, copy_of)
        self.report.articles += 1
        return self.verified(fresh, [other for other in self.recall(others) if near(fresh, other)])

    def verified(self, fresh: Profile, others: Iterable[Profile]) -> dict[tuple[int, int], float]:
        """Return the scores of an article with others, best first; pairs worth keeping are stored with evidence."""
        scores: dict[tuple[int, int], float] = {}
        kept: Pairs = {}
        reprints = 0
        for other in others:
            values = measure(fresh, other)
            ids = ids_of(fresh, other)
            scores[ids] = score(values)
            if scores[ids] >= stories.PAIR_FLOOR or values["words"] >= WORTH_READING_TEXT:
                kept[ids] = verify(fresh, other, values)
                reprints += kept[ids].kind == "same_text"
            if reprints == REPRINTS_ENOUGH:
                break
        self.keep(kept)
        return scores

    def candidates(self, values: Sequence[int], text: Text) -> list[int]:
        """Return the articles that share most bands with this one within the window."""
        hits, cut = self.kept.band_hits(values, text.day)
        self.report.buckets_cut += cut
        return bands.candidates(hits)

    def keep(self, pairs: Pairs) -> None:
        """Store pairs with their evidence."""
        self.kept.save_pairs(pairs)
        self.report.pairs += len(pairs)
        self.report.same_text += sum(pair.kind == "same_text" for pair in pairs.values())

    def settle(self, fresh: Sequence[Text], known: dict[tuple[int, int], float], left: dict[int, int | None]) -> None:
        """Grow stories from the new articles and those they touch, and write down who covers what."""
        scores = dict(known)

        def scored(a: int, b: int) -> float:
            if (a, b) not in scores:
                scores[a, b] = score(measure(*self.recall([a, b])))
            return scores[a, b]

        titles = {text.article_id: text.title for text in fresh}
        new = [stories.Cluster([text.article_id], text.dated) for text in fresh]
        old = self.touched_stories({i for ids in known for i in ids if i not in titles}, fresh)
        story_of: dict[int, int] = {}
        for cluster in stories.Growth(self.beside_originals([*new, *old], known), known, scored).run():
            story_id = self.write_down(cluster, titles, left)
            story_of.update(dict.fromkeys(cluster.members, story_id))
        self.keep_inside([ids for ids in scores if story_of.get(ids[0], 0) == story_of.get(ids[1], -1)])
        for article_id, left_story in left.items():
            self.abandon(left_story, story_of[article_id])

    def beside_originals(
        self, clusters: Sequence[stories.Cluster], known: Mapping[tuple[int, int], float]
    ) -> list[stories.Cluster]:
        """Return the clusters with every exact copy in that of its original: one score says all about the two."""
        home = {member: cluster for cluster in clusters for member in cluster.members}
        for copy, original in sorted(self.copies.items()):
            there = home.get(original)
            if there and there is not home[copy] and known[min(copy, original), max(copy, original)] >= SAME_AT_LEAST:
                there.members.append(copy)
                there.is_dated = there.is_dated and home[copy].is_dated
                home[copy].members.remove(copy)
                home[copy] = there
        return [cluster for cluster in clusters if cluster.members]

    def keep_inside(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Store the pairs inside stories that are not stored yet."""
        self.keep({ids: self.verify_again(*ids) for ids in pairs if not self.kept.has_pair(*ids)})

    def verify_again(self, a: int, b: int) -> Verified:
        """Return a pair with its evidence."""
        one, other = self.recall([a, b])
        return verify(one, other)

    def touched_stories(self, article_ids: set[int], fresh: Sequence[Text]) -> list[stories.Cluster]:
        """Return the stories that these articles tell, as clusters of the members nearest in time."""
        day = min((text.day for text in fresh), default=0)
        found = []
        for story_id in sorted(set(self.kept.stories_of(article_ids).values())):
            everyone = self.kept.members(story_id)
            linked = [article_id for article_id, _ in everyone if article_id in article_ids]
            members = list(dict.fromkeys([*linked, *stories.nearest(everyone, day)]))[: stories.MEMBERS_COMPARED]
            is_dated = all(profile.dated for profile in self.recall(members))
            found.append(stories.Cluster(members, is_dated, {story_id}))
        return found

    def write_down(self, cluster: stories.Cluster, titles: dict[int, str], left: dict[int, int | None]) -> int:
        """Give a grown cluster its story id, the oldest it has a right to, and return it."""
        arrived = [article_id for article_id in cluster.members if article_id in titles]
        if not cluster.story_ids:
            cluster.story_ids = self.deserted(left[article_id] for article_id in arrived)
        is_new = not cluster.story_ids
        story_id = self.kept.new_story(titles[arrived[0]]) if is_new else min(cluster.story_ids)
        self.report.new_stories += is_new
        self.report.joined += len(arrived) - is_new
        for given_up in cluster.story_ids - {story_id}:
            self.merge(story_id, given_up)
        for article_id in arrived:
            self.kept.cover(article_id, story_id)
        self.touched.add(story_id)
        return story_id

    def deserted(self, story_ids: Iterable[int | None]) -> set[int]:
        """Return those of these stories that have no article any more."""
        return {story_id for story_id in story_ids if story_id and not self.kept.members(story_id)}

    def merge(self, survivor: int, given_up: int) -> None:
        """Let one story become part of another."""
        self.kept.merge(survivor, given_up)
        self.touched.discard(given_up)
        self.report.merged += 1

    def abandon(self, story_id: int | None, heir: int) -> None:
        """Redirect a story that an article's new text has left empty."""
        if story_id and story_id != heir and self.deserted([story_id]) and self.kept.exists(story_id):
            self.merge(heir, story_id)


def ids_of(a: Profile, b: Profile) -> tuple[int, int]:
    """Return the ids of two articles, the smaller first."""
    return min(a.article_id, b.article_id), max(a.article_id, b.article_id)


def near(a: Profile, b: Profile) -> bool:
    """Tell whether two articles lie within the window of days."""
    return a.article_id != b.article_id and abs(a.day - b.day) <= bands.WINDOW_DAYS
