"""Outlets spread over processes: these fetch and read, and hand over to the one that writes what is to be written.

Each child has a pipe to its parent and asks one thing at a time: the frontier's calls, the figures for the ledger, log
records. So the store has one writer, however many processes read pages. A child that dies loses nothing: what it asked
for is written or due.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from logging.handlers import QueueHandler
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, NoReturn

from newscrawl import config, crawling, frontier, ledger, outlets, sharding
from newscrawl.config import Config
from newscrawl.crawling import Stop
from newscrawl.ledger import Ledger
from newscrawl.outlet import Outlet

WAIT = 0.5
"""Seconds after which the parent looks whether it is to end."""
GRACE = 60.0
"""Seconds that children have to end by themselves after the last word was spoken, before they are ended."""
FRONTIER, LEDGER, LOG = "frontier", "ledger", "log"


@dataclass(frozen=True)
class Call:
    """What a child asks its parent to do."""

    target: str
    method: str
    args: tuple[Any, ...] = ()
    named: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """What came of it."""

    value: Any = None
    error: Exception | None = None
    """Raised in the child as it would have been raised there without a pipe."""
    is_over: bool = False
    """Whether the child is to end."""


@dataclass(frozen=True)
class Order:
    """What a child is to crawl."""

    outlets: tuple[str, ...]
    settings: Mapping[str, Any]
    project: Mapping[str, Any]
    config: Config
    log_level: int


def spread(chosen: Sequence[type[Outlet]], processes: int) -> list[list[type[Outlet]]]:
    """Return the outlets of each process: those that ask one host together, as many in each, none without outlets."""
    groups = sharding.sharing_hosts(chosen)
    parts: list[list[type[Outlet]]] = [[] for _ in range(min(processes, len(groups)))]
    for group in sorted(groups, key=len, reverse=True):
        min(parts, key=len).extend(group)
    return [part for part in parts if part]


# --- the parent ---------------------------------------------------------------------------------


def crawl(  # noqa: PLR0913, PLR0917 - see runs.run
    db: Path, chosen: Sequence[type[Outlet]], settings: Mapping[str, Any], written: Ledger, processes: int, stop: Stop
) -> None:
    """Crawl outlets in several processes and write what they ask for; outlets of one that died are told as such."""
    targets = {FRONTIER: frontier.opened(db.absolute()), LEDGER: written}
    parts = spread(chosen, processes)
    children: dict[Connection, tuple[SpawnProcess, list[str]]] = {}
    stop.gently = lambda: None  # children see `is_over` in the next answer that they get
    try:
        for part in parts:
            order = ordered(db, part, settings)
            connection, process = started(order)
            children[connection] = (process, list(order.outlets))
        serve(dict.fromkeys(children), targets, stop)
    finally:
        for process, _ in children.values():
            process.join(GRACE)
            if process.is_alive():
                process.terminate()
                process.join(GRACE)
        stop.gently = None
    for process, names in children.values():
        for name in names:
            if name not in written.ended:
                why = f"its process died (exit code {process.exitcode})"
                written.end(name, written.rows.get(name, {}), {}, why)


def ordered(db: Path, part: Sequence[type[Outlet]], settings: Mapping[str, Any]) -> Order:
    """Return what a child is to do, with everything that it has to know."""
    levels = [handler.level for handler in logging.getLogger().handlers]
    return Order(
        outlets=tuple(outlet.name for outlet in part),
        settings={**settings, "DB": str(db)},
        project=crawling.project_settings(),
        config=config.used(),
        log_level=min(levels, default=logging.ERROR),
    )


def started(order: Order) -> tuple[Connection, SpawnProcess]:
    """Start a child and return the pipe to it: a fresh process, for an open SQLite file must not be forked."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, order), daemon=True)
    process.start()
    theirs.close()
    return ours, process


def serve(connections: dict[Connection, None], targets: Mapping[str, Any], stop: Stop) -> None:
    """Do what children ask for, in the order in which they ask, until all of them have gone."""
    while connections:
        for connection in wait(list(connections), WAIT):
            assert isinstance(connection, Connection)  # noqa: S101 - of the things that one may wait for, these are all
            try:
                answer(connection, targets, stop)
            except (EOFError, ConnectionError):
                connection.close()
                del connections[connection]


def answer(connection: Connection, targets: Mapping[str, Any], stop: Stop) -> None:
    """Do one thing that a child asks for, and tell it what came of it."""
    call: Call = connection.recv()
    if call.target == LOG:
        record: logging.LogRecord = call.args[0]
        logging.getLogger(record.name).handle(record)
        connection.send(Answer(is_over=stop.is_asked))
        return
    try:
        value = getattr(targets[call.target], call.method)(*call.args, **(call.named or {}))
    except Exception as error:  # noqa: BLE001 - it is raised again, where the call was made
        connection.send(Answer(error=error, is_over=stop.is_asked))
        return
    connection.send(Answer(value, is_over=stop.is_asked))


# --- a child ------------------------------------------------------------------------------------


def work(connection: Connection, order: Order) -> None:
    """Crawl what a parent orders; signals are the parent's, which tells when it is to end."""
    for number in crawling.SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    stop = Stop()
    parent = Parent(connection, stop)
    logging.getLogger().addHandler(parent.log_handler(order.log_level))
    config.use(order.config)
    frontier.use(Remote(parent, FRONTIER))  # type: ignore[arg-type]  # has the frontier's methods, all of them
    ledger.use(RemoteLedger(parent))
    crawling.crawl(outlets.named(order.outlets), order.settings, stop, order.project)
    connection.close()


class Parent:
    """The process that writes, as a child sees it."""

    def __init__(self, connection: Connection, stop: Stop) -> None:
        self.connection, self.stop = connection, stop
        self.turn = threading.Lock()

    def ask(self, call: Call) -> Any:
        """Return what came of a call. Where the parent is gone, this process ends: nothing can be written any more."""
        with self.turn:
            try:
                self.connection.send(call)
                answered: Answer = self.connection.recv()
            except (EOFError, ConnectionError):
                leave()
        if answered.is_over and not self.stop.signal and self.stop.gently:
            self.stop.take(signal.SIGTERM)
        if answered.error:
            raise answered.error
        return answered.value

    def log_handler(self, level: int) -> logging.Handler:
        """Return a log handler that hands records over."""
        handler = LogHandler(self)
        handler.setLevel(level)
        return handler


def leave() -> NoReturn:
    """End this process at once."""
    os._exit(1)


class LogHandler(QueueHandler):
    """Hands log records over to the parent, which writes them where they belong."""

    def __init__(self, parent: Parent) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # the pipe stands for the queue
        self.parent = parent

    def enqueue(self, record: logging.LogRecord) -> None:
        """Hand over one record; what it carries beside its message stays here where it cannot be handed over."""
        spider = record.__dict__.pop("spider", None)
        record.__dict__["outlet"] = getattr(spider, "name", record.__dict__.get("outlet", ""))
        plain = {name: value for name, value in record.__dict__.items() if isinstance(value, str | int | float | None)}
        self.parent.ask(Call(LOG, "", (logging.makeLogRecord(plain),)))


class Remote:
    """The parent's frontier: the same methods, each of them a call."""

    def __init__(self, parent: Parent, target: str) -> None:
        self.parent, self.target = parent, target
        self.writes = frontier.Writes(self)  # type: ignore[arg-type]  # has the frontier's methods, all of them

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_"):
            raise AttributeError(method)

        def ask(*args: Any, **named: Any) -> Any:
            return self.parent.ask(Call(self.target, method, plain(args), plain(named)))

        return ask


def plain(value: Any) -> Any:
    """Return arguments as they can be handed over: generators and views of dicts as lists."""
    if type(value) is tuple:
        return tuple(plain(one) for one in value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    is_a_record = isinstance(value, str | bytes | list | tuple | set | frozenset) or not hasattr(value, "__iter__")
    return value if is_a_record else list(value)


class RemoteLedger(Ledger):
    """The parent's ledger."""

    def __init__(self, parent: Parent) -> None:
        super().__init__()
        self.parent = parent

    def note(self, outlet: str, columns: ledger.Columns) -> None:
        """Hand over the figures of an outlet so far."""
        self.parent.ask(Call(LEDGER, "note", (outlet, columns)))

    def end(self, outlet: str, columns: ledger.Columns, selected: ledger.Selected, reason: str) -> None:
        """Hand over the last figures of an outlet."""
        self.parent.ask(Call(LEDGER, "end", (outlet, columns, selected, reason)))
