"""Datasette's own pages say what views and columns mean."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from dedupe import View, views
from dedupe.site.serve import Wish


@pytest.mark.parametrize("view", views().values(), ids=lambda view: view.name)
def test_a_view_is_described_beside_its_rows(open_pages: Callable[..., Any], told_store: Path, view: View) -> None:
    answer = open_pages(told_store, Wish(with_sql=True)).ask(f"/{told_store.stem}/{view.name}")
    shown = unescape(answer.text)
    assert answer.status_code == 200
    assert view.sentence in shown
    assert all(f"<dd>{column.description}</dd>" in shown for column in view.columns)
