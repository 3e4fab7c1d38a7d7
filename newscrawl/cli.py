"""The console script `newscrawl`: results on stdout, progress and logs on stderr.

Exit codes: 0 good, 1 an outlet failed, 2 usage or configuration, 3 saved but something was wrong, 4 nothing found,
75 another run holds the lock.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from tqdm import tqdm

from dedupe import (
    FurnitureStore,
    Reject,
    Store,
    StoreError,
    cluster,
    coverage,
    emptied,
    evaluate,
    explain,
    look_up,
    open_store,
    tidy,
    waiting,
)
from newscrawl import editor_commands, scale_commands, urls
from newscrawl.command import EXIT_ALARM, EXIT_LOCKED, EXIT_NOTHING, EXIT_OUTLET_FAILED, EXIT_USAGE
from newscrawl.lock import LockHeldError, lock

# Scrapy and what reads pages are imported where a command needs them: a look-up should not wait for them.

LONGEST_QUERY = 1_000_000
"""Bytes read of a file or of standard input: longer than any article."""
LARGEST_ID = 2**63 - 1
DEFAULT_DB = Path("data/news.db")
DEMO_STORIES_READ = 8
"""Of the stories that most outlets cover, the demo shows the one with most reworded quotations."""


@dataclass(frozen=True)
class Options:
    """The options that every command takes."""

    db: Path
    as_json: bool
    is_quiet: bool
    is_verbose: bool

    def say(self, lines: Iterable[str]) -> None:
        """Print lines for people, unless JSON or silence was asked for."""
        if not self.as_json and not self.is_quiet:
            for line in lines:
                click.echo(line)

    def give(self, result: object) -> None:
        """Print the result as JSON where that was asked for."""
        if self.as_json:
            click.echo(json.dumps(as_plain(result), ensure_ascii=False, indent=2))


def as_plain(value: object) -> Any:
    """Return a result as JSON can hold it: records as objects, times as ISO 8601 text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_plain(getattr(value, f.name)) for f in fields(value)}  # asdict() spoils counters in 3.11
    if isinstance(value, dict):
        return {str(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_plain(one) for one in value]
    if isinstance(value, date | datetime | Path):
        return str(value) if isinstance(value, Path) else value.isoformat()
    return value


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command takes, and turn expected errors into messages and exit codes."""

    @main.command(name=function.__name__.strip("_").replace("_", "-"))
    @click.option(
        "--db",
        type=click.Path(path_type=Path),
        default=DEFAULT_DB,
        envvar="NEWSCRAWL_DB",
        show_default=True,
        help="The store: one SQLite file.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    @click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Print nothing but errors.")
    @click.option("-v", "--verbose", "is_verbose", is_flag=True, help="Log what goes on to stderr.")
    @wraps(function)
    def wrapper(*, db: Path, as_json: bool, is_quiet: bool, is_verbose: bool, **rest: Any) -> None:
        log_to_stderr(logging.INFO if is_verbose else logging.ERROR)
        try:
            function(Options(db, as_json, is_quiet, is_verbose), **rest)
        except LockHeldError as error:
            stop(str(error), EXIT_LOCKED)
        except StoreError as error:
            stop(str(error), EXIT_USAGE)

    return wrapper


def log_to_stderr(level: int) -> None:
    """Send log records of at least this level to stderr; the level is the handler's, for Scrapy resets the logger's."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)


def stop(message: str, code: int) -> NoReturn:
    """Print an error and leave."""
    click.echo(f"newscrawl: {message}", err=True)
    sys.exit(code)


@contextmanager
def progress(options: Options, what: str, total: int | None = None, unit: str = " articles") -> Iterator[tqdm[Any]]:
    """Show a progress line on stderr after the first second; nothing with -q or where stderr is no terminal."""
    silent = options.is_quiet or None  # None: look at stderr
    with tqdm(
        total=total,
        desc=what,
        unit=unit,
        disable=silent,
        delay=1,
        leave=False,
        file=sys.stderr,
        ncols=width_of_terminal(),
        nrows=24,  # one line is all that is shown; where a terminal says it has no rows, tqdm would show nothing
    ) as bar:
        yield bar


def width_of_terminal() -> int:
    """Return how wide the terminal at stderr is; 80 where it does not say."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):  # no terminal; no file at all
        return 80


@contextmanager
def reading(options: Options) -> Iterator[Store]:
    """Open the store for reading."""
    with open_store(options.db, readonly=True) as store:
        yield store


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="newscrawl")
def main() -> None:
    """Crawl news outlets, and find which of them covered the same story, in what words, since when."""


# --- for operators ------------------------------------------------------------------------------


@command
@click.argument("names", nargs=-1, metavar="[OUTLET]...")
@click.option("--no-cluster", is_flag=True, help="Only crawl; `newscrawl cluster` brings the stories up to date later.")
@click.option("--shard", metavar="K/N", help="Crawl only the outlets whose host falls into part K of N: 2/8.")
def run(options: Options, names: tuple[str, ...], *, no_cluster: bool, shard: str | None) -> None:
    """Crawl outlets (all real ones unless named), then bring the stories up to date."""
    from newscrawl import outlets, sharding  # noqa: PLC0415 - see above

    try:
        made_up = outlets.demo()
        chosen = outlets.named(names) or [o for o in outlets.known().values() if o not in made_up]
        chosen = sharding.chosen(chosen, sharding.read(shard)) if shard else chosen
    except (outlets.UnknownOutletError, sharding.ShardError) as error:
        stop(str(error), EXIT_USAGE)
    if not chosen:
        stop(f"no outlet falls into the shard {shard}.", EXIT_NOTHING)
    report = crawl(options, chosen, {}, with_cluster=not no_cluster, called="run")
    sys.exit(0 if report.is_good else EXIT_OUTLET_FAILED)


def crawl(options: Options, chosen: list[Any], settings: dict[str, Any], *, with_cluster: bool, called: str) -> Any:
    """Crawl outlets under the lock, show how far it is, and print the report."""
    from newscrawl import runs, show  # noqa: PLC0415 - see above

    with lock(options.db, called), progress(options, "crawling") as bar:

        def tell(stage: str, done: int, known: int) -> None:
            bar.set_description({"crawl": "crawling", "cluster": "clustering"}[stage])
            bar.total, bar.n = known, done
            bar.refresh()

        settings = {"LOG_ENABLED": False, **settings}  # logs go where log_to_stderr sends them
        report = runs.run(
            options.db, chosen, command=called, settings=settings, with_cluster=with_cluster, progress=tell
        )
    options.say(show.run_report(report))
    options.give(run_result(report))
    return report


def run_result(report: Any) -> dict[str, Any]:
    """Return the report of a run with what follows from it, for JSON."""
    return {
        **as_plain(report),
        "is_good": report.is_good,
        "outlets": [{**as_plain(outlet), "trouble": outlet.trouble} for outlet in report.outlets],
    }


@command
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--no-cluster", is_flag=True, help="Only store; `newscrawl cluster` brings the stories up to date later.")
def ingest(options: Options, files: tuple[Path, ...], *, no_cluster: bool) -> None:
    """Store articles from WARC (.warc, .warc.gz) and JSON Lines (.jsonl, .jsonl.gz) files."""
    from newscrawl import archive, ingest, show  # noqa: PLC0415 - see above

    with lock(options.db, "ingest"), open_store(options.db) as store:
        kept = archive.open_archive(options.db)
        run_id = store.start_run("ingest")
        with progress(options, "reading", unit=" records") as bar:
            reports = [ingest.ingest(path, store, kept, bar.update) for path in files]
        kept.close()
        clustered = None if no_cluster else clustered_with_progress(options, store)
        troubled = [r for r in reports if r.error or r.broken]
        store.finish_run(run_id, "failed" if troubled else "good", "; ".join(r.error for r in reports if r.error))
    for report in troubled:
        for trouble in (*report.broken[:20], report.error):
            if trouble:
                click.echo(f"newscrawl: {trouble}", err=True)
        if len(report.broken) > 20:  # noqa: PLR2004 - as shown above
            click.echo(
                f"newscrawl: {report.path}: {len(report.broken) - 20} more, all in the table `rejects`",
                err=True,
            )
    options.say(show.ingest_report(reports))
    options.give({"files": reports, "clustered": clustered})
    if troubled:
        sys.exit(EXIT_ALARM if any(sum(r.outcomes.values()) for r in reports) else EXIT_USAGE)


def clustered_with_progress(options: Options, store: Store, *, rebuild: bool = False) -> Any:
    """Learn what is furniture and take it out, then cluster, showing how far it is."""
    from newscrawl import learning, show  # noqa: PLC0415 - see above

    with progress(options, "taking out furniture") as bar:
        learned = learning.learn(store, bar.update)
    options.say(show.learned(learned))
    total = store.value("SELECT count(*) FROM articles") if rebuild else waiting(store)
    with progress(options, "clustering", total) as bar:
        return cluster(store, rebuild=rebuild, progress=bar.update)


@command
@click.option("--rebuild", is_flag=True, help="Compute everything anew; stories keep their ids.")
@click.option(
    "--tidy", "tidies", is_flag=True, help="Then group the stories of the last days anew: the one pass that splits."
)
@click.option("--days", type=click.IntRange(min=1), default=7, show_default=True, help="Days that --tidy looks at.")
def _cluster(options: Options, *, rebuild: bool, tidies: bool, days: int) -> None:
    """Bring the stories up to date with the articles.

    With --tidy, once a night, the stories of the last days are grouped as if their articles had arrived at once: those
    that have grown apart are split, those that belong together become one.
    """
    from newscrawl import show  # noqa: PLC0415 - see above

    with reading(options):
        pass  # a store that is not there is a slip of the pen, and no reason to make an empty one
    with lock(options.db, "cluster"), open_store(options.db) as store:
        report = clustered_with_progress(options, store, rebuild=rebuild)
        tidied = tidied_with_progress(options, store, days) if tidies else None
    options.say([
        f"{report.articles} articles clustered: {report.new_stories} new stories, {report.joined} joined one,"
        f" {report.merged} stories grew together; {report.pairs} pairs kept, {report.same_text} of them share text."
    ])  # fmt: skip
    options.say(show.caps(report))
    if tidied:
        options.say(show.tidied(tidied))
    options.give({"clustered": report, "tidied": tidied} if tidied else report)


def tidied_with_progress(options: Options, store: Store, days: int) -> Any:
    """Group the stories of the last days anew, showing how far it is."""
    with progress(options, "tidying") as bar:
        return tidy(store, days=days, progress=bar.update)


@command
def status(options: Options) -> None:
    """Tell what the store holds, what waits, and how the last runs ended."""
    from newscrawl.frontier import TRIES  # noqa: PLC0415 - see above

    with reading(options) as store:
        found = {
            "db": options.db,
            "articles": store.value("SELECT count(*) FROM articles"),
            "stories": store.value("SELECT count(*) FROM stories"),
            "stories_by_several_outlets": store.value("SELECT count(*) FROM story_list"),
            "quotations": store.value("SELECT count(*) FROM quotes"),
            "waiting_for_clustering": waiting(store),
            "left_to_fetch": store.value(
                "SELECT count(*) FROM pages WHERE status IN ('due', 'failed') AND failures < ?", (TRIES,)
            ),
            "outlets": [dict(r) for r in store.rows("SELECT * FROM outlet_list ORDER BY outlet")],
            "rejects": {
                r["reason"]: r["number"]
                for r in store.rows("SELECT reason, count(*) AS number FROM rejects GROUP BY reason ORDER BY 2 DESC")
            },
            "runs": [dict(r) for r in store.rows("SELECT * FROM runs ORDER BY id DESC LIMIT 5")],
        }
    options.give(found)
    options.say(status_lines(found))


def status_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the status for people."""
    from newscrawl import show  # noqa: PLC0415 - see above

    yield (
        f"{found['db']}: {found['articles']} articles, {found['quotations']} quotations, {found['stories']} stories,"
        f" {found['stories_by_several_outlets']} of them by several outlets"
    )
    yield (
        f"{found['waiting_for_clustering']} articles wait for clustering,"
        f" {found['left_to_fetch']} pages wait to be fetched"
    )
    rows = [
        (o["outlet"], o["articles"], o["first_day"] or "", o["last_day"] or "", o["rejects"]) for o in found["outlets"]
    ]
    yield show.table(rows, ("outlet", "articles", "first day", "last day", "rejects"))
    if found["rejects"]:
        yield "Rejects: " + ", ".join(f"{number} {reason}" for reason, number in found["rejects"].items())
    for one in found["runs"]:
        yield f"Run {one['id']} ({one['command']}) {one['started_at']}: {one['status']} {one['detail']}".rstrip()


@command
@click.option("--furniture", metavar="NAME", help="Show what was learned to be furniture of this outlet instead.")
def outlets(options: Options, furniture: str | None) -> None:
    """List the outlets that can be crawled."""
    from newscrawl import outlets, show  # noqa: PLC0415 - see above

    if furniture is not None:
        show_furniture(options, without_surrogates(furniture))
        return
    found = [
        {
            "name": o.name,
            "title": o.title,
            "homepage": o.homepage,
            "language": o.language,
            "is_demo": o in outlets.demo(),
        }
        for o in outlets.known().values()
    ]
    options.give(found)
    rows = [
        (o["name"], o["title"], o["language"], o["homepage"], "made up, for the demo" if o["is_demo"] else "")
        for o in found
    ]
    options.say([show.table(rows, ("outlet", "title", "language", "homepage", ""))])


def show_furniture(options: Options, outlet: str) -> None:
    """Print what was learned to be furniture of an outlet, with the lines it took out."""
    from newscrawl import show  # noqa: PLC0415 - see above

    with reading(options) as store:
        if store.value("SELECT 1 FROM outlets WHERE name = ?", (outlet,)) is None:
            stop(f"there is no outlet {outlet!r} in {options.db}. `newscrawl status` lists them.", EXIT_NOTHING)
        found = FurnitureStore(store).shown(outlet)
    options.give(found)
    options.say(show.furniture(outlet, found))


@command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", required=True, help="The address that the page was fetched from.")
def extract(options: Options, file: Path, url: str) -> None:
    """Show what would be read from a saved HTML page, without storing anything."""
    from newscrawl import outlets, pipelines  # noqa: PLC0415 - see above

    if not urls.same_site(url, url):
        stop(f"{url!r} is no web address; give it as https://…", EXIT_USAGE)
    read = pipelines.read_page(file.read_bytes(), url, "", outlets.habits_at(url), datetime.now(UTC))
    if isinstance(read, Reject):
        options.give(read)
        stop(f"{file}: is no article: {read.reason} ({read.detail})", EXIT_NOTHING)
    options.give(read)
    options.say(
        f"{name}: {value}" for name, value in as_plain(read).items() if name not in {"body", "quotes"} and value
    )
    options.say(["", read.body, ""])
    options.say(f"“{q.text}” {q.speaker or 'speaker not named'}, {q.cue or 'no cue'} ({q.kind})" for q in read.quotes)


# --- for journalists ----------------------------------------------------------------------------


@command
@click.argument("query", metavar="URL|TEXT|FILE|-")
def check(options: Options, query: str) -> None:
    """Find who has an article, headline, quotation or paragraph, and everybody who covers its story."""
    from newscrawl import show  # noqa: PLC0415 - see above

    query = asked(query).strip()
    with reading(options) as store:
        found = look_up(store, query, addresses(query))
    options.give({"query": query, "story": found.story, "matches": found.matches})
    if not found.matches:
        short = query if len(query) <= 60 else query[:59] + "…"  # noqa: PLR2004 - a line's worth
        stop(
            f"nothing in {options.db} matches {short!r}. `newscrawl status` tells what is there.",
            EXIT_NOTHING,
        )
    options.say(show.check(found))


def asked(query: str) -> str:
    """Return what is asked for: standard input for `-`, a file's text for its name, else the words themselves."""
    if query == "-":
        return sys.stdin.buffer.read(LONGEST_QUERY).decode("utf-8", errors="replace")
    if is_file(query):
        with Path(query).open("rb") as file:
            return file.read(LONGEST_QUERY).decode("utf-8", errors="replace")
    return without_surrogates(query)


def without_surrogates(argument: str) -> str:
    """Return an argument of the command line as text that SQLite takes: bytes that are no UTF-8 become "?"."""
    return argument.encode("utf-8", errors="replace").decode()


def is_file(query: str) -> bool:
    """Tell whether words are the name of a file; what cannot be a name is none."""
    try:
        return Path(query).is_file()
    except OSError:  # longer than a name may be, or in a folder that is closed to us
        return False


def addresses(query: str) -> tuple[str, ...]:
    """Return the forms of a query that is an address, with or without its scheme; nothing for any other."""
    if not query or any(letter.isspace() for letter in query) or "." not in query:
        return ()
    with_scheme = query if "://" in query else f"https://{query}"
    host, _, path = with_scheme.partition("://")[2].partition("/")
    if "." not in host or not (path or "://" in query):
        return ()
    return tuple(dict.fromkeys((query, with_scheme, *urls.forms(with_scheme))))


@command
@click.argument("story_id", type=click.IntRange(0, LARGEST_ID), metavar="ID", required=False)
@click.option(
    "--least-outlets",
    type=click.IntRange(0, LARGEST_ID),
    default=2,
    show_default=True,
    help="Without ID: list stories of at least so many outlets.",
)
@click.option(
    "--most",
    type=click.IntRange(0, LARGEST_ID),
    default=50,
    show_default=True,
    help="Without ID: list at most so many stories.",
)
def story(options: Options, story_id: int | None, least_outlets: int, most: int) -> None:
    """Show a story: who covered it in what order and words, and what each alone has. Without ID: list the stories."""
    from dedupe import story_list  # noqa: PLC0415 - see above
    from newscrawl import show  # noqa: PLC0415 - see above

    with reading(options) as store:
        if story_id is None:
            lines = story_list(store, least_outlets=least_outlets, most=most)
            options.give(lines)
            options.say([show.stories(lines)])
            return
        found = coverage(store, story_id)
        since = emptied(store, story_id)
    if found is None:
        what = f"has had no article since {since}: they were deleted" if since else f"is not in {options.db}"
        stop(f"story {story_id} {what}. `newscrawl story` lists them.", EXIT_NOTHING)
    options.give(found)
    if found.story_id != story_id:
        options.say([f"Story {story_id} has become part of story {found.story_id}."])
    options.say(show.story(found))


@command
@click.argument("a")
@click.argument("b")
def _explain(options: Options, a: str, b: str) -> None:
    """Show why two articles (ids or addresses) are, or are not, in one story."""
    from newscrawl import show  # noqa: PLC0415 - see above

    with reading(options) as store:
        ids = [article_id(store, one) for one in (a, b)]
        missing = [one for one, found in zip((a, b), ids, strict=True) if found is None]
        if missing:
            stop(f"there is no article {missing[0]!r} in {options.db}.", EXIT_NOTHING)
        if ids[0] == ids[1]:
            stop("both are the same article; name two.", EXIT_USAGE)
        found = explain(store, int(ids[0] or 0), int(ids[1] or 0))
    options.give({
        "a": ids[0], "b": ids[1], "story": found.same_story, "kind": found.pair.kind, "score": found.pair.score,
        "evidence": found.pair.evidence, "passages": found.passages, "quotations": found.quotations,
    })  # fmt: skip
    options.say(show.explanation(found))


def article_id(store: Store, named: str) -> int | None:
    """Return the id of the article that an id or an address names, or None."""
    if named.isdecimal() and len(named) < 19:  # noqa: PLR2004 - SQLite's integers have at most 19 digits
        found = store.value("SELECT id FROM articles WHERE id = ?", (int(named),))
        return int(found) if found is not None else None
    named = without_surrogates(named)
    return store.article_at(addresses(named) or (named,))


# --- for analysts -------------------------------------------------------------------------------


@command
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="GOLD.jsonl")
def _evaluate(options: Options, gold: Path) -> None:
    """Compare the stories with a gold file of lines {"url", "story"}."""
    from newscrawl import show  # noqa: PLC0415 - see above

    lines = gold_lines(gold)
    with reading(options) as store:
        found = evaluate(store, lines)
    options.give(found)
    options.say([show.evaluation(found)])
    if not found.articles:
        stop(f"none of the {len(lines)} addresses of {gold} is in {options.db}.", EXIT_NOTHING)


def gold_lines(gold: Path) -> list[dict[str, str]]:
    """Return the lines of a gold file, or leave with the line that is none."""
    lines: list[dict[str, str]] = []
    for number, text in enumerate(gold.read_text("utf-8-sig", errors="replace").split("\n"), 1):
        if not text.strip():
            continue
        try:
            said = json.loads(text)
            lines.append({"url": str(said["url"]), "story": str(said["story"])})
        except (ValueError, KeyError, TypeError, RecursionError):
            stop(f'{gold}, line {number}: is not {{"url": ..., "story": ...}}', EXIT_USAGE)
    return lines


# --- for everyone -------------------------------------------------------------------------------


@command
def _demo(options: Options) -> None:
    """Crawl eight made-up outlets on this machine, group their articles, and show a story."""
    from dedupe import story_list  # noqa: PLC0415 - see above
    from newscrawl import outlets, show  # noqa: PLC0415 - see above
    from newscrawl.demo.server import DemoServer  # noqa: PLC0415 - see above
    from newscrawl.demo.web import build  # noqa: PLC0415 - see above

    made_up = outlets.demo()
    refuse_real_store(options, [outlet.name for outlet in made_up])
    with DemoServer(build()) as server:
        options.say([f"Eight made-up outlets are served on {server.address}; crawling them over HTTP.", ""])
        settings = {"DEMO_WEB": server.address, "DOWNLOAD_DELAY": 0}
        # the report of the run is part of what the demo shows, its JSON is not
        quiet = Options(
            options.db,
            as_json=False,
            is_quiet=options.is_quiet or options.as_json,
            is_verbose=options.is_verbose,
        )
        report = crawl(quiet, made_up, settings, with_cluster=True, called="demo")
    with reading(options) as store:
        lines = story_list(store)
        told = [found for line in lines[:DEMO_STORIES_READ] if (found := coverage(store, line.story_id))]
    if not told:
        stop("the crawl of the demo brought no story that two outlets cover; see the log (-v).", EXIT_OUTLET_FAILED)
    shown = max(told, key=lambda found: sum(len(u.wordings) > 1 for u in found.quotations))
    options.give({"run": run_result(report), "stories": lines, "story": shown})
    options.say(["", show.stories(lines), "", *show.story(shown)])
    quoted = next((u.wordings[-1].quote.text for u in shown.quotations if len(u.wordings) > 1), shown.title)
    options.say(show.next_commands(options.db, quoted.strip(" ,."), lines[0].story_id, shown))
    sys.exit(0 if report.is_good else EXIT_OUTLET_FAILED)


def refuse_real_store(options: Options, made_up: list[str]) -> None:
    """Leave where a store holds other outlets' articles: made-up ones do not belong among them."""
    if not options.db.exists():
        return
    with reading(options) as store:
        real = [r["name"] for r in store.rows("SELECT name FROM outlets ORDER BY name") if r["name"] not in made_up]
    if real:
        stop(
            f"{options.db} holds real outlets ({real[0]}); give the demo a store of its own: --db data/demo.db",
            EXIT_USAGE,
        )


editor_commands.add_to(command)
scale_commands.add_to(command)


if __name__ == "__main__":
    main()
