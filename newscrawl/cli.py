"""The console script `newscrawl`: results on stdout, progress and logs on stderr.

Exit codes: 0 good, 1 an outlet failed, 2 usage or configuration, 3 saved but something was wrong, 4 nothing found,
75 another run holds the lock.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from dedupe import (
    Reject,
    Store,
    StoreError,
    addresses_in,
    as_plain,
    coverage,
    evaluate,
    explain,
    look_up,
    open_store,
    tidy,
)
from newscrawl import (
    analyst_commands,
    archive_commands,
    config,
    editor_commands,
    logs,
    outlet_commands,
    reader_commands,
    run_commands,
    scale_commands,
    setup_commands,
    urls,
)
from newscrawl.command import EXIT_LOCKED, EXIT_NOTHING, EXIT_OUTLET_FAILED, EXIT_USAGE, Sectioned
from newscrawl.config import Config, ConfigError
from newscrawl.lock import LockHeldError, lock
from newscrawl.progress import clustered_with_progress, progress

# Scrapy and what reads pages are imported where a command needs them: a look-up should not wait for them.

LONGEST_QUERY = 1_000_000
"""Bytes read of a file or of standard input: longer than any article."""
GROUPS = {"archive": "Raw pages: WARC out and in, and what is kept how long."}
"""What groups of commands are for, where the group does nothing itself."""
DEMO_STORIES_READ = 8
"""Of the stories that most outlets cover, the demo shows the one with most reworded quotations."""


@dataclass(frozen=True)
class Options:
    """The options that every command takes."""

    db: Path
    as_json: bool
    is_quiet: bool
    is_verbose: bool
    config: Config = field(default_factory=Config)
    config_fault: str = ""
    """What is wrong with the configuration, for commands that run all the same."""

    def say(self, lines: Iterable[str]) -> None:
        """Print lines for people, unless JSON or silence was asked for."""
        if not self.as_json and not self.is_quiet:
            for line in lines:
                click.echo(line)

    def give(self, result: object) -> None:
        """Print the result as JSON where that was asked for."""
        if self.as_json:
            click.echo(json.dumps(as_plain(result), ensure_ascii=False, indent=2))


def command(
    function: Callable[..., Any], group: str | None = None, *, is_group: bool = False, wants_config: bool = True
) -> Callable[..., Any]:
    """Add the options that every command takes, and turn expected errors into messages and exit codes."""

    @click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        envvar="NEWSCRAWL_CONFIG",
        help=f"The operator's configuration.  [default: ./{config.FILE} where there is one]",
    )
    @click.option(
        "--db",
        type=click.Path(path_type=Path),
        envvar="NEWSCRAWL_DB",
        help=f"The store: one SQLite file.  [default: as configured, else {config.Config.store_db}]",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    @click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Print nothing but errors.")
    @click.option("-v", "--verbose", "is_verbose", is_flag=True, help="Log what goes on to stderr.")
    @click.option("--log-json", "is_log_json", is_flag=True, help="Log to stderr as JSON, one object a line.")
    @wraps(function)
    def wrapper(  # noqa: PLR0913 - the options of every command
        *,
        config_file: Path | None,
        db: Path | None,
        as_json: bool,
        is_quiet: bool,
        is_verbose: bool,
        is_log_json: bool,
        **rest: Any,
    ) -> None:
        context = click.get_current_context()
        if context.invoked_subcommand:  # options given before the subcommand's name are the subcommand's
            given = {name: value for name, value in context.params.items() if value is not None}
            context.default_map = {context.invoked_subcommand: given}
            return
        used, fault = configuration(config_file, wants_config=wants_config)
        options = Options(db or used.db, as_json, is_quiet, is_verbose, used, fault)
        try:
            with logs.kept(used, logging.INFO if is_verbose else logging.ERROR, as_json=is_log_json):
                function(options, **rest)
        except LockHeldError as error:
            stop(str(error), EXIT_LOCKED)
        except (StoreError, ConfigError) as error:
            stop(str(error), EXIT_USAGE)

    name = function.__name__.strip("_").replace("_", "-")
    if is_group:
        group_of(main, name, wrapper)
    else:
        (group_of(main, group) if group else main).command(name=name)(wrapper)
    return wrapper


def group_of(parent: click.Group, name: str, function: Callable[..., Any] | None = None) -> click.Group:
    """Return the group of commands with this name, made where there is none; `function` is run without a subcommand."""
    found = parent.commands.get(name)
    if not isinstance(found, click.Group):
        text = None if function else GROUPS.get(name)
        found = parent.group(name=name, invoke_without_command=function is not None, help=text)(function or bare)
    return found


def bare() -> None:
    """Do nothing: what stands below the group does."""


def configuration(path: Path | None, *, wants_config: bool) -> tuple[Config, str]:
    """Return the configuration, the one that all rooms see from now on, and what is wrong with it."""
    try:
        used, fault = config.find(path), ""
    except ConfigError as error:
        if wants_config:
            stop(str(error), EXIT_USAGE)
        used, fault = Config(), str(error)
    config.use(used)
    return used, fault


def stop(message: str, code: int) -> NoReturn:
    """Print an error and leave."""
    click.echo(f"newscrawl: {message}", err=True)
    sys.exit(code)


@contextmanager
def reading(options: Options) -> Iterator[Store]:
    """Open the store for reading."""
    with open_store(options.db, readonly=True) as store:
        yield store


@click.group(cls=Sectioned, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="newscrawl")
def main() -> None:
    """Crawl news outlets, and find which of them covered the same story, in what words, since when."""


# --- for operators ------------------------------------------------------------------------------


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

    # a store that is not there is a slip of the pen, and no reason to make an empty one
    open_store(options.db, readonly=True, of_any_version=True).close()
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
        found = look_up(store, query, addresses_in(query, urls.typed))
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
    return store.article_at(urls.typed(named) or (named,))


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
            config=options.config,
        )
        report = run_commands.crawl(quiet, made_up, settings, with_cluster=True, called="demo")
    with reading(options) as store:
        lines = story_list(store)
        told = [found for line in lines[:DEMO_STORIES_READ] if (found := coverage(store, line.story_id))]
    if not told:
        stop("the crawl of the demo brought no story that two outlets cover; see the log (-v).", EXIT_OUTLET_FAILED)
    shown = max(told, key=lambda found: sum(len(u.wordings) > 1 for u in found.quotations))
    options.give({"run": run_commands.run_result(report), "stories": lines, "story": shown})
    options.say(["", show.stories(lines), "", *show.story(shown)])
    quoted = next((u.wordings[-1].quote.text for u in shown.quotations if len(u.wordings) > 1), shown.title)
    options.say(show.next_commands(options.db, quoted.strip(" ,."), lines[0].story_id, shown))
    sys.exit(report.exit_code)


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


analyst_commands.add_to(command)
archive_commands.add_to(command)
editor_commands.add_to(command)
outlet_commands.add_to(command)
reader_commands.add_to(command)
run_commands.add_to(command)
scale_commands.add_to(command)
setup_commands.add_to(command)


if __name__ == "__main__":
    main()
