"""Work that takes long is done beside the event loop, one piece at a time: other outlets and their deadlines go on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar

HAND_OVER = 0.0005
"""Seconds after which the two threads change places. At Python's 5 ms the event loop, which lets go at each read from
a socket, would take in a twentieth of what it can."""

P = ParamSpec("P")
T = TypeVar("T")


@cache
def _worker() -> ThreadPoolExecutor:
    """Return the one thread that such work is done in: two listings of the largest size never stand in memory."""
    sys.setswitchinterval(HAND_OVER)
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="newscrawl-aside")


async def aside(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Return what a pure function returns; it may touch neither the store nor the crawl."""
    return await asyncio.get_running_loop().run_in_executor(_worker(), lambda: work(*args, **named))
