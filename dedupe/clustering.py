"""Brings the stories up to date: new texts -> candidates -> verified pairs -> stories."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain

import numpy as np
import numpy.typing as npt

from dedupe import at_hand, bands, stories
from dedupe.band_index import BandIndex, Signed
from dedupe.comparing import Comparing, Ids, ids_of
from dedupe.decisions import constraints_on
from dedupe.distinct import counted
from dedupe.families import Families
from dedupe.kinship import SHINGLES_OF_A_TEXT, share_text
from dedupe.links import Linking
from dedupe.near_copies import asked, copies_in_flood
from dedupe.profile import Profile, Reading, Text
from dedupe.store import Store
from dedupe.story_store import StoryStore
from dedupe.verify import Verified

Pairs = dict[Ids, Verified]

ENGINE = 3
"""Raised where scores or band values change their meaning; what an older engine made is then computed anew."""
BATCH = 1_000
"""Articles clustered in one transaction: a kill loses at most this much work and nothing that was saved."""
VERIFIED_AT_ONCE = 250
"""Articles measured with their candidates before the profiles that are too many are let go: some 1,500 at a time."""
SAME_AT_LEAST = 0.5
"""Score from which an exact copy needs no comparing with the rest of its original's story; lower ones are boilerplate
under different headlines."""
SURELY_ONE = 0.9
"""Score from which a text of a flood is put beside its original like an exact copy; notices from one mould, of other
places and numbers, score lower and go the way of any article."""
REPRINTS_ENOUGH = 8
"""Reprints of one text, told by half its fingerprints, after which further ones among its candidates are left alone."""
PAIRS_INSIDE = 12
"""Pairs stored for an article beside its verified candidates, for they are in one story: all of a story of thirteen."""


@dataclass
class ClusterReport:
    """What a clustering did."""

    articles: int = 0
    new_stories: int = 0
    joined: int = 0
    merged: int = 0
    linked: int = 0
    """Links to stories of the same running topic that were found or confirmed for the stories touched."""
    pairs: int = 0
    """Pairs stored with their evidence."""
    same_text: int = 0
    """Those of them whose texts are one, whole or in part."""
    copies: int = 0
    """Articles that have the very text of an earlier one: put beside it and compared with it alone."""
    near_copies: int = 0
    """Articles in floods that differ from an earlier one in a word or two: treated the same way."""
    buckets_cut: int = 0
    """Entries of the band index, of which an article has some fifty, given up because more newer articles than are kept
    (bands.BUCKET) share the value: furniture or a flood."""
    candidates_left: int = 0
    """Candidates not compared, because so many reprints of the same text (REPRINTS_ENOUGH) were before."""
    pairs_left: int = 0
    """Compared pairs inside stories that were not stored, because an article had enough (PAIRS_INSIDE)."""


def cluster(store: Store, *, rebuild: bool = False, progress: Callable[[int], object] | None = None) -> ClusterReport:
    """Bring stories up to date with the articles, and return what was done.

    Every batch is one transaction: killed at any moment, the next call goes on where the last batch ended; called
    twice, the second call changes nothing. With `rebuild`, or where another engine made what is in the store,
    everything is computed anew in one transaction, and stories keep their ids.
    """
    if not rebuild and StoryStore(store).made_by(ENGINE):
        clustering = Clustering(store)
        report = clustering.run(progress)
        at_hand.leave(store, clustering.pairs)
        return report
    return anew(store, progress)


def anew(
    store: Store,
    progress: Callable[[int], object] | None = None,
    begin: Callable[[Clustering], object] | None = None,
) -> ClusterReport:
    """Compute everything anew in one transaction, and return what was done; stories keep their ids.

    `begin` may write down what was computed elsewhere (`importing`); what it leaves waiting is clustered.
    """
    with store.transaction():
        at_hand.forget(store)
        clustering = Clustering(store, links_stories=False)
        clustering.kept.clear_left_behind()
        old, greatest = clustering.kept.memberships(), clustering.kept.greatest_id()
        clustering.kept.forget_groupings()
        if begin:
            begin(clustering)
        report = clustering.run(progress)
        clustering.kept.hand_down(old, stories.heirs(old, clustering.kept.memberships()), greatest)
        report.linked = clustering.linking.renew(clustering.kept.story_ids())
        clustering.kept.note_engine(ENGINE)
    return report


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no reference cycles meanwhile: a batch makes a million small objects; looking is a tenth of its cost."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def waiting(store: Store) -> int:
    """Return how many articles wait for clustering."""
    return StoryStore(store).waiting()


class Clustering:
    """One clustering run: the profiles it remembers and the report it writes."""

    def __init__(self, store: Store, *, links_stories: bool = True) -> None:
        self.store = store
        self.kept = StoryStore(store)
        self.index = BandIndex(self.kept)
        self.pairs = at_hand.take(store)
        self.families = Families(store, self.pairs.recall)
        self.linking = Linking(self.kept, self.pairs)
        self.links_stories = links_stories
        self.report = ClusterReport()
        self.touched: set[int] = set()
        self.placed: set[int] = set()
        """The stories that the articles of the batch are in."""
        self.constraints = stories.UNDECIDED
        """What editors have decided of the articles of the batch and of the stories it touches."""
        self.copies: dict[int, int] = {}
        """Exact copies of the batch, each with the article whose text it has."""
        self.in_store: set[Ids] = set()
        """Pairs of the batch that are stored with their evidence."""

    def run(self, progress: Callable[[int], object] | None) -> ClusterReport:
        """Cluster what waits, batch by batch: first what is to be decided again, at once."""
        with self.store.transaction():
            self.touched |= self.kept.clear_left_behind()
            again = self.kept.undecided()
            if again or self.touched or self.families.was_left():
                self.take_batch(again)
        if again and progress:
            progress(len(again))
        while ids := self.kept.waiting_ids():
            for start in range(0, len(ids), BATCH):
                with self.store.transaction():
                    fresh = self.kept.unclustered(ids[start : start + BATCH])
                    with uncollected():
                        self.take_batch(fresh)
                if progress:
                    progress(len(fresh))
        return self.report

    def take_batch(self, fresh: Sequence[Text]) -> None:
        """Cluster some articles: count their words, sign them, find their pairs, grow the stories they touch."""
        arriving = [*fresh, *self.kept.copies(fresh)]
        readings = self.pairs.read(arriving)
        known = self.signed(arriving)
        self.count_words([reading for reading in readings if reading.text.article_id not in known])
        self.pairs.weigh(readings)
        self.constraints = constraints_on(self.store, [text.article_id for text in arriving])
        left = {i: self.take_out(i) if i in known else None for i in (text.article_id for text in arriving)}
        self.families.take_out(left)
        self.verify_candidates(self.take_in(arriving))
        self.settle(arriving, left)
        self.families.bring_up_to_date()
        self.kept.summarize(self.touched)
        if self.links_stories:
            self.report.linked += self.linking.renew(self.touched | self.placed, self.pairs.measured)
        self.touched.clear()
        self.placed.clear()
        self.copies.clear()
        self.in_store.clear()
        self.pairs.forget_pairs()

    def count_words(self, fresh: Iterable[Reading]) -> None:
        """Add the words of articles to the document frequencies; one with another text now was counted before."""
        by_language: dict[str, list[Reading]] = {}
        for reading in fresh:
            by_language.setdefault(reading.text.language, []).append(reading)
        for language, new in by_language.items():
            words, times = counted(np.concatenate([one.distinct for one in new]))
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
        for original, copies in grouped(self.copies).items():
            self.pairs.scores(original, copies)
        exact = len(self.copies)
        self.copies.update(self.copies_in_flood([one for one in profiles if one.article_id not in self.copies]))
        for copy, original in list(self.copies.items()):
            if not self.constraints.may_meet([copy], [original]):
                del self.copies[copy]
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
        self.report.copies += exact
        self.report.near_copies += len(self.copies) - exact
        return {**found, **{copy: [original] for copy, original in self.copies.items()}}

    def exact_copies(self, profiles: Sequence[Profile]) -> dict[int, int]:
        """Return which articles have the very text of an earlier one within the window, and of which."""
        long = [one for one in profiles if len(one.shingles) >= SHINGLES_OF_A_TEXT]
        known: dict[bytes, list[tuple[int, int]]] = {}
        for row in self.kept.originals({one.text_hash for one in long}):
            known.setdefault(row["text_hash"], []).append((row["article_id"], row["day"]))
        return copies_among(((one.text_hash, one.article_id, one.day) for one in long), known)

    def copies_in_flood(self, profiles: Sequence[Profile]) -> dict[int, int]:
        """Return which articles are one of many that differ in a word or two, and of which earlier article."""
        long = [one for one in profiles if len(one.shingles) >= SHINGLES_OF_A_TEXT]
        known = self.index.under({one.article_id: (one.day, asked(one)) for one in long})
        found = copies_in_flood(long, known, self.pairs.recall)
        return {
            copy: original
            for original, copies in grouped(found).items()
            for copy, scored in zip(copies, self.pairs.scores(original, copies), strict=True)
            if scored >= SURELY_ONE
        }

    def verify_candidates(self, found: Mapping[int, Sequence[int]]) -> None:
        """Measure every article with its candidates; pairs worth keeping are stored with their evidence."""
        kept: Pairs = {}
        asking = list(found.items())
        for first in range(0, len(asking), VERIFIED_AT_ONCE):
            portion = asking[first : first + VERIFIED_AT_ONCE]
            self.pairs.recall(list(dict.fromkeys(i for ids in portion for i in (ids[0], *ids[1]))))
            few = {article_id: few_reprints(self.pairs, article_id, others) for article_id, others in portion}
            self.report.candidates_left += sum(len(others) for _, others in portion) - sum(map(len, few.values()))
            self.pairs.measure(ids_of(article_id, other) for article_id, others in few.items() for other in others)
            chosen = [worth_keeping(self.pairs, article_id, others) for article_id, others in few.items()]
            kept.update(self.pairs.verified(chain.from_iterable(chosen)))
            self.pairs.let_go(found)
        self.keep(kept)

    def keep(self, pairs: Pairs) -> None:
        """Store pairs with their evidence."""
        self.kept.save_pairs(pairs)
        self.in_store.update(pairs)
        self.families.note(pairs)
        self.report.pairs += len(pairs)
        self.report.same_text += sum(pair.kind == "same_text" for pair in pairs.values())

    def settle(self, fresh: Sequence[Text], left: dict[int, int | None]) -> None:
        """Grow stories from the new articles and those they touch, and write down who covers what."""
        known = {ids: scored for ids, (_, scored) in self.pairs.measured.items()}
        titles = {text.article_id: text for text in fresh}
        linked = {i for ids, scored in known.items() if scored >= stories.LEAST for i in ids}
        old = self.touched_stories((linked | self.constraints.mates(titles)) - titles.keys(), fresh)
        blocks = self.constraints.blocks
        new = [
            stories.Cluster([text.article_id], text.dated, text.language, blocks=blocks([text.article_id]))
            for text in fresh
        ]
        story_of: dict[int, int] = {}
        clusters = beside_originals([*new, *old], self.copies, known)
        grown = list(stories.Growth(clusters, known, self.pairs.scores, self.constraints).run())
        self.hand_on(grown, left)
        for cluster in grown:
            story_id = self.write_down(cluster, titles)
            story_of.update(dict.fromkeys(cluster.members, story_id))
        self.keep_inside([ids for ids in self.pairs.measured if story_of.get(ids[0], 0) == story_of.get(ids[1], -1)])
        self.abandon(left, story_of)
        self.placed.update(story_of.values())

    def keep_inside(self, pairs: Iterable[Ids]) -> None:
        """Store the pairs inside stories that are not stored yet, of an article at most PAIRS_INSIDE."""
        new = [ids for ids in pairs if ids not in self.in_store]
        few = few_inside(new)
        self.keep(self.pairs.verified(few))
        self.report.pairs_left += len(new) - len(few)

    def touched_stories(self, article_ids: set[int], fresh: Sequence[Text]) -> list[stories.Cluster]:
        """Return the stories that these articles tell, as clusters of the members nearest in time."""
        day = min((text.day for text in fresh), default=0)
        told = {i: self.kept.members(i) for i in sorted(set(self.kept.stories_of(article_ids).values()))}
        everybody = [article_id for everyone in told.values() for article_id, _ in everyone]
        self.constraints = constraints_on(self.store, [*(text.article_id for text in fresh), *everybody])
        found = []
        for story_id, everyone in told.items():
            linked = [article_id for article_id, _ in everyone if article_id in article_ids]
            members = list(dict.fromkeys([*linked, *stories.nearest(everyone, day)]))[: stories.MEMBERS_COMPARED]
            profiles = self.pairs.recall(members)
            is_dated = all(one.dated for one in profiles)
            language = max((one.language for one in profiles), key=stories.strictness)
            blocks = self.constraints.blocks(article_id for article_id, _ in everyone)
            found.append(stories.Cluster(members, is_dated, language, {story_id}, blocks))
        return found

    def hand_on(self, grown: Sequence[stories.Cluster], left: Mapping[int, int | None]) -> None:
        """Let new clusters go on as the stories that have lost all articles, each as the one it has most of."""
        deserted = self.deserted(left.values())
        old = {article_id: story_id for article_id, story_id in left.items() if story_id in deserted and story_id}
        new = {
            member: number for number, one in enumerate(grown) if not one.story_ids for member in one.members
        }  # fmt: skip
        for number, story_id in stories.heirs(old, new).items():
            grown[number].story_ids = {story_id}

    def write_down(self, cluster: stories.Cluster, titles: Mapping[int, Text]) -> int:
        """Give a grown cluster its story id, the oldest it has a right to, and return it."""
        arrived = [article_id for article_id in cluster.members if article_id in titles]
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
        return {i for i in set(story_ids) if i and self.kept.exists(i) and not self.kept.members(i)}

    def merge(self, survivor: int, given_up: int) -> None:
        """Let one story become part of another."""
        self.kept.merge(survivor, given_up)
        self.touched.discard(given_up)
        self.report.merged += 1

    def abandon(self, left: Mapping[int, int | None], story_of: Mapping[int, int]) -> None:
        """Redirect stories that their articles' new texts have left empty to where most of the articles are."""
        for story_id in sorted(self.deserted(left.values())):
            heirs = Counter(story_of[article_id] for article_id, was_in in left.items() if was_in == story_id)
            self.merge(stories.main_heir(heirs), story_id)


# The steps that know no store: the batch job of `spark_job` takes the same ones.


def copies_among(
    texts: Iterable[tuple[bytes, int, int]], known: dict[bytes, list[tuple[int, int]]] | None = None
) -> dict[int, int]:
    """Return which articles have the very text of an earlier one within the window, and of which.

    `texts` holds hash, article and day, the earliest first; `known` the articles and days of texts met before.
    """
    known = {} if known is None else known
    found: dict[int, int] = {}
    for text_hash, article_id, day in texts:
        same = known.setdefault(text_hash, [])
        near = [i for i, other in same if abs(other - day) <= bands.WINDOW_DAYS and i != article_id]
        if near:
            found[article_id] = min(near)
        else:
            same.append((article_id, day))
    return found


def worth_keeping(pairs: Comparing, article_id: int, others: Sequence[int]) -> list[Ids]:
    """Return the pairs of an article with its candidates, best first, that are kept with their evidence."""
    kept: list[Ids] = []
    reprints = 0
    one, *profiles = pairs.recall([article_id, *others])
    for other, profile, scored in zip(others, profiles, pairs.scores(article_id, others), strict=True):
        if scored >= stories.PAIR_FLOOR or share_text(one, profile):
            ids = ids_of(article_id, other)
            text = pairs.kinship(ids)
            if scored >= stories.PAIR_FLOOR or text.kind:
                kept.append(ids)
            reprints += text.is_same_text
        if reprints == REPRINTS_ENOUGH:
            break
    return kept


def few_reprints(pairs: Comparing, article_id: int, others: Sequence[int]) -> Sequence[int]:
    """Return the candidates without those that come after REPRINTS_ENOUGH reprints and are reprints too."""
    if len(others) <= REPRINTS_ENOUGH:
        return others
    one, *profiles = pairs.recall([article_id, *others])
    most = max(1, len(one.marks) / 2)
    reprints = [other for other, text in zip(others, profiles, strict=True) if len(one.marks & text.marks) >= most]
    left = set(reprints[REPRINTS_ENOUGH:])
    return [other for other in others if other not in left]


def few_inside(pairs: Iterable[Ids]) -> list[Ids]:
    """Return the first PAIRS_INSIDE pairs of each article, the one of the greater id."""
    chosen: dict[int, list[Ids]] = {}
    for ids in pairs:
        chosen.setdefault(max(ids), []).append(ids)
    return [ids for found in chosen.values() for ids in found[:PAIRS_INSIDE]]


def beside_originals(
    clusters: Sequence[stories.Cluster], copies: Mapping[int, int], known: Mapping[Ids, float]
) -> list[stories.Cluster]:
    """Return the clusters with every exact copy in that of its original: one score says all about the two."""
    home = {member: cluster for cluster in clusters for member in cluster.members}
    for copy, original in sorted(copies.items()):
        there = home.get(original)
        alike = known[ids_of(copy, original)] >= SAME_AT_LEAST
        if alike and there and there is not home[copy] and not home[copy].blocks:
            there.members.append(copy)
            there.is_dated = there.is_dated and home[copy].is_dated
            home[copy].members.remove(copy)
            home[copy] = there
    return [cluster for cluster in clusters if cluster.members]


def grouped(copies: Mapping[int, int]) -> dict[int, list[int]]:
    """Return the copies of each original."""
    found: dict[int, list[int]] = {}
    for copy, original in copies.items():
        found.setdefault(original, []).append(copy)
    return found


def values_of(signed: Signed | None) -> npt.NDArray[np.int64]:
    """Return the band values of an article; a copy has none."""
    return signed.values if signed else bands.EMPTY
