"""A line on a terminal that shows how far a command is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from dedupe import Store, cluster, waiting
from newscrawl.command import Options

# Scrapy and what reads pages are imported where a command needs them: a look-up should not wait for them.


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


def clustered_with_progress(options: Options, store: Store, *, rebuild: bool = False) -> Any:
    """Learn what is furniture and take it out, then cluster, showing how far it is."""
    from newscrawl import learning, show  # noqa: PLC0415 - see above

    with progress(options, "taking out furniture") as bar:
        learned = learning.learn(store, bar.update)
    options.say(show.learned(learned))
    total = store.value("SELECT count(*) FROM articles") if rebuild else waiting(store)
    with progress(options, "clustering", total) as bar:
        return cluster(store, rebuild=rebuild, progress=bar.update)
