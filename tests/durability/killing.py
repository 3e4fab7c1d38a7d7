"""Commands that are killed, what a reader saw of the store before, and whether all of it is there after."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

import zstandard
from site_of_pages import Site

HERE = Path(__file__).parent
PATIENCE = 120
"""Seconds that anything may take on a machine that is busy."""
LOOK = 0.05
"""Seconds between two looks of the reader."""
OF_A_WRITE = {"run": 320, "ingest": 4000, "cluster": 4000}
"""Statements for each transaction."""
RESTING = 0.02
"""Seconds between two looks at how far a command is."""


# --- starting and killing -----------------------------------------------------------------------


class Commands:
    """Starts commands: forked off a process in which everything is imported, or each in a Python of its own."""

    def __init__(self, folder: Path, *, is_fresh: bool = False) -> None:
        self.folder, self.is_fresh = folder, is_fresh
        self.out = folder / "out.txt"
        self.nursery: subprocess.Popen[str] | None = None
        self.own: dict[int, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.own.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if self.nursery:
            self.nursery.communicate(timeout=PATIENCE)

    def start(self, *args: object, **said: Any) -> int:
        """Start a command, and return its process's number, which is also that of its group."""
        words = [str(arg) for arg in args]
        if self.is_fresh and not said.keys() & {"die_at", "die_after", "largest_file", "most_pages"}:
            with self.out.open("ab") as out:
                process = subprocess.Popen(
                    [sys.executable, "-m", "newscrawl.cli", *words],
                    cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                )  # fmt: skip
            self.own[process.pid] = process
            return process.pid
        order = {"args": words, "cwd": str(self.folder), "out": str(self.out)}
        return self.ask({"start": {**order, **said}})

    def wait(self, pid: int) -> int:
        """Wait until a command has ended, and return its exit code; below 0: the signal that killed it."""
        if pid in self.own:
            return self.own.pop(pid).wait(PATIENCE)
        return self.ask({"wait": pid})

    def ask(self, order: dict[str, Any]) -> int:
        """Have the nursery do something, and return its answer."""
        if self.nursery is None:
            self.nursery = subprocess.Popen(
                [sys.executable, str(HERE / "nursery.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.write(json.dumps(order) + "\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def run(self, *args: object, **said: Any) -> tuple[int, str]:
        """Run a command to its end; return its exit code and what it said."""
        before = self.said_so_far()
        code = self.wait(self.start(*args, **said))
        return code, self.out.read_text("utf-8", "replace")[before:]

    def said_so_far(self) -> int:
        """How many characters commands have said."""
        return len(self.out.read_text("utf-8", "replace")) if self.out.exists() else 0


def processes() -> dict[int, tuple[int, int]]:
    """The processes that are alive, each with its parent and its session."""
    found = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, _, session, *_ = place.read_text().rpartition(")")[2].split()
            if state not in "ZX":
                found[int(place.parent.name)] = (int(parent), int(session))
    return found


def of_session(session: int) -> list[int]:
    """The processes of a session that are alive."""
    return [pid for pid, (_, own) in processes().items() if own == session]


def is_alive(pid: int) -> bool:
    """Whether a process has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# --- what a reader sees -------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What a reader found in a store at one moment."""

    ids: dict[str, int] = field(default_factory=dict)
    """Address -> id of its article."""
    versions: frozenset[tuple[int, int, str]] = frozenset()
    """Article, number, text."""
    quotes: int = 0
    stories: dict[int, int] = field(default_factory=dict)
    """Article -> story."""
    aliases: dict[int, int] = field(default_factory=dict)
    """Id of a story that was given up -> where it leads."""
    bodies: frozenset[str] = frozenset()

    def story(self, story_id: int) -> int:
        """The story that an id means now."""
        return self.aliases.get(story_id, story_id)

    def numbers(self) -> dict[int, int]:
        """Article -> how many versions it has."""
        found: dict[int, int] = {}
        for article_id, number, _ in self.versions:
            found[article_id] = max(number, found.get(article_id, 0))
        return found


def read_only(path: Path) -> closing[sqlite3.Connection]:
    """Open a file of SQLite as any analyst would."""
    return closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30, isolation_level=None))


def pages_of(db: Path) -> Path:
    """The archive of a store."""
    return db.with_name(f"{db.stem}-pages.db")


def has_tables(connection: sqlite3.Connection) -> bool:
    """Whether a store was made whole: until then it has nothing to lose."""
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'coverage_list'").fetchone())


def seen(db: Path) -> Seen:
    """What a reader finds in a store now, all of it at one moment."""
    if not db.exists():
        return Seen()
    bodies: frozenset[str] = frozenset()
    if pages_of(db).exists():
        with read_only(pages_of(db)) as raw:
            if raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'bodies'").fetchone():
                bodies = frozenset(row[0] for row in raw.execute("SELECT hash FROM bodies"))
    with read_only(db) as connection:
        if not has_tables(connection):
            return Seen()
        run = connection.execute
        run("BEGIN")
        return Seen(
            ids=dict(run("SELECT url, id FROM articles").fetchall()),
            versions=frozenset(run("SELECT article_id, number, title || char(10) || body FROM versions").fetchall()),
            quotes=run("SELECT count(*) FROM quotes").fetchone()[0],
            stories=dict(run("SELECT article_id, story_id FROM coverage").fetchall()),
            aliases=dict(run("SELECT old_id, story_id FROM story_aliases").fetchall()),
            bodies=bodies,
        )


def count(db: Path, table: str) -> int:
    """The rows of a table; 0 where there is none yet."""
    if not db.exists():
        return 0
    with read_only(db) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] if has_tables(connection) else 0


# --- whether all is well ------------------------------------------------------------------------

INCOMPLETE = {
    "article without its version": "SELECT a.url FROM articles AS a LEFT JOIN versions AS v"
    " ON v.article_id = a.id AND v.number = a.version WHERE v.body IS NOT a.body",
    "versions with a gap": "SELECT article_id FROM versions GROUP BY article_id"
    " HAVING min(number) <> 1 OR max(number) <> count(*)",
    "version twice": "SELECT a.article_id FROM versions AS a JOIN versions AS b ON b.article_id = a.article_id"
    " AND b.number = a.number + 1 WHERE a.title = b.title AND a.body = b.body",
    "article twice": "SELECT url FROM articles GROUP BY url HAVING count(*) > 1",
    "two articles of one address": "SELECT url FROM addresses GROUP BY url HAVING count(*) > 1",
    "one text twice": "SELECT outlet, title FROM articles GROUP BY outlet, title, body HAVING count(*) > 1",
    "no page": "SELECT url FROM articles WHERE id NOT IN (SELECT article_id FROM pages WHERE article_id)",
    "page of an article that is none": "SELECT url FROM pages WHERE status = 'article' AND article_id IS NULL",
    "article without its address": "SELECT url FROM articles WHERE url NOT IN (SELECT url FROM article_urls)",
    "article without its quotation": "SELECT url FROM articles WHERE body LIKE '%”, ujar %' AND id NOT IN"
    " (SELECT article_id FROM quotes)",
    "quotation elsewhere": "SELECT q.id FROM quotes AS q JOIN articles AS a ON a.id = q.article_id"
    ' WHERE substr(a.body, q."start" + 1, q."end" - q."start") != q.text',
    "article not in the index": "SELECT url FROM articles WHERE id NOT IN (SELECT id FROM articles_fts_docsize)",
    "story without an article": "SELECT id FROM stories WHERE id NOT IN (SELECT story_id FROM coverage)",
    "story miscounted": "SELECT id FROM stories AS s"
    " WHERE articles <> (SELECT count(*) FROM coverage WHERE story_id = s.id)",
    "signed article without a story": "SELECT article_id FROM signatures WHERE article_id NOT IN"
    " (SELECT article_id FROM coverage)",
    "alias of a living story": "SELECT old_id FROM story_aliases WHERE old_id IN (SELECT id FROM stories)",
    "listing read before its links": "SELECT url FROM listings AS l"
    " WHERE links > (SELECT count(*) FROM pages WHERE outlet = l.outlet)",
    "more than one run at work": "SELECT count(*) FROM runs WHERE status = 'running' HAVING count(*) > 1",
}
FOREIGN = ("PRAGMA integrity_check", [("ok",)]), ("PRAGMA foreign_key_check", [])


def assert_whole(db: Path) -> None:
    """Nothing in the store and its archive is half."""
    if not db.exists():
        return
    for path in filter(Path.exists, (db, pages_of(db))):
        with read_only(path) as connection:
            for query, good in FOREIGN:
                assert connection.execute(query).fetchall() == good, (path.name, query)
    assert_consistent(db)


def assert_consistent(db: Path) -> None:
    """What the tables say of each other is true."""
    if not db.exists():
        return
    with read_only(db) as connection:
        if not has_tables(connection):
            return
        for what, query in INCOMPLETE.items():
            assert connection.execute(query).fetchall() == [], what
        raw = {row[0] for row in connection.execute("SELECT raw FROM versions WHERE raw IS NOT NULL")}
        raw |= {row[0] for row in connection.execute("SELECT raw FROM pages WHERE raw IS NOT NULL")}
    if raw:
        with read_only(pages_of(db)) as connection:
            assert raw <= {row[0] for row in connection.execute("SELECT hash FROM bodies")}, "read before it was kept"


def assert_kept(before: Seen, after: Seen) -> None:
    """What a reader saw before the kill is there after it; an id of a story means what it meant."""
    assert before.ids.items() <= after.ids.items(), "an article is lost, or has another id"
    assert before.versions <= after.versions, "a version is lost"
    assert before.bodies <= after.bodies, "a raw body is lost"
    was, now = before.numbers(), after.numbers()
    if now == was:
        assert before.quotes <= after.quotes, "a quotation is lost"
    for article_id, story_id in before.stories.items():
        if was[article_id] == now[article_id]:  # one with another text now may be another story's
            assert article_id in after.stories, f"article {article_id} has lost its story"
            assert after.stories[article_id] == after.story(story_id), f"story {story_id} means something else"
    for old_id, story_id in before.aliases.items():
        assert after.aliases.get(old_id) == after.story(story_id), f"the former id {old_id} leads elsewhere"


def assert_bodies_unpack(db: Path) -> None:
    """Every raw body is what its key says."""
    with read_only(pages_of(db)) as connection:
        for key, size, body in connection.execute("SELECT hash, size, body FROM bodies"):
            plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=size)
            assert hashlib.sha256(plain).hexdigest() == key


def stories_of(db: Path) -> set[frozenset[str]]:
    """The stories of a store as sets of addresses."""
    members: dict[int, set[str]] = {}
    with read_only(db) as connection:
        for story_id, url in connection.execute("SELECT story_id, url FROM coverage_list"):
            members.setdefault(story_id, set()).add(url)
    return {frozenset(urls) for urls in members.values()}


def assert_finished(db: Path, site: Site) -> None:
    """All of the site is in the store, as the site has it, in the stories that it tells; nothing waits."""
    with read_only(db) as connection:
        bodies = dict(connection.execute("SELECT url, body FROM articles").fetchall())
        waiting = connection.execute(
            "SELECT url, status FROM pages WHERE status <> 'article' OR failures"
            " UNION ALL SELECT url, 'pending listing' FROM listings WHERE is_pending"
        ).fetchall()
        rejects = connection.execute("SELECT url, reason, detail FROM rejects").fetchall()
        unsigned = connection.execute(
            "SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id FROM coverage)"
        ).fetchone()
    wanted = site.bodies()
    assert bodies.keys() == wanted.keys(), f"{len(wanted.keys() - bodies.keys())} of {len(wanted)} pages never came"
    assert bodies == wanted
    assert waiting == []
    assert rejects == []
    assert unsigned == (0,)
    assert stories_of(db) == site.stories


# --- a series of kills --------------------------------------------------------------------------


@dataclass
class Count:
    """What a series of kills came to."""

    kills: int = 0
    by_way: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    left_alive: int = 0

    def note(self, way: str) -> None:
        """Count one kill."""
        self.kills += 1
        self.by_way[way] = self.by_way.get(way, 0) + 1


@dataclass
class Killer:
    """Kills commands at random moments in random ways, and looks at the store after each."""

    commands: Commands
    db: Path
    chance: random.Random
    progress: Callable[[], int]
    """How far the work is: pages served, articles saved, articles that have a story."""
    count: Count = field(default_factory=Count)
    before: Seen = field(default_factory=Seen)

    @property
    def acknowledged(self) -> Path:
        """Where processes write down the addresses whose saving has returned."""
        return self.db.with_suffix(".acknowledged")

    def start(self, *args: object, **said: Any) -> int:
        """Start a command on the store."""
        return self.commands.start(*args, "--db", self.db, acknowledged=str(self.acknowledged), **said)

    def kill(self, *args: object, reach: int, statements: int, ways: tuple[str, ...]) -> int:
        """Start a command, kill it, look at the store; return its exit code.

        Ways: `statement` (it kills itself before one of so many statements), `between` (or where one of so many
        transactions begins, when what came before is committed), `process` and `group` (after so much progress, or
        where that ends; now and then right at the start), `child` (one of its processes only).
        """
        way = self.chance.choice(ways)
        if way in {"statement", "between"}:
            last = statements if way == "statement" else max(statements // OF_A_WRITE[str(args[0])], 12)
            only = [] if way == "statement" else ["BEGIN IMMEDIATE"]
            pid = self.start(*args, die_at=self.chance.randint(1, last), only=only)
            self.watch(pid, lambda: False)
        else:
            pid = self.start(*args)
            self.wait_for_moment(pid, reach)
            self.before = seen(self.db)
            self.end(pid, way)
        code = self.commands.wait(pid)
        if code == -signal.SIGKILL or way == "child":
            self.count.note(f"{args[0]}, {way}")
        self.look()
        self.see_that_nobody_stays(pid)
        return code

    def wait_for_moment(self, pid: int, reach: int) -> None:
        """Wait for a random moment of a command: soon after its start, or when it is so far on."""
        if self.chance.random() < 0.2:
            time.sleep(self.chance.uniform(0, 1.5))
            return
        goal = self.progress() + self.chance.randint(1, reach)
        self.watch(pid, lambda: self.progress() >= goal)
        time.sleep(self.chance.uniform(0, 0.03))

    def watch(self, pid: int, reached: Callable[[], bool]) -> None:
        """Read the store again and again until something is so, or the command has ended."""
        last = 0.0
        end = time.monotonic() + PATIENCE
        while not reached() and is_alive(pid) and time.monotonic() < end:
            if time.monotonic() - last > LOOK * 4:
                self.before, last = seen(self.db), time.monotonic()
            time.sleep(RESTING)

    def end(self, pid: int, way: str) -> None:
        """Kill a command, all of its processes, or one of those that it has started."""
        with suppress(ProcessLookupError):
            if way == "group":
                os.killpg(pid, signal.SIGKILL)
            elif way == "process":
                os.kill(pid, signal.SIGKILL)
            elif children := [one for one, (parent, _) in processes().items() if parent == pid]:
                os.kill(self.chance.choice(children), signal.SIGKILL)

    def look(self) -> None:
        """See that nothing is lost, doubled or half."""
        assert_whole(self.db)
        after = seen(self.db)
        assert_kept(self.before, after)
        acknowledged = set(self.acknowledged.read_text().split()) if self.acknowledged.exists() else set()
        assert acknowledged <= after.ids.keys(), "an article is lost that was acknowledged"
        self.count.acknowledged = len(acknowledged)
        self.before = after

    def see_that_nobody_stays(self, session: int) -> None:
        """What a killed command had started ends by itself."""
        end = time.monotonic() + PATIENCE
        while of_session(session):
            assert time.monotonic() < end, f"processes outlive their parent: {of_session(session)}"
            time.sleep(RESTING)


# --- series: a crawl and the crawl of the edited site; an ingest and a clustering ----------------


STATEMENTS = {"run": 45, "ingest": 45, "cluster": 65}
"""That a command sends to SQLite for each article, those of triggers included."""
TRIES_OF_A_LIFE = 5
SELF = ("statement", "between", "between", "between")
"""What meets the moments between two writes best."""


def kill_crawl(folder: Path, seed: int, kills: int, *, jobs: Sequence[int] = (1,), is_fresh: bool = False) -> Count:
    """Kill the crawl of a site again and again, finish it, and the same once more when the site was edited."""
    chance, total, db = random.Random(seed), Count(), folder / "x.db"
    edited = kills // 4
    with Site() as site, Commands(folder, is_fresh=is_fresh) as commands:
        site.configuration(folder)
        killer = Killer(commands, db, chance, lambda: site.pages_served, total)
        kill_crawls(killer, kills - edited, jobs, reach=1400 // (kills - edited))
        finish(killer, "run", "--now")
        assert_finished(db, site)
        time.sleep(1.1)  # a second edition is later than the first by the second in which it came
        site.edit()
        kill_crawls(killer, edited, jobs, reach=300 // max(edited, 1))
        finish(killer, "run", "--now")
        assert_finished(db, site)
    assert_bodies_unpack(db)
    assert_told(db)
    return total


def kill_ingest(
    folder: Path, seed: int, kills: int, *, jobs: Sequence[int] = (1, 2), lines: int = 1200, is_fresh: bool = False
) -> Count:
    """Kill the ingest of a file, then the clustering of what it holds, and finish both: in store after store."""
    chance, total = random.Random(seed), Count()
    with Site(lines) as site, Commands(folder, is_fresh=is_fresh) as commands:
        file, turns = site.as_lines(folder / "many.jsonl"), itertools.cycle(jobs)
        for life in range(kills):
            db = folder / f"y{life}.db"
            killer = Killer(commands, db, chance, partial(count, db, "articles"), total)
            for several in itertools.islice(turns, TRIES_OF_A_LIFE):
                ways = (*SELF, "process", "group", *(["child"] if several > 1 else []))
                order = ("ingest", file, "--no-cluster", "--jobs", several)
                killer.kill(*order, reach=lines // 3, statements=STATEMENTS["ingest"] * lines // 2, ways=ways)
            finish(killer, "ingest", file, "--no-cluster")
            assert killer.before.ids.keys() == site.bodies().keys()
            killer.progress = partial(count, db, "coverage")
            for _ in range(TRIES_OF_A_LIFE):
                ways = (*SELF, "process", "group")
                killer.kill("cluster", reach=lines // 3, statements=STATEMENTS["cluster"] * lines // 2, ways=ways)
            finish(killer, "cluster")
            assert stories_of(db) == site.stories
            if total.kills >= kills:
                break
    return total


def kill_crawls(killer: Killer, kills: int, jobs: Sequence[int], reach: int) -> None:
    """Kill crawls of one process and of several by turns."""
    goal = killer.count.kills + kills
    for number in range(2 * kills):
        if killer.count.kills >= goal:
            break
        several = jobs[number % len(jobs)] > 1
        options = ("--jobs", "2") if several else ()
        ways = (*SELF, "process", "group", *(["child"] if several else []))
        killer.kill("run", "--now", *options, reach=reach, statements=STATEMENTS["run"] * reach, ways=ways)


def finish(killer: Killer, *args: object) -> None:
    """Run a command that nobody kills; it finds all that is left to do."""
    before = killer.commands.said_so_far()
    code = killer.commands.wait(killer.start(*args))
    assert code == 0, killer.commands.out.read_text("utf-8", "replace")[before:]
    killer.look()


def assert_told(db: Path) -> None:
    """Runs that were killed are told as crashed, the last as good."""
    with read_only(db) as connection:
        statuses = [row[0] for row in connection.execute("SELECT status FROM runs ORDER BY id")]
    assert statuses[-1] == "good"
    assert set(statuses) <= {"good", "crashed", "failed"}  # failed: one of its processes was killed
    assert "crashed" in statuses
