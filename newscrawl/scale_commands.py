"""The commands beyond one machine: `merge-stores`, `spark` and `pairs-import`."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import click

from dedupe import (
    ClusterReport,
    Store,
    StoreError,
    cluster,
    connect,
    import_job,
    merge_store,
    name_stories,
    open_store,
    run_job,
    stories_here,
    stories_there,
)
from newscrawl.command import EXIT_USAGE, Command, Options
from newscrawl.lock import lock

# What brings Scrapy is imported where it is needed: a look-up should not wait for it.

PATH = click.Path(path_type=Path)
Stories = Mapping[int, Sequence[int]]


def add_to(command: Command) -> None:
    """Add these commands by the decorator that gives a command its options."""
    for function in (merge_stores, spark, pairs_import):
        command(function)


def stop(message: str) -> NoReturn:
    """Print an error and leave."""
    click.echo(f"newscrawl: {message}", err=True)
    sys.exit(EXIT_USAGE)


# --- merge-stores -------------------------------------------------------------------------------


@dataclass
class Merged:
    """What one store brought into the new one."""

    store: Path
    articles: int
    met: int
    """Articles that were there already."""
    versions: int
    rejects: int = 0
    runs: int = 0
    decisions: int = 0
    was_merged: bool = False
    bodies: int = 0
    """Raw bodies of pages."""


@dataclass
class MergeResult:
    """What merging stores came to."""

    out: Path
    articles: int = 0
    stories: int = 0
    merged: list[Merged] = field(default_factory=list)
    clustered: ClusterReport | None = None
    stories_file: Path | None = None
    """Where the stories of the merged stores are told in the new one: store, id there, id here."""


@click.argument("out", metavar="OUT.db", type=PATH)
@click.argument("stores", metavar="IN.db...", type=PATH, nargs=-1, required=True)
@click.option("--no-cluster", is_flag=True, help="Only unite; `newscrawl cluster` brings the stories up to date later.")
def merge_stores(options: Options, *, out: Path, stores: tuple[Path, ...], no_cluster: bool) -> None:
    """Unite stores, without loss, in a new one: OUT.db. The stories of the first keep their ids.

    Where the stories of the others are told now stands in OUT-stories.tsv. The stores themselves are only read, and
    may be written to meanwhile; --db is not used.
    """
    if out.exists():
        stop(f"{out}: is there already; give the name of a new file.")
    for path in stores:
        open_store(path, readonly=True, of_any_version=True).close()
    with lock(out, "merge-stores"):
        result = united(out, stores, with_cluster=not no_cluster)
    options.give(result)
    options.say(merged_lines(result))


def united(out: Path, paths: Sequence[Path], *, with_cluster: bool) -> MergeResult:
    """Make one store of several in a folder of its own, then put it in its place.

    Raises:
        StoreError: a file cannot be read or written.
    """
    result = MergeResult(out)
    told: dict[Path, tuple[Stories, Mapping[int, int]]] = {}
    try:
        with TemporaryDirectory(dir=out.absolute().parent, prefix=f".{out.name}-merging-") as folder:
            work = Path(folder) / out.name
            copy(paths[0], work)
            with open_store(work) as store:
                result.merged.append(Merged(paths[0], *counts(store), bodies=take_archive(work, paths[0])))
                for path in paths[1:]:
                    result.merged.append(taken(store, path, Path(folder) / "other" / "store.db", told))
                if with_cluster:
                    result.clustered = clustered(store)
                result.articles = store.value("SELECT count(*) FROM articles")
                result.stories = store.value("SELECT count(*) FROM stories")
                if with_cluster and told:
                    result.stories_file = out.with_name(f"{out.stem}-stories.tsv")
                    write_stories(Path(folder) / result.stories_file.name, store, told)
            put_in_place(work, out, result.stories_file)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{out}: the stores could not be united ({error}).") from error
    return result


def copy(path: Path, to: Path) -> None:
    """Copy a database as it is at one moment, whoever writes to it meanwhile."""
    to.parent.mkdir(exist_ok=True)
    with closing(connect(path, readonly=True)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def counts(store: Store) -> tuple[int, int, int]:
    """Return articles, articles met, and versions of a store that everything begins with."""
    return store.value("SELECT count(*) FROM articles"), 0, store.value("SELECT count(*) FROM versions")


def taken(store: Store, path: Path, place: Path, told: dict[Path, tuple[Stories, Mapping[int, int]]]) -> Merged:
    """Take over a store by way of a copy, which is brought up to date first, and its raw bodies."""
    shutil.rmtree(place.parent, ignore_errors=True)
    copy(path, place)
    with open_store(place) as other:
        report = merge_store(store, other)
        told[path] = stories_there(other), report.ids
    bodies = take_archive(store.path, path)
    return Merged(
        path, report.articles, report.met, report.versions, report.rejects, report.runs, report.decisions,
        report.was_merged, bodies,
    )  # fmt: skip


def take_archive(into: Path, path: Path) -> int:
    """Take over the raw bodies that belong to a store and the fetches that gave them; return how many are new."""
    from newscrawl import archive  # noqa: PLC0415 - see above

    source = archive.archive_path(path)
    kept = archive.open_archive(into)
    if not source.exists():
        kept.close()
        return 0
    run = kept.connection.execute
    run("ATTACH ? AS other", (f"{source.absolute().as_uri()}?mode=ro",))
    with kept.transaction():
        new = run("INSERT OR IGNORE INTO bodies SELECT hash, size, body FROM other.bodies").rowcount
        columns = "url, asked_for, outlet, fetched_at, status, content_type, hash"
        run(
            f"INSERT INTO fetches ({columns}) SELECT {columns} FROM other.fetches AS o WHERE NOT EXISTS ("
            " SELECT 1 FROM main.fetches AS f"
            "  WHERE f.url = o.url AND f.fetched_at = o.fetched_at AND f.hash = o.hash) ORDER BY id"
        )
    run("DETACH other")
    kept.close()
    return int(new)


def clustered(store: Store) -> ClusterReport:
    """Learn furniture anew, cluster what came in, and name the stories of decisions that came with it."""
    from newscrawl import learning  # noqa: PLC0415 - see above

    learning.learn(store)
    report = cluster(store)
    with store.transaction():
        name_stories(store)
    return report


def write_stories(path: Path, store: Store, told: Mapping[Path, tuple[Stories, Mapping[int, int]]]) -> None:
    """Write down where the stories of the merged stores are told now."""
    with path.open("w", encoding="utf-8") as file:
        file.write("store\tstory_there\tstory_here\n")
        for source, (there, ids) in told.items():
            for old, new in stories_here(store, there, ids).items():
                file.write(f"{source}\t{old}\t{new}\n")


def put_in_place(work: Path, out: Path, stories_file: Path | None) -> None:
    """Give the finished files their names, the store last: where it stands, all of it does."""
    from newscrawl import archive  # noqa: PLC0415 - see above

    os.replace(archive.archive_path(work), archive.archive_path(out))  # noqa: PTH105 - both are on one disk
    if stories_file:
        os.replace(work.with_name(stories_file.name), stories_file)  # noqa: PTH105
    os.replace(work, out)  # noqa: PTH105


def merged_lines(result: MergeResult) -> list[str]:
    """Return what merging came to, for people."""
    lines = [
        f"{one.store}: {one.articles} articles"
        + (f", {one.met} more were there already ({one.versions} versions came to them)" if one.met else "")
        + (f", {one.bodies} raw pages" if one.bodies else "")
        + (" (merged before)" if one.was_merged else "")
        for one in result.merged
    ]
    lines.append(f"{result.out}: {result.articles} articles, {result.stories} stories.")
    if result.stories_file:
        lines.append(f"Where the stories of the other stores are told now: {result.stories_file}")
    return lines


# --- the batch job ------------------------------------------------------------------------------


@click.argument("source", metavar="SOURCE")
@click.argument("target", metavar="FOLDER")
@click.option("--master", default=None, help="Spark's master, for example local[8]; without it spark-submit's.")
@click.option("--format", "file_format", type=click.Choice(["json", "parquet"]), default="json", show_default=True)
@click.option("--parts", type=click.IntRange(1), default=None, help="Parts of a shuffle; Spark's default without.")
def spark(  # noqa: PLR0913 - one argument for each of the command's
    options: Options, *, source: str, target: str, master: str | None, file_format: str, parts: int | None
) -> None:
    """Cluster a whole corpus as a Spark job: SOURCE (a store, Parquet, JSON Lines) -> FOLDER, for `pairs-import`."""
    settings = {"spark.sql.shuffle.partitions": str(parts), "spark.default.parallelism": str(parts)} if parts else {}
    try:
        report = run_job(source, target, master=master, file_format=file_format, settings=settings)
    except ModuleNotFoundError as error:
        if error.name != "pyspark":
            raise
        stop("Spark is not installed: pip install 'newscrawl[spark]', and Java 17.")
    options.give(report)
    options.say([
        f"{report.articles} articles: {report.stories} stories, {report.pairs} pairs, in {target}.",
        f"Take them over with: newscrawl pairs-import {target} --db STORE.db",
    ])  # fmt: skip


@click.argument("folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False))
def pairs_import(options: Options, *, folder: str) -> None:
    """Take over what `newscrawl spark` computed, and cluster what it did not have; stories keep their ids."""
    open_store(options.db, readonly=True, of_any_version=True).close()
    with lock(options.db, "pairs-import"), open_store(options.db) as store:
        report = import_job(store, folder)
    options.give(report)
    more = report.clustered.articles if report.clustered else 0
    options.say([
        f"{report.articles} articles and {report.pairs} pairs taken over; {more} articles clustered beside them."
    ])  # fmt: skip
    if report.unknown:
        options.say([f"{report.unknown} articles of the job are not in {options.db}."])
