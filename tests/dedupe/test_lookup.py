from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from dedupe import Article, Store, cluster, explain, look_up, open_store
from dedupe.lookup import LONGEST_QUERY
from dedupe.word_index import WORDS_OF_A_TITLE, all_of
from dedupe.words import words

Make = Callable[..., Article]
Told = tuple[tuple[str, Article], ...]


@pytest.fixture(scope="module")
def demo_store(tmp_path_factory: pytest.TempPathFactory, told: Told) -> Iterator[Store]:
    """The demo's articles, clustered: for reading."""
    with open_store(tmp_path_factory.mktemp("lookup") / "news.db") as store:
        with store.transaction():
            for _, article in told:
                store.save_article(article)
        cluster(store)
        yield store


def event_of(store: Store, told: Told, query: str) -> str | None:
    """The event of the article that a query finds first."""
    found = look_up(store, query)
    events = {article.url: event for event, article in told}
    return events[found.matches[0].url] if found.matches else None


def test_an_address_finds_its_article_and_the_story(demo_store: Store, told: Told) -> None:
    for event, article in told[::7]:
        found = look_up(demo_store, article.url, addresses=("https://never.example/", article.url))
        assert (found.matches[0].url, found.matches[0].kind, found.matches[0].score) == (article.url, "url", 1)
        assert {match.url for match in found.matches} == {other.url for name, other in told if name == event}
        assert found.story is not None


@pytest.mark.parametrize(
    "change",
    [
        str,
        str.upper,
        str.lower,
        lambda title: f" “{title.replace(' ', '  ')}!” ",
        lambda title: title.replace(", ", " "),
    ],
)
def test_a_headline_finds_its_article(demo_store: Store, told: Told, change: Callable[[str], str]) -> None:
    for _, article in told[::2]:
        found = look_up(demo_store, change(article.title))
        (match,) = [match for match in found.matches if match.url == article.url]
        assert match.kind == "title"
        assert match.score == found.matches[0].score > 0.9


def test_a_quotation_finds_its_article_and_its_other_wordings(demo_store: Store, told: Told) -> None:
    for event, article in told[::3]:
        for quote in article.quotes[:2]:
            found = look_up(demo_store, quote.text)
            best = {match.url for match in found.matches if match.score > 0.99}
            assert article.url in best
            assert found.matches[0].kind in {"quotation", "text"}
            assert event_of(demo_store, told, f"“{quote.text.upper()}”") == event


REWORDED = "Setiap hari Muara Jati menghasilkan kira-kira 380 ton sampah dan tempat pembuangan akhir kami hampir penuh"


def test_a_reworded_quotation_finds_the_story(demo_store: Store, told: Told) -> None:
    found = look_up(demo_store, REWORDED)
    assert event_of(demo_store, told, REWORDED) == "visit-muara-bukit"
    assert len([match for match in found.matches if match.kind in {"quotation", "text"} and match.score >= 0.5]) >= 2
    assert {match.outlet for match in found.matches} == {"kabar_lestari", "warta_sagara", "suara_bukit", "harian_muara"}


def long_paragraphs(article: Article) -> list[str]:
    return [paragraph for paragraph in article.body.split("\n") if len(words(paragraph)) >= 15]


def test_a_paragraph_finds_its_article(demo_store: Store, told: Told) -> None:
    for _, article in told[::2]:
        for paragraph in long_paragraphs(article)[-1:]:
            found = look_up(demo_store, paragraph)
            assert article.url in {match.url for match in found.matches if match.score > 0.95}


def test_a_paragraph_with_a_quarter_of_its_words_changed_finds_the_event(demo_store: Store, told: Told) -> None:
    chance = random.Random(11)
    tried = right = 0
    for event, article in told:
        for paragraph in long_paragraphs(article)[:1]:
            said = paragraph.split()
            for place in chance.sample(range(len(said)), len(said) // 4):
                said[place] = chance.choice(["konon", "kabarnya", "agaknya", "barangkali", "sepertinya"])
            tried += 1
            right += event_of(demo_store, told, " ".join(said)) == event
    assert right / tried >= 0.97


def test_a_whole_article_finds_itself(demo_store: Store, told: Told) -> None:
    for _, article in told[::9]:
        found = look_up(demo_store, f"{article.title}\n{article.body}")
        assert article.url in {match.url for match in found.matches if match.score > 0.9}


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "???",
        "\0",
        "😀😀",
        "\ud800",
        "xyzzy plugh",
        "the",
        "Ratu lebah menari tango di planet Neptunus bersama gajah ungu",
        "Parliament of Elbonia votes to abolish mud",
        "a" * 100_000,
        "https://never.example/banjir",
        "SELECT * FROM articles; DROP TABLE articles",
    ],
)
def test_the_unknown_finds_nothing(demo_store: Store, query: str) -> None:
    found = look_up(demo_store, query)
    assert (found.query, found.story, found.matches) == (query, None, ())


@pytest.mark.parametrize("addresses", [("https://never.example/x",), ("",), ("\0",), ("https://a.example/\ud800",)])
def test_an_unknown_address_finds_nothing(demo_store: Store, addresses: tuple[str, ...]) -> None:
    assert look_up(demo_store, addresses[0], addresses).matches == ()


PIECES = [
    '"', "'", "*", "^", "(", ")", "{", "}", ":", "-", "+", "AND", "OR", "NOT", "NEAR(", "NEAR/3", "title:", "body :",
    "\0", "\ud800", "\u202e", "😀", "ﷺ", "é", "banjir", "Sagara", "1.240", "%", "_", ";", "--", "\\", "\n", " ", "  ",
    "x" * 300,    "https://", "articles_fts", "rowid", "NULL", "?", "?1", ":a", "ß", "İ", "東京", "\u0301",
]  # fmt: skip


def test_any_string_is_a_valid_query(demo_store: Store) -> None:
    chance = random.Random(2)
    for _ in range(2000):
        query = chance.choice(["", " "]).join(chance.choices(PIECES, k=chance.randint(1, 8)))
        assert look_up(demo_store, query).query == query


def test_no_query_writes(demo_store: Store) -> None:
    with open_store(demo_store.path, readonly=True) as reader:
        assert look_up(reader, REWORDED).matches
        assert explain(reader, 1, 2).a.url


def test_a_query_longer_than_any_article_is_cut(demo_store: Store, told: Told) -> None:
    article = told[0][1]
    assert look_up(demo_store, article.title + " " * LONGEST_QUERY + "kata " * 500_000).matches[0].url == article.url


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([], ""),
        (["a", "b"], '"a" AND "b"'),
        (['"', "\0", ""], ""),
        (['a"b'], '"a b"'),
        (["NEAR(", "*"], '"NEAR(" AND "*"'),
    ],
)
def test_all_of(asked: list[str], expected: str) -> None:
    assert all_of(asked) == expected


def test_before_clustering_a_look_up_finds_articles_but_no_story(store: Store, make: Make) -> None:
    store.save_article(make("a", "Banjir merendam Lantera.", title="Lantera Terendam Banjir"))
    found = look_up(store, "Lantera Terendam Banjir")
    assert found.story is None
    assert len(found.matches) == 1


def test_explain_says_why_and_why_not(demo_store: Store, told: Told) -> None:
    ids = {article.url: demo_store.article_at([article.url]) for _, article in told}
    first = [(event, ids[article.url]) for event, article in told]
    one, other = (
        next(i for event, i in first if event == name) for name in ("visit-muara-bukit", "visit-lembah-bukit")
    )
    twin = [i for event, i in first if event == "visit-muara-bukit"][1]
    assert one is not None
    assert other is not None
    assert twin is not None
    together, apart = explain(demo_store, one, twin), explain(demo_store, one, other)
    assert together.same_story is not None
    assert apart.same_story is None
    assert together.pair.score > apart.pair.score
    assert all(len(utterance.wordings) == 2 for utterance in together.quotations)
    assert len(together.quotations) >= 2
    assert explain(demo_store, twin, one).pair == together.pair


def test_explain_an_article_that_never_was(demo_store: Store) -> None:
    with pytest.raises(KeyError):
        explain(demo_store, 1, 999_999)


def test_a_headline_may_be_long(store: Store, make: Make) -> None:
    title = " ".join(f"kata{letter}" for letter in "abcdefghijklmnopqrstuvwxy")
    assert len(title.split()) == WORDS_OF_A_TITLE
    store.save_article(make("a", "Isi lain sama sekali.", title=title))
    assert look_up(store, title).matches[0].kind == "title"
