"""Whether what is pasted is found, and how fast: addresses, headlines, quotations and passages with words changed.

    python bench/lookups.py [--count 50000] [--asked 500] [--searches 100000] [--store FILE] [--shared FOLDER]

The store holds generated articles (`bench/generated.py`) and, where the shared folder lies beside the project, all
articles of its story corpora spread among them; written straight into the tables, full-text index and word counts
included, without stories. With --store the file is kept and used again. --count 1000000 wants 10 GB of disk and seven
minutes of a CPU before the first look-up.

Passages are 25 to 80 words cut from stored articles at random, of which a quarter is changed: left out, swapped with
the next, or replaced by a word of another article. Quotations likewise, as printed in the generated articles.
"Right" is the very article first; "right text" counts one first that has four fifths of the passage's runs of five
words, for a reprint is right too. `--searches` asks so many strings of words, signs and FTS5's own syntax of a small
store, in all three places: not one may fail.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generated import articles

from dedupe import Filters, Store, look_up, open_store, search
from dedupe.words import words

SHARED = Path(__file__).resolve().parents[2] / "shared"
CORPORA = ("indonesian", "english-dev", "english-topics-dev")
FEWEST, MOST = 25, 80
CHANGED = 4
"""One word in so many is changed."""
RUN = 5
SAME_TEXT = 0.8
SEEN = "2026-01-01T00:00:00Z"
AT_ONCE = 20_000
GENERATED = "%.example/%"
PIECES = [
    '"', "'", "*", "^", "(", ")", "{", "}", ":", "-", "+", "AND", "OR", "NOT", "NEAR(", "NEAR/3", "title:", "body :",
    "\0", "\ud800", "\u202e", "\ufffe", "😀", "ﷺ", "é", "kota", "bandung*", "1.240", "%", "_", ";", "--", "\\", "\n",
    " ", "  ", "x" * 300, "https://", "articles_fts", "rowid", "rank", "NULL", "?", "?1", ":a", "ß", "İ", "東京",
    "\u0301", "-*", '"*', "yang", "dan", "kata", '""', "\ufdd0", "\ufdd1", "\ue000", "٣", "²", "Ⅷ", "𝟘",
    "\U0001f1ee", "\u200d", "\x1a", "\x7f",
]  # fmt: skip
Row = tuple[str, str, str, str, str | None]


@dataclass(frozen=True)
class Asked:
    """One look-up with what it should find."""

    article_id: int
    text: str
    printed: str
    """What it was made of, before words were changed."""
    addresses: tuple[str, ...] = ()


# --- the store ----------------------------------------------------------------------------------


def corpora(shared: Path) -> list[Row]:
    """Return the articles of the shared story corpora: address, outlet, title, body, language; none where absent."""
    found: list[Row] = []
    for name in CORPORA:
        path = shared / "data" / "stories" / f"{name}.jsonl.gz"
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as file:
                said = [json.loads(line) for line in file]
            found += [(r["url"], r["outlet"] or name, r["title"] or "", r["body"], r.get("language")) for r in said]
    return found


def fill(store: Store, real: Sequence[Row], count: int) -> None:
    """Write so many articles, the real ones spread among generated ones, into the tables that look-ups read."""
    run, many = store.connection.execute, store.connection.executemany
    for trigger in store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        run(f"DROP TRIGGER {trigger['name']}")
    run("PRAGMA foreign_keys = OFF")
    run("PRAGMA synchronous = OFF")
    made = max(count - len(real), 0)
    step, rest, number = max(1, made // max(1, len(real))), iter(real), 0
    insert = (
        "INSERT OR IGNORE INTO articles (id, url, outlet, title, body, language, first_seen_at, changed_at)"
        f" VALUES (?, ?, ?, ?, ?, ?, '{SEEN}', '{SEEN}')"
    )
    with store.transaction():
        for place, article in enumerate(articles(made)):
            number += 1
            run(insert, (number, article.url, article.outlet, article.title, article.body, article.language))
            many(
                "INSERT INTO quotes (article_id, position, text, start, end, kind, speaker)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(number, at, q.text, q.start, q.end, q.kind, q.speaker) for at, q in enumerate(article.quotes)],
            )
            if place % step == 0 and (row := next(rest, None)):
                number += 1
                run(insert, (number, *row))
        many(insert, ((number + place, *row) for place, row in enumerate(rest, start=1)))
        run("INSERT OR IGNORE INTO outlets (name, first_seen_at) SELECT DISTINCT outlet, first_seen_at FROM articles")
        run("INSERT OR IGNORE INTO addresses SELECT url, id FROM articles")
    index(store, store.value("SELECT max(id) FROM articles"))


def index(store: Store, last: int) -> None:
    """Fill the full-text indexes, and count words from them: near enough to what clustering counts."""
    run = store.connection.execute
    for start in range(0, last, AT_ONCE):
        with store.transaction():
            run(
                "INSERT INTO articles_fts (rowid, title, body) SELECT id, title, body FROM articles"
                " WHERE id > ? AND id <= ?",
                (start, start + AT_ONCE),
            )
    with store.transaction():
        run("INSERT INTO quotes_fts (rowid, text, speaker) SELECT id, text, speaker FROM quotes")
        run("CREATE VIRTUAL TABLE temp.held USING fts5vocab (main, articles_fts, row)")
        run("INSERT INTO document_frequencies SELECT 'id', term, doc FROM temp.held")
        run("INSERT INTO counted_articles SELECT 'id', count(*) FROM articles")
        run("DROP TABLE temp.held")
    run("PRAGMA wal_checkpoint(TRUNCATE)")


# --- what is asked ------------------------------------------------------------------------------


def changed(said: Sequence[str], others: Sequence[str], chance: random.Random) -> list[str]:
    """Return words of which a quarter is left out, swapped with the next, or replaced by others."""
    found = list(said)
    for place in sorted(chance.sample(range(len(found)), len(found) // CHANGED), reverse=True):
        how = chance.randrange(3)
        if how == 0:
            del found[place]
        elif how == 1 and place + 1 < len(found):
            found[place], found[place + 1] = found[place + 1], found[place]
        elif place < len(found):
            found[place] = chance.choice(others)
    return found


def passages(store: Store, ids: Sequence[int], most: int, chance: random.Random) -> Iterator[Asked]:
    """Yield passages of stored articles with a quarter of their words changed."""
    while most:
        article_id = chance.choice(ids)
        said = body(store, article_id).split()
        size = chance.randint(FEWEST, MOST)
        if len(said) < size:
            continue
        start = chance.randint(0, len(said) - size)
        printed = said[start : start + size]
        others = body(store, chance.choice(ids)).split() or ["lain"]
        yield Asked(article_id, " ".join(changed(printed, others, chance)), " ".join(printed))
        most -= 1


def quotations(store: Store, most: int, chance: random.Random) -> Iterator[Asked]:
    """Yield stored quotations with a quarter of their words changed."""
    ids = [row["id"] for row in store.rows("SELECT id FROM quotes")]
    for quote_id in chance.sample(ids, min(most, len(ids))):
        row = store.rows("SELECT article_id, text FROM quotes WHERE id = ?", (quote_id,))[0]
        said = row["text"].split()
        others = body(store, row["article_id"]).split()
        yield Asked(row["article_id"], " ".join(changed(said, others, chance)), row["text"])


def headlines(store: Store, ids: Sequence[int], most: int, chance: random.Random) -> Iterator[Asked]:
    """Yield stored headlines as they are; articles without one left out."""
    for article_id in chance.sample(ids, min(most, len(ids))):
        title = store.value("SELECT title FROM articles WHERE id = ?", (article_id,))
        if title.strip():
            yield Asked(article_id, title, title)


def addresses(store: Store, ids: Sequence[int], most: int, chance: random.Random) -> Iterator[Asked]:
    """Yield stored addresses, each behind seven that are not there, as the forms of a typed one are tried."""
    for article_id in chance.sample(ids, min(most, len(ids))):
        url = store.value("SELECT url FROM articles WHERE id = ?", (article_id,))
        yield Asked(article_id, url, url, (*(f"{url}?{number}" for number in range(7)), url))


def body(store: Store, article_id: int) -> str:
    """Return the text of an article."""
    found: str = store.value("SELECT body FROM articles WHERE id = ?", (article_id,))
    return found


def has_text(store: Store, article_id: int, printed: str) -> bool:
    """Tell whether an article has most of a passage's runs of words; a headline counts with the text."""
    title = store.value("SELECT title FROM articles WHERE id = ?", (article_id,))
    wanted, there = runs(printed), runs(f"{title}\n{body(store, article_id)}")
    return len(wanted & there) >= SAME_TEXT * len(wanted)


def runs(text: str) -> set[tuple[str, ...]]:
    """Return the runs of words of a text; the whole of a shorter one."""
    said = words(text)
    return {tuple(said[at : at + RUN]) for at in range(max(1, len(said) - RUN + 1))}


def told(name: str, store: Store, asked: Sequence[Asked]) -> None:
    """Look up and print what share was found, and the time it took."""
    if not asked:
        print(f"| {name} | none | | | | | |")
        return
    right = right_text = 0
    real: list[float] = []
    begin = time.process_time()
    for one in asked:
        start = time.perf_counter()
        found = look_up(store, one.text, one.addresses)
        real.append(1000 * (time.perf_counter() - start))
        first = found.matches[0].article_id if found.matches else None
        right += first == one.article_id
        right_text += first is not None and (first == one.article_id or has_text(store, first, one.printed))
    spent = 1000 * (time.process_time() - begin) / len(asked)
    real.sort()
    shares = f"{right / len(asked):.1%} | {right_text / len(asked):.1%}"
    times = f"{real[len(real) // 2]:.1f} | {real[len(real) * 95 // 100]:.1f} | {spent:.1f}"
    print(f"| {name} | {len(asked)} | {shares} | {times} |", flush=True)


def told_searches(count: int) -> None:
    """Search for so many strings and print whether any failed."""
    chance = random.Random(3)
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "small.db") as store:
        with store.transaction():
            for article in articles(300):
                store.save_article(article)
        places = ("text", "title", "quotations")
        failed = hits = 0
        begin = time.process_time()
        for number in range(count):
            query = chance.choice(["", " "]).join(chance.choices(PIECES, k=chance.randint(1, 10)))
            try:
                found = search(store, query, Filters(language=chance.choice(["", "id"])), where=places[number % 3])
            except (sqlite3.Error, ValueError) as error:
                failed += 1
                print(f"failed: {query!r}: {error}")
            else:
                hits += bool(found.hits)
        spent = time.process_time() - begin
    print(f"\n{count:,} searches of any strings: {failed} failed, {hits:,} found something, {spent:.0f} s of a CPU")


def measure(store: Store, most: int) -> None:
    """Print the table of look-ups."""
    chance = random.Random(7)
    made = [row["id"] for row in store.rows("SELECT id FROM articles WHERE url LIKE ?", (GENERATED,))]
    real = [row["id"] for row in store.rows("SELECT id FROM articles WHERE url NOT LIKE ?", (GENERATED,))]
    print(f"{len(made) + len(real):,} articles, {len(real):,} of them real\n")
    print("| looked up | asked | right | right text | ms (median) | ms (p95) | CPU ms |\n|---|---|---|---|---|---|---|")
    kinds: dict[str, Callable[[], Iterator[Asked]]] = {
        "address": lambda: addresses(store, made + real, most, chance),
        "headline, real": lambda: headlines(store, real, most, chance),
        "headline, generated": lambda: headlines(store, made, most, chance),
        "passage, real": lambda: passages(store, real, most if real else 0, chance),
        "passage, generated": lambda: passages(store, made, most if made else 0, chance),
        "quotation, generated": lambda: quotations(store, most, chance),
    }
    for name, ask in kinds.items():
        told(name, store, list(ask()))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=50_000, help="articles of the store")
    arguments.add_argument("--asked", type=int, default=500, help="look-ups of each kind")
    arguments.add_argument("--searches", type=int, default=100_000, help="strings searched for, 0 for none")
    arguments.add_argument("--store", type=Path, default=None, help="a file that is kept, and used again")
    arguments.add_argument("--shared", type=Path, default=SHARED, help="the folder with the corpora")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.store or Path(folder) / "lookups.db"
        if not path.exists():
            with open_store(path) as store:
                fill(store, corpora(asked.shared), asked.count)
        with open_store(path, readonly=True, of_any_version=True) as store:
            measure(store, asked.asked)
    if asked.searches:
        told_searches(asked.searches)


if __name__ == "__main__":
    main()
