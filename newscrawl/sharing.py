"""Writes that wait a moment for each other and share one commit; each is acknowledged when it is on the disk.

A commit waits for the disk, and does that once however much it brings. Nothing is held open while writes wait: they
lie in memory, and are written and committed in one go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

W = TypeVar("W")
R = TypeVar("R")

MOST = 16
"""Writes in one commit: measured, from 8 on each costs half of one alone, and 32 cost no less than 16."""
SECONDS = 0.01
"""How long the first of them waits for others: pages of a fast host follow each other within that, and three times as
much spared no more."""


class Shared(Generic[W, R]):
    """Writes of one kind, by all crawls of this process: whoever asks for one waits until it is committed."""

    def __init__(self, write: Callable[[Sequence[W]], Sequence[R | Exception]]) -> None:
        """Take what writes and commits several at once, and returns for each what came of it or what went wrong."""
        self.write = write
        self.waiting: list[tuple[W, asyncio.Future[R]]] = []
        self.timer: asyncio.TimerHandle | None = None

    async def commit(self, one: W) -> R:
        """Return what came of a write when it is committed; raises what went wrong with it."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()
        self.waiting.append((one, answer))
        if len(self.waiting) >= MOST:
            self.flush()
        elif self.timer is None:
            self.timer = loop.call_later(SECONDS, self.flush)
        return await answer

    def flush(self) -> None:
        """Write and commit what waits, and tell each who asked for it what came of it."""
        if self.timer:
            self.timer.cancel()
        waiting, self.waiting, self.timer = self.waiting, [], None
        found = alone(self.write, [one for one, _ in waiting])
        answers = [found] * len(waiting) if isinstance(found, Exception) else found
        for (_, answer), came in zip(waiting, answers, strict=True):
            if answer.done():  # nobody waits any more
                continue
            if isinstance(came, Exception):
                answer.set_exception(came)
            else:
                answer.set_result(came)


def together(
    write: Callable[[W], R], several: Sequence[W], transaction: Callable[[], AbstractContextManager[None]]
) -> list[R | Exception]:
    """Return what came of several writes in one transaction; where one fails, each has its own: none harms another."""
    if len(several) > 1:
        try:
            with transaction():
                return [write(one) for one in several]
        except Exception:  # noqa: BLE001, S110 - it comes again below, from the write that is to blame
            pass
    return [alone(write, one) for one in several]


def alone(write: Callable[[W], R], one: W) -> R | Exception:
    """Return what came of a write, or what went wrong with it, for who asked for it to raise."""
    try:
        return write(one)
    except Exception as error:  # noqa: BLE001 - it is raised again, where the write was asked for
        return error
