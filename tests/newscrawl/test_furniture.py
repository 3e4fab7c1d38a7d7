import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Furniture, Printed
from newscrawl import furniture

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "furniture" / "learned.json").read_text(encoding="utf-8")
)
PLACES = ("Muara", "Lembah", "Bukit", "Sagara", "Tanjung", "Cemara", "Rancah", "Selat", "Pulau", "Kampung", "Hilir")
THINGS = ("bakau", "jembatan", "pasar", "sekolah", "perahu", "padi", "garam", "kopi", "jalan", "lampu", "sumur")
DOINGS = ("menanam", "membangun", "memeriksa", "membuka", "menutup", "menjual", "merawat", "mengukur", "melihat")
FIRST_DAY = 739_000


def sentence(dice: random.Random) -> str:
    place, other = dice.sample(PLACES, 2)
    return (
        f"Warga {place} {dice.choice(DOINGS)} {dice.choice(THINGS)} bersama {dice.randrange(900)} orang dari {other}."
    )


def headline(dice: random.Random) -> str:
    return f"{dice.choice(PLACES)} {dice.choice(DOINGS).title()} {dice.choice(THINGS).title()}"


def filled(template: str, dice: random.Random) -> str:
    for field, words in (("place", PLACES), ("thing", THINGS), ("doing", DOINGS)):
        while f"{{{field}}}" in template:
            template = template.replace(f"{{{field}}}", dice.choice(words), 1)
    return template.format(number=dice.randrange(2000), headline=headline(dice), sentence=sentence(dice))


def outlet(cases: Sequence[dict[str, Any]], articles: int = 80) -> list[Printed]:
    """Articles of one outlet, two on each day, with the lines of the cases between their sentences."""
    dice = random.Random(1)
    made = []
    for number in range(articles):
        lines = [
            filled(line, dice)
            for case in cases
            if number % case["every"] == 0 and case.get("from", 0) <= number < case.get("to", articles)
            for line in case["lines"]
        ]
        prose = [sentence(dice) for _ in range(6)]
        made.append(printed("\n".join([*prose[:3], *lines, *prose[3:]]), number, headline(dice), number // 2))
    return made


def printed(body: str, number: int = 1, title: str = "", day: int = 0) -> Printed:
    return Printed(article_id=number, outlet="warta", title=title, body=body, language="id", day=FIRST_DAY + day)


def case(name: str) -> dict[str, Any]:
    return next(one for one in CASES if one["name"] == name)


def marked(one: dict[str, Any]) -> ParameterSet:
    marks = [pytest.mark.xfail(reason=one["xfail"], strict=True)] if "xfail" in one else []
    return pytest.param(one, id=one["name"], marks=marks)


@pytest.mark.parametrize("one", [marked(one) for one in CASES])
def test_what_is_learned(one: dict[str, Any]) -> None:
    assert [[told.kind, told.text] for told in furniture.learn(outlet([one]))] == one["learned"]


def test_the_counts_are_told() -> None:
    (one,) = furniture.learn(outlet([case("a bare line")]))
    assert (one.articles, one.of, one.days) == (16, 80, 16)
    assert (one.first_day, one.last_day) == ("2024-04-24", "2024-05-31")


def test_a_rare_heading_stays_though_no_sentence_says_it() -> None:
    rare = {"lines": ["Duduk Perkara"], "every": 45}
    assert furniture.learn(outlet([rare], articles=300)) == ()
    assert furniture.learn(outlet([{**rare, "lines": ["[Duduk Perkara]"]}], articles=300)) != ()


def test_sentences_that_begin_like_furniture_stay() -> None:
    known = furniture.learn(outlet([case("words without a colon")]))
    body = "Tonton juga pameran itu, pesan panitia kepada warga.\nTonton juga Pameran Kopi"
    assert furniture.places(body, known) == {(1, 0, 24): ("opening", "tonton juga")}


def test_a_body_of_nothing_but_furniture_stays() -> None:
    known = furniture.learn(outlet([case("a label and a headline")]))
    assert furniture.places("Baca juga: Panen Garam\nBaca juga: Kapal Baru", known) == {}


@pytest.mark.parametrize(
    ("paragraph", "left", "cut"),
    [
        ("Mereka pulang sore. Baca juga: Panen Garam", "Mereka pulang sore.", ["Baca juga: Panen Garam"]),
        ("Mereka pulang.Baca juga: Panen Garam! Kapal Baru", "Mereka pulang.", ["Baca juga: Panen Garam! Kapal Baru"]),
        ("“Kami pulang.” Baca juga: Panen Garam?", "“Kami pulang.”", ["Baca juga: Panen Garam?"]),
        (
            "Mereka pulang. Ikuti kanal kami di aplikasi pesan untuk kabar terkini. Baca juga: Panen Garam",
            "Mereka pulang.",
            ["Ikuti kanal kami di aplikasi pesan untuk kabar terkini.", "Baca juga: Panen Garam"],
        ),
        (
            "Ikuti kanal kami di aplikasi pesan untuk kabar terkini. Mereka pulang.",
            "Mereka pulang.",
            ["Ikuti kanal kami di aplikasi pesan untuk kabar terkini."],
        ),
        ("Mereka pulang. Baca juga: Panen Garam. Lalu hujan turun.", None, []),
        ("Mereka pulang, baca juga: Panen Garam", None, []),
        ("“Mereka pulang. Baca juga: Panen Garam.”", None, []),
        ("Papan itu berbunyi “Awas. Baca juga: Aturan”", None, []),
    ],
)  # fmt: skip
def test_furniture_glued_to_a_paragraph_is_cut(paragraph: str, left: str | None, cut: list[str]) -> None:
    known = furniture.learn(outlet([case("a label and a headline"), case("a channel")]))
    body = f"Warga menanam bakau di pesisir hari ini.\n{paragraph}"
    found = furniture.places(body, known)
    assert [paragraph[start:end] for _, start, end in sorted(found)] == cut
    assert furniture.without(body, found).split("\n")[1] == (left or paragraph)


def glued(ending: str, every: int, articles: int = 80) -> tuple[Furniture, ...]:
    """What is learned where every so manieth article's last paragraph has an ending."""
    made = []
    for article in outlet([], articles):
        number = article.article_id
        tail = f" {filled(ending, random.Random(number))}" if number % every == 0 else ""
        made.append(replace(article, body=article.body + tail))
    return furniture.learn(made)


@pytest.mark.parametrize(
    ("ending", "every", "learned"),
    [
        ("Ikuti kanal kami di aplikasi pesan.", 2, [("line", "ikuti kanal kami di aplikasi pesan.")]),
        ("Follow our channel on the messenger. Tap here.", 3, [
            ("line", "follow our channel on the messenger. tap here.")]),
        ("Baca pula: {headline}", 4, [("opening", "baca pula:")]),
        ("Abonnieren Sie unseren täglichen Newsletter.", 5, [("line", "abonnieren sie unseren täglichen newsletter.")]),
        ("私たちのチャンネルを登録してください。", 4, [("line", "私たちのチャンネルを登録してください。")]),
        ("Terdakwa berhak mengajukan banding dalam tujuh hari.", 20, []),
        ("Demikian.", 2, []),
        ("kabar ini dari desa sebelah.", 2, []),
        ("“Kami siap menanam bakau lagi.”", 2, []),
        ("Ia berpesan: {sentence}", 2, []),
    ],
)  # fmt: skip
def test_what_recurs_at_the_ends_of_paragraphs_is_learned(
    ending: str, every: int, learned: list[tuple[str, str]]
) -> None:
    assert [(one.kind, one.text) for one in glued(ending, every)] == learned


def test_a_refrain_of_one_running_story_stays() -> None:
    made = []
    for article in outlet([], 80):
        tail = " Mercusuar itu padam sejak badai tahun lalu." if article.article_id % 8 == 0 else ""
        title = "Mercusuar Selat" if tail else article.title
        made.append(replace(article, body=article.body + tail, title=title))
    assert furniture.learn(made) == ()


# --- laws ---------------------------------------------------------------------------------------

BODIES = st.lists(
    st.one_of(
        st.sampled_from(
            ["Baca juga: Panen", "Simak Video", "ADVERTISEMENT", "", ":", "Tonton juga 3 kopi", "“Baca juga”"]
        ),
        st.lists(
            st.sampled_from(["Baca juga: Panen.", "Simak video", "Mereka pulang.", "Advertisement", "Pulang! "]),
            max_size=5,
        ).map(" ".join),
        st.text(alphabet=st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=60),
        st.integers(0, 9).map(lambda seed: sentence(random.Random(seed))),
    ),
    max_size=9,
).map("\n".join)
KNOWN = st.lists(
    st.builds(
        Furniture,
        kind=st.sampled_from(["line", "opening"]),
        text=st.sampled_from(["baca juga:", "simak video", "advertisement", "tonton juga", ":", ""]),
        articles=st.just(9),
        of=st.just(9),
        days=st.just(9),
        first_day=st.just("2026-05-05"),
        last_day=st.just("2026-05-06"),
    )
)


@given(st.lists(st.sampled_from(CASES), max_size=6), st.randoms(use_true_random=False))
def test_learning_does_not_depend_on_the_order_of_arrival(cases: list[dict[str, Any]], dice: random.Random) -> None:
    articles = outlet(cases, articles=40)
    assert furniture.learn(dice.sample(articles, len(articles))) == furniture.learn(articles)


@given(st.lists(BODIES, max_size=furniture.LEAST_ARTICLES - 1))
def test_a_line_in_too_few_articles_is_never_furniture(bodies: list[str]) -> None:
    assert furniture.learn([printed(body, number, day=number) for number, body in enumerate(bodies)]) == ()


@given(BODIES, KNOWN)
def test_removing_twice_is_removing_once(body: str, known: list[Furniture]) -> None:
    once = furniture.without(body, furniture.places(body, known))
    assert furniture.places(once, known) == {}


@given(BODIES, KNOWN)
def test_nothing_is_lost(body: str, known: list[Furniture]) -> None:
    lines, out = body.split("\n"), furniture.places(body, known)
    left = furniture.without(body, out)
    cut = "".join(lines[number][start:end] for number, start, end in out)
    assert Counter("".join((left + cut).split())) == Counter("".join(body.split()))


@given(st.text(max_size=400))
def test_any_line_can_be_counted(line: str) -> None:
    assert all(0 < len(text) <= furniture.LONGEST for _, text in furniture.candidates(furniture.key(line)))


def test_a_huge_body_is_no_trouble() -> None:
    body = "a: b\n" * 20_000 + "x" * 500_000 + "\n" + ": " * 50_000 + "\n" + '"' * 50_000
    assert furniture.learn([printed(body, number, day=number) for number in range(3)]) == ()
