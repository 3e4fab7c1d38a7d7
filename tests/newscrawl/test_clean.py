import json
import re
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import clean, languages

CASES = Path(__file__).parents[1] / "cases" / "clean"
TEXTS = json.loads((CASES / "text.json").read_text(encoding="utf-8"))
BODIES = json.loads((CASES / "body.json").read_text(encoding="utf-8"))
SEEDS = Path(__file__).parents[2] / ".." / "shared" / "seeds"

PIECES = st.sampled_from([
    "Baca juga: ", "Artikel Terkait", "WARTA.com - ", "BANDUNG, Warta – ", "(*)", "(abc/def)", " ", ".",
    "”", "<p>", "</p>", "&amp;", "amp;", "Ā", "Ã©", "â€œ", "\u200b", "\0", "\ud800", "Warga",
    " menanam bakau", "lt;", "&", "\u0301", "e", "(ab)", "[ab]", "-",
])  # fmt: skip
LINES = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=8).map("".join))


def body_of(lines: list[str], **given_more: Any) -> tuple[list[str], list[str]]:
    language = languages.load(given_more.pop("language", "id"))
    return clean.body(lines, language=language, outlet_title="Warta", **given_more)


def marked(case: dict[str, Any]) -> ParameterSet:
    marks = [pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else []
    return pytest.param(case, id=case["name"], marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in TEXTS])
def test_text(case: dict[str, Any]) -> None:
    assert clean.text(case["raw"]) == case["text"]


@pytest.mark.parametrize("case", [marked(case) for case in BODIES])
def test_body(case: dict[str, Any]) -> None:
    extra = tuple(map(re.compile, case.get("extra", [])))
    language = languages.load(case.get("language", "id"))
    title = case.get("outlet_title", "")
    kept, furniture = clean.body(
        case["paragraphs"], language=language, outlet_title=title, extra=extra, caption=case.get("caption")
    )
    assert (kept, furniture) == (case["kept"], case["furniture"])


@given(LINES)
def test_cleaning_a_text_twice_is_once(raw: str) -> None:
    once = clean.text(raw)
    assert clean.text(once) == once


@given(st.lists(LINES, max_size=6).map("\n".join))
def test_paragraphs_twice_are_once(raw: str) -> None:
    once = clean.paragraphs(raw)
    assert clean.paragraphs("\n".join(once)) == once


@given(st.lists(LINES, max_size=6))
def test_cleaning_a_body_twice_is_once(lines: list[str]) -> None:
    kept, _ = body_of(lines)
    assert body_of(kept) == (kept, [])


@given(LINES)
def test_a_clean_text_can_be_stored(raw: str) -> None:
    line = clean.text(raw)
    assert "\0" not in line
    assert "\n" not in line
    assert line == line.strip()
    line.encode("utf-8")


@given(st.lists(LINES, max_size=6))
def test_no_line_is_lost(lines: list[str]) -> None:
    kept, furniture = body_of(lines)
    letters = [re.sub(r"<[^<>]*>|[\W_]", "", clean.text(line)) for line in lines]
    found = [re.sub(r"<[^<>]*>|[\W_]", "", line) for line in (*kept, *furniture)]
    assert len("".join(found)) >= len("".join(letters)) - 4 * len(lines)


@pytest.mark.parametrize(
    "line",
    [
        "<p>" * 50_000,
        "(" * 100_000,
        "a.com - " * 20_000,
        "(a) " * 50_000,
        "A, B " * 40_000,
        "&amp;" * 50_000,
        "\u200b" * 99_999,
    ],
)
def test_hostile_lines_come_back(line: str) -> None:
    body_of([line, line])


@pytest.mark.parametrize("entity", ["&" + "amp;" * 20_000 + "lt;", "&#38;" * 5_000])
def test_text_escaped_many_times_settles(entity: str) -> None:
    once = clean.text(entity)
    assert clean.text(once) == once


@pytest.mark.skipif(not SEEDS.exists(), reason="the founding pair lies beside the project, in ../shared/seeds")
@pytest.mark.parametrize(("start", "title"), [("000", "SEWAKTU.com"), ("001", "Sokoguru.id")])
def test_founding_pair_has_no_furniture_left(start: str, title: str) -> None:
    raw = next(SEEDS.glob(f"{start}*.txt")).read_text(encoding="utf-8")
    kept, furniture = clean.body(clean.paragraphs(raw), language=languages.load("id"), outlet_title=title)
    assert not [
        line for line in kept if line.lower().startswith(("baca juga", "artikel terkait", "sewaktu", "sokoguru,"))
    ]
    assert sum(line.lower().startswith("baca juga") for line in furniture) >= 2
    assert not [line for line in kept if "<p>" in line or line.endswith("(*)")]
    assert "\u0100" not in " ".join(kept + furniture)


@given(st.text(alphabet=st.sampled_from("ab Z,.;%'~“”‘’–—… -<>#0"), max_size=60))
def test_a_plain_text_has_nothing_to_repair(raw: str) -> None:
    assert clean.text(raw) == clean._settled(raw)
