import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import languages, speakers
from newscrawl.name_words import Names
from newscrawl.quotes import find

CASES = Path(__file__).parents[1] / "cases" / "quotes"
SEEDS = Path(__file__).parents[2] / ".." / "shared" / "seeds"
FIELDS = ("text", "kind", "speaker", "role", "cue")
PIECES = st.sampled_from([
    *"\"“”„‘’'«»‹›\n", "— ", "\n—", " – ", " dijo Ana Ríos", " dedi", "dit-il", ", dit Anne", "’s ",
    "Kami siap", ",", ".", "?", ":", " ", " ujar Agis", " kata dia", "Agis mengatakan",
    " said Doe", "Doe said", "ujarnya",
    "Wakil Wali Kota Serang", " Nur Agis Aulia", "(45)", "bin", "menurut", "according to ",
    "\0", "\ud800", "film", "Dr.",
])  # fmt: skip
BODIES = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))
LANGUAGES = st.sampled_from([*languages.known(), "xx", None])
NO_MARKS = st.characters(exclude_characters="\"“”„‟«»‹›'‘’—–―-")


def cases() -> Iterator[ParameterSet]:
    for code in languages.known():
        for case in json.loads((CASES / f"{code}.json").read_text(encoding="utf-8")):
            marks = [pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else []
            yield pytest.param(code, case, id=f"{code}: {case['name']}", marks=marks)


@pytest.mark.parametrize(("code", "case"), list(cases()))
def test_quotes(code: str, case: dict[str, Any]) -> None:
    quotes = find(case["body"], language=code, set_apart=case.get("set_apart", ()))
    assert [{key: getattr(quote, key) for key in FIELDS} for quote in quotes] == case["quotes"]


@given(BODIES, LANGUAGES)
def test_every_span_is_found_in_the_body_at_its_place(body: str, language: str | None) -> None:
    for quote in find(body, language=language):
        assert body[quote.start : quote.end] == quote.text
        assert quote.text == quote.text.strip()
        assert quote.text


@given(BODIES, LANGUAGES)
def test_quotations_come_in_order_and_do_not_overlap(body: str, language: str | None) -> None:
    for first, second in pairwise(find(body, language=language)):
        assert first.end <= second.start


@given(BODIES, LANGUAGES)
def test_no_quotation_crosses_a_paragraph(body: str, language: str | None) -> None:
    assert not [quote for quote in find(body, language=language) if "\n" in quote.text]


@given(BODIES, LANGUAGES)
def test_a_fragment_has_a_speaker_or_a_pronoun_and_a_cue(body: str, language: str | None) -> None:
    assert all(quote.cue for quote in find(body, language=language) if quote.kind == "fragment")


@given(BODIES, LANGUAGES)
def test_finding_twice_is_once(body: str, language: str | None) -> None:
    assert find(body, language=language) == find(body, language=language)


@given(st.text(alphabet=NO_MARKS), st.sampled_from(languages.known()))
def test_no_quotation_without_marks(body: str, language: str) -> None:
    assert find(body, language=language) == ()


@pytest.mark.parametrize("code", languages.known())
@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "“",
        "”",
        '"a ',
        "“a.\n",
        "'a,' ",
        '"a," ',
        '"a "b," ',
        ", kata ",
        "Agis, ",
        "(A",
        "a.",
        "'",
        '"Kami siap," kata Agis. ',
        "‘a ",
        "‘a,’ zegt Anna. ",
        "„a“ so Anna, ",
        "«a» ",
        "— ",
        "—a—",
        "\n— a — disse Ana. ",
        "– a, dit Anne.\n",
        "Anna, “a” dedi. ",
    ],
)
def test_a_hundred_thousand_marks_come_back(code: str, piece: str) -> None:
    find(piece * (100_000 // max(1, piece.count('"'))), language=code)


@given(BODIES, LANGUAGES, st.data())
def test_lines_set_apart_keep_the_laws(body: str, language: str | None, data: st.DataObject) -> None:
    lines = [line for line in body.split("\n") if line.strip()]
    chosen = data.draw(st.lists(st.sampled_from(lines), max_size=3)) if lines else []
    quotes = find(body, language=language, set_apart=chosen)
    assert all(body[quote.start : quote.end] == quote.text and "\n" not in quote.text for quote in quotes)
    assert all(first.end <= second.start for first, second in pairwise(quotes))


@given(BODIES, LANGUAGES)
def test_lines_set_apart_that_the_body_lacks_change_nothing(body: str, language: str | None) -> None:
    assert find(body, language=language, set_apart=["No such line."]) == find(body, language=language)


def test_a_line_set_apart_and_in_marks_is_one_quotation() -> None:
    body = "Agis menyampaikan pesan:\n“Kali ini jangan ditinggal.”\nHujan turun lagi."
    with_line = find(body, language="id", set_apart=["“Kali ini jangan ditinggal.”"])
    assert with_line == find(body, language="id")
    assert len(with_line) == 1


def test_without_a_language_the_one_that_explains_most_is_taken() -> None:
    assert find("“Kami siap,” ujar Agis.", language=None) == find("“Kami siap,” ujar Agis.", language="id")
    assert find("“We are ready,” said Doe.", language=None) == find("“We are ready,” said Doe.", language="en")


@pytest.mark.parametrize("code", languages.known())
def test_every_language_has_forty_cases(code: str) -> None:
    cases_of = json.loads((CASES / f"{code}.json").read_text(encoding="utf-8"))
    assert len(cases_of) >= 40, f"write more labelled cases to tests/cases/quotes/{code}.json"
    assert any(not case["quotes"] for case in cases_of), "cases without a quotation are missing"


@pytest.mark.parametrize("code", languages.known())
def test_a_language_is_told_by_its_text(code: str) -> None:
    cases_of = json.loads((CASES / f"{code}.json").read_text(encoding="utf-8"))
    body = "\n".join(case["body"] for case in cases_of if "xfail" not in case and "set_apart" not in case)
    assert find(body, language=None) == find(body, language=code)


def test_only_so_many_quotations_are_read() -> None:
    assert len(find("“Kami siap,” kata Agis. " * 6000, language="id")) == 5000


def test_a_language_without_a_file_has_whole_utterances_only() -> None:
    found = find("“Wir gehen morgen nach Hause.”\nEin „Haus“ am See.", language="xx")
    assert [(quote.text, quote.speaker) for quote in found] == [("Wir gehen morgen nach Hause.", None)]


@pytest.mark.skipif(not SEEDS.exists(), reason="the founding pair lies beside the project, in ../shared/seeds")
@pytest.mark.parametrize(
    ("start", "speakers"),
    [
        ("000", ["Nur Agis Aulia", "Erwin"]),
        ("001", ["Nur Agus", "Nur Agis Aulia", "Erwin", "Erwin", "Erwin"]),
    ],
)
def test_founding_pair(start: str, speakers: list[str]) -> None:
    body = next(SEEDS.glob(f"{start}*.txt")).read_text(encoding="utf-8")
    assert [quote.speaker for quote in find(body, language="id")] == speakers


def test_a_capital_joint_behind_a_name_joins_nobody() -> None:
    speech = languages.load("id").speech
    found = speakers.after("Ngora Jain Dirban Dan", speech, Names())
    assert found is not None
    assert found.name is not None
    assert "Jain" in found.name
