"""What is learned of an outlet's furniture: which lines recur, which stood where, and which articles wait for it."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dedupe.model import Quote
from dedupe.store import Store

SAMPLE = 1_000
"""Articles that an outlet's furniture is learned from: a line in one of a hundred stands in some ten of them."""
RECENT = 300
"""As many more of the last days, so that a new line is noticed soon at an outlet with a long past."""
RECENT_DAYS = 30

Kind = Literal["line", "opening"]
Told = tuple[str, str]
"""Kind and text of what tells that a line is furniture."""
Place = tuple[int, int, int]
"""Number of a line in a body, first character in it and the one behind the last."""
LEARNED, AS_PRINTED = "learned", "printed_body"
"""The rule that gave a body which learned furniture was cut from, and under what its rule as printed is kept."""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """An article as its outlet printed it, furniture that recurs still in its body."""

    article_id: int
    outlet: str
    title: str
    body: str
    language: str | None
    day: int
    """Day number since 0001-01-01."""


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """A line, or the opening of lines, that is furniture of an outlet, with the counts that say so."""

    kind: Kind
    text: str
    """Case, digits and white space folded."""
    articles: int
    of: int
    """Articles looked at, of the time in which it stands."""
    days: int
    first_day: str
    last_day: str


@dataclass(frozen=True, kw_only=True)
class FurnitureShown:
    """A line or opening that is furniture of an outlet, and what it took out."""

    kind: Kind
    text: str
    articles: int
    """Articles that it was taken out of."""
    of: int
    """All articles of the outlet."""
    first_day: str
    last_day: str
    samples: tuple[tuple[str, str], ...]
    """Lines as printed, each with the address of its article."""


class FurnitureStore:
    """Reads and writes of learning; the caller holds the transaction."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # --- learning --------------------------------------------------------------------------------

    def due(self) -> list[str]:
        """Return the outlets with new texts since their furniture was learned."""
        return [row["outlet"] for row in self.store.rows("SELECT outlet FROM furniture_due WHERE is_due ORDER BY 1")]

    def sample(self, outlet: str) -> list[Printed]:
        """Return the articles to learn from: all of a small outlet; of a big one a choice that hardly ever changes."""
        recent = self.store.value(
            "SELECT date(max(published_day), ?) FROM articles WHERE outlet = ?", (f"-{RECENT_DAYS} days", outlet)
        )
        ids = [*self.chosen(outlet, SAMPLE), *(self.chosen(outlet, RECENT, recent) if recent else ())]
        return self.printed(dict.fromkeys(ids))

    def chosen(self, outlet: str, number: int, since: str = "") -> list[int]:
        """Return the ids of articles in an order as good as random, so that a new article displaces at most one."""
        rows = self.store.rows(
            "SELECT id FROM articles WHERE outlet = ? AND coalesce(published_day, '') >= ?"
            " ORDER BY (id * 2654435761) & 4294967295 LIMIT ?",
            (outlet, since, number),
        )
        return [row["id"] for row in rows]

    def printed(self, article_ids: Iterable[int]) -> list[Printed]:
        """Return articles as printed, in the order of their ids."""
        rows = self.store.rows_in(
            """
            SELECT a.id, a.outlet, a.title, v.body, a.language,
                   coalesce(a.published_day, substr(a.first_seen_at, 1, 10)) AS day
              FROM articles AS a JOIN versions AS v ON v.article_id = a.id AND v.number = a.version
             WHERE a.id IN ({})""",
            article_ids,
        )
        return [as_printed(row) for row in rows]

    def learned(self, outlet: str) -> tuple[Furniture, ...]:
        """Return what is furniture of an outlet."""
        rows = self.store.rows(
            'SELECT kind, text, articles, "of", days, first_day, last_day FROM furniture'
            " WHERE outlet = ? AND is_furniture ORDER BY articles DESC, kind, text",
            (outlet,),
        )
        return tuple(Furniture(**dict(row)) for row in rows)

    def save_learned(self, outlet: str, learned: Sequence[Furniture]) -> bool:
        """Store what is furniture of an outlet from now on; tell whether that changed. Its articles wait then."""
        before = {(one.kind, one.text): one for one in self.learned(outlet)}
        after = {(one.kind, one.text): one for one in learned}
        run = self.store.connection.executemany
        gone = before.keys() - after.keys()
        run(
            "UPDATE furniture SET is_furniture = 0 WHERE outlet = ? AND kind = ? AND text = ?",
            ((outlet, *one) for one in gone),
        )
        run(
            'INSERT INTO furniture (outlet, kind, text, articles, "of", days, first_day, last_day)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (outlet, kind, text) DO UPDATE SET is_furniture = 1,"
            ' articles = excluded.articles, "of" = excluded."of", days = excluded.days,'
            " first_day = excluded.first_day, last_day = excluded.last_day",
            (
                (outlet, one.kind, one.text, one.articles, one.of, one.days, one.first_day, one.last_day)
                for told, one in after.items()
                if before.get(told) != one
            ),
        )
        is_new = before.keys() != after.keys()
        self.store.connection.execute(
            "UPDATE furniture_due SET is_due = 0, gone_through = CASE WHEN ? THEN 0 ELSE gone_through END"
            " WHERE outlet = ?",
            (is_new, outlet),
        )
        return is_new

    # --- taking out ------------------------------------------------------------------------------

    def behind(self) -> dict[str, int]:
        """Return the outlets whose older articles were not gone through, and up to which id they were."""
        rows = self.store.rows("SELECT outlet, gone_through FROM furniture_due WHERE gone_through IS NOT NULL")
        return {row["outlet"]: row["gone_through"] for row in rows}

    def after(self, outlet: str, article_id: int) -> list[int]:
        """Return the ids of an outlet's articles after this one, in their order."""
        rows = self.store.rows("SELECT id FROM articles WHERE outlet = ? AND id > ?", (outlet, article_id))
        return sorted(row["id"] for row in rows)

    def note_gone_through(self, outlet: str, article_id: int | None) -> None:
        """Remember up to which article an outlet was gone through; None: all."""
        self.store.connection.execute(
            "UPDATE furniture_due SET gone_through = ? WHERE outlet = ?", (article_id, outlet)
        )

    def learned_of(self, article_ids: Iterable[int]) -> dict[str, tuple[Furniture, ...]]:
        """Return what is furniture of each outlet of these articles."""
        rows = self.store.rows_in("SELECT DISTINCT outlet FROM articles WHERE id IN ({})", article_ids)
        return {outlet: self.learned(outlet) for outlet in {row["outlet"] for row in rows}}

    def taken_out(self, article_ids: Iterable[int]) -> defaultdict[int, dict[Place, Told]]:
        """Return what is out of these articles' bodies: by article and place, and as what."""
        found: defaultdict[int, dict[Place, Told]] = defaultdict(dict)
        for row in self.store.rows_in(
            'SELECT l.article_id, l.position, l."start", l."end", f.kind, f.text FROM furniture_lines AS l'
            " JOIN furniture AS f ON f.id = l.furniture_id WHERE l.article_id IN ({})",
            article_ids,
        ):
            found[row["article_id"]][row["position"], row["start"], row["end"]] = (row["kind"], row["text"])
        return found

    def blocks(self, article_ids: Iterable[int]) -> defaultdict[int, set[str]]:
        """Return the block quotations of these articles: by what their text alone does not show to be one."""
        found: defaultdict[int, set[str]] = defaultdict(set)
        for row in self.store.rows_in(
            "SELECT article_id, text FROM quotes WHERE kind = 'block' AND article_id IN ({})", article_ids
        ):
            found[row["article_id"]].add(row["text"])
        return found

    def take_out(self, printed: Printed, body: str, wanted: Mapping[Place, Told], quotes: Sequence[Quote]) -> None:
        """Write an article's body without these pieces, with these quotations; the pieces go to `furniture`.

        The outlet changed nothing, so it is no new version. The article waits for clustering.
        """
        run = self.store.connection.execute
        lines = printed.body.split("\n")
        cut = (lines[number][start:end] for number, start, end in sorted(wanted))
        furniture = [*self.of_rules(printed.article_id), *cut]
        run(
            "UPDATE articles SET body = ?, furniture = ?, provenance = ? WHERE id = ?",
            (
                body,
                json.dumps(furniture, ensure_ascii=False),
                json.dumps(self.provenance(printed.article_id, is_cut=bool(wanted)), ensure_ascii=False),
                printed.article_id,
            ),
        )
        run("DELETE FROM furniture_lines WHERE article_id = ?", (printed.article_id,))
        self.store.connection.executemany(
            "INSERT INTO furniture_lines SELECT ?, ?, ?, ?, id FROM furniture"
            " WHERE outlet = ? AND kind = ? AND text = ?",
            ((printed.article_id, *place, printed.outlet, *told) for place, told in wanted.items()),
        )
        run("DELETE FROM quotes WHERE article_id = ?", (printed.article_id,))
        self.store.save_quotes(printed.article_id, quotes)
        run("UPDATE signatures SET version = 0 WHERE article_id = ?", (printed.article_id,))

    def provenance(self, article_id: int, *, is_cut: bool) -> dict[str, str]:
        """Return the rules that gave an article's fields, where its body is cut or whole from now on."""
        rules: dict[str, str] = json.loads(
            self.store.value("SELECT provenance FROM articles WHERE id = ?", (article_id,))
        )
        rule = rules.pop("body", None)
        as_printed = rules.pop(AS_PRINTED, None if rule == LEARNED else rule)
        told = {"body": LEARNED, AS_PRINTED: as_printed} if is_cut else {"body": as_printed}
        return {**rules, **{name: rule for name, rule in told.items() if rule}}

    def of_rules(self, article_id: int) -> list[str]:
        """Return an article's furniture but for the pieces at its end that were learned."""
        furniture: list[str] = json.loads(
            self.store.value("SELECT furniture FROM articles WHERE id = ?", (article_id,))
        )
        learned = self.store.value("SELECT count(*) FROM furniture_lines WHERE article_id = ?", (article_id,))
        return furniture[: len(furniture) - learned]

    # --- showing ---------------------------------------------------------------------------------

    def shown(self, outlet: str, most_samples: int = 2) -> list[FurnitureShown]:
        """Return what is furniture of an outlet, what took most lines out first, with lines as printed."""
        of = self.store.value("SELECT count(*) FROM articles WHERE outlet = ?", (outlet,))
        rows = self.store.rows(
            """
            SELECT f.id, f.kind, f.text, count(DISTINCT l.article_id) AS articles,
                   min(coalesce(a.published_day, substr(a.first_seen_at, 1, 10), f.first_day)) AS first_day,
                   max(coalesce(a.published_day, substr(a.first_seen_at, 1, 10), f.last_day)) AS last_day
              FROM furniture AS f
              LEFT JOIN furniture_lines AS l ON l.furniture_id = f.id
              LEFT JOIN articles AS a ON a.id = l.article_id
             WHERE f.outlet = ? AND f.is_furniture
             GROUP BY f.id ORDER BY articles DESC, f.kind, f.text""",
            (outlet,),
        )
        return [
            FurnitureShown(
                kind=row["kind"], text=row["text"], articles=row["articles"], of=of,
                first_day=row["first_day"], last_day=row["last_day"], samples=self.samples(row["id"], most_samples),
            )
            for row in rows
        ]  # fmt: skip

    def samples(self, furniture_id: int, most: int) -> tuple[tuple[str, str], ...]:
        """Return lines as printed that one piece of furniture took out, each with the address of its article."""
        rows = self.store.rows(
            """
            SELECT a.url, v.body, min(l.position) AS position, l."start", l."end"
              FROM furniture_lines AS l
              JOIN articles AS a ON a.id = l.article_id
              JOIN versions AS v ON v.article_id = a.id AND v.number = a.version
             WHERE l.furniture_id = ?
             GROUP BY l.article_id ORDER BY l.article_id LIMIT ?""",
            (furniture_id, most),
        )
        return tuple((row["body"].split("\n")[row["position"]][row["start"] : row["end"]], row["url"]) for row in rows)


def as_printed(row: sqlite3.Row) -> Printed:
    """Return an article as printed, from a row."""
    return Printed(
        article_id=row["id"],
        outlet=row["outlet"],
        title=row["title"],
        body=row["body"],
        language=row["language"],
        day=date.fromisoformat(row["day"]).toordinal(),
    )
