"""The speakers: who is quoted most in a time, and everything one person said, as each outlet words it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from dedupe.compare import Utterance, utterance, utterances
from dedupe.model import Article, Quote
from dedupe.site.answer import Answer, Entry
from dedupe.site.asked import Asked
from dedupe.store import Store
from dedupe.words import words

TIMES = (7, 30, 90)
"""Days, up to the newest printed day, that the list of the most quoted may cover."""
SPEAKERS = 50
LONGEST_NAME = 300
WORDS_OF_A_SEARCH = 8
MOST_FOUND = 20_000
"""Quotations that a search for a name looks at: more have words that stand in too many names to be of use."""
STORIES = 15
"""Stories of one page of a person's quotations."""
MOST_PAGES = 500
NEWS = 50
"""Quotations of a person's feed."""
ARTICLES_OF_A_STORY = 60
SHORT_WORD = 3
"""A word of a name below this (an initial, "de", "al") does not make two names one."""


@dataclass(frozen=True)
class Quoted:
    """One speaker of a list."""

    speaker: str
    role: str | None
    """As printed with the newest of the quotations."""
    quotations: int
    articles: int
    outlets: int
    last_day: str | None


@dataclass(frozen=True)
class Speakers:
    """The most quoted of a time, or those whose name was searched for."""

    name: str
    """What was searched for; empty where nothing was."""
    days: int
    since: str | None
    until: str | None
    speakers: tuple[Quoted, ...]


@dataclass(frozen=True)
class Source:
    """An article in which a wording stands."""

    article_id: int
    outlet: str
    outlet_title: str
    url: str
    published_text: str | None
    published_day: str | None
    published_at: str | None


@dataclass(frozen=True)
class Said:
    """What a person said in one story."""

    story_id: int | None
    """None for an article that was not grouped yet."""
    title: str
    day: str | None
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True)
class SpeakerPage:
    """Everything one person said."""

    name: str
    roles: tuple[str, ...]
    quotations: int
    articles: int
    outlets: int
    first_day: str | None
    last_day: str | None
    spellings: tuple[str, ...]
    """Other names under which outlets print an utterance that another outlet gives to this name, on this page."""
    stories: tuple[Said, ...]
    page: int
    has_more: bool


def listing(asked: Asked) -> Answer:
    """Return the most quoted speakers of a time, or those whose name has the words that were typed in."""
    store, name = asked.store, asked.said("name")
    days = asked.number("days", least=TIMES[0], most=TIMES[-1]) or TIMES[0]
    until = store.value("SELECT max(published_day) FROM articles WHERE published_day <= date('now', '+1 day')")
    since = (date.fromisoformat(until) - timedelta(days=days - 1)).isoformat() if until else None
    found = named(store, name) if name else most_quoted(store, since, until)
    t = asked.wording
    return Answer(
        template="speakers.html",
        title=t("speakers.found", name=name) if name else t("speakers.title"),
        data=Speakers(name, days, since, until, found),
        rows=[vars(one) for one in found],
        extra={"times": TIMES},
    )


def most_quoted(store: Store, since: str | None, until: str | None) -> tuple[Quoted, ...]:
    """Return the speakers that most outlets quote in the articles of some days."""
    if since is None:
        return ()
    rows = store.rows(
        """
        SELECT q.speaker, q.role, count(*) AS quotations, count(DISTINCT q.article_id) AS articles,
               count(DISTINCT a.outlet) AS outlets, max(a.published_day) AS last_day
          FROM articles AS a JOIN quotes AS q ON q.article_id = a.id
         WHERE a.published_day BETWEEN ? AND ? AND q.speaker IS NOT NULL
         GROUP BY q.speaker ORDER BY outlets DESC, quotations DESC, q.speaker LIMIT ?""",
        (since, until, SPEAKERS),
    )
    return tuple(Quoted(**dict(row)) for row in rows)


def named(store: Store, name: str) -> tuple[Quoted, ...]:
    """Return the speakers whose name has words that begin with all those typed in, those of most quotations first."""
    asked = words(name)[:WORDS_OF_A_SEARCH]
    if not asked:
        return ()
    match = " AND ".join(f'"{word}" *' for word in asked)
    rows = store.rows(
        """
        SELECT q.speaker, q.role, count(*) AS quotations, count(DISTINCT q.article_id) AS articles,
               count(DISTINCT a.outlet) AS outlets, max(a.published_day) AS last_day
          FROM (SELECT rowid AS id FROM quotes_fts WHERE quotes_fts MATCH ? LIMIT ?) AS found
          JOIN quotes AS q ON q.id = found.id JOIN articles AS a ON a.id = q.article_id
         GROUP BY q.speaker ORDER BY quotations DESC, q.speaker LIMIT ?""",
        (f"{{speaker}} : ({match})", MOST_FOUND, SPEAKERS),
    )
    return tuple(Quoted(**dict(row)) for row in rows)


def page(asked: Asked) -> Answer | None:
    """Return everything one person said, or None where nobody of this name is quoted."""
    store, name = asked.store, asked.said("name", LONGEST_NAME)
    counted = counts(store, name)
    if not counted["quotations"]:
        return None
    number = asked.number("page", most=MOST_PAGES) or 1
    homes = stories(store, name, number)
    sources: dict[str, Source] = {}
    told = tuple(said_in(store, row, name, sources) for row in homes[:STORIES])
    shown = SpeakerPage(
        name=name,
        roles=roles(store, name),
        **counted,
        spellings=others(name, (one for said in told for one in said.utterances)),
        stories=told,
        page=number,
        has_more=len(homes) > STORIES,
    )
    return Answer(
        template="speaker.html",
        title=name,
        data=shown,
        rows=rows_of(shown, sources),
        entries=news(store, name),
        extra={
            "sources": sources,
            "with_page": lambda other: f"/speaker?{urlencode({'name': name, 'page': other})}",
        },
    )


def counts(store: Store, name: str) -> dict[str, Any]:
    """Return how much of a person is quoted, where, and from when to when."""
    return dict(
        store.rows(
            "SELECT count(*) AS quotations, count(DISTINCT q.article_id) AS articles,"
            "       count(DISTINCT a.outlet) AS outlets, min(a.published_day) AS first_day,"
            "       max(a.published_day) AS last_day"
            "  FROM quotes AS q JOIN articles AS a ON a.id = q.article_id WHERE q.speaker = ?",
            (name,),
        )[0]
    )


def roles(store: Store, name: str) -> tuple[str, ...]:
    """Return the roles printed with a name, the most frequent first."""
    rows = store.rows(
        "SELECT role FROM quotes WHERE speaker = ? AND role IS NOT NULL"
        " GROUP BY role ORDER BY count(*) DESC, role LIMIT 5",
        (name,),
    )
    return tuple(row["role"] for row in rows)


def stories(store: Store, name: str, number: int) -> list[Any]:
    """Return one page of the stories in which a person is quoted, the newest first, and one more where there is one.

    An article that is in no story stands for itself, under its id below zero.
    """
    return store.rows(
        """
        SELECT coalesce(c.story_id, -q.article_id) AS home, coalesce(s.title, a.title) AS title,
               max(coalesce(a.published_day, substr(a.first_seen_at, 1, 10))) AS day
          FROM quotes AS q JOIN articles AS a ON a.id = q.article_id
          LEFT JOIN coverage AS c ON c.article_id = q.article_id LEFT JOIN stories AS s ON s.id = c.story_id
         WHERE q.speaker = ?
         GROUP BY home ORDER BY day DESC, home DESC LIMIT ? OFFSET ?""",
        (name, STORIES + 1, (number - 1) * STORIES),
    )


def said_in(store: Store, row: Any, name: str, sources: dict[str, Source]) -> Said:
    """Return what a person said in one story; its articles are added to `sources` under their addresses."""
    home: int = row["home"]
    quoted = quoting(store, home, name)
    for one in quoted:
        sources[one["url"]] = Source(*(one[key] for key in Source.__dataclass_fields__))
    return Said(home if home > 0 else None, row["title"], row["day"], tuple(spoken(quoted, name)))


def spoken(quoted: Sequence[Any], name: str) -> list[Utterance]:
    """Return a person's utterances in one story, under every spelling of the name, and last the fragments.

    A fragment (words in marks inside a reported sentence) is too short to be found in other outlets.
    """
    articles = [as_quoted(rows) for rows in by_article(quoted)]
    said = utterances(articles)
    names = {name, *others(name, said)}
    fragments = [
        utterance([(article, quote)])
        for article in articles
        for quote in article.quotes
        if quote.kind == "fragment" and quote.speaker in names
    ]
    return [one for one in said if names.intersection(one.speakers)] + fragments


def quoting(store: Store, home: int, name: str) -> list[Any]:
    """Return the quotations of a story's articles, those articles first that quote a person."""
    members = (
        "SELECT article_id FROM coverage WHERE story_id = :home"
        " ORDER BY article_id IN (SELECT article_id FROM quotes WHERE speaker = :name) DESC, article_id LIMIT :most"
        if home > 0
        else "SELECT -:home AS article_id"
    )
    return store.rows(
        f"""
        SELECT a.id AS article_id, a.outlet, coalesce(o.title, a.outlet) AS outlet_title, a.url, a.published_text,
               a.published_day, a.published_at, q.text, q."start", q."end", q.kind, q.speaker, q.role, q.cue
          FROM ({members}) AS m JOIN articles AS a ON a.id = m.article_id JOIN quotes AS q ON q.article_id = a.id
          LEFT JOIN outlets AS o ON o.name = a.outlet
         ORDER BY a.id, q.position""",
        {"home": home, "name": name, "most": ARTICLES_OF_A_STORY} if home > 0 else {"home": home},
    )


def by_article(rows: Iterable[Any]) -> list[list[Any]]:
    """Return rows in lists, one for each article."""
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row["article_id"], []).append(row)
    return list(found.values())


def as_quoted(rows: Sequence[Any]) -> Article:
    """Return an article with nothing but its quotations: all that comparing them needs."""
    return Article(
        url=rows[0]["url"],
        outlet=rows[0]["outlet"],
        title="",
        body="",
        quotes=tuple(Quote(**{name: row[name] for name in Quote.__dataclass_fields__}) for row in rows),
    )


def others(name: str, said: Iterable[Utterance]) -> tuple[str, ...]:
    """Return the other names that outlets print for a person: of the same utterance, with a word in common."""
    found = {other for one in said if name in one.speakers for other in one.speakers if other != name}
    return tuple(sorted(other for other in found if name_words(other) & name_words(name)))


def name_words(name: str) -> set[str]:
    """Return the words of a name that can tell one person from another."""
    return {word for word in words(name) if len(word) >= SHORT_WORD}


def rows_of(shown: SpeakerPage, sources: dict[str, Source]) -> list[dict[str, object]]:
    """Return the page's wordings as a table."""
    return [
        {
            "story_id": said.story_id,
            "utterance": number,
            "article_id": sources[wording.url].article_id,
            "outlet": wording.outlet,
            "url": wording.url,
            "published_text": sources[wording.url].published_text,
            "published_day": sources[wording.url].published_day,
            "speaker": wording.quote.speaker,
            "role": wording.quote.role,
            "cue": wording.quote.cue,
            "text": wording.quote.text,
        }
        for said in shown.stories
        for number, one in enumerate(said.utterances, 1)
        for wording in one.wordings
    ]


def news(store: Store, name: str) -> list[Entry]:
    """Return a person's newest quotations for a feed."""
    rows = store.rows(
        """
        SELECT q.article_id, q.position, q.text, a.title, a.first_seen_at, coalesce(o.title, a.outlet) AS outlet
          FROM quotes AS q JOIN articles AS a ON a.id = q.article_id LEFT JOIN outlets AS o ON o.name = a.outlet
         WHERE q.speaker = ? AND q.kind <> 'fragment'
         ORDER BY a.first_seen_at DESC, q.id DESC LIMIT ?""",
        (name, NEWS),
    )
    return [
        Entry(
            f"/article/{row['article_id']}#quotation-{row['position'] + 1}",
            f"{row['outlet']}: {row['title']}",
            row["first_seen_at"],
            f"“{row['text']}”",
            row["outlet"],
        )
        for row in rows
    ]
