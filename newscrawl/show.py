"""Reports for people: what commands print on a terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from tabulate import tabulate

from dedupe import (
    ClusterReport,
    Coverage,
    Covered,
    Decision,
    Evaluation,
    Explanation,
    Found,
    FurnitureShown,
    LinkedStory,
    StoryChange,
    StoryLine,
    TidyReport,
    Utterance,
    Wording,
)
from newscrawl.files import FileReport
from newscrawl.learning import LearnReport

WIDTH = 110
TITLE_WIDTH = 54
OWN_PARAGRAPHS_SHOWN = 3
FACTS_SHOWN = 12
PAIRS_SHOWN = 10
SKIPPED_SHOWN = 10


def wrapped(text: str, indent: str = "  ") -> str:
    """Return a text broken into lines, each indented."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def shortened(text: str, width: int = TITLE_WIDTH) -> str:
    """Return a text cut to a width, with an ellipsis where it was cut."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def table(rows: Sequence[Sequence[object]], headers: Sequence[str]) -> str:
    """Return a plain table."""
    return tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)


def heading(text: str) -> str:
    """Return a heading, bold on a terminal."""
    return click.style(text, bold=True)


# --- ingest -------------------------------------------------------------------------------------


def ingest_report(reports: Sequence[FileReport]) -> Iterator[str]:
    """Yield what each file gave, and what was wrong with it."""
    shown = ("new", "version", "older", "reread", "unchanged", "rejected")
    rows = [(r.path.name, r.records, *(r.outcomes[name] for name in shown)) for r in reports]
    yield table(rows, ("file", "records", "new", "changed", "older text", "read anew", "unchanged", "rejected"))
    for report in reports:
        if report.finished_before:
            yield (
                f"{report.path.name}: was read to its end before ({report.finished_before}); nothing was read again,"
                " --again does."
            )
        elif report.went_on_after:
            yield f"{report.path.name}: went on after {report.went_on_after} records that were stored before."
        if report.reasons:
            reasons = ", ".join(f"{number} {reason}" for reason, number in report.reasons.most_common())
            yield f"{report.path.name}: rejected as {reasons}; each is in the table `rejects` with its reason."
        if report.skipped:
            kinds = ", ".join(f"{number} {kind}" for kind, number in report.skipped.most_common(SKIPPED_SHOWN))
            yield f"{report.path.name}: records that are no news pages: {kinds}"


def caps(report: ClusterReport) -> Iterator[str]:
    """Yield what a clustering did not look at or keep, and why; nothing where it met no flood."""
    if report.copies:
        yield f"{plural(report.copies, 'exact copy', 'exact copies')} put beside its original, compared with it alone."
    if report.near_copies:
        yield (
            f"{plural(report.near_copies, 'article')} of a flood, other than an earlier one in a word or two,"
            " put beside it the same way."
        )
    if report.buckets_cut:
        yield (
            f"{plural(report.buckets_cut, 'older entry', 'older entries')} of the band index given up: more articles"
            " share a feature than are kept under it (furniture or a flood)."
        )
    if report.candidates_left:
        yield f"{plural(report.candidates_left, 'candidate')} not compared, after enough reprints of the same text."
    if report.pairs_left:
        yield f"{plural(report.pairs_left, 'compared pair')} inside large stories not stored."


# --- outlets ------------------------------------------------------------------------------------


def learned(report: LearnReport) -> Iterator[str]:
    """Yield what learning changed; nothing where all is as it was."""
    if report.outlets:
        yield (
            f"Learned other furniture for {plural(report.outlets, 'outlet')}; text of"
            f" {plural(report.articles, 'article')} changed (`newscrawl outlets --furniture NAME` shows it)."
        )


def furniture(outlet: str, found: Sequence[FurnitureShown]) -> Iterator[str]:
    """Yield each line or opening that is furniture of an outlet, with lines that it took out."""
    if not found:
        yield f"{outlet}: nothing was learned to be furniture; `newscrawl cluster` learns before it groups."
    for one in found:
        is_line = one.kind == "line"
        yield heading(shortened(one.text, WIDTH) if is_line else f"{one.text} ...")
        what = "a line" if is_line else "the opening of lines"
        yield f"  {what} in {one.articles} of {plural(one.of, 'article')}, {days(one.first_day, one.last_day)}"
        for line, url in one.samples:
            yield wrapped(f"“{shortened(line, WIDTH)}”", "    ")
            yield f"    {url}"


# --- stories ------------------------------------------------------------------------------------


def kind_of(line: StoryLine) -> str:
    """Return in words how the texts of a story relate."""
    if line.independent_texts == line.articles:
        return "own texts"
    return "one text" if line.independent_texts == 1 else f"{line.independent_texts} texts"


def stories(lines: Sequence[StoryLine]) -> str:
    """Return a table of stories, a line each."""
    rows = [
        (
            line.story_id,
            days(line.first_day, line.last_day),
            len(line.outlets),
            line.articles,
            kind_of(line),
            shortened(line.title),
            shortened(", ".join(line.outlets), 60),
        )
        for line in lines
    ]
    return table(
        rows,
        ("story", "days", "outlets", "articles", "kind", "title of the first article", "in order of time"),
    )


def days(first: str | None, last: str | None) -> str:
    """Return the days of a story as one word."""
    if not first or first == last:
        return first or "no date"
    return f"{first} to {last[8:] if last and last[:7] == first[:7] else last}"


def story(found: Coverage) -> Iterator[str]:
    """Yield one story in full."""
    yield heading(f"Story {found.story_id}: {found.title}")
    yield (
        f"{plural(found.outlets, 'outlet')}, {plural(found.articles, 'article')},"
        f" {plural(found.independent_texts, 'independent text')} (articles that share text count as one)"
    )
    yield ""
    yield heading("Coverage, in the order of the printed times")
    by_id = {one.article_id: one for one in found.coverage}
    for one in found.coverage:
        yield from covered(one, by_id)
    yield from quotations(found.quotations, {one.outlet: one.outlet_title for one in found.coverage})
    yield from own(found)
    yield from why(found)
    yield from decided(found)
    yield from linked(found.linked)


def plural(number: int, noun: str, many: str = "") -> str:
    """Return a number with its noun; `many` where its plural has more than an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {many or f'{noun}s'}"


def covered(one: Covered, others: Mapping[int, Covered]) -> Iterator[str]:
    """Yield one article of a story."""
    printed = one.published_text or "no date printed"
    yield f"  {one.outlet_title}: {one.title}"
    notes = [f"printed “{printed}”", f"first seen here {one.first_seen_at}", f"fits {one.score:.2f}"]
    if one.source_credit:
        notes.append(f"credits {one.source_credit}")
    shared = dict.fromkeys(others[i].outlet_title for i in one.shares_text_with if i in others)
    if shared:
        notes.append(f"shares text with {', '.join(shared)}")
    if one.text_elsewhere:
        notes.append(f"{one.text_elsewhere:.0%} of its text stands elsewhere")
    yield f"    {'; '.join(notes)}"
    yield f"    {one.url}"


def quotations(found: Iterable[Utterance], titles: Mapping[str, str]) -> Iterator[str]:
    """Yield each quotation that several outlets print, with its wordings, and how many stand in one outlet only."""
    shared = [utterance for utterance in found if len({w.outlet for w in utterance.wordings}) > 1]
    if shared:
        yield ""
        yield heading("Quotations in their wordings ([words] differ from the first wording)")
    for utterance in shared:
        yield f"  {' / '.join(utterance.speakers) or 'speaker not named'}"
        for wording in utterance.wordings:
            yield wrapped(f"{titles.get(wording.outlet, wording.outlet)}: “{with_marks(wording)}”", "    ")


def with_marks(wording: Wording) -> str:
    """Return a wording with the words that differ in brackets."""
    return " ".join(text if mark == "same" else f"[{text}]" for text, mark in wording.marked)


def own(found: Coverage) -> Iterator[str]:
    """Yield what only one article has."""
    if len(found.coverage) < 2 or not found.own:  # noqa: PLR2004 - alone, everything is one's own
        return
    yield ""
    yield heading("Only there")
    for one in found.coverage:
        if one.article_id in found.own:
            has = found.own[one.article_id]
            yield f"  {one.outlet_title}: {plural(len(has.paragraphs), 'paragraph')} of its own"
            if has.facts:
                yield wrapped(f"names and numbers: {', '.join(has.facts[:FACTS_SHOWN])}", "    ")
            for paragraph in has.paragraphs[:OWN_PARAGRAPHS_SHOWN]:
                yield wrapped(shortened(paragraph, 240), "    ")


def why(found: Coverage) -> Iterator[str]:
    """Yield the pairs that hold a story together."""
    if not found.pairs:
        return
    yield ""
    yield heading("Why together (score of each pair; `newscrawl explain A B` prints the evidence)")
    for pair in found.pairs[:PAIRS_SHOWN]:
        yield f"  {pair.a} and {pair.b}: {pair.score:.3f}, {pair.kind.replace('_', ' ')}"
    if len(found.pairs) > PAIRS_SHOWN:
        yield f"  and {len(found.pairs) - PAIRS_SHOWN} more pairs"


def decided(found: Coverage) -> Iterator[str]:
    """Yield what editors have decided of a story."""
    if found.decisions:
        yield ""
        yield heading("Decided by editors")
        yield from decisions(found.decisions)


def linked(found: Sequence[LinkedStory]) -> Iterator[str]:
    """Yield the stories of the same running topic, each with its days."""
    if found:
        yield ""
        yield heading("The same running topic, in the order of the days")
    for one in found:
        kind = "next development" if one.kind == "next_development" else "same topic"
        yield f"  {one.story_id}  {days(one.first_day, one.last_day)}  {one.title}"
        yield f"     {kind}, {plural(one.outlets, 'outlet')}, score {one.score:.2f} without the days between"


def tidied(report: TidyReport) -> Iterator[str]:
    """Yield what the pass over the open window changed."""
    since = f" since {report.since.isoformat()}" if report.since else ""
    yield (
        f"Looked into {plural(report.stories, 'story').replace('storys', 'stories')}{since}: {report.split} fell apart,"
        f" {report.merged} became part of another, {plural(report.moved, 'article')} moved."
    )
    if report.too_big:
        yield f"Left as they are, being floods: {report.too_big}."
    yield from (f"  {line}" for one in report.changes for line in changed_story(one))


def changed_story(one: StoryChange) -> Iterator[str]:
    """Yield what became of one story."""
    parts = ", ".join(map(str, one.given_to))
    if one.leads_to != one.story_id:
        yield f"Story {one.story_id} is part of story {one.leads_to} now."
    if one.mean is not None:
        yield (
            f"Story {one.story_id}: articles that left it are in {parts} now; mean score with those that stayed"
            f" {one.mean:.2f}."
        )
    elif one.leads_to == one.story_id:
        yield f"Story {one.story_id} has {one.after} articles now, before {one.before}."


def decisions(found: Iterable[Decision]) -> Iterator[str]:
    """Yield decisions of editors: who decided what, when and why, and whether it stands."""
    for one in found:
        what = (
            f"stories {one.story_id} and {one.other_id} are one"
            if one.kind == "merge"
            else f"story {one.other_id} is apart from story {one.story_id}"
        )
        yield f"  {one.decision_id}  {what} ({plural(one.articles, 'article')})"
        yield wrapped(f"{one.made_by}, {one.made_at}: {one.why}", "     ")
        if one.undone_at:
            yield wrapped(f"undone by {one.undone_by}, {one.undone_at}: {one.undone_why or 'no reason given'}", "     ")
        elif one.overruled_by:
            yield f"     where decision {one.overruled_by} says otherwise, that one holds"


def check(found: Found) -> Iterator[str]:
    """Yield what a look-up found."""
    yield f"Story {found.story}" if found.story else "In no story yet: run `newscrawl cluster`."
    for m in found.matches:
        yield f"  {m.outlet}: {m.title}"
        how = f"found by {m.kind.replace('_', ' ')} ({m.score:.2f})"
        yield f"    {how}; printed “{m.published_text or 'no date'}”; first seen here {m.first_seen_at}"
        yield f"    {m.url}"
    if found.story:
        yield f"Everything about it: newscrawl story {found.story}"


def explanation(found: Explanation) -> Iterator[str]:
    """Yield the evidence for a pair, so that the score can be added up from it."""
    yield heading(f"A  {found.a.outlet}: {found.a.title}")
    yield heading(f"B  {found.b.outlet}: {found.b.title}")
    together = f"both in story {found.same_story}" if found.same_story else "in different stories"
    shares = "; they share text" if found.pair.kind == "same_text" else ""
    yield f"score {found.pair.score:.4f}; {together}{shares}"
    evidence = found.pair.evidence
    features = {name: told for name, told in evidence.items() if name not in {"base", "text"}}
    rows = [("(base)", "", "", f"{evidence['base']:+.4f}", "what a pair that shares nothing has")]
    rows += [feature_row(name, told) for name, told in features.items()]
    log_odds = evidence["base"] + sum(told["contribution"] for told in features.values())
    rows.append(("(sum)", "", "", f"{log_odds:+.4f}", f"log-odds; as a share of 1: {found.pair.score:.4f}, the score"))
    yield table(rows, ("feature", "value", "weight", "adds", "shared"))
    text = evidence["text"]
    yield f"text: {text['jaccard']:.0%} of all word triples shared, {text['containment']:.0%} of the shorter text's"
    yield from quotations(found.quotations, {})
    if found.passages:
        yield ""
        yield heading("Passages that stand in both")
        for passage in found.passages:
            yield wrapped(f"“{passage}”")


def feature_row(name: str, told: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """Return one feature of a pair as cells; what two quotations share is printed below, in full."""
    shared = "" if name == "quotations" else ", ".join(told.get("shared", ()))
    return name, f"{told['value']:.4f}", f"{told['weight']:+.2f}", f"{told['contribution']:+.4f}", shared


def evaluation(found: Evaluation) -> str:
    """Return the agreement with a gold file as a table."""
    rows = [
        ("BCubed", *(f"{v:.4f}" for v in (found.bcubed_precision, found.bcubed_recall, found.bcubed_f1))),
        (
            "pairwise",
            *(f"{v:.4f}" for v in (found.pairwise_precision, found.pairwise_recall, found.pairwise_f1)),
        ),
    ]
    return "\n".join((
        table(rows, ("", "precision", "recall", "F1")),
        f"ARI {found.ari:.4f}; {found.articles} articles, {len(found.missing)} of the gold not in the store,"
        f" biggest story {found.biggest_story}",
    ))  # fmt: skip


def next_commands(db: Path, query: str, story_id: int, shown: Coverage) -> Iterator[str]:
    """Yield the commands to try next: the pages, a look-up by quotation, another story, the reasons for a pair."""
    option = "" if db == Path("data/news.db") else f" --db {db}"
    program = called_by(sys.argv[0])
    yield ""
    yield heading("Try next")
    yield f"  {program} serve{option}    (the same as pages in your browser, with a look-up box)"
    yield f'  {program} check "{query}"{option}'
    yield f"  {program} story {story_id}{option}"
    yield f"  {program} explain {shown.pairs[-1].a} {shown.pairs[-1].b}{option}"


def called_by(path: str) -> str:
    """Return what to type for this program: its name where the shell finds it, else the path that it was started by."""
    return path if Path(path).name == "newscrawl" and not shutil.which("newscrawl") else "newscrawl"
