"""What a statement of clustering reads does not grow with the store, as SQLite plans it for a large one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from dedupe import Article, Store, cluster, open_store

SMALL = {"clustered_by", "counted_articles", "left_behind", "families_left", "decisions", "waiting", "w", "asked"}
"""Tables of a few rows, and those of what waits."""
Make = Callable[..., Article]


def fill(store: Store, make: Make, numbers: range) -> None:
    with store.transaction():
        for number in numbers:
            body = f"Warga desa {number} menanam bakau di pantai.\nMereka pulang sore hari bersama {number} kerabat."
            store.save_article(make(url=f"https://pos.example/{number}", title=f"Panen {number}", body=body))


def plans(store: Store) -> dict[str, str]:
    """Statements of one clustering -> how SQLite would run them."""
    said: list[str] = []
    store.connection.set_trace_callback(said.append)
    cluster(store)
    store.connection.set_trace_callback(None)
    read = {text for text in said if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", text)}
    return {text: "\n".join(row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {text}")) for text in sorted(read)}


def test_no_statement_of_clustering_reads_a_large_table_from_end_to_end(tmp_path: Path, make: Make) -> None:
    with open_store(tmp_path / "news.db") as store:
        fill(store, make, range(60))
        cluster(store)
        store.connection.execute("ANALYZE")
        store.connection.execute(
            "UPDATE sqlite_stat1 SET stat = '10000000' || substr(stat, instr(stat || ' ', ' ')) WHERE tbl <> 'waiting'"
        )
    with open_store(tmp_path / "news.db") as store:
        fill(store, make, range(60, 70))
        found = plans(store)
    assert len(found) > 20
    slow = {
        text: plan
        for text, plan in found.items()
        if "BLOOM" in plan or "AUTOMATIC" in plan or set(re.findall(r"SCAN (\w+)", plan)) - SMALL - {"CONSTANT"}
    }
    assert slow == {}
