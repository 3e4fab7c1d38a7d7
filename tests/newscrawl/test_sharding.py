from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import jobs, outlets, sharding
from newscrawl.outlet import Outlet
from newscrawl.sharding import Shard, ShardError


@pytest.mark.parametrize("shards", [1, 2, 3, 8, 100])
def test_every_outlet_is_in_exactly_one_shard(shards: int) -> None:
    known = list(outlets.known().values())
    times = Counter(o.name for n in range(shards) for o in sharding.chosen(known, Shard(n + 1, shards)))
    assert times == dict.fromkeys(outlets.known(), 1)


def test_outlets_of_one_host_are_in_one_shard() -> None:
    by_host: dict[str, set[int]] = {}
    for outlet in outlets.known().values():
        host = sharding.host_of(outlet.homepage)
        by_host.setdefault(host, set()).update(n for n in range(7) if Shard(n + 1, 7).crawls(outlet))
    assert {len(shards) for shards in by_host.values()} == {1}


def test_shards_are_of_a_like_size() -> None:
    placed = Counter(sharding.place(f"outlet{n}.example", 8) for n in range(8_000))
    assert set(placed) == set(range(8))
    assert max(placed.values()) < 1.2 * min(placed.values())


@given(st.text(max_size=40), st.integers(min_value=1, max_value=200))
def test_one_shard_more_moves_a_host_to_the_new_one_or_nowhere(host: str, shards: int) -> None:
    assert sharding.place(host, shards + 1) in {sharding.place(host, shards), shards}


def test_the_place_of_a_host_never_changes() -> None:
    hosts = ("warta.example", "kabar.example", "harian.example", "courier.example")
    assert [sharding.place(host, 8) for host in hosts] == [0, 7, 7, 3]


@pytest.mark.parametrize("named", ["", "0/8", "9/8", "1/0", "1", "a/b", "1/8/2", "-1/8", "٢/٨", "1/9999999"])
def test_what_is_no_shard_is_refused(named: str) -> None:
    with pytest.raises(ShardError, match="is no shard"):
        sharding.read(named)


def test_a_shard_is_read() -> None:
    assert sharding.read(" 8/8 ") == Shard(8, 8)


# --- over the processes of one run --------------------------------------------------------------


def made(name: str, home: str, *feeds: str) -> type[Outlet]:
    return type(name, (Outlet,), {"name": name, "homepage": f"https://{home}/", "feeds": tuple(feeds)})


HOSTS = st.sampled_from(["warta.example", "www.warta.example", "kabar.example", "harian.example", "rss.example"])
OUTLETS = st.lists(st.tuples(HOSTS, st.lists(HOSTS, max_size=2)), max_size=12).map(
    lambda drawn: [made(f"o{n}", home, *(f"http://{host}/rss/{n}" for host in feeds))
                   for n, (home, feeds) in enumerate(drawn)]
)  # fmt: skip


@given(OUTLETS, st.integers(1, 5))
def test_no_host_is_asked_by_two_processes_of_a_run_and_each_outlet_is_in_one(
    chosen: list[type[Outlet]], processes: int
) -> None:
    parts = jobs.spread(chosen, processes)
    assert sorted(one.name for part in parts for one in part) == sorted(one.name for one in chosen)
    assert len(parts) <= processes
    asked = Counter(host for part in parts for host in set().union(*map(sharding.hosts_of, part)))
    assert set(asked.values()) <= {1}


def test_outlets_that_share_only_the_host_of_their_feeds_are_in_one_process() -> None:
    shared = [made("a", "warta.example", "https://rss.example/a"), made("b", "kabar.example", "https://rss.example/b")]
    assert jobs.spread(shared, 2) == [shared]
    assert len(jobs.spread([*shared, made("c", "harian.example")], 2)) == 2
