"""What linking keeps in the store: the links between stories, and the articles that stand for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from dedupe.bands import Values
from dedupe.store import Store, now

Ends = tuple[int, int]
"""The stories of a link, the smaller id first."""

MEDOIDS = """
SELECT story_id, article_id, day, coalesce(language, '') AS language, bands
  FROM (SELECT c.story_id, c.article_id,
               row_number() OVER (PARTITION BY c.story_id ORDER BY s.same_text_as IS NOT NULL, c.score DESC, s.day,
                                                                   c.article_id) AS place
          FROM coverage AS c JOIN signatures AS s USING (article_id)
         WHERE c.story_id IN ({}))
  JOIN signatures USING (article_id) JOIN articles AS a ON a.id = article_id
 WHERE place = 1
"""


@dataclass(frozen=True, eq=False)
class Medoid:
    """The article that stands for a story: the one that fits the others best."""

    story_id: int
    article_id: int
    day: int
    language: str
    values: Values
    """Band values."""


@dataclass(frozen=True)
class StoryLink:
    """What is kept of two linked stories."""

    kind: str
    score: float


class LinkStore:
    """Reads and writes of linking; the caller holds the transaction."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def medoids(self, story_ids: Iterable[int]) -> dict[int, Medoid]:
        """Return the article that stands for each of these stories, left out where a story has none."""
        found = self.store.rows_in(MEDOIDS, sorted(set(story_ids)))
        return {
            row["story_id"]: Medoid(
                row["story_id"],
                row["article_id"],
                row["day"],
                row["language"],
                np.frombuffer(row["bands"], dtype=np.int64),
            )
            for row in found
        }

    def has_epoch(self, epoch: int) -> bool:
        """Tell whether any article of an epoch stands in the band index: of the days to come none does."""
        return self.store.value("SELECT 1 FROM bands WHERE epoch = ? LIMIT 1", (epoch,)) is not None

    def links_of(self, story_ids: Iterable[int]) -> dict[Ends, str]:
        """Return the links of these stories, with the moment since which each is there."""
        wanted = sorted(set(story_ids))
        return {
            (row["story_a"], row["story_b"]): row["since"]
            for side in ("story_a", "story_b")
            for row in self.store.rows_in(f"SELECT * FROM story_links WHERE {side} IN ({{}})", wanted)
        }

    def replace(self, old: Mapping[Ends, str], new: Mapping[Ends, StoryLink]) -> None:
        """Put links in the place of others; what is there still keeps its moment."""
        run = self.store.connection.executemany
        run("DELETE FROM story_links WHERE story_a = ? AND story_b = ?", sorted(old.keys() - new.keys()))
        moment = now()
        run(
            "INSERT OR REPLACE INTO story_links VALUES (?, ?, ?, ?, ?)",
            ((*ends, link.kind, link.score, old.get(ends, moment)) for ends, link in sorted(new.items())),
        )

    def prune(self, story_ids: Iterable[int], most: int) -> None:
        """Leave each of these stories its best links, at most so many; among equals those with older stories."""
        links: dict[int, list[tuple[float, int]]] = {}
        wanted = sorted(set(story_ids))
        for side, other in (("story_a", "story_b"), ("story_b", "story_a")):
            sql = f"SELECT {side} AS one, {other} AS other, score FROM story_links WHERE {side} IN ({{}})"
            for row in self.store.rows_in(sql, wanted):
                links.setdefault(row["one"], []).append((-row["score"], row["other"]))
        too_many = {ends_of(one, other) for one, found in links.items() for _, other in sorted(found)[most:]}
        self.store.connection.executemany("DELETE FROM story_links WHERE story_a = ? AND story_b = ?", sorted(too_many))


def redirect_links(store: Store, survivor: int, given_up: int) -> None:
    """Let the links of a story that is given up lead to the one that it becomes part of; none leads to itself."""
    others = (
        "SELECT CASE story_a WHEN :old THEN story_b ELSE story_a END AS other, kind, score, since FROM story_links"
        " WHERE :old IN (story_a, story_b)"
    )
    store.connection.execute(
        "INSERT OR IGNORE INTO story_links"
        f" SELECT min(other, :new), max(other, :new), kind, score, since FROM ({others}) WHERE other <> :new",
        {"old": given_up, "new": survivor},
    )
    store.connection.execute("DELETE FROM story_links WHERE ? IN (story_a, story_b)", (given_up,))


def ends_of(a: int, b: int) -> Ends:
    """Return the stories of a link, the smaller id first."""
    return (a, b) if a < b else (b, a)
