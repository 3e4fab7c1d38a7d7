"""Pairs of texts -> families of reprints: who had the text first, and how much of each text stands elsewhere in it.

A text joins a family where it shares text with the family's anchor itself. So a chain of texts, each a little other
than the last, does not become one family. The anchor is the earliest text; a family too large to be grouped anew keeps
the one that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dedupe.distinct import distinct
from dedupe.kinship import kinship, share_text, told_text
from dedupe.profile import Profile
from dedupe.shingles import common
from dedupe.store import Store
from dedupe.verify import Verified

REGROUPED = 50
"""Texts of a family that is still grouped anew when an earlier text comes or one leaves."""
TEXTS_COMPARED = 8
"""Texts of its family that a text's share is counted in: those that hold most of it."""
SEEN = """
CASE WHEN a.published_at IS NOT NULL THEN a.published_at
     WHEN a.published_day IS NULL THEN a.first_seen_at
     ELSE min(a.first_seen_at, a.published_day || 'T23:59:59Z') END
"""
"""When a text was out for certain: the printed moment; where only a day is printed its end, or when it was first seen
here, whichever came before; without a date when it was first seen here."""

SHARED = ("kind", "jaccard", "a_in_b", "b_in_a", "words")

Ids = tuple[int, int]
Moment = tuple[str, int]


class Families:
    """The families of a store, kept up to date with the pairs that clustering verifies, in its transactions."""

    def __init__(self, store: Store, recall: Callable[[Sequence[int]], Sequence[Profile]]) -> None:
        self.store = store
        self.recall = recall
        self.alike: dict[Ids, Mapping[str, Any]] = {}
        """The pairs that share text since the families were last brought up to date."""

    def note(self, pairs: Mapping[Ids, Verified]) -> None:
        """Write down which of some verified pairs share text."""
        self.save({ids: text for ids, pair in pairs.items() if (text := pair.evidence["text"])["kind"]})

    def save(self, alike: Mapping[Ids, Mapping[str, Any]]) -> None:
        """Write down what pairs of texts share."""
        self.alike.update(alike)
        self.store.connection.executemany(
            "INSERT OR REPLACE INTO text_pairs VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((*ids, *(text[column] for column in SHARED)) for ids, text in alike.items()),
        )

    def take_out(self, article_ids: Iterable[int]) -> None:
        """Forget what texts that are no more had in common with others."""
        gone = [(article_id,) for article_id in article_ids]
        for table, column in (("text_pairs", "a"), ("text_pairs", "b"), ("family_members", "article_id")):
            self.store.connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", gone)

    def bring_up_to_date(self) -> None:
        """Group the texts of new pairs, those that share most first, and the families that a text has left."""
        pairs = sorted(self.alike, key=lambda ids: (-self.strength(ids), ids))
        texts = {one for ids in pairs for one in ids}
        home = self.homes(texts)
        before = set(home)
        seen = self.seen(texts | set(home.values()))
        changed: dict[int, int] = {}
        for ids in pairs:
            changed.update(self.joined(ids, home, seen))
        self.place(changed)
        late = {family for one, family in changed.items() if family in seen and seen[one] < seen[family]}
        for family in sorted(late | self.left()):
            anew = self.grouped_anew(family, self.members(family))
            self.place(anew)
            changed.update(anew)
        beside = {one for a, b in self.alike if home.get(a, 0) == home.get(b, -1) for one in (a, b)}
        self.count_shares(beside | changed.keys(), texts - before)
        self.alike.clear()

    def strength(self, ids: Ids) -> float:
        """Return the share of the text of a pair that stands most in the other."""
        return float(max(self.alike[ids]["a_in_b"], self.alike[ids]["b_in_a"]))

    def joined(self, ids: Ids, home: dict[int, int], seen: Mapping[int, Moment]) -> dict[int, int]:
        """Return the families that two texts get by what they share, none where both have one; `home` is kept up."""
        new = [one for one in ids if one not in home]
        found: dict[int, int] = {}
        if len(new) == len(ids):
            found = dict.fromkeys(ids, min(ids, key=lambda one: seen[one]))
        elif new:
            there = ids[0] if new[0] == ids[1] else ids[1]
            family = home[there]
            if family == there or self.kin(new[0], family):
                found = {new[0]: family}
            elif self.strength(ids) > self.kin(there, family):
                found = dict.fromkeys(ids, min(ids, key=lambda one: seen[one]))
        home.update(found)
        return found

    def homes(self, article_ids: Iterable[int]) -> dict[int, int]:
        """Return the family of each of these articles that has one."""
        rows = self.store.rows_in(
            "SELECT article_id, family_id FROM family_members WHERE article_id IN ({})", article_ids
        )
        return {row["article_id"]: row["family_id"] for row in rows}

    def seen(self, article_ids: Iterable[int]) -> dict[int, Moment]:
        """Return since when each of these texts was out, and its id, which decides between equals."""
        rows = self.store.rows_in(f"SELECT a.id, {SEEN} AS seen FROM articles AS a WHERE a.id IN ({{}})", article_ids)
        return {row["id"]: (row["seen"], row["id"]) for row in rows}

    def left(self) -> set[int]:
        """Return the families that a text has left and that still have one, and forget that it has."""
        rows = self.store.rows("SELECT DISTINCT family_id FROM families_left")
        if rows:
            self.store.connection.execute("DELETE FROM families_left")
        return {row["family_id"] for row in rows}

    def was_left(self) -> bool:
        """Tell whether a text has left its family since the families were last brought up to date."""
        return self.store.value("SELECT 1 FROM families_left LIMIT 1") is not None

    def members(self, family: int) -> list[int]:
        """Return the texts of a family, the earliest first."""
        rows = self.store.rows(
            "SELECT a.id FROM family_members AS m JOIN articles AS a ON a.id = m.article_id"
            f" WHERE m.family_id = ? ORDER BY {SEEN}, a.id",
            (family,),
        )
        return [row["id"] for row in rows]

    def kin(self, a: int, b: int) -> float:
        """Return the share of the text of two that stands most in the other, 0 where they share none or one is gone."""
        ids = min(a, b), max(a, b)
        if ids not in self.alike:
            if len(self.seen(ids)) < len(ids):
                return 0.0
            text = kinship(*self.recall(ids))
            if text.kind is None:
                return 0.0
            self.save({ids: told_text(text)})
        return self.strength(ids)

    def place(self, homes: Mapping[int, int]) -> None:
        """Write down the families of texts; their shares are counted next."""
        self.store.connection.executemany(
            "INSERT INTO family_members VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET family_id = excluded.family_id",
            homes.items(),
        )

    def grouped_anew(self, family: int, texts: Sequence[int]) -> dict[int, int]:
        """Group the texts of a family, the earliest first; return the family of each that is not left alone."""
        if len(texts) > REGROUPED:
            return {} if family in texts else dict.fromkeys(texts, texts[0])
        profiles = dict(zip(texts, self.recall(texts), strict=True))
        anchors: dict[int, list[int]] = {}
        for article_id in texts:
            near = [anchor for anchor in anchors if share_text(profiles[anchor], profiles[article_id])]
            best = max(near, key=lambda anchor: self.kin(article_id, anchor), default=article_id)
            anchors.setdefault(best if best in near and self.kin(article_id, best) else article_id, []).append(
                article_id
            )
        alone = [anchor for anchor, members in anchors.items() if len(members) == 1]
        self.store.connection.executemany("DELETE FROM family_members WHERE article_id = ?", [(one,) for one in alone])
        self.left()
        return {one: anchor for anchor, members in anchors.items() if len(members) > 1 for one in members}

    def count_shares(self, article_ids: set[int], new: set[int]) -> None:
        """Write down how much of each of these texts stands in the others of its family; the new ones had none."""
        homes = self.homes(article_ids)
        inside: dict[int, list[float]] = {}
        for (a, b), text in self.alike.items():
            if homes.get(a, 0) == homes.get(b, -1):
                inside.setdefault(a, []).append(text["a_in_b"])
                inside.setdefault(b, []).append(text["b_in_a"])
        shares = {
            one: inside[one][0] if one in new and len(inside.get(one, ())) == 1 else self.share(one, family)
            for one, family in sorted(homes.items())
        }
        self.store.connection.executemany(
            "UPDATE family_members SET shared = ?2 WHERE article_id = ?1", list(shares.items())
        )

    def share(self, article_id: int, family: int) -> float:
        """Return the share of a text's shingles that stand in the texts of its family it was compared with."""
        rows = self.store.rows(
            """
            SELECT other, share FROM (
                SELECT b AS other, a_in_b AS share FROM text_pairs WHERE a = ?1
                UNION ALL SELECT a, b_in_a FROM text_pairs WHERE b = ?1 LIMIT 64)
              JOIN family_members AS m ON m.article_id = other AND m.family_id = ?2
             ORDER BY share DESC, other LIMIT ?3""",
            (article_id, family, TEXTS_COMPARED),
        )
        if len(rows) < 2:  # noqa: PLR2004 - one other text: what the pair says of it
            return float(rows[0]["share"]) if rows else 0.0
        one, *others = self.recall([article_id, *(row["other"] for row in rows)])
        elsewhere = distinct(np.concatenate([other.shingles for other in others]))
        return round(common(one.shingles, elsewhere) / len(one.shingles), 4)
