"""Brings the stories up to date: new texts -> candidates -> verified pairs -> stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from dedupe import bands, stories
from dedupe.band_index import BandIndex, Signed
from dedupe.comparing import Comparing, Ids, ids_of
from dedupe.profile import Profile, Reading, Text
from dedupe.store import Store
from dedupe.story_store import StoryStore
from dedupe.verify import SHINGLES_OF_A_TEXT, WORTH_READING_TEXT, Verified

Pairs = dict[Ids, Verified]

ENGINE = 2
"""Raised where scores or band values change their meaning; what an older engine made is then computed anew."""
BATCH = 1_000
"""Articles clustered in one transaction: a kill loses at most this much work and nothing that was saved."""
SAME_AT_LEAST = 0.5
"""Score from which an exact copy needs no comparing with the rest of its original's story; lower ones are boilerplate
under different headlines."""
REPRINTS_ENOUGH = 8
"""Verified reprints of one text after which its further candidates are left alone: a flood."""


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
    twice, the second call changes nothing. With `rebuild`, or where another engine made what is in the store,
    everything is computed anew in one transaction, and stories keep their ids.
    """
    if not rebuild and StoryStore(store).engine() == ENGINE:
        return Clustering(store).run(progress)
    with store.transaction():
        clustering = Clustering(store)
        old, greatest = clustering.kept.memberships(), clustering.kept.greatest_id()
        clustering.kept.forget_groupings()
        report = clustering.run(progress)
        clustering.kept.hand_down(old, stories.heirs(old, clustering.kept.memberships()), greatest)
        clustering.kept.note_engine(ENGINE)
    return report


def waiting(store: Store) -> int:
    """Return how many articles wait for clustering."""
    return StoryStore(store).waiting()


class Clustering:
    """One clustering run: the profiles it remembers and the report it writes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.kept = StoryStore(store)
        self.index = BandIndex(self.kept)
        self.pairs = Comparing(self.kept.counts, self.kept.texts)
        self.report = ClusterReport()
        self.touched: set[int] = set()
        self.copies: dict[int, int] = {}
        """Exact copies of the batch, each with the article whose text it has."""
        self.in_store: set[Ids] = set()
        """Pairs of the batch that are stored with their evidence."""

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
        arriving = [*fresh, *self.kept.copies(fresh)]
        readings = self.pairs.read(arriving)
        self.count_words(readings[: len(fresh)])
        self.pairs.weigh(readings)
        left = {text.article_id: self.take_out(text.article_id) for text in arriving}
        self.verify_candidates(self.take_in(arriving))
        self.settle(arriving, left)
        self.kept.summarize(self.touched)
        self.touched.clear()
        self.copies.clear()
        self.in_store.clear()
        self.pairs.forget_pairs()

    def count_words(self, fresh: Sequence[Reading]) -> None:
        """Add the new articles' words to the document frequencies; one with another text now was counted before."""
        counted = self.signed([reading.text for reading in fresh])
        by_language: dict[str, list[Reading]] = {}
        for reading in fresh:
            if reading.text.article_id not in counted:
                by_language.setdefault(reading.text.language, []).append(reading)
        for language, new in by_language.items():
            words, times = np.unique(np.concatenate([one.distinct for one in new]), return_counts=True)
            printed = self.pairs.vocabulary.printed(words)
            self.pairs.vocabulary.count(language, len(new), words, times)
            self.kept.count_words(language, len(new), zip(printed, times.tolist(), strict=True))

    def signed(self, fresh: Sequence[Text]) -> set[int]:
        """Return which of these articles have a signature of an older text."""
        ids = [text.article_id for text in fresh]
        rows = self.store.rows_in("SELECT article_id FROM signatures WHERE article_id IN ({})", ids)
        return {row["article_id"] for row in rows}

    def take_out(self, article_id: int) -> int | None:
        """Forget what was made of an article's older text; return the story it was in, if any."""
        if not self.kept.forget_signature(article_id):
            return None
        story_id = self.kept.stories_of([article_id]).get(article_id)
        self.kept.uncover(article_id)
        if story_id is not None:
            self.touched.add(story_id)
        return story_id

    def take_in(self, arriving: Sequence[Text]) -> dict[int, list[int]]:
        """Sign articles, put them into the index, and return the candidates of each."""
        profiles = self.pairs.recall([text.article_id for text in arriving])
        self.copies.update(self.exact_copies(profiles))
        own = [profile for profile in profiles if profile.article_id not in self.copies]
        values = bands.band_values(own, self.pairs.vocabulary)
        signed = {o.article_id: Signed(o.article_id, o.day, v) for o, v in zip(own, values, strict=True)}
        self.kept.save_signatures(
            (text, profile.text_hash, self.copies.get(text.article_id), values_of(signed.get(text.article_id)))
            for text, profile in zip(arriving, profiles, strict=True)
        )
        self.report.articles += len(arriving)
        found = self.index.take_in(list(signed.values()))
        self.report.buckets_cut = self.index.pushed_out
        return {**found, **{copy: [original] for copy, original in self.copies.items()}}

    def exact_copies(self, profiles: Sequence[Profile]) -> dict[int, int]:
        """Return which articles have the very text of an earlier one within the window, and of which."""
        long = [one for one in profiles if len(one.shingles) >= SHINGLES_OF_A_TEXT]
        known: dict[bytes, list[tuple[int, int]]] = {}
        for row in self.kept.originals({one.text_hash for one in long}):
            known.setdefault(row["text_hash"], []).append((row["article_id"], row["day"]))
        found: dict[int, int] = {}
        for one in long:
            same = known.setdefault(one.text_hash, [])
            near = [i for i, day in same if abs(day - one.day) <= bands.WINDOW_DAYS and i != one.article_id]
            if near:
                found[one.article_id] = min(near)
            else:
                same.append((one.article_id, one.day))
        return found

    def verify_candidates(self, found: Mapping[int, Sequence[int]]) -> None:
        """Measure every article with its candidates; pairs worth keeping are stored with their evidence."""
        kept: Pairs = {}
        for article_id, others in found.items():
            reprints = 0
            for other, scored in zip(others, self.pairs.scores(article_id, others), strict=True):
                ids = ids_of(article_id, other)
                if scored >= stories.PAIR_FLOOR or self.pairs.words_in_common(ids) >= WORTH_READING_TEXT:
                    pair = self.pairs.verified(ids)
                    if scored >= stories.PAIR_FLOOR or pair.kind == "same_text":
                        kept[ids] = pair
                    reprints += pair.kind == "same_text"
                if reprints == REPRINTS_ENOUGH:
                    break
        self.keep(kept)

    def keep(self, pairs: Pairs) -> None:
        """Store pairs with their evidence."""
        self.kept.save_pairs(pairs)
        self.in_store.update(pairs)
        self.report.pairs += len(pairs)
        self.report.same_text += sum(pair.kind == "same_text" for pair in pairs.values())

    def settle(self, fresh: Sequence[Text], left: dict[int, int | None]) -> None:
        """Grow stories from the new articles and those they touch, and write down who covers what."""
        known = {ids: scored for ids, (_, scored) in self.pairs.measured.items()}
        titles = {text.article_id: text for text in fresh}
        new = [stories.Cluster([text.article_id], text.dated, text.language) for text in fresh]
        linked = {i for ids, scored in known.items() if scored >= stories.LEAST for i in ids if i not in titles}
        old = self.touched_stories(linked, fresh)
        story_of: dict[int, int] = {}
        for cluster in stories.Growth(self.beside_originals([*new, *old], known), known, self.pairs.scores).run():
            story_id = self.write_down(cluster, titles, left)
            story_of.update(dict.fromkeys(cluster.members, story_id))
        self.keep_inside([ids for ids in self.pairs.measured if story_of.get(ids[0], 0) == story_of.get(ids[1], -1)])
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
        self.keep({ids: self.pairs.verified(ids) for ids in pairs if ids not in self.in_store})

    def touched_stories(self, article_ids: set[int], fresh: Sequence[Text]) -> list[stories.Cluster]:
        """Return the stories that these articles tell, as clusters of the members nearest in time."""
        day = min((text.day for text in fresh), default=0)
        found = []
        for story_id in sorted(set(self.kept.stories_of(article_ids).values())):
            everyone = self.kept.members(story_id)
            linked = [article_id for article_id, _ in everyone if article_id in article_ids]
            members = list(dict.fromkeys([*linked, *stories.nearest(everyone, day)]))[: stories.MEMBERS_COMPARED]
            profiles = self.pairs.recall(members)
            is_dated = all(one.dated for one in profiles)
            language = max((one.language for one in profiles), key=stories.strictness)
            found.append(stories.Cluster(members, is_dated, language, {story_id}))
        return found

    def write_down(self, cluster: stories.Cluster, titles: dict[int, Text], left: dict[int, int | None]) -> int:
        """Give a grown cluster its story id, the oldest it has a right to, and return it."""
        arrived = [article_id for article_id in cluster.members if article_id in titles]
        if not cluster.story_ids:
            cluster.story_ids = self.deserted(left[article_id] for article_id in arrived)
        is_new = not cluster.story_ids
        story_id = (
            self.kept.new_story(titles[arrived[0]].title, date.fromordinal(titles[arrived[0]].day).isoformat())
            if is_new
            else min(cluster.story_ids)
        )
        self.report.new_stories += is_new
        self.report.joined += len(arrived) - is_new
        for given_up in cluster.story_ids - {story_id}:
            self.merge(story_id, given_up)
        for article_id in arrived:
            self.kept.cover(article_id, story_id)
        if not is_new or len(arrived) > 1:
            self.touched.add(story_id)
        return story_id

    def deserted(self, story_ids: Iterable[int | None]) -> set[int]:
        """Return those of these stories that are still there, but have no article any more."""
        return {i for i in story_ids if i and self.kept.exists(i) and not self.kept.members(i)}

    def merge(self, survivor: int, given_up: int) -> None:
        """Let one story become part of another."""
        self.kept.merge(survivor, given_up)
        self.touched.discard(given_up)
        self.report.merged += 1

    def abandon(self, story_id: int | None, heir: int) -> None:
        """Redirect a story that an article's new text has left empty."""
        if story_id and story_id != heir and self.deserted([story_id]):
            self.merge(heir, story_id)


def values_of(signed: Signed | None) -> npt.NDArray[np.int64]:
    """Return the band values of an article; a copy has none."""
    return signed.values if signed else bands.EMPTY
