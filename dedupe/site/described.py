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
