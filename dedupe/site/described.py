"""What Datasette's own pages say of the store's tables, views and columns."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from datasette import NotFound

from dedupe.schema import datasette_tables
from dedupe.site.answering import news_database


def metadata(datasette: Any) -> dict[str, Any]:
    """Return, as Datasette's metadata, what a row of each table and view is and what each column of a view means."""
    try:
        name = news_database(datasette).name
    except NotFound:
        return {}
    return {"databases": {name: {"tables": deepcopy(datasette_tables())}}}  # Datasette merges other metadata into it


async def describe(datasette: Any) -> None:
    """Tell Datasette 1.0 the same: it keeps metadata in a database of its own, and asks no hook for it."""
    for name, database in metadata(datasette).get("databases", {}).items():
        for table, told in database["tables"].items():
            await datasette.set_resource_metadata(name, table, "description", told["description"])
            for column, meaning in told.get("columns", {}).items():
                await datasette.set_column_metadata(name, table, column, "description", meaning)
