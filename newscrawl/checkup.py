"""The outlets of a run held against their past in the store: alarms are raised, kept open, ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dedupe import Alarm, RunStore, Store
from newscrawl import health, limits

RUNS = 400
"""Runs of an outlet that are looked back on: two weeks of hourly runs, nights and weekends included."""


@dataclass(frozen=True)
class Checkup:
    """What a run's figures say of its outlets."""

    raised: tuple[Alarm, ...] = ()
    """Alarms that this run raised."""
    ended: tuple[Alarm, ...] = ()
    """Alarms of earlier runs that it ended."""
    open: tuple[Alarm, ...] = ()
    """Alarms of its outlets that are open now, those it raised among them."""


def check(store: Store, run_id: int, outlets: Iterable[str]) -> Checkup:
    """Judge the outlets of a run whose crawl came to its end, and write down what came of it, in one transaction."""
    runs, names = RunStore(store), list(outlets)
    before = {(one.outlet, one.kind, one.subject): one for one in runs.open_alarms(names)}
    with store.transaction():
        for outlet in names:
            judgement = judged(runs, run_id, outlet, before.values())
            runs.raise_alarms(
                run_id, [Alarm(outlet=outlet, kind=f.kind, subject=f.subject, text=f.text) for f in judgement.findings]
            )
            is_well = (key for key in before if key[0] == outlet and key[1:] in judgement.well)
            runs.end_alarms(run_id, [before[key] for key in is_well])
        left = runs.open_alarms(names)
    now_open = {(one.outlet, one.kind, one.subject) for one in left}
    return Checkup(
        raised=tuple(one for one in left if (one.outlet, one.kind, one.subject) not in before),
        ended=tuple(one for key, one in before.items() if key not in now_open),
        open=tuple(left),
    )


def judged(runs: RunStore, run_id: int, outlet: str, alarms: Iterable[Alarm]) -> health.Judgement:
    """Return how an outlet fared in a run; a selector that is declared no longer cannot fail any more."""
    raised_by = {(one.kind, one.subject): one.run_id or run_id for one in alarms if one.outlet == outlet}
    since = runs.accepted_from(outlet)
    looked_back = runs.past(outlet, run_id + 1, RUNS, since, limits.CLEAN_ENDS)
    if not looked_back or looked_back[0]["run_id"] != run_id:
        return health.Judgement()
    now, *past = looked_back
    selectors = runs.selectors(outlet, run_id + 1, RUNS, since)
    judgement = health.judge(now, past, selectors, raised_by)
    looked_for = {row["field"] for row in selectors if row["run_id"] == run_id}
    dropped = {key for key in raised_by if key[0] == "selector" and key[1] not in looked_for and now["articles"]}
    return health.Judgement(judgement.findings, judgement.well | dropped)
