"""How long the journalist's pages take: p50 and p95 of every page over one store, asked without a network.

    python bench/pages.py [--db STORE] [--times 40] [--seed 1]

Pages are asked of the application itself, templates included, each time another story, article, outlet, speaker or day,
chosen by chance; a first request of each kind is not counted, for it loads what all later ones share. CPU time tells
what a page costs where the machine is busy with something else. Without --db a
store of some thousand generated articles is made. The story of 50 articles is always made, in a store of its own: a
flood of it, half reprints, with three quotations in each, as an event that everybody covers. For a store of a million
articles see bench/scale.py and bench/stream.py.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
from generated import articles

from dedupe import Article, Quote, Store, cluster, open_store
from dedupe.site.serve import application

GENERATED = 3_000
FLOOD = 50
BARS = {"front page": 300, "story of 50 articles": 200}
"""Milliseconds that p95 has to stay under."""

Addresses = Callable[[], str]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--db", type=Path)
    options.add_argument("--times", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = asked.db or made(Path(folder) / "generated.db")
        chance = random.Random(asked.seed)
        with open_store(db, readonly=True, of_any_version=True) as store:
            count = store.value("SELECT count(*) FROM articles")
            pages = dict(addresses(store, chance))
        print(f"{count:,} articles; milliseconds, {asked.times} requests of each kind\n")
        print("page                            p50    p95   most  CPU p50  CPU p95")
        for name, address in pages.items():
            told(name, asyncio.run(measured(db, address, asked.times)))
        flood = flooded(Path(folder) / "flood.db")
        told(f"story of {FLOOD} articles", asyncio.run(measured(flood, lambda: "/story/1", asked.times)))


def made(path: Path) -> Path:
    """Return a new store of generated articles, grouped into stories."""
    with open_store(path) as store:
        for article in articles(GENERATED, days=14):
            store.save_article(article)
        cluster(store)
    return path


def addresses(store: Store, chance: random.Random) -> Iterator[tuple[str, Addresses]]:
    """Yield the kinds of pages, each with what gives an address of it."""
    articles_there = store.value("SELECT max(id) FROM articles")
    shared = [
        row["id"]
        for start in (chance.randrange(store.value("SELECT max(id) FROM stories")) for _ in range(200))
        for row in store.rows("SELECT id FROM stories WHERE id >= ? AND outlets > 1 ORDER BY id LIMIT 1", (start,))
    ]
    days = [row["day"] for row in store.rows("SELECT last_day AS day FROM stories WHERE outlets > 1 GROUP BY 1")]
    outlets = [row["name"] for row in store.rows("SELECT name FROM outlets ORDER BY name")]
    pairs = store.rows("SELECT a, b FROM pairs WHERE a >= ? LIMIT 100", (chance.randrange(articles_there // 2),))
    speakers = [row["speaker"] for row in store.rows("SELECT speaker FROM quotes WHERE speaker IS NOT NULL LIMIT 500")]
    yield "front page", lambda: "/"
    yield "front page of a day", lambda: f"/?day={chance.choice(days)}"
    yield "front page of an outlet", lambda: f"/?day={chance.choice(days)}&outlet={quote(chance.choice(outlets))}"
    yield "story, by chance", lambda: f"/story/{chance.choice(shared)}"
    yield "article", lambda: f"/article/{chance.randrange(1, articles_there)}"
    yield "why", lambda: "/why/{}/{}".format(*chance.choice(pairs))
    yield "outlets", lambda: "/outlets"
    yield "outlet", lambda: f"/outlet/{quote(chance.choice(outlets))}"
    yield "speakers of 7 days", lambda: "/speakers"
    yield "speakers of 30 days", lambda: "/speakers?days=30"
    yield "speakers by name", lambda: f"/speakers?name={quote(chance.choice(speakers).split()[0])}"
    yield "speaker", lambda: f"/speaker?name={quote(chance.choice(speakers))}"


async def measured(db: Path, address: Addresses, times: int) -> list[tuple[float, float]]:
    """Return the milliseconds that each request took, and those of CPU time, after one that is not counted."""
    app = httpx.ASGITransport(app=application(db))
    found = []
    async with httpx.AsyncClient(transport=app, base_url="http://localhost", follow_redirects=True) as client:
        for _ in range(times + 1):
            start, cpu = time.perf_counter(), time.process_time()
            answer = await client.get(address())
            found.append((1_000 * (time.perf_counter() - start), 1_000 * (time.process_time() - cpu)))
            if answer.status_code not in {200, 404}:
                raise SystemExit(f"{answer.url}: {answer.status_code}")
    return found[1:]


def told(name: str, taken: list[tuple[float, float]]) -> None:
    """Print the times of one kind of page."""
    real, cpu = ([one[place] for one in taken] for place in (0, 1))
    p95, cpu95 = (statistics.quantiles(values, n=20, method="inclusive")[-1] for values in (real, cpu))
    bar = BARS.get(name)
    judged = "" if bar is None else f"   bar {bar}: {'kept' if p95 <= bar else 'MISSED'}"
    print(
        f"{name:28}{statistics.median(real):7.0f}{p95:7.0f}{max(real):7.0f}"
        f"{statistics.median(cpu):9.0f}{cpu95:9.0f}{judged}",
        flush=True,
    )


def flooded(path: Path) -> Path:
    """Return a new store with one story of FLOOD articles of as many outlets; half of them are reprints."""
    with open_store(path) as store:
        ids = [store.save_article(one).article_id for one in flood()]
        with store.transaction():
            run = store.connection
            day = "2025-01-06"
            run.execute("INSERT INTO stories VALUES (1, 'A flood', ?, ?, ?, ?, ?)", (FLOOD, FLOOD, day, day, day))
            run.executemany("INSERT INTO coverage VALUES (?, 1, 0.9)", [(one,) for one in ids])
            run.executemany(
                "INSERT INTO pairs VALUES (?, ?, ?, 0.9, '{}')",
                [(a, b, "same_text" if a % 2 and b % 2 else "same_story") for a in ids for b in ids if a < b],
            )
    return path


def flood() -> Iterator[Article]:
    """Yield articles on one event: every second one a reprint of the first, the others with texts of their own."""
    texts = list(articles(FLOOD * 3, days=1, seed=5))
    first = texts[0]
    for number in range(FLOOD):
        own = texts[number + 1]
        told_again = first.body if number % 2 else f"{first.body.split(chr(10))[0]}\n{own.body}"
        body = f"{told_again}\n" + "\n".join(said(texts[(number + step) % FLOOD].body, step) for step in range(3))
        yield replace(
            own,
            url=f"https://outlet{number}.example/{number}",
            outlet=f"outlet{number}",
            body=body,
            quotes=tuple(quoted(body)),
            addresses=(),
        )


def said(body: str, step: int) -> str:
    """Return a paragraph with a quotation: words of a text."""
    return f"“{' '.join(body.split()[step * 9 : step * 9 + 18])},” kata Wali Kota."


def quoted(body: str) -> Iterator[Quote]:
    """Yield the quotations of a text that `said` wrote."""
    place = 0
    while (start := body.find("“", place) + 1) and (end := body.find("”", start)) > start:
        yield Quote(text=body[start:end], start=start, end=end, kind="direct", speaker="Wali Kota", cue="kata")
        place = end


if __name__ == "__main__":
    main()
