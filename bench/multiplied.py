"""A clustered store -> the same store many times as large: its weeks again, each copy a week earlier than the last.

A million articles through the whole engine are most of an hour; what a batch costs depends on what it finds in the
store. So a generated week that the engine clustered is written again in SQL, with ids, addresses and days of their own:
texts, signatures, index, pairs, stories, links and families as the engine made them. What full-text search finds is not
copied. Word counts are multiplied. No copy meets another, for the window is three days; the links of stories reach two
weeks back and find them.
"""

from __future__ import annotations

from dedupe import Store
from dedupe.bands import EPOCH_DAYS

MOVED = {
    "articles": {"id": "article", "url": "address", "published_day": "day"},
    "versions": {"article_id": "article"},
    "quotes": {"id": "quote", "article_id": "article"},
    "addresses": {"url": "address", "article_id": "article"},
    "pages": {"url": "address", "article_id": "article"},
    "signatures": {"article_id": "article", "day": "number", "same_text_as": "article"},
    "bands": {"epoch": "epoch", "member": "member"},
    "stories": {"id": "story", "first_day": "day", "last_day": "day"},
    "coverage": {"article_id": "article", "story_id": "story"},
    "pairs": {"a": "article", "b": "article"},
    "story_links": {"story_a": "story", "story_b": "story"},
    "text_pairs": {"a": "article", "b": "article"},
    "family_members": {"article_id": "article", "family_id": "article"},
}
"""Table -> the columns that are others in a copy, and how."""
TABLE_OF = {"article": "articles", "story": "stories", "quote": "quotes"}


def multiply(store: Store, times: int) -> None:
    """Write a store's articles and all that clustering made of them so many times altogether."""
    run = store.connection.execute
    triggers = store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    most = {kind: store.value(f"SELECT max(id) FROM {table}") for kind, table in TABLE_OF.items()}
    first_epoch = store.value("SELECT min(epoch) FROM bands")
    run("PRAGMA foreign_keys = OFF")
    with store.transaction():
        for trigger in triggers:
            run(f"DROP TRIGGER {trigger['name']}")
        for copy in range(1, times):
            written = {
                **{kind: f"{{}} + {copy * greatest}" for kind, greatest in most.items()},
                "address": f"{{}} || '/{copy}'",
                "day": f"date({{}}, '-{copy * EPOCH_DAYS} days')",
                "number": f"{{}} - {copy * EPOCH_DAYS}",
                "epoch": f"{{}} - {copy}",
                "member": f"{{}} + {copy * most['article'] << 3}",
            }
            for table, moved in MOVED.items():
                columns = [row["name"] for row in store.rows(f"PRAGMA table_info({table})")]
                chosen = [written[moved[name]].format(name) if name in moved else f'"{name}"' for name in columns]
                whose, kind = next((name, kind) for name, kind in moved.items() if kind in most or kind == "member")
                where = (
                    f"{whose} <= {most[kind]}"
                    if kind in most
                    else f"epoch >= {first_epoch} AND member >> 3 <= {most['article']}"
                )
                run(f"INSERT INTO {table} SELECT {', '.join(chosen)} FROM {table} WHERE {where}")
        run("UPDATE document_frequencies SET articles = articles * ?", (times,))
        run("UPDATE counted_articles SET articles = articles * ?", (times,))
        for trigger in triggers:
            run(trigger["sql"])
    run("PRAGMA foreign_keys = ON")
