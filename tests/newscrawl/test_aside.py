from __future__ import annotations

import asyncio

import pytest

from newscrawl.aside import aside


def test_the_event_loop_goes_on_beside_long_work_and_one_piece_waits_for_the_other() -> None:
    at_work: list[int] = []
    turns: list[int] = []

    def busy(number: int) -> int:
        at_work.append(number)
        assert len(at_work) == 1
        while len(turns) < 5 * number:
            pass  # as a parser would, without letting go
        at_work.remove(number)
        return number

    async def others() -> None:
        while len(turns) < 10:
            turns.append(0)
            await asyncio.sleep(0.001)

    async def both() -> list[int | None]:
        return await asyncio.gather(aside(busy, 1), aside(busy, number=2), others())

    assert asyncio.run(both()) == [1, 2, None]


def test_a_bug_comes_back() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(aside(divmod, 1, 0))
