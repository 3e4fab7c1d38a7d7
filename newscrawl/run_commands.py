"""Crawl runs: `run`, `status`, `runs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from dedupe import RunStore, open_store
from newscrawl import hook, prometheus
from newscrawl.command import EXIT_ALARM, EXIT_NOTHING, EXIT_USAGE, Command, Options
from newscrawl.lock import lock
from newscrawl.progress import progress

if TYPE_CHECKING:
    from newscrawl.outlet import Outlet
    from newscrawl.runs import Listener, Progress, RunReport

# Scrapy and what reads pages are imported where a command needs them: a look-up should not wait for them.

STAGES = {
    "read": "reading what was kept",
    "crawl": "crawling",
    "furniture": "taking out furniture",
    "cluster": "clustering",
}
UNITS = {"read": " pages", "crawl": " pages"}
LARGEST_ID = 2**63 - 1


def add_to(command: Command) -> None:
    """Add these commands by the decorator that gives a command its options."""
    for function in (run, status, runs):
        command(function)


def stop(message: str, code: int = EXIT_USAGE) -> NoReturn:
    """Print an error and leave."""
    click.echo(f"newscrawl: {message}", err=True)
    sys.exit(code)


# --- run ----------------------------------------------------------------------------------------


def day(context: click.Context, option: click.Parameter, text: str | None) -> str | None:  # noqa: ARG001 - click's form
    """Return a day that was given, as the crawl reads it."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise click.BadParameter(f"{text[:40]!r} is no day; write 2026-05-06.") from None


NUMBER = click.IntRange(0, 10_000_000)


@click.argument("names", nargs=-1, metavar="[OUTLET]...")
@click.option("--all", "everything", is_flag=True, help="All real outlets that newscrawl knows.")
@click.option("--no-cluster", is_flag=True, help="Only crawl; `newscrawl cluster` brings the stories up to date later.")
@click.option("--shard", metavar="K/N", help="Crawl only the outlets whose host falls into part K of N: 2/8.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), help="Processes to spread the outlets over.  [default: as configured, else 1]"
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Fetch and read, but write nothing and mark nothing as seen.")
@click.option("--since", callback=day, metavar="DAY", help="Fetch history from this day on: 2026-05-06.")
@click.option("--until", callback=day, metavar="DAY", help="Fetch history up to this day.")
@click.option("--pages", type=NUMBER, metavar="N", help="At most so many articles' pages of each outlet; 0: no limit.")
@click.option("--minutes", type=NUMBER, metavar="N", help="Ask for nothing more after so many minutes; 0: no limit.")
@click.option("--now", is_flag=True, help="Ask every listing, also those whose turn has not come; named outlets do.")
def run(  # noqa: PLR0913 - one for each option
    options: Options,
    *,
    names: tuple[str, ...],
    everything: bool,
    no_cluster: bool,
    shard: str | None,
    jobs: int | None,
    is_dry: bool,
    since: str | None,
    until: str | None,
    pages: int | None,
    minutes: int | None,
    now: bool,
) -> None:
    """Crawl outlets, bring the stories up to date, and tell which outlets fare otherwise than they should.

    Without names: the outlets that the configuration switches on or defines.
    """
    outlets = chosen(options, names, everything=everything, shard=shard)
    said = {"SINCE": since, "UNTIL": until, "RUN_PAGES": pages, "RUN_MINUTES": minutes}
    settings = {
        "LISTINGS_NOW": now or bool(names),
        **{name: value for name, value in said.items() if value is not None},
    }
    refuse_unready(outlets, of_crawl(options, settings))
    if is_dry:
        report = dry_run(options, outlets, settings)
    else:
        processes = jobs or options.config.jobs
        report = crawl(options, outlets, settings, with_cluster=not no_cluster, called="run", processes=processes)
    sys.exit(report.exit_code)


def refuse_unready(outlets: Sequence[type[Outlet]], settings: Mapping[str, Any]) -> None:
    """Leave where an outlet must not be crawled so: a public host and no contact, or a part of the guard taken off."""
    from scrapy.exceptions import UsageError  # noqa: PLC0415 - see above

    from newscrawl import crawling  # noqa: PLC0415 - see above

    try:
        for outlet in outlets:
            outlet.update_settings(crawling.settings_of(settings))
    except UsageError as error:
        stop(str(error))


def chosen(options: Options, names: Sequence[str], *, everything: bool, shard: str | None) -> list[type[Outlet]]:
    """Return the outlets to crawl; leave where none is meant."""
    from newscrawl import outlets, sharding  # noqa: PLC0415 - see above

    try:
        found = outlets.named(names) or (real(outlets) if everything else switched_on(options, outlets))
        found = sharding.chosen(found, sharding.read(shard)) if shard else found
    except (outlets.UnknownOutletError, sharding.ShardError) as error:
        stop(str(error))
    if not found:
        stop(f"no outlet falls into the shard {shard}.", EXIT_NOTHING)
    return list(dict.fromkeys(found))


def real(outlets: Any) -> list[type[Outlet]]:
    """Return all outlets but the made-up ones."""
    made_up = outlets.demo()
    return [outlet for outlet in outlets.known().values() if outlet not in made_up]


def switched_on(options: Options, outlets: Any) -> list[type[Outlet]]:
    """Return the outlets that the configuration switches on or defines; leave where it says of none that it is wanted.

    Where it only switches some off, all real ones but these.

    Nobody means to send requests to every outlet there is by leaving something out.
    """
    used = options.config
    if used.outlets_off and not used.outlets_on:
        return list(outlets.switched_on())
    off = {outlet.name for outlet in outlets.named(used.outlets_off)}
    wanted = dict.fromkeys((*used.outlets_on, *(name for name in used.outlets if name not in outlets.coded())))
    found = [outlet for outlet in outlets.named(wanted) if outlet.name not in off]
    if not found:
        where = f"{used.path} switches no outlet on" if used.path else "there is no configuration"
        remedy = "name outlets under [outlets] on" if used.path else "`newscrawl init` writes one"
        stop(
            f"which outlets? {where}: {remedy}, or name outlets here (`newscrawl outlets` lists them);"
            " `newscrawl run --all` crawls every real one."
        )
    return found


def crawl(  # noqa: PLR0913 - see runs.run
    options: Options,
    outlets: list[type[Outlet]],
    settings: Mapping[str, Any],
    *,
    with_cluster: bool,
    called: str,
    processes: int = 1,
) -> RunReport:
    """Crawl outlets under the lock, show how far it is, print the report, and tell the operator's command of alarms."""
    from newscrawl import runs, show_runs  # noqa: PLC0415 - see above

    named = [outlet.name for outlet in outlets[:NAMED]] if called == "run" else []
    command = " ".join((called, *named, *(["…"] if named and outlets[NAMED:] else [])))
    with lock(options.db, command), shown(options) as tell:
        report = runs.run(
            options.db,
            outlets,
            command=command,
            settings=of_crawl(options, settings),
            with_cluster=with_cluster,
            processes=processes,
            progress=tell,
        )
    options.say(show_runs.run_report(report))
    options.give(run_result(report))
    if report.found.raised and options.config.on_alarm:
        trouble = hook.call(options.config.on_alarm, alarm_report(options.db, report))
        if trouble:
            click.echo(f"newscrawl: {trouble}", err=True)
    return report


NAMED = 5
"""Outlets that a run's row names; all of them stand in `run_outlets`."""


def dry_run(options: Options, outlets: list[type[Outlet]], settings: Mapping[str, Any]) -> RunReport:
    """Crawl outlets without writing anything, and print what would have come."""
    from newscrawl import runs, show_runs  # noqa: PLC0415 - see above

    with shown(options) as tell:
        report = runs.dry_run(options.db, outlets, of_crawl(options, settings), tell)
    options.say(show_runs.run_report(report))
    options.give(run_result(report))
    return report


def of_crawl(options: Options, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a crawl: as configured, with what this command says over it."""
    # logs go where the command sends them
    return {"LOG_ENABLED": False, **options.config.scrapy_settings(), **settings}


@contextmanager
def shown(options: Options) -> Iterator[Listener]:
    """Yield what shows on a terminal how far a run is: pages, pages a second, outlets left."""
    with progress(options, "crawling", unit=" pages") as bar:

        def tell(how_far: Progress) -> None:
            bar.set_description(STAGES[how_far.stage], refresh=False)
            bar.unit = UNITS.get(how_far.stage, " articles")
            left = how_far.outlets_left
            bar.set_postfix_str(f"{left} outlet{'s' if left != 1 else ''} left" if left else "", refresh=False)
            bar.total, bar.n = how_far.known, how_far.done
            bar.refresh()

        yield tell


def run_result(report: RunReport) -> dict[str, Any]:
    """Return the report of a run with what follows from it, for JSON."""
    return {
        **{f.name: getattr(report, f.name) for f in fields(report) if f.name not in {"outlets", "found"}},
        "is_good": report.is_good,
        "status": report.status,
        "exit_code": report.exit_code,
        "outlets": [
            {**{f.name: getattr(outlet, f.name) for f in fields(outlet)}, "trouble": outlet.trouble}
            for outlet in report.outlets
        ],
        "alarms": {name: getattr(report.found, name) for name in ("raised", "open", "ended")},
    }


def alarm_report(db: Path, report: RunReport) -> dict[str, Any]:
    """Return what the operator's command for alarms is told."""
    found = report.found
    return {
        "db": str(db),
        "run_id": report.run_id,
        "text": "\n".join(f"{one.outlet}: {one.text}" for one in found.raised),
        "raised": [asdict(one) for one in found.raised],
        "open": [asdict(one) for one in found.open],
        "ended": [asdict(one) for one in found.ended],
        "failed": {outlet.outlet: outlet.trouble for outlet in report.outlets if outlet.trouble},
    }


# --- status and runs ----------------------------------------------------------------------------


def length_of_time(context: click.Context, option: click.Parameter, text: str | None) -> timedelta | None:  # noqa: ARG001 - click's form
    """Return a length of time that was given."""
    from newscrawl import status as state  # noqa: PLC0415 - shares its name with the command

    try:
        return state.age(text) if text is not None else None
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


@click.option(
    "--max-age",
    callback=length_of_time,
    metavar="TIME",
    help="Exit 3 where the last good run ended longer ago: 90m, 6h, 2d.",
)
@click.option("--prometheus", "as_metrics", is_flag=True, help="Print the numbers as Prometheus reads them.")
@click.option("--accept", metavar="OUTLET", help="End the alarms of this outlet: how it is now is how it should be.")
def status(options: Options, *, max_age: timedelta | None, as_metrics: bool, accept: str | None) -> None:
    """Tell what the store holds, what waits, how the last runs ended, and what is wrong; exit 3 where something is."""
    from newscrawl import status as state  # noqa: PLC0415 - shares its name with the command

    if accept is not None:
        accepted(options, accept)
    with open_store(options.db, readonly=True) as store:
        found = state.status(store, options.db, max_age)
    if as_metrics:
        click.echo("\n".join(prometheus.exposition(state.metrics(found))))
    elif options.as_json:
        options.give(found)
    else:
        from newscrawl import show_runs  # noqa: PLC0415 - a probe should not wait for it

        options.say(show_runs.status(found))
    if found["problems"]:
        sys.exit(EXIT_ALARM)


def accepted(options: Options, name: str) -> None:
    """End the alarms of an outlet; leave where it has none."""
    name = name.encode("utf-8", "replace").decode()
    with lock(options.db, "status --accept"), open_store(options.db) as store:
        ended = RunStore(store).accept(name)
    if not ended:
        stop(f"{name!r} has no open alarm. `newscrawl status` lists them.", EXIT_NOTHING)


@click.argument("run_id", type=click.IntRange(1, LARGEST_ID), metavar="ID", required=False)
@click.option(
    "--most", type=click.IntRange(1, LARGEST_ID), default=20, show_default=True, help="Without ID: list so many."
)
def runs(options: Options, *, run_id: int | None, most: int) -> None:
    """Show a run: what it did at each outlet and which alarms it raised. Without ID: list the last runs."""
    from newscrawl import show_runs  # noqa: PLC0415 - see above

    with open_store(options.db, readonly=True) as store:
        kept = RunStore(store)
        if run_id is None:
            listed = [dict(row) for row in kept.runs(most)]
            options.give(listed)
            options.say([show_runs.runs(listed)])
            return
        found = kept.run(run_id)
        outlets = [dict(row) for row in kept.outlets_of(run_id)]
        alarms = [asdict(one) for one in kept.alarms_of(run_id)]
    if found is None:
        stop(f"run {run_id} is not in {options.db}. `newscrawl runs` lists them.", EXIT_NOTHING)
    options.give({**dict(found), "outlets": outlets, "alarms": alarms})
    options.say(show_runs.run(dict(found), outlets, alarms))
