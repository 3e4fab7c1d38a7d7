"""Invented articles with the word statistics of a language's news, as many as asked for: text for benches.

    python bench/generated.py [--count 10000] [--language id] [--show]

Words: those of the shipped table of the language (`dedupe/frequencies/`), as often as their share of articles says,
and a Zipf tail of made-up words. Every article tells an event: words of its own, of its topic, invented people and
places, numbers, and a quotation that each outlet words its own way. A share of the events is told by 2 to 6 outlets
within two days; a share of those further articles reprints the first with a few words changed. No sentence has a sense.
Articles come in the order of their printed time; the same arguments give the same articles.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt

from dedupe import Article, Quote
from dedupe.words import prior

BEGIN = datetime(2025, 1, 6, tzinfo=UTC)
WORDS = 300
"""Words of an article, on average."""
TAIL = 60_000
"""Made-up words beyond the table."""
TAIL_EXPONENT = 0.9
OF_THE_TABLE = 0.8
"""Share of the words that the table gives before an event's own words come in."""
TOPICS = 80
TOPIC_WORDS, EVENT_WORDS = 40, 24
OF_THE_EVENT, OF_THE_TOPIC = 0.16, 0.12
"""Shares of an article's words that come from its event and its topic."""
FIGURES = 12
"""People and places that a topic's events meet again and again."""
SHARED_EVENTS = 0.12
"""Share of the events that several outlets tell."""
OUTLETS_OF_AN_EVENT = (2, 6)
REPRINTS = 0.25
"""Share of an event's further articles that reprint its first one."""
WORDS_CHANGED = 0.03
"""Share of the words that a reprint changes."""
DELAY = timedelta(hours=9)
LONGEST_DELAY = timedelta(hours=44)
"""How much later another outlet tells an event: on average, and at most."""
BATCH = 512
PICKS = 160
"""Choices drawn for one article; from there on they repeat."""
LARGEST = 2**40
CAPITALISED = frozenset({"indonesia", "jakarta", "jawa", "bandung", "surabaya", "republik", "america", "american"})
ONSETS = ("b", "c", "d", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "w", "ng", "ny", "tr", "pr", "kl")
VOWELS = ("a", "i", "u", "e", "o", "ai")
CODAS = ("", "", "n", "r", "s", "ng", "t", "k")
CUES = {"id": ("kata", "ujar", "jelas"), "en": ("said", "says", "told")}
Numbers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """The words, topics and people that a corpus is made of."""

    words: list[str]
    cumulative: Shares
    """How often each word stands, added up."""
    tail: int
    """Number of the first made-up word."""
    topics: Sequence[Numbers]
    figures: Sequence[Sequence[str]]
    cues: Sequence[str]


@dataclass
class Event:
    """What an event's articles have in common."""

    name: str
    words: Numbers
    """Its own words, then its topic's."""
    names: list[str]
    """The first is a place, the second who is quoted."""
    figures: list[str]
    """Printed numbers."""
    said: Numbers
    """The words of the utterance."""
    first: Article | None = None
    """The article that others reprint."""


@dataclass
class Draws:
    """What chance says of one article."""

    words: Numbers
    mix: Shares
    """For each word, whether it is the event's, the topic's or any."""
    picks: Iterator[float]
    """Numbers between 0 and 1 for whatever is to be chosen, in order."""

    def below(self, most: int) -> int:
        """Return a number from 0 to below `most`."""
        return int(next(self.picks) * most)


def event_of(article: Article) -> str:
    """Return the name of the event that a generated article tells: the gold of an evaluation."""
    return article.url.split("/")[3]


def articles(  # noqa: PLR0913 - each is one thing that a bench varies
    count: int,
    *,
    language: str = "id",
    days: int = 60,
    outlets: int = 40,
    seed: int = 1,
    begin: datetime = BEGIN,
) -> Iterator[Article]:
    """Yield invented articles in the order of their printed time; `event_of` names the event of each."""
    random = np.random.default_rng([seed, *language.encode()])
    world = made(language)
    names = [f"{made_up(31 * n + 7).capitalize()} Pos" for n in range(outlets)]
    step = timedelta(days=days) / max(1, count)
    waiting: list[tuple[datetime, int, Event]] = []
    numbers = itertools.count()
    for place, drawn in enumerate(draws(world, random, count)):
        at = begin + step * place
        if waiting and waiting[0][0] <= at:
            event = heapq.heappop(waiting)[2]
        else:
            event = happened(world, f"event-{next(numbers)}", drawn)
            for _ in range(further(drawn)):
                heapq.heappush(waiting, (at + delay(drawn), next(numbers), event))
        outlet = names[drawn.below(outlets)]
        article = told(world, event, drawn, language)
        url = f"https://{outlet.split()[0].lower()}.example/{event.name}/{place}"
        yield moved(replace(article, url=url, outlet=outlet), at)


def moved(article: Article, at: datetime) -> Article:
    """Return an article with another printed time."""
    return replace(
        article,
        published_text=at.isoformat(),
        published_day=at.date(),
        published_at=at,
        fetched_at=at + timedelta(minutes=20),
    )


def draws(world: World, random: np.random.Generator, count: int) -> Iterator[Draws]:
    """Yield what chance says of each article, drawn for many at once."""
    for start in range(0, count, BATCH):
        lengths = np.clip(random.normal(WORDS, 60, min(BATCH, count - start)), 120, 600).astype(int)
        words = np.searchsorted(world.cumulative, random.random(int(lengths.sum())))
        mix = random.random(len(words))
        picks = random.random((len(lengths), PICKS)).tolist()
        ends = np.cumsum(lengths)
        for end, length, row in zip(ends.tolist(), lengths.tolist(), picks, strict=True):
            yield Draws(words[end - length : end], mix[end - length : end], itertools.cycle(row))


def further(drawn: Draws) -> int:
    """Return how many more articles an event gets."""
    least, most = OUTLETS_OF_AN_EVENT
    return least - 1 + drawn.below(most - least + 1) if next(drawn.picks) < SHARED_EVENTS else 0


def delay(drawn: Draws) -> timedelta:
    """Return how much later than the first another article of an event comes."""
    return min(LONGEST_DELAY, -math.log(1 - next(drawn.picks)) * DELAY)


@cache
def made(language: str) -> World:
    """Return the words and topics of a language's corpora."""
    table = prior(language)
    mean = np.array([-math.log(1 - min(share, 0.995)) for share in table.values()])
    tail = (np.arange(1, TAIL + 1) + 50.0) ** -TAIL_EXPONENT
    shares = np.concatenate([mean / mean.sum() * OF_THE_TABLE, tail / tail.sum() * (1 - OF_THE_TABLE)])
    words = [word.capitalize() if word in CAPITALISED else word for word in table]
    invented = (word for word in map(made_up, itertools.count(20)) if word not in table)
    words += itertools.islice(invented, TAIL)
    random = np.random.default_rng([5, *language.encode()])
    half = TOPIC_WORDS // 2
    topics = [
        np.concatenate([random.integers(300, len(table), half), len(table) + random.integers(0, 6_000, half)])
        for _ in range(TOPICS)
    ]
    figures = [[person(int(random.integers(LARGEST))) for _ in range(FIGURES)] for _ in range(TOPICS)]
    cumulative = np.cumsum(shares) / shares.sum()
    cumulative[-1] = 1.0
    return World(words, cumulative, len(table), topics, figures, CUES.get(language, CUES["en"]))


def made_up(number: int) -> str:
    """Return the made-up word of a number, short ones first; different numbers may give the same word.

    >>> made_up(20), made_up(4_711)
    ('busra', 'prakbas')
    """
    said = ""
    while True:
        number, coda = divmod(number, len(CODAS))
        number, vowel = divmod(number, len(VOWELS))
        number, onset = divmod(number, len(ONSETS))
        said += ONSETS[onset] + VOWELS[vowel] + CODAS[coda]
        if not number:
            return said if len(said) > 3 else said + "ra"


def person(number: int) -> str:
    """Return an invented name of two words."""
    given, family = divmod(number, 3_000)
    return f"{made_up(960 + given % 2_000).capitalize()} {made_up(5_000 + family).capitalize()}"


def happened(world: World, name: str, drawn: Draws) -> Event:
    """Return a new event of a topic."""
    topic = drawn.below(TOPICS)
    tail = world.tail
    own = [tail + int(TAIL * next(drawn.picks) ** 2) for _ in range(EVENT_WORDS // 2)]
    own += [200 + drawn.below(tail - 200) for _ in range(EVENT_WORDS // 2)]
    known = world.figures[topic]
    names = [made_up(960 + drawn.below(4_000)).capitalize(), person(drawn.below(LARGEST)), person(drawn.below(LARGEST))]
    names += [known[drawn.below(len(known))] for _ in range(2)]
    figures = [str(2 + drawn.below(60)), f"{1 + drawn.below(90)},{drawn.below(10)}", f"{1 + drawn.below(900)}.000"]
    said = np.array([own[drawn.below(len(own))] if n % 3 == 0 else drawn.below(700) for n in range(15)])
    return Event(name, np.array([*own, *world.topics[topic].tolist()]), names, figures, said)


def told(world: World, event: Event, drawn: Draws, language: str) -> Article:
    """Return an article of an event, yet without outlet and date: a new one, or its first with a few words changed."""
    if event.first and next(drawn.picks) < REPRINTS:
        return changed(world, event.first, drawn)
    title, body, said = written(world, event, drawn)
    start = body.index(said)
    speaker, cue = event.names[1], world.cues[0]
    article = Article(
        url="",
        outlet="",
        title=title,
        body=body,
        quotes=(Quote(text=said, start=start, end=start + len(said), kind="direct", speaker=speaker, cue=cue),),
        language=language,
        published_zone="UTC",
        published_precision="second",
    )
    event.first = event.first or article
    return article


def changed(world: World, article: Article, drawn: Draws) -> Article:
    """Return a reprint: some words outside the quotation are others now."""
    said = article.quotes[0]
    lines = article.body.split("\n")
    at = article.body.count("\n", 0, said.start)
    for number, line in enumerate(lines):
        words = line.split(" ")
        for _ in range(round(len(words) * WORDS_CHANGED * 2 * next(drawn.picks)) if number != at else 0):
            words[drawn.below(len(words))] = world.words[drawn.below(world.tail)]
        lines[number] = " ".join(words)
    body = "\n".join(lines)
    start = body.index(said.text)
    return replace(article, body=body, quotes=(replace(said, start=start, end=start + len(said.text)),))


def written(world: World, event: Event, drawn: Draws) -> tuple[str, str, str]:
    """Return title, body and the quotation in it."""
    numbers = drawn.words
    own = drawn.mix < OF_THE_EVENT
    topic = (drawn.mix >= OF_THE_EVENT) & (drawn.mix < OF_THE_EVENT + OF_THE_TOPIC)
    numbers[own] = event.words[(EVENT_WORDS * (drawn.mix[own] / OF_THE_EVENT) ** 1.7).astype(int)]
    within = (drawn.mix[topic] - OF_THE_EVENT) / OF_THE_TOPIC
    numbers[topic] = event.words[EVENT_WORDS + (TOPIC_WORDS * within**1.7).astype(int)]
    words = [world.words[number] for number in numbers.tolist()]
    sprinkle(words, event, drawn)
    said = reworded(world, event, drawn)
    sentences, at = [], 9
    while at < len(words):
        length = 8 + drawn.below(15)
        sentences.append(sentence(words[at : at + length]))
        at += length
    spoken = f"“{said}” {world.cues[0]} {event.names[1]}."
    sentences.insert(2 + drawn.below(max(1, len(sentences) - 2)), spoken)
    size = 1 + drawn.below(3)
    body = "\n".join(" ".join(sentences[n : n + size]) for n in range(0, len(sentences), size))
    return sentence([event.names[drawn.below(2)], *headline(world, event, words, drawn)])[:-1], body, said


def sprinkle(words: list[str], event: Event, drawn: Draws) -> None:
    """Put the event's names and numbers among the words, its place and first person into the opening."""
    words[13], words[23] = event.names[0], event.names[1]
    for _ in range(12):
        words[25 + drawn.below(len(words) - 25)] = event.names[drawn.below(len(event.names))]
    for number in event.figures:
        if next(drawn.picks) < 0.8:
            words[15 + drawn.below(len(words) - 15)] = number


def headline(world: World, event: Event, words: Sequence[str], drawn: Draws) -> list[str]:
    """Return the words of a headline: some of the event's, some of any."""
    own = [world.words[int(event.words[drawn.below(EVENT_WORDS // 2)])] for _ in range(4)]
    return [*own[:2], *words[:2], *own[2:], words[2]]


def reworded(world: World, event: Event, drawn: Draws) -> str:
    """Return the event's utterance as one outlet words it: a few words dropped or others."""
    kept = []
    for number in event.said.tolist():
        chance = next(drawn.picks)
        if chance > 0.1:
            kept.append(world.words[number if chance > 0.2 else drawn.below(700)])
    return sentence(kept or ["ya"])[:-1] + ","


def sentence(words: Sequence[str]) -> str:
    """Return words as one sentence.

    >>> sentence(["warga", "Lantera", "pulang"])
    'Warga Lantera pulang.'
    """
    said = " ".join(words)
    return f"{said[0].upper()}{said[1:]}."


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--language", default="id")
    arguments.add_argument("--show", action="store_true", help="print the first three")
    asked = arguments.parse_args()
    start = time.process_time()
    events, characters = set[str](), 0
    for number, article in enumerate(articles(asked.count, language=asked.language)):
        events.add(event_of(article))
        characters += len(article.body)
        if asked.show and number < 3:
            print(f"{article.url}\n{article.published_text}\n{article.title}\n{article.body}\n")
    seconds = time.process_time() - start
    print(
        f"{asked.count} articles, {len(events)} events, {characters / max(1, asked.count):.0f} characters each, "
        f"{asked.count / seconds:.0f} articles per CPU second"
    )


if __name__ == "__main__":
    main()
