"""Raw pages: `ingest`, `archive export | import | verify | prune`, `reextract`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from tqdm import tqdm

from dedupe import RunStore, moment, open_store
from newscrawl.command import EXIT_ALARM, EXIT_NOTHING, EXIT_USAGE, Command, Options
from newscrawl.lock import lock
from newscrawl.progress import clustered_with_progress, progress

# Scrapy and what reads pages are imported where a command needs them: a look-up should not wait for them.

PATH = click.Path(path_type=Path)
TROUBLES_SHOWN = 20
LONGEST_AGE = 6
"""Digits."""
T = TypeVar("T")


def add_to(command: Command) -> None:
    """Add these commands by the decorator that gives a command its options."""
    command(ingest)
    command(reextract)
    for function in (export, import_, verify, prune):
        command(function, group="archive")


def stop(message: str, code: int = EXIT_USAGE) -> NoReturn:
    """Print an error and leave."""
    click.echo(f"newscrawl: {message}", err=True)
    sys.exit(code)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tell_troubles(path: Path, troubles: Sequence[str], error: str | None, uncounted: int = 0) -> None:
    """Print what was wrong with a file on stderr, the first of many."""
    for trouble in (*troubles[:TROUBLES_SHOWN], error):
        if trouble:
            click.echo(f"newscrawl: {trouble}", err=True)
    if len(troubles) > TROUBLES_SHOWN:
        more = len(troubles) - TROUBLES_SHOWN + uncounted
        click.echo(f"newscrawl: {path}: {more} more, all in the table `rejects`", err=True)


def day(context: click.Context, option: click.Parameter, text: str | None) -> str | None:  # noqa: ARG001 - click's form
    """Return a day that was given, as stored.

    Raises:
        BadParameter: it is none.
    """
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day; write it as 2026-05-06") from error


UNITS = {"d": 1, "w": 7, "y": 365}


def age(context: click.Context, option: click.Parameter, text: str | None) -> str | None:  # noqa: ARG001 - click's form
    """Return the moment so long ago, as stored.

    Raises:
        BadParameter: the age is none.
    """
    if text is None:
        return None
    number, unit = text[:-1], text[-1:]
    if unit not in UNITS or not number.isascii() or not number.isdigit() or len(number) > LONGEST_AGE:
        raise click.BadParameter(f"{text!r} is no age; write it as 90d, 12w or 2y")
    try:
        return moment(datetime.now(UTC) - timedelta(days=int(number) * UNITS[unit]))
    except OverflowError as error:
        raise click.BadParameter(f"{text!r} is longer than there are days") from error


def counted(things: Iterable[T], bar: tqdm[Any]) -> Iterator[T]:
    """Yield things, counted on a progress line."""
    for thing in things:
        bar.update(1)
        yield thing


JOBS = click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Processes that read.  [default: cores]")


@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=PATH)
@click.option("--no-cluster", is_flag=True, help="Only store; `newscrawl cluster` brings the stories up to date later.")
@JOBS
@click.option("--again", is_flag=True, help="Read files again that were read to their end before.")
def ingest(options: Options, *, files: tuple[Path, ...], no_cluster: bool, jobs: int | None, again: bool) -> None:
    """Store articles from WARC (.warc, .warc.gz) and JSON Lines (.jsonl, .jsonl.gz) files.

    A file that was read to its end is known by its content and not read again; one whose reading was killed is gone
    on with where it was.
    """
    from newscrawl import archive, show  # noqa: PLC0415 - see above
    from newscrawl.ingest import ingest  # noqa: PLC0415
    from newscrawl.reading import Readers  # noqa: PLC0415
    from newscrawl.reextract import finish_unread, note_all_read  # noqa: PLC0415

    with lock(options.db, "ingest"), open_store(options.db) as store, archive.open_archive(options.db) as kept:
        run_id = RunStore(store).start("ingest")
        with progress(options, "reading", unit=" records") as bar, Readers(jobs or cores()) as readers:
            finish_unread(store, kept, readers)  # what a crash left
            reports = [ingest(path, store, kept, readers, bar.update, again=again) for path in files]
            note_all_read(store, kept)
        clustered = None if no_cluster else clustered_with_progress(options, store)
        troubled = [r for r in reports if r.error or r.broken]
        RunStore(store).finish(run_id, "failed" if troubled else "good", "; ".join(r.error for r in reports if r.error))
    for report in troubled:
        tell_troubles(report.path, report.broken, report.error, report.more_broken)
    options.say(show.ingest_report(reports))
    options.give({"files": reports, "clustered": clustered})
    if troubled:
        sys.exit(EXIT_ALARM if any(sum(r.outcomes.values()) for r in reports) else EXIT_USAGE)


# --- archive ------------------------------------------------------------------------------------


@click.argument("out", metavar="OUT.warc.gz", type=PATH)
@click.option("--since", metavar="DAY", callback=day, help="Only what was fetched on this day or later: 2026-05-06.")
@click.option("--until", metavar="DAY", callback=day, help="Only what was fetched before this day.")
@click.option("--outlet", help="Only what one outlet published.")
def export(options: Options, *, out: Path, since: str | None, until: str | None, outlet: str | None) -> None:
    """Write the kept pages as one WARC 1.1 file, read back before it has its name.

    A page that came again unchanged stands there once, and as a revisit after that. Of the answers' own heads only
    status and content type were kept.
    """
    from newscrawl import archive, warc_writing  # noqa: PLC0415 - see above
    from newscrawl.files import FileError  # noqa: PLC0415

    open_store(options.db, readonly=True, of_any_version=True).close()
    with archive.open_archive(options.db) as kept, progress(options, "writing", unit=" pages") as bar:
        fetches = kept.fetches(since=since or "", until=until or "9999", outlet=outlet)
        try:
            report = warc_writing.export(kept, out, counted(fetches, bar))
        except FileError as error:
            stop(str(error))
    options.give(report)
    options.say(export_lines(report))
    if not report.fetches:
        sys.exit(EXIT_NOTHING)


@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=PATH)
def import_(options: Options, *, files: tuple[Path, ...]) -> None:
    """Keep the pages of WARC files, digests checked. The next `run` reads them, as it does what a crash left."""
    from newscrawl import archive, retention  # noqa: PLC0415 - see above

    with (
        lock(options.db, "archive import"),
        open_store(options.db) as store,
        archive.open_archive(options.db) as kept,
        progress(options, "taking in", unit=" records") as bar,
    ):
        reports = [retention.take_in(path, store, kept, bar.update) for path in files]
    for report in reports:
        tell_troubles(report.path, report.broken, report.error)
        counts = ", ".join(f"{number} {what}" for what, number in report.outcomes.most_common())
        options.say([f"{report.path}: {counts or 'no pages'}."])
    options.give(reports)
    if any(r.error or r.broken for r in reports):
        sys.exit(EXIT_ALARM if any(sum(r.outcomes.values()) for r in reports) else EXIT_USAGE)


@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=PATH)
def verify(options: Options, *, files: tuple[Path, ...]) -> None:
    """Read WARC files to their end and check the digest of every page; no store is looked at."""
    from newscrawl.files import FileError, FileReport  # noqa: PLC0415 - see above
    from newscrawl.warc_writing import verified  # noqa: PLC0415

    reports = []
    with progress(options, "checking", unit=" records") as bar:
        for path in files:
            reports.append(report := FileReport(path))
            try:
                for _ in counted(verified(path, report), bar):
                    pass
            except (FileError, OSError) as error:
                report.error = str(error)
    for report in reports:
        tell_troubles(report.path, report.broken, report.error)
        good = sum(report.outcomes.values())
        options.say([f"{report.path}: {good} of {report.records} pages agree with their digests."])
    options.give(reports)
    if any(r.error or r.broken for r in reports):
        sys.exit(EXIT_ALARM)


@click.option(
    "--older", metavar="90d", callback=age, help="What was fetched longer ago: 90d, 12w, 2y.  [default: as configured]"
)
@click.option("--verified", type=PATH, metavar="FILE", help="Only what stands in this WARC file, digests checked.")
@click.option("--export", "export_to", type=PATH, metavar="FOLDER", help="Write a WARC file there first, and check it.")
@click.option("--vacuum", is_flag=True, help="Give the room back to the disk; it needs as much free room meanwhile.")
def prune(options: Options, *, older: str | None, verified: Path | None, export_to: Path | None, vacuum: bool) -> None:
    """Let go of old raw pages. Articles stay; pages that are still work to do stay too.

    What is let go can not be read again after a change of rules. The file gets no smaller, for the room is used by
    what is kept next, unless --vacuum.
    """
    from newscrawl import archive, retention  # noqa: PLC0415 - see above
    from newscrawl.files import FileError  # noqa: PLC0415

    if verified and export_to:
        stop("--verified and --export: give one of them.")
    if older is None:
        if not options.config.archive_keep_days:
            stop("nothing says what is old: give --older 90d, or set archive.keep_days in the configuration.")
        older = moment(datetime.now(UTC) - timedelta(days=options.config.archive_keep_days))
    open_store(options.db, readonly=True, of_any_version=True).close()
    with lock(options.db, "archive prune"), open_store(options.db) as store, archive.open_archive(options.db) as kept:
        if begun := store.value("SELECT started_at FROM reextractions WHERE scope != 'unread'"):
            stop(f"a `newscrawl reextract` begun at {begun} did not end: these pages are work to do. Run it first.")
        try:
            result = retention.prune(
                store,
                kept,
                older,
                verified_in=verified,
                export_to=export_to,
                with_vacuum=vacuum,
            )
        except FileError as error:
            stop(f"{error}. Nothing was let go.")
    for trouble in result.troubles[:TROUBLES_SHOWN]:
        click.echo(f"newscrawl: {trouble}", err=True)
    options.give(result)
    options.say(prune_lines(result))
    if result.troubles:
        sys.exit(EXIT_ALARM)


def export_lines(report: Any) -> Iterator[str]:
    """Yield what an export wrote, for people."""
    yield (
        f"{report.path}: {report.fetches} fetches of {report.pages} pages, {report.bytes / 1e6:.1f} MB; read back,"
        " every digest agrees."
    )
    if report.without_body:
        yield f"{report.without_body} fetches were left out: their pages were let go before (`archive prune`)."


def prune_lines(result: Any) -> Iterator[str]:
    """Yield what pruning did, for people."""
    if result.exported:
        yield from export_lines(result.exported)
    size = result.bytes / 1e6
    yield f"{result.fetches} fetches from before {result.before} let go: {result.bodies} pages, {size:.1f} MB."
    if result.unread:
        yield f"{result.unread} older ones were kept: they are work to do yet (`newscrawl run` reads them)."
    if result.not_verified:
        yield f"{result.not_verified} older ones were kept: they are not in the file with digests that agree."
    if result.fetches and not result.is_vacuumed:
        yield "The room is used again by what is kept next; --vacuum gives it back to the disk."


# --- reextract ----------------------------------------------------------------------------------


@click.option("--outlet", help="Only what one outlet published.")
@click.option("--since", metavar="DAY", callback=day, help="Only what was fetched on this day or later: 2026-05-06.")
@click.option("--no-cluster", is_flag=True, help="Only read; `newscrawl cluster` brings the stories up to date later.")
@JOBS
def reextract(options: Options, *, outlet: str | None, since: str | None, no_cluster: bool, jobs: int | None) -> None:
    """Read every kept page again with today's rules, without one request.

    A text that is another now is no edit of the outlet's: its version keeps its number and time, and what it was read
    as before stands in the table `readings`. Killed, the same command goes on where it was.
    """
    from newscrawl import archive, outlets  # noqa: PLC0415 - see above
    from newscrawl.reading import Readers  # noqa: PLC0415
    from newscrawl.reextract import reextract  # noqa: PLC0415

    open_store(options.db, readonly=True, of_any_version=True).close()
    with lock(options.db, "reextract"), open_store(options.db) as store, archive.open_archive(options.db) as kept:
        if outlet and not store.value("SELECT 1 FROM outlets WHERE name = ?", (outlet,)):
            try:
                outlets.one(outlet)
            except outlets.UnknownOutletError as error:
                stop(str(error))
        with progress(options, "reading again", unit=" addresses") as bar, Readers(jobs or cores()) as readers:
            report = reextract(store, kept, readers, outlet=outlet, since=since, progress=bar.update)
        clustered = None if no_cluster else clustered_with_progress(options, store)
    options.give({"reextracted": report, "clustered": clustered})
    options.say(reextract_lines(report))
    if not report.pages:
        sys.exit(EXIT_NOTHING)


def reextract_lines(report: Any) -> Iterator[str]:
    """Yield what reading again came to, for people."""
    if report.went_on:
        yield "Went on where an earlier `reextract` was ended."
    counts = report.outcomes
    yield (
        f"{report.pages} pages read again: {len(report.articles)} articles changed, {counts['new']} new,"
        f" {counts['rejected']} rejected."
    )
    if report.fields:
        yield "Changed: " + ", ".join(f"{name} of {number}" for name, number in report.fields.most_common()) + "."
    if counts["no_longer"]:
        yield f"{counts['no_longer']} pages would be no article with today's rules; the articles are kept, for example:"
        yield from (f"  {url}" for url in report.no_longer)
