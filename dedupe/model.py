"""Frozen records that the whole house passes around: Article, Quote, Reject, Pair, Story.

One noun, one definition: the `Article` here is also the item that Scrapy's pipelines pass on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Precision = Literal["second", "minute", "day"]
QuoteKind = Literal["direct", "fragment", "block"]
PairKind = Literal["same_text", "same_story"]
TextKind = Literal["identical", "near_identical", "edited", "excerpt", "shared_passage"]
"""How two texts are one: word for word; but for a few words; reworked; one stands in the other; both have a passage (a
press release, wire copy) that is the lesser part of each."""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """One quotation in an article's body.

    `body[start:end] == text` holds for the body it was found in; offsets count code points.
    """

    text: str
    """The words inside the quotation marks, the marks left out."""
    start: int
    end: int
    kind: QuoteKind
    """`direct`: a whole utterance; `fragment`: words in marks inside a reported sentence; `block`: a paragraph wholly
    in marks, or left open into the next, told by a neighbouring paragraph."""
    speaker: str | None = None
    """The fullest name that the article prints for the person; an office or description where no name is printed."""
    role: str | None = None
    """Office or description printed beside that name, here or where the person is introduced."""
    cue: str | None = None
    """The speech word as printed ("ujar", "tutupnya", "said")."""


@dataclass(frozen=True, kw_only=True)
class Article:
    """One article of one outlet: as printed, and as read.

    Times are aware and in UTC. A printed day without a time stays a day: `published_at` is None then.
    """

    url: str
    """The canonical address."""
    outlet: str
    title: str
    body: str
    """Paragraphs and sub-headings separated by one newline each; furniture left out."""
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    """ISO 639-1."""
    published_text: str | None = None
    published_day: date | None = None
    """The day as printed, in the outlet's zone."""
    published_at: datetime | None = None
    published_zone: str | None = None
    """IANA name or UTC offset the printed time was read in."""
    published_precision: Precision | None = None
    modified_text: str | None = None
    modified_at: datetime | None = None
    image_url: str | None = None
    image_caption: str | None = None
    image_credit: str | None = None
    source_credit: str | None = None
    """Where the outlet says the text comes from: a press office or a wire ("Antara")."""
    is_free: bool | None = None
    """False behind a paywall, None where the page does not say."""
    page_count: int = 1
    quotes: tuple[Quote, ...] = ()
    set_apart: tuple[str, ...] = ()
    """Lines of the body that the page sets as block quotations; not stored, for `quotes` says what came of them."""
    furniture: tuple[str, ...] = ()
    """Lines of the page's text that are not the article ("Baca juga: ..."), kept so that nothing is lost."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Field -> the rule that gave it: `outlet`, `json-ld`, `meta`, `generic`, `listing`, `given`; `learned` for a body
    that learned furniture was taken out of, whose own rule is then that of `printed_body`."""
    addresses: tuple[str, ...] = ()
    """Every address under which the article was met: asked for, after redirects, canonical, AMP, each page of it."""
    fetched_at: datetime | None = None
    raw: str | None = None
    """Key of the raw body in `pages.db` (SHA-256, hex), of the first page where there are several."""


LASTING = frozenset(
    {"robots", "guard-address", "guard-bomb", "guard-headers", "guard-port", "guard-scheme", "guard-size"}
)
"""Reasons that keep a page away for good: it is forbidden, or what its address leads to is no page."""


@dataclass(frozen=True, kw_only=True)
class Reject:
    """A page, line or record that could not become an article, with the reason."""

    url: str
    stage: Literal["listing", "fetch", "part", "read", "ingest"]
    """What failed: a listing, a page, a later page of an article, reading a page, a line or record of a file."""
    reason: str
    """A short stable code: `no-text`, `not-an-article`, `bad-json`, `http-404` ..."""
    detail: str = ""
    """For a person: what was looked for, where."""
    outlet: str | None = None
    raw: str | None = None
    seen_at: datetime | None = None

    @property
    def may_pass(self) -> bool:
        """Whether another try may succeed: the page did not come, and nothing that lasts kept it away."""
        return self.stage == "fetch" and self.reason not in LASTING
