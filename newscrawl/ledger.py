"""What a run does at each outlet, written down while it goes on: a killed run leaves its figures."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from dedupe import RunStore

Columns = Mapping[str, int | str | None]
"""Values of a row of `run_outlets`."""
Selected = Mapping[str, tuple[str, int, int]]
"""Field of `Rules` -> selector, pages on which it was looked for, pages on which it matched."""
SECONDS = 3.0
"""Between two writes: a kill takes the figures of so much time with it, never an article."""


class Ledger:
    """The figures of a run, in memory only: what a dry run has, and what the others build on."""

    def __init__(self, listener: Callable[[Ledger], object] | None = None) -> None:
        self.rows: dict[str, Columns] = {}
        self.ended: dict[str, str] = {}
        """Outlets whose crawl has ended, and why."""
        self.listener = listener

    def note(self, outlet: str, columns: Columns) -> None:
        """Take the figures of an outlet so far."""
        self.rows[outlet] = columns
        if self.listener:
            self.listener(self)

    def end(self, outlet: str, columns: Columns, selected: Selected, reason: str) -> None:  # noqa: ARG002 - see StoreLedger
        """Take the last figures of an outlet, and why its crawl ended."""
        self.ended[outlet] = reason
        self.note(outlet, {**columns, "finished": reason})


class StoreLedger(Ledger):
    """The figures of a run, in its store."""

    def __init__(self, runs: RunStore, run_id: int, listener: Callable[[Ledger], object] | None = None) -> None:
        super().__init__(listener)
        self.runs, self.run_id = runs, run_id
        self.waiting: set[str] = set()
        self.written_at = time.monotonic()

    def note(self, outlet: str, columns: Columns) -> None:
        """Take the figures of an outlet so far; write those that wait, after some seconds."""
        super().note(outlet, columns)
        self.waiting.add(outlet)
        if time.monotonic() - self.written_at >= SECONDS:
            self.write()

    def end(self, outlet: str, columns: Columns, selected: Selected, reason: str) -> None:
        """Write the last figures of an outlet at once."""
        super().end(outlet, columns, selected, reason)
        self.write()
        self.runs.note_selectors(self.run_id, outlet, selected)

    def write(self) -> None:
        """Write all figures that wait."""
        self.runs.note_outlets(self.run_id, {outlet: self.rows[outlet] for outlet in self.waiting})
        self.waiting.clear()
        self.written_at = time.monotonic()


_used: list[Ledger] = []


def use(ledger: Ledger) -> None:
    """Let every crawl of this process from now on write into a ledger."""
    _used.append(ledger)


def used() -> Ledger | None:
    """Return the ledger of the run that goes on in this process, None where there is none."""
    return _used[-1] if _used else None


def leave(ledger: Ledger) -> None:
    """Let go of a ledger: its run is over."""
    with suppress(ValueError):
        _used.remove(ledger)
