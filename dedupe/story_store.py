"""What clustering keeps in the store: word counts, signatures, the band index, pairs, stories and coverage."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

import numpy as np
import numpy.typing as npt

from dedupe import bands
from dedupe.link_store import redirect_links
from dedupe.profile import Text
from dedupe.store import Store, now
from dedupe.stories import main_heir
from dedupe.verify import Verified
from dedupe.words import Frequencies, prior

TEXTS = """
SELECT a.id, a.version, a.outlet, a.title, a.body, coalesce(a.language, '') AS language,
       a.published_day, a.first_seen_at,
       (SELECT json_group_array(text) FROM (SELECT text FROM quotes WHERE article_id = a.id ORDER BY position)) AS said
  FROM articles AS a
"""

WAITING = "s.article_id IS NULL OR s.version <> a.version"
BAND_MEMBERS = """
SELECT asked.value, b.member FROM json_each(?2) AS asked CROSS JOIN bands AS b
 WHERE b.epoch = ?1 AND b.value = asked.value
"""

FAMILIES = ("text_pairs", "family_members", "families_left")
"""What is known of texts in common; the last after the one before it, which fills it."""


FORGOTTEN = ("document_frequencies", "counted_articles", "signatures", "bands", "pairs", "coverage")
"""What clustering makes anew from the articles."""


class StoryStore:
    """Reads and writes of clustering; the caller holds the transaction."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.newest: int | None = None

    # --- what waits ------------------------------------------------------------------------------

    def waiting_ids(self) -> list[int]:
        """Return the articles that have no signature for their present text, by day."""
        rows = self.store.rows(
            f"""
            SELECT a.id FROM waiting AS w CROSS JOIN articles AS a ON a.id = w.article_id
              LEFT JOIN signatures AS s ON s.article_id = a.id
             WHERE {WAITING}
             ORDER BY coalesce(a.published_day, substr(a.first_seen_at, 1, 10)), a.id"""
        )
        return [row["id"] for row in rows]

    def waiting(self) -> int:
        """Return how many articles wait for clustering."""
        return int(
            self.store.value(
                "SELECT count(*) FROM waiting AS w CROSS JOIN articles AS a ON a.id = w.article_id"
                f"  LEFT JOIN signatures AS s ON s.article_id = a.id WHERE {WAITING}"
            )
        )

    def undecided(self) -> list[Text]:
        """Return the articles whose story is to be decided again though their texts are as before, by day."""
        rows = self.store.rows(  # no join: for one, SQLite would make a Bloom filter of all signatures of a large store
            "SELECT article_id FROM waiting"
            " WHERE (SELECT s.version FROM signatures AS s WHERE s.article_id = waiting.article_id) = 0"
        )
        found = self.texts(row["article_id"] for row in rows)
        return sorted(found, key=lambda text: (text.day, text.article_id))

    def let_wait(self, article_ids: Iterable[int]) -> None:
        """Let articles wait for clustering though their texts are as before."""
        self.store.connection.executemany(
            "UPDATE signatures SET version = 0 WHERE article_id = ?", ((article_id,) for article_id in article_ids)
        )

    def part_copies(self, article_ids: Iterable[int]) -> None:
        """Let copies wait whose original is among these articles where they are not, or the other way round."""
        parted = set(article_ids)
        sql = "SELECT article_id, same_text_as FROM signatures WHERE same_text_as IS NOT NULL AND {} IN ({{}})"
        rows = [row for side in ("article_id", "same_text_as") for row in self.store.rows_in(sql.format(side), parted)]
        self.let_wait(row["article_id"] for row in rows if not {*row} <= parted)

    def clear_left_behind(self) -> set[int]:
        """Take out what deleted articles have left; return their stories, of which those without articles are gone."""
        rows = self.store.rows("SELECT article_id, story_id, day, bands FROM left_behind")
        for row in rows:
            self.take_from_bands(entries(row))
        self.store.connection.execute("DELETE FROM left_behind")
        told = {self.now_at(row["story_id"]) for row in rows if row["story_id"]} - {None}
        for story_id in sorted(i for i in told if i and not self.members(i)):
            told.remove(story_id)
            self.empty(story_id)
        return {story_id for story_id in told if story_id}

    def unclustered(self, article_ids: Iterable[int]) -> list[Text]:
        """Return those of these articles that wait still, by day."""
        rows = self.store.rows_in(
            f"{TEXTS} LEFT JOIN signatures AS s ON s.article_id = a.id WHERE ({WAITING}) AND a.id IN ({{}})",
            article_ids,
        )
        return sorted((as_text(row) for row in rows), key=lambda text: (text.day, text.article_id))

    def copies(self, texts: Iterable[Text]) -> list[Text]:
        """Return the copies of these articles' older texts: with the text they copy, they lose their bands."""
        known = {text.article_id for text in texts}
        rows = self.store.rows_in(
            "SELECT c.article_id FROM signatures AS s"
            "  JOIN signatures AS c ON c.same_text_as = s.article_id"
            " WHERE s.article_id IN ({})",
            known,
        )
        return self.texts(sorted({row["article_id"] for row in rows} - known))

    def texts(self, article_ids: Iterable[int]) -> list[Text]:
        """Return what these articles are compared by."""
        return [as_text(row) for row in self.store.rows_in(f"{TEXTS} WHERE a.id IN ({{}})", article_ids)]

    # --- document frequencies --------------------------------------------------------------------

    def count_words(self, language: str, articles: int, words: Iterable[tuple[str, int]]) -> None:
        """Add the words of so many articles to the document frequencies of a language."""
        self.store.connection.execute(
            "INSERT INTO counted_articles VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET articles = articles + excluded.articles",
            (language, articles),
        )
        self.store.connection.executemany(
            "INSERT INTO document_frequencies VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET articles = articles + excluded.articles",
            ((language, word, count) for word, count in sorted(words)),  # in the table's order: pages are met once
        )

    def counts(self, language: str, words: Sequence[str]) -> tuple[int, dict[str, int]]:
        """Return how many articles of a language were counted, and in how many of them these words stand."""
        counted = self.store.value("SELECT articles FROM counted_articles WHERE language = ?", (language,))
        if not counted:
            return 0, {}
        rows = self.store.rows_in(
            "SELECT term, articles FROM document_frequencies WHERE language = ? AND term IN ({})", words, (language,)
        )
        return counted, {row["term"]: row["articles"] for row in rows}

    def frequencies(self, language: str, words: Sequence[str]) -> Frequencies:
        """Return the document frequencies of a language for these words."""
        counted, counts = self.counts(language, words)
        return Frequencies(counted, counts, prior(language))

    # --- signatures and bands --------------------------------------------------------------------

    def save_signatures(self, rows: Iterable[tuple[Text, bytes, int | None, npt.NDArray[np.int64]]]) -> None:
        """Store signatures: the text, its hash, the article it is a copy of if any, and its band values."""
        self.store.connection.executemany(
            "INSERT INTO signatures VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (t.article_id, t.version, t.day, int(t.dated), text_hash, same_text_as, values.tobytes())
                for t, text_hash, same_text_as, values in rows
            ),
        )

    def band_entries(self, epoch: int, values: Sequence[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return what stands in an epoch of the index under these values: value and member of each entry."""
        cursor = self.store.connection.cursor()
        cursor.row_factory = None  # hundreds of thousands of rows: as plain tuples, one at a time
        found = cursor.execute(BAND_MEMBERS, (epoch, json.dumps(values)))
        both = np.fromiter(chain.from_iterable(found), dtype=np.int64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def add_to_bands(self, entries: Iterable[tuple[int, int, int]]) -> None:
        """Put entries into the index: epoch, value and member."""
        self.store.connection.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?, ?)", entries)

    def take_from_bands(self, entries: Iterable[tuple[int, int, int]]) -> None:
        """Take entries out of the index."""
        self.store.connection.executemany("DELETE FROM bands WHERE epoch = ? AND value = ? AND member = ?", entries)

    def forget_signature(self, article_id: int) -> bool:
        """Take an article's older signature, its bands and pairs out; tell whether there was one."""
        found = self.store.rows("SELECT article_id, day, bands FROM signatures WHERE article_id = ?", (article_id,))
        for row in found:
            self.take_from_bands(entries(row))
        self.store.connection.execute("DELETE FROM signatures WHERE article_id = ?", (article_id,))
        self.store.connection.execute("DELETE FROM pairs WHERE a = ? OR b = ?", (article_id, article_id))
        return bool(found)

    def originals(self, text_hashes: Iterable[bytes]) -> Iterator[sqlite3.Row]:
        """Return the articles that have one of these texts and are no copies: hash, article and day."""
        return self.store.rows_in(
            "SELECT text_hash, article_id, day FROM signatures WHERE same_text_as IS NULL AND text_hash IN ({})",
            text_hashes,
        )

    # --- pairs -----------------------------------------------------------------------------------

    def save_pairs(self, verified: Mapping[tuple[int, int], Verified]) -> None:
        """Store pairs, given by the ids of their articles, with their evidence."""
        self.store.connection.executemany(
            "INSERT OR REPLACE INTO pairs VALUES (?, ?, ?, ?, ?)",
            (
                (a, b, pair.kind, pair.score, json.dumps(pair.evidence, ensure_ascii=False))
                for (a, b), pair in verified.items()
            ),
        )

    # --- stories ---------------------------------------------------------------------------------

    def stories_of(self, article_ids: Iterable[int]) -> dict[int, int]:
        """Return the story of each of these articles that has one."""
        found = self.store.rows_in("SELECT article_id, story_id FROM coverage WHERE article_id IN ({})", article_ids)
        return {row["article_id"]: row["story_id"] for row in found}

    def members(self, story_id: int) -> list[tuple[int, int]]:
        """Return the articles of a story with their days."""
        found = self.store.rows(
            "SELECT c.article_id, s.day FROM coverage AS c JOIN signatures AS s USING (article_id)"
            " WHERE c.story_id = ?",
            (story_id,),
        )
        return [(row["article_id"], row["day"]) for row in found]

    def new_story(self, title: str, day: str) -> int:
        """Return the id of a new story; ids are never given twice."""
        if self.newest is None:
            self.newest = self.greatest_id()
        self.newest += 1
        self.store.connection.execute(
            "INSERT INTO stories VALUES (?, ?, 1, 1, ?, ?, ?)", (self.newest, title, day, day, now())
        )
        return self.newest

    def greatest_id(self) -> int:
        """Return the greatest id that a story has or had, 0 before the first."""
        return int(
            self.store.value(
                "SELECT max(coalesce((SELECT max(id) FROM stories), 0),"
                " coalesce((SELECT max(old_id) FROM story_aliases), 0),"
                " coalesce((SELECT max(old_id) FROM emptied_stories), 0))"
            )
        )

    def now_at(self, story_id: int) -> int | None:
        """Return the id that a story has now: its own, that of the story it became part of, or None."""
        found: int | None = self.store.value(
            "SELECT id FROM stories WHERE id = ?1 UNION ALL SELECT story_id FROM story_aliases WHERE old_id = ?1",
            (story_id,),
        )
        return found

    def emptied(self, story_id: int) -> str | None:
        """Return since when a story has no article any more, None where it has or never was one."""
        found: str | None = self.store.value("SELECT since FROM emptied_stories WHERE old_id = ?", (story_id,))
        return found

    def empty(self, story_id: int) -> None:
        """Write that a story, and the ids that lead to it, have lost their last article."""
        run = self.store.connection.execute
        run(
            "INSERT INTO emptied_stories SELECT id, title, ?2 FROM stories WHERE id = ?1 UNION ALL"
            " SELECT a.old_id, s.title, ?2 FROM story_aliases AS a JOIN stories AS s ON s.id = a.story_id"
            " WHERE s.id = ?1",
            (story_id, now()),
        )
        run("DELETE FROM story_aliases WHERE story_id = ?", (story_id,))
        run("DELETE FROM stories WHERE id = ?", (story_id,))

    def revive(self, old_id: int, day: str) -> None:
        """Make a story again of an id that was given up; `cover` and `summarize` fill it."""
        run = self.store.connection.execute
        run("DELETE FROM story_aliases WHERE old_id = ?", (old_id,))
        run("INSERT INTO stories VALUES (?, '', 0, 0, ?, ?, ?)", (old_id, day, day, now()))

    def story_ids(self) -> list[int]:
        """Return the ids of all stories, oldest first."""
        return [row["id"] for row in self.store.rows("SELECT id FROM stories ORDER BY id")]

    def exists(self, story_id: int) -> bool:
        """Tell whether a story has this id now."""
        return self.store.value("SELECT 1 FROM stories WHERE id = ?", (story_id,)) is not None

    def cover(self, article_id: int, story_id: int) -> None:
        """Write that an article tells a story; `summarize` scores how well it fits."""
        self.store.connection.execute("INSERT OR REPLACE INTO coverage VALUES (?, ?, 1.0)", (article_id, story_id))

    def uncover(self, article_id: int) -> None:
        """Take an article out of its story."""
        self.store.connection.execute("DELETE FROM coverage WHERE article_id = ?", (article_id,))

    def merge(self, survivor: int, given_up: int) -> None:
        """Move the articles of one story to another; the id given up leads to it from now on."""
        run = self.store.connection.execute
        run("UPDATE coverage SET story_id = ? WHERE story_id = ?", (survivor, given_up))
        run("UPDATE story_aliases SET story_id = ? WHERE story_id = ?", (survivor, given_up))
        redirect_links(self.store, survivor, given_up)
        run("DELETE FROM stories WHERE id = ?", (given_up,))
        run("INSERT OR REPLACE INTO story_aliases VALUES (?, ?, ?)", (given_up, survivor, now()))

    def summarize(self, story_ids: Iterable[int]) -> None:
        """Bring counts, days, title and scores of these stories up to date; the title is the earliest article's.

        CROSS JOIN keeps SQLite from walking a whole story for each of its articles.
        """
        for story_id in set(story_ids):
            self.store.connection.execute(
                """
                UPDATE coverage SET score = round(coalesce((
                    SELECT avg(score) FROM (
                        SELECT p.score FROM pairs AS p CROSS JOIN coverage AS d ON d.article_id = p.b
                         WHERE p.a = coverage.article_id AND d.story_id = coverage.story_id
                        UNION ALL
                        SELECT p.score FROM pairs AS p CROSS JOIN coverage AS d ON d.article_id = p.a
                         WHERE p.b = coverage.article_id AND d.story_id = coverage.story_id)
                ), 1.0), 6)
                WHERE story_id = ?""",
                (story_id,),
            )
            self.store.connection.execute(
                """
                UPDATE stories SET (articles, outlets, first_day, last_day) = (
                    SELECT count(*), count(DISTINCT a.outlet),
                           min(coalesce(a.published_day, substr(a.first_seen_at, 1, 10))),
                           max(coalesce(a.published_day, substr(a.first_seen_at, 1, 10)))
                      FROM coverage AS c JOIN articles AS a ON a.id = c.article_id WHERE c.story_id = stories.id
                ), title = coalesce((
                    SELECT a.title FROM coverage AS c JOIN articles AS a ON a.id = c.article_id
                     WHERE c.story_id = stories.id
                     ORDER BY coalesce(a.published_day, substr(a.first_seen_at, 1, 10)),
                              coalesce(a.published_at, a.first_seen_at), a.id LIMIT 1
                ), title)
                WHERE id = ?""",
                (story_id,),
            )

    # --- rebuilding ------------------------------------------------------------------------------

    def engine(self) -> int:
        """Return the engine that made what is here."""
        return int(self.store.value("SELECT engine FROM clustered_by"))

    def made_by(self, engine: int) -> bool:
        """Tell whether this engine made what is here; where nothing is, it does from now on."""
        if self.engine() == engine:
            return True
        if self.store.value("SELECT 1 FROM signatures LIMIT 1") is not None:
            return False
        with self.store.transaction():
            self.note_engine(engine)
        return True

    def note_engine(self, engine: int) -> None:
        """Write down which engine made what is here."""
        self.store.connection.execute("UPDATE clustered_by SET engine = ?", (engine,))

    def memberships(self) -> dict[int, int]:
        """Return the story of every article."""
        return {
            row["article_id"]: row["story_id"] for row in self.store.rows("SELECT article_id, story_id FROM coverage")
        }

    def forget_groupings(self) -> None:
        """Take out everything that clustering made, but for the ids that stories have or had."""
        for table in (*FORGOTTEN, *FAMILIES):
            self.store.connection.execute(f"DELETE FROM {table}")
        self.newest = None

    def hand_down(self, old: Mapping[int, int], inherited: Mapping[int, int], greatest: int) -> None:
        """Give new stories the ids they inherit; an old id without an heir leads to where its articles are now.

        Ids above `greatest` were given since the groupings were forgotten: nobody has seen those that are gone again.
        """
        run = self.store.connection.execute
        run("DELETE FROM story_aliases WHERE old_id > ?", (greatest,))
        for new_id, old_id in inherited.items():
            run("UPDATE coverage SET story_id = ? WHERE story_id = ?", (old_id, new_id))
            run("DELETE FROM stories WHERE id = ?", (new_id,))
        placed = self.memberships()
        heirs_of: dict[int, Counter[int]] = {}
        for article_id, old_id in old.items():
            heirs_of.setdefault(old_id, Counter())[placed[article_id]] += 1
        kept = set(placed.values())
        for old_id, heirs in heirs_of.items():
            if old_id not in kept:
                self.merge(main_heir(heirs), old_id)
        run("DELETE FROM stories WHERE id > ? AND id NOT IN (SELECT story_id FROM coverage)", (greatest,))
        self.summarize(row["id"] for row in self.store.rows("SELECT id FROM stories"))


def entries(row: sqlite3.Row) -> Iterator[tuple[int, int, int]]:
    """Yield what stands in the band index for a signature, given by article_id, day and bands."""
    epoch, member = bands.epoch(row["day"]), bands.member(row["article_id"], row["day"])
    for value in np.frombuffer(row["bands"], dtype=np.int64).tolist():
        yield epoch, value, member


def as_text(row: sqlite3.Row) -> Text:
    """Return what an article is compared by, from a row of TEXTS."""
    printed = row["published_day"]
    day = (printed or row["first_seen_at"])[:10]
    return Text(
        article_id=row["id"],
        version=row["version"],
        outlet=row["outlet"],
        title=row["title"],
        body=row["body"],
        language=row["language"],
        day=date.fromisoformat(day).toordinal(),
        dated=printed is not None,
        quotations=tuple(json.loads(row["said"])),
    )
