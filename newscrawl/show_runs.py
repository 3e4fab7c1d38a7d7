"""Reports for operators: runs, the state of a store, alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from newscrawl.show import heading, table, wrapped

if TYPE_CHECKING:
    from newscrawl.runs import RunReport

Row = Mapping[str, Any]
OF_RUNS = (
    "run", "started", "took", "command", "outlets", "new", "changed", "rejected", "failed", "alarms", "result",
)  # fmt: skip
OF_A_RUN = (
    "outlet", "listings", "flawed", "links", "due", "new", "changed", "as before", "rejected", "failed", "ended",
)  # fmt: skip


def run_report(report: RunReport) -> Iterator[str]:
    """Yield a line for each outlet, its alarms, and what clustering did."""
    rows = [
        (
            o.title,
            o.counts["links"],
            o.counts["saved"],
            o.counts["new_versions"],
            o.counts["unchanged"],
            o.counts["rejected"],
            o.counts["failed"],
            o.trouble or ("alarm" if o.alarms else "good"),
        )
        for o in report.outlets
    ]
    yield table(rows, ("outlet", "links", "new", "changed", "as before", "rejected", "failed", "result"))
    yield from flaw_lines([(one.title, one.counts) for one in report.outlets])
    yield from left_lines(report)
    yield from alarm_lines([(one.outlet, one.since, one.text) for one in report.found.open])
    for one in report.found.ended:
        subject = f" {one.subject}" if one.subject else ""
        yield f"Well again: {one.outlet} ({one.kind}{subject}), alarm since {one.since}"
    if report.clustered:
        c = report.clustered
        yield (
            f"{c.articles} articles clustered: {c.new_stories} new stories, {c.joined} articles joined one,"
            f" {c.merged} stories grew together."
        )
    yield last_line(report)


def flaw_lines(outlets: Sequence[tuple[str, Row]]) -> Iterator[str]:
    """Yield at which outlets listings are damaged or cut, and where the reasons stand."""
    for name, counts in outlets:
        if flawed := counts.get("listings_flawed", 0):
            what = "listing is" if counts["listings"] == 1 else "listings are"
            yield (
                f"{name}: {flawed} of {counts['listings']} {what} damaged or cut; what could be read of it is used"
                " (`rejects`, stage `listing`, says why)."
            )


def left_lines(report: RunReport) -> Iterator[str]:
    """Yield what was left to a later run: at hosts to be left alone or asked slowly, and over a limit of the run."""
    for outlet in report.outlets:
        paused, capped = outlet.counts.get("paused", 0), outlet.counts.get("capped", 0)
        if paused:
            wait = "request waits" if paused == 1 else "requests wait"
            yield f"{outlet.title}: {paused} {wait} for a later run, as its host or robots.txt asks."
        if capped:
            yield f"{outlet.title}: {capped} addresses are over a limit of this run and wait for a later one."


def last_line(report: RunReport) -> str:
    """Return what a run took, and where it ended early, what that means."""
    spent = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in report.cpu_seconds.items() if seconds)
    share = f"; grouping into stories is {report.share_of_stories:.0%} of it" if report.clustered else ""
    name = f"Run {report.run_id}" if report.run_id else "Dry run, nothing was written. It"
    took = f"{name} took {report.seconds:.1f} s. CPU seconds: {spent}{share}."
    if report.stopped:
        after = f"what came is saved, the next run goes on (exit code {report.exit_code})"
        return f"{took} Stopped by {report.stopped}: {after}."
    return took


def alarm_lines(alarms: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Yield open alarms: outlet, since when, and what to look at."""
    if alarms:
        yield heading(f"Alarms ({len(alarms)} open)")
    for outlet, since, text in alarms:
        yield wrapped(f"{outlet}: {text} (since {since})")


def status(found: dict[str, Any]) -> Iterator[str]:
    """Yield the state of a store: problems first."""
    yield (
        f"{found['db']}: {found['articles']} articles, {found['quotations']} quotations, {found['stories']} stories,"
        f" {found['stories_by_several_outlets']} of them by several outlets"
    )
    yield (
        f"{found['waiting_for_clustering']} articles wait for clustering,"
        f" {found['left_to_fetch']} pages wait to be fetched"
    )
    if found["at_work"]:
        yield f"At work now: {found['at_work']}"
    yield from alarm_lines([(one["outlet"], one["since"], one["text"]) for one in found["alarms"]])
    yield from (f"Not well: {one}" for one in found["problems"][len(found["alarms"]) :])
    last = {row["outlet"]: row for row in found["health"]}
    yield from flaw_lines(list(last.items()))
    rows = [(*outlet(o), *last_run(last.get(o["outlet"]))) for o in found["outlets"]]
    yield table(rows, ("outlet", "articles", "first day", "last day", "rejects", "last run", "new", "result"))
    if found["rejects"]:
        yield "Rejects: " + ", ".join(f"{number} {reason}" for reason, number in found["rejects"].items())
    for one in found["runs"]:
        yield f"Run {one['id']} ({one['command']}) {one['started_at']}: {one['status']} {one['detail']}".rstrip()


def outlet(row: Row) -> tuple[object, ...]:
    """Return what is here of an outlet, as cells."""
    return row["outlet"], row["articles"], row["first_day"] or "", row["last_day"] or "", row["rejects"]


def last_run(row: Row | None) -> tuple[object, ...]:
    """Return how an outlet's last run went, as cells."""
    if row is None:
        return "", "", ""
    result = "alarm" if row["open_alarms"] else row["finished"] or "under way"
    return row["last_run_at"], row["saved"], result


def runs(found: Sequence[Row]) -> str:
    """Return runs as a table, the newest first."""
    rows = [
        (
            r["run_id"], r["started_at"], length(r["seconds"]), r["command"], r["outlets"], r["saved"],
            r["new_versions"], r["rejected"], r["failed"], r["alarms"], f"{r['status']} {r['detail']}".strip(),
        )
        for r in found
    ]  # fmt: skip
    return table(rows, OF_RUNS)


def run(found: Row, outlets: Sequence[Row], alarms: Sequence[Row]) -> Iterator[str]:
    """Yield one run with what it did at each outlet and the alarms it raised."""
    ended = f"{found['finished_at']} ({length(found['seconds'])})" if found["finished_at"] else "never"
    yield heading(f"Run {found['run_id']}: {found['command']}, {found['status']} {found['detail']}".strip())
    yield f"started {found['started_at']}, ended {ended}, exit code {found['exit_code']}, processes {found['jobs']}"
    spent = {stage: found[f"cpu_{stage}"] for stage in ("crawl", "furniture", "stories")}
    if all(seconds is not None for seconds in spent.values()):
        share = spent["stories"] / max(sum(spent.values()), 1e-9)
        told = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in spent.items())
        yield f"CPU seconds: {told}; grouping into stories is {share:.0%} of it"
    rows = [
        (
            o["outlet"], o["listings"], o["listings_flawed"], o["links"], o["due"], o["saved"], o["new_versions"],
            o["unchanged"], o["rejected"], o["failed"], o["finished"] or "did not end",
        )
        for o in outlets
    ]  # fmt: skip
    if rows:
        yield table(rows, OF_A_RUN)
    for one in alarms:
        until = f"to {one['ended']}" if one["ended"] else "open"
        yield wrapped(f"Alarm: {one['outlet']}: {one['text']} ({until})")


def length(seconds: int | None) -> str:
    """Return a length of time for people.

    >>> length(59), length(3725), length(None)
    ('59 s', '1 h 02 min', '')
    """
    if seconds is None:
        return ""
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
