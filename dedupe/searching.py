"""Words, phrases and beginnings of words -> the articles or quotations that have them, with excerpts.

Any string is a valid search: words must all be there, "words in double quotes" beside each other, word* is the
beginning of a word, -word leaves out. Case and diacritics do not count; AND, OR, NEAR and all signs are plain text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dedupe.fitting import Piece, cut, folded
from dedupe.store import Store
from dedupe.word_index import Ids, listed, quoted

Where = Literal["text", "title", "quotations"]
Order = Literal["fit", "newest"]

LONGEST_QUERY = 1_000
MOST_TERMS = 32
"""Words and phrases of one search; FTS5 refuses expressions of some hundreds."""
SHORTEST_BEGINNING = 3
"""Letters that the beginning of a word has at least; a shorter one is looked for as a word, for it would be half of all
words."""
RANKED = 10_000
"""Hits of the words that are put in the order of how well they fit; of more the newest come first."""
COUNTED = 1_000_000
"""Hits of the words that are looked at; there may be more."""
ON_A_PAGE = 20
MOST_PAGES = 500
NEWS = 30
"""Hits that a feed announces."""
EXCERPT_WORDS = 32
READ_FOR_AN_EXCERPT = 60_000
"""Characters of a text in which what was found is looked for to be shown."""
TOKEN = re.compile(r"[^\W_]+")
"""What FTS5 takes for a word (`unicode61`), near enough to mark it."""
TERM = re.compile(r'(?P<without>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))(?P<beginning>\*?)')


@dataclass(frozen=True)
class Term:
    """A word, or words beside each other."""

    text: str
    is_beginning: bool = False
    """Whether the last word may go on."""

    @property
    def expression(self) -> str:
        """Return the term as FTS5 reads it; empty where there is no letter or digit in it."""
        return f"{quoted(self.text)}{' *' if self.is_beginning else ''}"


@dataclass(frozen=True)
class Wanted:
    """What a search asks for."""

    terms: tuple[Term, ...]
    without: tuple[Term, ...] = ()

    @property
    def expression(self) -> str:
        """Return the FTS5 expression; empty where nothing is asked for."""
        asked = " AND ".join(term.expression for term in self.terms)
        barred = " OR ".join(term.expression for term in self.without)
        return f"({asked}) NOT ({barred})" if asked and barred else asked


@dataclass(frozen=True)
class Filters:
    """Which articles are searched; empty means any."""

    first_day: str = ""
    """As ISO 8601; of the printed day, else of the day first seen here."""
    last_day: str = ""
    outlet: str = ""
    language: str = ""


@dataclass(frozen=True)
class Hit:
    """One article, or one quotation of an article, that was found."""

    article_id: int
    story_id: int | None
    outlet: str
    outlet_title: str
    url: str
    title: str
    published_text: str | None
    published_day: str | None
    first_seen_at: str
    pieces: tuple[Piece, ...]
    """The excerpt or the quotation, cut where what was asked for begins and ends."""
    speaker: str | None = None

    @property
    def excerpt(self) -> str:
        """Return the excerpt as plain text."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Results:
    """One page of what a search found."""

    query: str
    where: Where
    filters: Filters
    order: Order
    """How they are ordered, which is by newness where more than RANKED have the words."""
    count: int
    is_counted: bool
    """Whether there are exactly so many; else there are more."""
    page: int
    has_more: bool
    hits: tuple[Hit, ...]
    has_terms: bool = True
    """Whether the search asks for anything; one that only leaves out asks for nothing."""


@dataclass(frozen=True)
class Table:
    """What is searched: a full-text index, and the rows that it stands for."""

    index: str
    columns: str
    """FTS5's filter of columns; empty for all."""
    weights: str
    """Of the columns, for BM25."""
    rows: str
    """The rows (`f.id`) with their articles (`a`)."""
    text: str
    """What an excerpt is cut from."""
    speaker: str
    is_cut: bool = True
    """Whether the excerpt is a part of the text; a quotation is shown whole."""


ARTICLES = "articles AS f JOIN articles AS a ON a.id = f.id"
TABLES: Mapping[Where, Table] = {
    "text": Table("articles_fts", "", "3.0, 1.0", ARTICLES, "a.body", "NULL"),
    "title": Table("articles_fts", "title : ", "1.0, 0.0", ARTICLES, "a.body", "NULL"),
    "quotations": Table(
        "quotes_fts",
        "",
        "1.0, 1.0",
        "quotes AS f JOIN articles AS a ON a.id = f.article_id",
        "f.text",
        "f.speaker",
        is_cut=False,
    ),
}
NO_FILTERS = Filters()


def wanted(query: str) -> Wanted:
    """Return what a search asks for.

    >>> wanted('banjir "wali kota" sung* -hoaks').expression
    '("banjir" AND "wali kota" AND "sung" *) NOT ("hoaks")'
    >>> wanted('AND (((').expression, wanted('-hoaks').expression
    ('"AND"', '')
    """
    said = query[:LONGEST_QUERY].encode("utf-8", "replace").decode().replace("\x00", " ")
    asked: list[Term] = []
    barred: list[Term] = []
    for found in TERM.finditer(said):
        term = as_term(found)
        if term is not None:
            (barred if found["without"] else asked).append(term)
    return Wanted(tuple(dict.fromkeys(asked))[:MOST_TERMS], tuple(dict.fromkeys(barred))[:MOST_TERMS])


def as_term(found: re.Match[str]) -> Term | None:
    """Return a word or phrase as typed in, or None where there is no letter or digit in it."""
    phrase, word = found["phrase"], found["word"] or ""
    text = word.rstrip("*") if phrase is None else phrase
    if not any(map(str.isalnum, text)):
        return None
    last = text.split()[-1]
    starred = bool(found["beginning"]) or word.endswith("*")
    return Term(text, starred and sum(map(str.isalnum, last)) >= SHORTEST_BEGINNING)


def search(  # noqa: PLR0913 - one argument a choice of the reader
    store: Store,
    query: str,
    filters: Filters = NO_FILTERS,
    *,
    where: Where = "text",
    order: Order = "fit",
    page: int = 1,
    on_a_page: int = ON_A_PAGE,
) -> Results:
    """Return one page of the articles, or with `where="quotations"` of the quotations, that a search finds."""
    return sought(store, query, filters, where).results(order, page, on_a_page)


def sought(store: Store, query: str, filters: Filters = NO_FILTERS, where: Where = "text") -> Sought:
    """Return all that a search finds, of which pages are read."""
    asked, table = wanted(query), TABLES[where]
    matching = matched(store, table, asked) if asked.expression else NOTHING
    return Sought(store, query, filters, where, asked, len(matching), narrowed(store, matching, where, filters))


@dataclass(frozen=True)
class Sought:
    """All that a search finds."""

    store: Store
    query: str
    filters: Filters
    where: Where
    asked: Wanted
    matching: int
    """How many rows of the index have the words."""
    left: Ids
    """Those of them that pass the filters, in ascending order."""

    def results(self, order: Order = "fit", page: int = 1, on_a_page: int = ON_A_PAGE) -> Results:
        """Return one page."""
        table = TABLES[self.where]
        is_ranked = order == "fit" and self.matching <= RANKED
        start = (page - 1) * on_a_page
        ordered = ranked(self.store, table, self.asked, self.left) if is_ranked and len(self.left) else self.left[::-1]
        return Results(
            self.query,
            self.where,
            self.filters,
            "fit" if is_ranked else "newest",
            len(self.left),
            is_counted=self.matching < COUNTED,
            page=page,
            has_more=len(ordered) > start + on_a_page,
            hits=tuple(hits(self.store, table, self.asked, ordered[start : start + on_a_page])),
            has_terms=bool(self.asked.expression),
        )

    def news(self) -> tuple[Hit, ...]:
        """Return the last hits that were stored, the newest first: what a feed announces."""
        return tuple(hits(self.store, TABLES[self.where], self.asked, self.left[::-1][:NEWS]))


# --- which --------------------------------------------------------------------------------------


NOTHING: Ids = np.empty(0, dtype=np.int64)


def matched(store: Store, table: Table, asked: Wanted) -> Ids:
    """Return the rows of an index that have the words that are asked for, in ascending order."""
    return listed(
        store,
        f"SELECT group_concat(rowid) FROM (SELECT rowid FROM {table.index} WHERE {table.index} MATCH ? LIMIT ?)",
        (within(table, asked), COUNTED),
    )


def within(table: Table, asked: Wanted) -> str:
    """Return the FTS5 expression for what is asked for, in the columns that are searched."""
    return f"{table.columns}({asked.expression})" if table.columns else asked.expression


def narrowed(store: Store, matching: Ids, where: Where, filters: Filters) -> Ids:
    """Return the rows whose articles pass the filters, in ascending order."""
    if filters == NO_FILTERS or not len(matching):
        return matching
    articles = matching
    if where == "quotations":
        told = store.rows_in("SELECT id, article_id FROM quotes WHERE id IN ({})", matching.tolist())
        by_quote = {row["id"]: row["article_id"] for row in told}
        articles = np.array([by_quote[row] for row in matching.tolist()], dtype=np.int64)
    found: Ids = matching[np.isin(articles, passing(store, filters))]
    return found


def passing(store: Store, filters: Filters) -> Ids:
    """Return the articles that pass the filters, read from the index of days alone.

    An article without a printed day counts under the one on which it was first seen here.
    """
    first, last = filters.first_day or "0000-00-00", filters.last_day or "9999-99-99"
    by_days = bool(filters.first_day or filters.last_day or filters.language)
    rest, values = "", []
    if filters.outlet:
        rest += f" AND {'+' if by_days else ''}outlet = ?"  # the sign keeps SQLite from the index of outlets
        values.append(filters.outlet)
    if filters.language:
        rest += " AND language = ?"
        values.append(filters.language)
    chosen = "SELECT group_concat(id) FROM articles WHERE"
    if not (filters.first_day or filters.last_day):
        return listed(store, f"{chosen} 1{rest}", values)
    dated = listed(store, f"{chosen} published_day BETWEEN ? AND ?{rest}", [first, last, *values])
    undated = listed(
        store,
        f"{chosen} published_day IS NULL AND first_seen_at BETWEEN ? AND ?{rest}",
        [first, f"{last}T99", *values],
    )
    return np.concatenate([dated, undated])


def ranked(store: Store, table: Table, asked: Wanted, left: Ids) -> Ids:
    """Return rows in the order of how well they fit: BM25 over all that have the words."""
    rows = store.rows(
        f"SELECT rowid FROM {table.index} WHERE {table.index} MATCH ? AND rank MATCH 'bm25({table.weights})'"
        " ORDER BY rank",
        (within(table, asked),),
    )
    ordered = np.array([row[0] for row in rows], dtype=np.int64)
    found: Ids = ordered[np.isin(ordered, left)]
    return found


# --- showing ------------------------------------------------------------------------------------


def hits(store: Store, table: Table, asked: Wanted, rows: Ids) -> Iterator[Hit]:
    """Yield the hits of a page, in order."""
    told = store.rows_in(
        f"SELECT f.id, a.id AS article_id, c.story_id, a.outlet, coalesce(o.title, a.outlet) AS outlet_title, a.url,"
        f" a.title, a.published_text, a.published_day, a.first_seen_at, {table.text} AS text,"
        f" {table.speaker} AS speaker FROM {table.rows} LEFT JOIN outlets AS o ON o.name = a.outlet"
        " LEFT JOIN coverage AS c ON c.article_id = a.id WHERE f.id IN ({})",
        rows.tolist(),
    )
    by_row = {row["id"]: row for row in told}
    for row_id in rows.tolist():
        said = dict(by_row[row_id])
        del said["id"]
        yield Hit(pieces=excerpt(said.pop("text"), asked, is_cut=table.is_cut), **said)


def excerpt(text: str, asked: Wanted, *, is_cut: bool = True) -> tuple[Piece, ...]:
    """Return the part of a text that has most of what was asked for, what was found marked."""
    printed = list(TOKEN.finditer(text[:READ_FOR_AN_EXCERPT]))
    there = [folded(match.group()) for match in printed]
    found = [(place, number, size) for number, term in enumerate(asked.terms) for place, size in places(term, there)]
    first, last = window(sorted(found), len(printed)) if is_cut else (0, len(printed))
    begin = printed[first].start() if 0 < first < len(printed) else 0
    end = printed[last - 1].end() if 0 < last < len(printed) else len(text)
    spans: list[tuple[int, int]] = []
    for place, _, size in sorted(found):
        start, stop = printed[place].start(), printed[place + size - 1].end()
        if begin <= start and stop <= end and (not spans or start >= spans[-1][1]):
            spans.append((start - begin, stop - begin))
    pieces = cut(text[begin:end], spans)
    before = (Piece("… ", is_shared=False),) if begin else ()
    behind = (Piece(" …", is_shared=False),) if end < len(text) else ()
    return (*before, *pieces, *behind)


def places(term: Term, there: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where a word or phrase stands among words, and how many words it is."""
    asked = [folded(match.group()) for match in TOKEN.finditer(term.text)]
    size = len(asked)
    for place, word in enumerate(there):
        if word == asked[0] or (size == 1 and term.is_beginning and word.startswith(asked[0])):
            follows = there[place + 1 : place + size]
            is_there = follows == asked[1:] or (
                term.is_beginning
                and follows[:-1] == asked[1:-1]
                and len(follows) == size - 1
                and follows[-1:] != []
                and follows[-1].startswith(asked[-1])
            )
            if is_there:
                yield place, size


def window(found: Sequence[tuple[int, int, int]], words: int) -> tuple[int, int]:
    """Return between which words of a text an excerpt is cut: the first place where most of the terms stand."""
    best, at = 0, 0
    first = 0
    inside: Counter[int] = Counter()
    for place, number, _ in found:
        inside[number] += 1
        while place - found[first][0] >= EXCERPT_WORDS - EXCERPT_WORDS // 4:
            inside[found[first][1]] -= 1
            first += 1
        have = sum(count > 0 for count in inside.values())
        if have > best:
            best, at = have, found[first][0]
    start = max(0, at - EXCERPT_WORDS // 4)
    return start, min(words, start + EXCERPT_WORDS)
