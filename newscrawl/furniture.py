"""Pure: what recurs across an outlet's articles -> what is furniture; lines of a body -> kept and left out.

Nothing here knows a language. A line is furniture because of where it stands: in articles that have nothing else in
common, on many days, and in words that the outlet's sentences do not use.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from dedupe import Furniture, Printed

# Each threshold was chosen on 8,340 Indonesian and 997 English articles of some 80 outlets, read line by line.
LONGEST = 300
"""Characters of a line that may be furniture: copyright notes and biographies are shorter, most paragraphs are not."""
LONGEST_LABEL = 40
"""Characters of an opening that ends in a colon."""
OPENING_WORDS = (2, 3, 4)
SHORT_WORDS = 4
"""A line of at most so many words, and nothing but letters, may be a sub-heading."""
LEAST_ARTICLES = 6
LEAST_DAYS = 5
LEAST_SHARE = 0.005
"""Of the outlet's articles in the time of the line: "simak juga" has 5% at one outlet, "see also:" 10% at another."""
LEAST_SHARE_OF_HEADINGS = 0.03
"""The same for a few bare words: "advertisement" has 4% and more, a rare sub-heading less."""
LEAST_ARTICLES_OF_SENTENCES = 8
LEAST_SHARE_OF_SENTENCES = 0.08
"""The same for whole sentences: a news agency's credit has 17%, the background of a running story below 3%."""
SHARE_OF_EVERY_PAGE = 0.5
"""A line in half of the articles is furniture, whatever its words: "advertisement", the outlet's own name."""
SHORTEST_TIME = 60
"""Days over which a share is counted at least: a story that fills one week is no furniture of the outlet."""
MOST_SENTENCES = 0.25
"""Of the lines with one opening, how many may end like a sentence: those of "meanwhile, ..." all do."""
MOST_SAID = 0.15
"""Articles with the words inside a sentence, for each that has them as a line: sub-headings are made of such words."""
LEAST_RESTS = 0.3
"""Different rests of an opening for each article with it; below, the same few lines recur."""
SAME_STORY = 0.8
"""Where so many articles share a word beside the line, they tell one running story ..."""
TIMES_COMMONER = 4.0
"""... if in all articles of the outlet the word is that much rarer."""
SAME_LINES = 0.9
"""An opening gives way to a longer one that has nearly all its articles: "read or" to "read or share this story:"."""
COLONS = ":："
SHORTEST_BODY = 40
"""Characters that must be left of a body; a shorter one stays as it is."""
ENDINGS = 3
"""Sentences at a paragraph's end that may be furniture glued to it: "Follow our channel. Tap here." """
LEAST_SHARE_OF_ENDINGS = 0.1
"""Of the articles, for a sentence glued to paragraphs: a credit has 17%, a formula of the courts under 3%."""
LEAST_WORDS_OF_ENDINGS = 4
"""Fewer are the halves of sentences behind "Mr." and "Sen.", and editors' marks."""
LONGEST_PARAGRAPH = 4_000
"""Characters; furniture is not looked for at the ends of longer ones."""

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"\w+")
_BETWEEN_SENTENCES = re.compile(r"(?<=\w{3})[.?!。？！।۔؟…]\W{0,5}")  # not after "u.s."
_SENTENCE_END = re.compile(r"[.?!。？！।۔؟…]\W{0,3}$")
_QUOTED = re.compile(r"\W{0,2}[\"“”„«»「『‘’']")
_LIST_OR_HEADING = re.compile(r"[#•\-–—>|+]|\d{1,3}[.)]|\*\s")
_LABEL = re.compile(rf"[^:：]{{2,{LONGEST_LABEL}}}[:：](?=.)")
_BOUNDARY = re.compile(
    r"(?:(?<=\w\w)|(?<=[)\]”\"’»%]))(?:[.?!…।۔؟][\"”’»)\]]{0,3}(?:\s{1,9}|(?<=[a-z][.?!])(?=[A-Z][a-z]))|[。？！]{1,3}[」』”）]{0,3})"
    r"(?=\S)"
)
_MARKS = re.compile(r"[\"“”„«»「」『』]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

Candidate = tuple[str, str]
"""Kind ("line" or "opening") and text."""
Place = tuple[int, int, int]
"""Where furniture stands in a body: number of the line, first character in it and the one behind the last."""


def key(line: str) -> str:
    """Return a line as it is counted: case, digits and white space folded.

    >>> key("Simak  Video: 20 Detik")
    'simak video: 0 detik'
    """
    return " ".join(_DIGITS.sub("0", line.casefold()).split())


def openings(line: str) -> tuple[str, ...]:
    """Return the openings under which the key of a line is counted: up to its colon, and its first words.

    >>> openings("see also: rice is dearer")
    ('see also:', 'see also: rice', 'see also: rice is')
    """
    if _LIST_OR_HEADING.match(line):
        return ()
    label = _LABEL.match(line)
    words = line.split(" ", max(OPENING_WORDS))
    found = [label[0]] if label else []
    found += [" ".join(words[:number]) for number in OPENING_WORDS if len(words) > number]
    return tuple(dict.fromkeys(found))


def candidates(line: str) -> tuple[Candidate, ...]:
    """Return under what the key of a line is counted; nothing for a quotation or a long paragraph."""
    if not line or len(line) > LONGEST or _QUOTED.match(line):
        return ()
    return (("line", line), *(("opening", text) for text in openings(line)))


def glued(line: str) -> Iterator[str]:
    """Yield what of a paragraph may be furniture glued to it: its last sentences, and its first.

    >>> list(glued("They went home. Read also: Rice is dearer"))
    ['Read also: Rice is dearer', 'They went home.']
    """
    if len(line) > LONGEST_PARAGRAPH:
        return
    begun = list(boundaries(line, 0, len(line)))
    pieces = [line[at:] for at in begun[-ENDINGS:]] + [line[:at].rstrip() for at in begun[:1]]
    for piece in pieces:
        if _may_be_glued(piece):
            yield piece


def _may_be_glued(piece: str) -> bool:
    """Tell whether a piece of a paragraph stands alone: it holds a word, and is no half of a quotation or sentence."""
    is_whole = 0 < len(piece) <= LONGEST and not piece[0].islower()
    return is_whole and _WORD.search(piece) is not None and not _MARKS.search(piece)


def is_sentence(line: str) -> bool:
    """Tell whether a line ends as sentences do."""
    return _SENTENCE_END.search(line[-8:]) is not None


def is_heading(text: str) -> bool:
    """Tell whether a line looks like a sub-heading: a few words and no mark."""
    words = text.split(" ")
    return len(words) <= SHORT_WORDS and all(word.isalpha() for word in words)


# --- taking out ---------------------------------------------------------------------------------


def places(body: str, known: Iterable[Furniture]) -> dict[Place, Candidate]:
    """Return where furniture stands in a body, and as what: whole lines, and the ends and heads of paragraphs.

    Each line is judged alone and until nothing is found, so what is left has none. A body that would be left with
    next to nothing keeps all.
    """
    learned: set[Candidate] = {(one.kind, one.text) for one in known}
    lines = body.split("\n")
    found = {
        (number, start, end): told
        for number, line in enumerate(lines)
        for (start, end), told in pieces_of(line, learned).items()
    }
    left = sum(map(len, lines)) - sum(end - start for _, start, end in found)
    return found if left >= SHORTEST_BODY else {}


def pieces_of(line: str, learned: set[Candidate]) -> dict[tuple[int, int], Candidate]:
    """Return what of a line is furniture: the whole, or pieces at its end and its head, from the outside inwards."""
    found: dict[tuple[int, int], Candidate] = {}
    start, end = 0, len(line)
    while learned and start < end:
        if told := told_by(line[start:end], learned):
            found[start, end] = told
            break
        if end - start > LONGEST_PARAGRAPH:
            break
        if (piece := _ending(line, start, end, learned)) is not None:
            found[piece[0], end] = piece[1]
            end = start + len(line[start : piece[0]].rstrip())
        elif (piece := _head(line, start, end, learned)) is not None:
            found[start, start + len(line[start : piece[0]].rstrip())] = piece[1]
            start = piece[0]
        else:
            break
    return found


def _ending(line: str, start: int, end: int, learned: set[Candidate]) -> tuple[int, Candidate] | None:
    """Return where the longest furniture at a paragraph's end begins, and what tells it."""
    for at in boundaries(line, max(start, end - LONGEST), end):
        rest = line[at:end]
        told = told_by(rest, learned) if _may_be_glued(rest) else None
        if told and (told[0] == "line" or (told[1][-1] in COLONS and _is_headline(rest))):
            return at, told
    return None


def _head(line: str, start: int, end: int, learned: set[Candidate]) -> tuple[int, Candidate] | None:
    """Return where the furniture at a paragraph's head ends, and what tells it: a whole sentence."""
    for at in boundaries(line, start, min(end, start + LONGEST)):
        piece = line[start:at].rstrip()
        told = told_by(piece, learned) if _may_be_glued(piece) else None
        if told and told[0] == "line":
            return at, told
    return None


def _is_headline(rest: str) -> bool:
    """Tell whether nothing but a headline follows a label: one sentence, or several without a full stop behind."""
    return not rest.rstrip().endswith((".", "。")) or next(boundaries(rest, 0, len(rest)), None) is None


def boundaries(line: str, start: int, end: int) -> Iterator[int]:
    """Yield where sentences begin in a part of a line, but for the first."""
    return (found.end() for found in _BOUNDARY.finditer(line, start, end))


def without(body: str, taken: Iterable[Place]) -> str:
    """Return a body without the furniture that stands in these places."""
    lines: list[str | None] = list(body.split("\n"))
    for number, start, end in sorted(taken, reverse=True):
        line = lines[number] or ""
        lines[number] = (line[:start] + line[end:]).strip() or None if end <= len(line) else None
    return "\n".join(line for line in lines if line is not None)


def told_by(line: str, learned: set[Candidate]) -> Candidate | None:
    """Return what tells that a line is furniture, or None. A sentence may begin with an opening that has no colon."""
    if not learned:
        return None
    for kind, text in candidates(key(line)):
        if (kind, text) in learned and (kind == "line" or text[-1] in COLONS or not is_sentence(line)):
            return kind, text
    return None


# --- learning -----------------------------------------------------------------------------------


def learn(articles: Sequence[Printed]) -> tuple[Furniture, ...]:
    """Return what is furniture in these articles of one outlet, the most frequent first, whatever their order."""
    outlet = Outlet([as_counted(article) for article in articles])
    found = {one: stand for one, stand in outlet.stands(are_glued=True).items() if outlet.is_glued(one, stand)}
    found |= {one: stand for one, stand in outlet.stands().items() if outlet.is_furniture(one, stand)}
    learned = [outlet.furniture(one, found[one]) for one in widest(found)]
    return tuple(sorted(learned, key=lambda one: (-one.articles, one.kind, one.text)))


@dataclass(frozen=True)
class Counted:
    """An article as it is counted."""

    day: int
    title: str
    lines: tuple[tuple[str, bool], ...]
    """Key of each line, and whether it ends as a sentence."""
    glued: tuple[tuple[str, bool], ...] = ()
    """The same of what stands at the ends and heads of its paragraphs."""

    def candidates(self, *, are_glued: bool = False) -> Iterator[tuple[Candidate, str, bool]]:
        """Yield each candidate with the key of its line or piece, and whether that is a sentence."""
        for line, ends in self.glued if are_glued else self.lines:
            for one in candidates(line):
                if not are_glued or one[0] == "line" or one[1][-1] in COLONS:
                    yield one, line, ends

    def vocabulary(self, without: str = "", *, is_glued: bool = False) -> set[str]:
        """Return the words of its title and of its lines that end as sentences, one line or glued piece left out."""
        lines = (line for line, ends in self.lines if ends and line != without)
        said = "\n".join((self.title, *lines))
        return set(_WORD.findall(said.replace(without, " ") if is_glued else said))

    def words(self) -> str:
        """Return the words of its sentences: a line feed before each sentence, spaces around all words but one."""
        sentences = (sentence for line, _ in self.lines for sentence in _BETWEEN_SENTENCES.split(line))
        return "".join(f"\n{' '.join(_WORD.findall(sentence))} " for sentence in sentences)


def as_counted(article: Printed) -> Counted:
    """Return an article as it is counted."""
    lines = article.body.split("\n")
    pieces = [piece for line in lines for piece in glued(line)]
    return Counted(
        article.day,
        key(article.title),
        tuple((key(line), is_sentence(line)) for line in lines),
        tuple((key(piece), is_sentence(piece)) for piece in pieces),
    )


@dataclass
class Stand:
    """Where a candidate stands."""

    articles: set[int] = field(default_factory=set)
    """Numbers of the articles."""
    rests: set[str] = field(default_factory=set)
    """What follows an opening."""
    sentences: Counter[bool] = field(default_factory=Counter)
    """Lines that end as a sentence, and others."""


class Outlet:
    """The articles of one outlet, and what is true of them all."""

    def __init__(self, articles: Sequence[Counted]) -> None:
        self.articles = articles
        self.days = [article.day for article in articles]
        self.in_time = sorted(self.days)
        self.words = [article.words() for article in articles]

    @cached_property
    def vocabulary(self) -> Counter[str]:
        """In how many articles each word stands."""
        return Counter(word for article in self.articles for word in article.vocabulary())

    def stands(self, *, are_glued: bool = False) -> dict[Candidate, Stand]:
        """Return the candidates of enough articles and where they stand: counted first, looked at closely then."""
        counts = Counter(
            one
            for article in self.articles
            for one in {candidate for candidate, _, _ in article.candidates(are_glued=are_glued)}
        )
        stands: defaultdict[Candidate, Stand] = defaultdict(Stand)
        for number, article in enumerate(self.articles):
            for one, line, ends in article.candidates(are_glued=are_glued):
                if counts[one] >= LEAST_ARTICLES:
                    stand = stands[one]
                    stand.articles.add(number)
                    stand.rests.add(line[len(one[1]) :])
                    stand.sentences[ends] += 1
        return stands

    def is_furniture(self, one: Candidate, stand: Stand) -> bool:
        """Tell whether a candidate is furniture; the cheap questions first."""
        days = {self.days[number] for number in stand.articles}
        share = len(stand.articles) / self.articles_in_time(days)
        if len(days) < LEAST_DAYS or share < LEAST_SHARE:
            return False
        kind, text = one
        looks_it = self.line_looks_it if kind == "line" else self.opening_looks_it
        return looks_it(text, stand, share) and not self.is_one_story(text, stand)

    def is_glued(self, one: Candidate, stand: Stand) -> bool:
        """Tell whether sentences at the ends of paragraphs are furniture: far more must speak for it."""
        days = {self.days[number] for number in stand.articles}
        share = len(stand.articles) / self.articles_in_time(days)
        if len(days) < LEAST_DAYS or len(stand.articles) < LEAST_ARTICLES_OF_SENTENCES:
            return False
        kind, text = one
        if kind == "opening":
            looks_it = share >= LEAST_SHARE_OF_HEADINGS and self.opening_looks_it(text, stand, share)
        else:
            is_long = len(_WORD.findall(text)) >= LEAST_WORDS_OF_ENDINGS or _UNSPACED.search(text)
            looks_it = bool(is_long) and share >= LEAST_SHARE_OF_ENDINGS and self.said(text, stand) <= MOST_SAID
        return looks_it and not self.is_one_story(text, stand, is_glued=True)

    def line_looks_it(self, text: str, stand: Stand, share: float) -> bool:
        """Tell whether a line that recurs is no sentence of the news and no sub-heading."""
        if is_sentence(text) and len(text.split()) > SHORT_WORDS:
            return share >= LEAST_SHARE_OF_SENTENCES and len(stand.articles) >= LEAST_ARTICLES_OF_SENTENCES
        if is_heading(text) and share < LEAST_SHARE_OF_HEADINGS:
            return False
        return share >= SHARE_OF_EVERY_PAGE or self.said(text, stand) <= MOST_SAID

    def opening_looks_it(self, text: str, stand: Stand, share: float) -> bool:
        """Tell whether an opening that recurs begins no sentences of the news and no lists of facts."""
        if stand.sentences[True] > MOST_SENTENCES * stand.sentences.total():
            return False
        if len(stand.rests) < LEAST_RESTS * len(stand.articles):
            return False
        is_on_every_page = text[-1] in COLONS and share >= SHARE_OF_EVERY_PAGE
        return is_on_every_page or self.said(text, stand) <= MOST_SAID

    def articles_in_time(self, days: set[int]) -> int:
        """Return how many articles the outlet has in the time from the first to the last of these days."""
        first, last = min(days), max(days)
        more = max(0, SHORTEST_TIME - (last - first))
        return bisect_right(self.in_time, last + more) - bisect_left(self.in_time, first - more)

    def is_one_story(self, text: str, stand: Stand, *, is_glued: bool = False) -> bool:
        """Tell whether the articles with a line share a word beside it that the others seldom have."""
        here, everywhere = len(stand.articles), len(self.articles)
        if here * TIMES_COMMONER > everywhere:
            return False
        words = Counter(
            word for number in stand.articles for word in self.articles[number].vocabulary(text, is_glued=is_glued)
        )
        return any(
            count >= SAME_STORY * here and count * everywhere >= TIMES_COMMONER * self.vocabulary[word] * here
            for word, count in words.items()
        )

    def said(self, text: str, stand: Stand) -> float:
        """Return how many articles have these words inside a line, for each that has them as a line."""
        words = " ".join(_WORD.findall(text))
        if not words:
            return 0.0
        if _UNSPACED.search(words):
            inside = (words in article.replace(f"\n{words}", "\n") for article in self.words)
        else:
            inside = (f" {words} " in article for article in self.words)
        return sum(inside) / len(stand.articles)

    def furniture(self, one: Candidate, stand: Stand) -> Furniture:
        """Return the record of what was learned."""
        days = {self.days[number] for number in stand.articles}
        return Furniture(
            kind="line" if one[0] == "line" else "opening",
            text=one[1],
            articles=len(stand.articles),
            of=self.articles_in_time(days),
            days=len(days),
            first_day=date.fromordinal(min(days)).isoformat(),
            last_day=date.fromordinal(max(days)).isoformat(),
        )


def widest(found: Mapping[Candidate, Stand]) -> list[Candidate]:
    """Return all lines, and of openings that begin alike the longest that has nearly all articles of the shortest."""
    texts = sorted(text for kind, text in found if kind == "opening")
    articles = {text: len(found["opening", text].articles) for text in texts}
    chosen: list[str] = []
    for text in texts:  # an opening sorts before those that begin with it
        shorter = chosen[-1] if chosen and text.startswith(chosen[-1]) else None
        if shorter is None:
            chosen.append(text)
        elif articles[text] >= SAME_LINES * articles[shorter]:
            chosen[-1] = text
    return [one for one in found if one[0] == "line" or one[1] in chosen]
