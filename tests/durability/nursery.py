"""Runs commands of newscrawl in processes of their own, everything imported once; reads orders from standard input.

`{"start": {...}}` forks a process and answers with its number, `{"wait": N}` waits for its end and answers with its
exit code. A started command can be made to kill itself before the n-th statement that it sends to SQLite, or right
after the transaction that holds a certain one, and to write down what it acknowledges: each address whose saving has
returned.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import killing

from dedupe import Article
from newscrawl import archive, frontier, ingest, outlets, runs, show
from newscrawl.cli import main


def start(order: dict[str, Any]) -> int:
    """Fork a process that runs a command, and return its number."""
    child = os.fork()
    if child:
        return child
    os.setsid()
    os.chdir(order["cwd"])
    out = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number in (1, 2):
        os.dup2(out, number)
    if order.get("die_at"):
        die_at(order["die_at"], only=frozenset(order.get("only", ())))
    if order.get("die_after"):
        die_after(order["die_after"])
    if order.get("look"):
        look(Path(order["look"]))
    if order.get("acknowledged"):
        acknowledge(os.open(order["acknowledged"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644))
    if order.get("largest_file"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"], resource.RLIM_INFINITY))
    if order.get("most_pages"):
        opening(functools.partial(limit_pages, order["most_pages"]))
    main(order["args"])
    os._exit(0)  # click has left before


def opening(prepare: Callable[[sqlite3.Connection, str], object]) -> None:
    """Have something done with every connection to SQLite."""
    connect = sqlite3.connect

    def opened(path: str, **named: Any) -> sqlite3.Connection:
        connection = connect(path, **named)
        prepare(connection, path)
        return connection

    sqlite3.connect = opened  # type: ignore[assignment]


def die_at(statement: int, only: frozenset[str]) -> None:
    """Kill this process before the n-th statement, or the n-th of some."""
    left = statement

    def count(sent: str) -> None:
        nonlocal left
        left -= not only or sent in only
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    opening(lambda connection, _: connection.set_trace_callback(count))


def die_after(statement: str) -> None:
    """Kill this process when the first transaction with a statement that begins so is committed, and nothing more."""
    has_come = False

    def wait(sent: str) -> None:
        nonlocal has_come
        if has_come and sent == "BEGIN IMMEDIATE":
            os.kill(os.getpid(), signal.SIGKILL)
        has_come = has_come or sent.startswith(statement)

    opening(lambda connection, _: connection.set_trace_callback(wait))


def look(db: Path) -> None:
    """See before every transaction that what is committed is whole: as a kill would leave it at this moment."""

    def see(sent: str) -> None:
        if sent == "BEGIN IMMEDIATE":
            try:
                killing.assert_consistent(db)
            except AssertionError as error:
                sys.stderr.write(f"half: {error}\n")
                sys.stderr.flush()
                os._exit(99)

    opening(lambda connection, path: None if "mode=ro" in path else connection.set_trace_callback(see))


def limit_pages(most: dict[str, int], connection: sqlite3.Connection, path: str) -> None:
    """Let a file of SQLite grow to so many pages: the next one finds the disk full."""
    if "mode=ro" in path:
        return
    for name, pages in most.items():
        if f"/{name}?" in path:
            connection.execute(f"PRAGMA max_page_count = {pages}")


def acknowledge(written: int) -> None:
    """Write down each address whose saving has returned: of pages that share a commit, all of them at once."""
    end_all, save_batch = frontier.Frontier.end_all, ingest.save

    def ended(self: frontier.Frontier, ends: Any) -> Any:
        came = end_all(self, ends)
        good = [one.item for one, what in zip(ends, came, strict=True) if not isinstance(what, Exception)]
        os.write(written, "".join(f"{item.url}\n" for item in good if isinstance(item, Article)).encode())
        return came

    def saved_batch(batch: list[Any], *args: Any) -> None:
        save_batch(batch, *args)
        os.write(written, "".join(f"{done.read.url}\n" for done in batch).encode())

    frontier.Frontier.end_all = ended  # type: ignore[method-assign]
    ingest.save = saved_batch


def serve() -> None:
    """Do what is ordered until nobody orders any more."""
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            answer = start(order["start"])
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    assert all((archive, runs, show))
    outlets.known()
    serve()
