"""The commands about outlets: `outlets` (the list, `--furniture`, `--check`) and `outlets add`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NoReturn

import click

from dedupe import FurnitureStore, open_store
from newscrawl import config, config_keys, config_text, urls
from newscrawl.command import EXIT_NOTHING, EXIT_OUTLET_FAILED, EXIT_USAGE, Command, Options
from newscrawl.config import ConfigError

# Scrapy and what reads pages are imported where a command needs them: `--help` should not wait for them.

MARK = "\ufeff"
LONGEST_SHOWN = 300
"""Characters of an article's text that are shown."""


def add_to(command: Command) -> None:
    """Add these commands by the decorator that gives a command its options."""
    command(outlets, is_group=True)
    command(add, group="outlets")


def stop(message: str, code: int) -> NoReturn:
    """Print an error and leave."""
    click.echo(f"newscrawl: {message}", err=True)
    sys.exit(code)


# --- the list -----------------------------------------------------------------------------------


@click.option("--furniture", metavar="NAME", help="Show what was learned to be furniture of this outlet instead.")
@click.option("--check", metavar="NAME", help="Fetch one listing and one article and show which rule found what.")
def outlets(options: Options, *, furniture: str | None, check: str | None) -> None:
    """List the outlets that can be crawled, or look at one of them."""
    if furniture is not None:
        show_furniture(options, plain(furniture))
    elif check is not None:
        show_check(options, plain(check))
    else:
        show_list(options)


def plain(argument: str) -> str:
    """Return an argument of the command line as text: bytes that are no UTF-8 become "?"."""
    return argument.encode("utf-8", errors="replace").decode()


def show_list(options: Options) -> None:
    """Print every outlet, whether it is switched on, and when it last ran where there is a store."""
    from newscrawl import outlets as known  # noqa: PLC0415 - see above
    from newscrawl import show  # noqa: PLC0415 - see above

    try:
        on = {outlet.name for outlet in known.switched_on()}
    except known.UnknownOutletError as error:
        stop(f"{options.config.path}: {error}", EXIT_USAGE)
    last, made_up = last_runs(options), {outlet.name for outlet in known.demo()}
    found = [
        {
            "name": o.name,
            "title": o.title,
            "homepage": o.homepage,
            "language": o.language,
            "is_demo": o.name in made_up,
            "is_on": o.name in on,
            "last_run": last.get(o.name),
        }
        for o in known.known().values()
    ]
    options.give(found)
    rows = [(o["name"], o["title"], o["language"] or "", o["homepage"], state(o), o["last_run"] or "") for o in found]
    options.say([show.table(rows, ("outlet", "title", "language", "homepage", "", "last run"))])


def state(outlet: dict[str, Any]) -> str:
    """Return what `newscrawl run` without names does with an outlet."""
    if outlet["is_demo"] and not outlet["is_on"]:
        return "made up, for the demo"
    return "on" if outlet["is_on"] else "off"


def last_runs(options: Options) -> dict[str, str]:
    """Return when each outlet was last crawled; nothing where there is no store yet."""
    if not options.db.exists():
        return {}
    with open_store(options.db, readonly=True) as store:
        rows = store.rows(
            "SELECT outlet, max(started_at) AS at FROM run_outlets JOIN runs ON runs.id = run_id GROUP BY outlet"
        )
    return {row["outlet"]: row["at"] for row in rows}


def show_furniture(options: Options, outlet: str) -> None:
    """Print what was learned to be furniture of an outlet, with the lines it took out."""
    from newscrawl import show  # noqa: PLC0415 - see above

    with open_store(options.db, readonly=True) as store:
        if store.value("SELECT 1 FROM outlets WHERE name = ?", (outlet,)) is None:
            stop(f"there is no outlet {outlet!r} in {options.db}. `newscrawl status` lists them.", EXIT_NOTHING)
        found = FurnitureStore(store).shown(outlet)
    options.give(found)
    options.say(show.furniture(outlet, found))


# --- one outlet looked at -----------------------------------------------------------------------


def show_check(options: Options, name: str) -> None:
    """Print what one listing and one article of an outlet bring, selector by selector; leave with 1 where nothing."""
    from newscrawl import checking  # noqa: PLC0415 - see above
    from newscrawl import outlets as known  # noqa: PLC0415 - see above

    try:
        outlet = known.one(name)
    except known.UnknownOutletError as error:
        stop(str(error), EXIT_USAGE)
    check = looked_at(options, outlet, checking.plan_for(outlet))
    options.give({"is_good": check.is_good, **vars(check)})
    options.say(check_lines(check, outlet))
    if not check.is_good:
        stop(f"nothing could be read of {name}.", EXIT_OUTLET_FAILED)


def looked_at(options: Options, outlet: type[Any], plan: Callable[[Any], Any]) -> Any:
    """Carry out a plan at an outlet, or leave where no contact is set."""
    from newscrawl import contact, looking  # noqa: PLC0415 - see above

    settings = {"DB": str(options.db), **options.config.scrapy_settings()}
    try:
        contact.check(options.config.crawl_contact, (outlet.homepage,), options.config.guard_allow)
        return looking.carried_out(outlet, plan, settings)
    except (contact.NoContactError, RuntimeError) as error:
        stop(str(error), EXIT_USAGE)


def check_lines(check: Any, outlet: Any) -> Iterator[str]:
    """Yield what was seen of an outlet, for people."""
    yield f"{outlet.name}: {one_line(outlet.title)}"
    for listing in check.listings:
        said = listing.reason or f"{listing.links} links, {listing.articles} of them articles"
        yield f"  {listing.kind} {listing.url}: {one_line(said)}"
    if check.listings and not check.pages:
        yield "  No listing announces an article. Has the outlet moved it, or does article_url no longer fit?"
    for seen in check.pages:
        yield f"  page {seen.url}: {one_line(seen.reason) or f'{seen.size} bytes, read as an article'}"
        for met in seen.selectors:
            beginning = f": {one_line(met.sample)}" if met.sample else ""
            yield f"    {met.name} {met.css}   {met.matches}x{beginning}"
        if seen.article:
            yield from (f"    {line}" for line in article_lines(seen.article))


def article_lines(article: Any) -> Iterator[str]:
    """Yield what was read of an article, each fact with the rule that found it."""
    facts = {
        "title": article.title,
        "authors": ", ".join(article.authors),
        "published_text": article.published_text,
        "published": article.published_at or article.published_day,
        "language": article.language,
        "section": article.section,
    }
    for name, value in facts.items():
        rule = article.provenance.get(name)
        yield f"{name}: {one_line(str(value)) if value else 'not found'}{f'   (by {rule})' if rule and value else ''}"
    paragraphs = article.body.split("\n")
    yield (
        f"body: {len(paragraphs)} paragraphs, {len(article.body)} characters (by {article.provenance.get('body')}),"
        f" {len(article.quotes)} quotations"
    )
    yield f"  {one_line(paragraphs[0])[:LONGEST_SHOWN]}"


def one_line(text: str) -> str:
    """Return a text of somebody else's as a terminal may show it: on one line, without control characters."""
    return "".join(c if c.isprintable() else " " for c in text[:2000])


# --- an outlet added ----------------------------------------------------------------------------


@click.argument("url", metavar="URL")
@click.option("--name", help="What the outlet is called here.  [default: from its host]")
@click.option("--yes", "is_sure", is_flag=True, help="Write the entry without asking.")
def add(options: Options, *, url: str, name: str | None, is_sure: bool) -> None:
    """Find out where a site announces its articles, show what would be read, and write it into the configuration."""
    from newscrawl import outlets as known  # noqa: PLC0415 - see above
    from newscrawl import probing  # noqa: PLC0415 - see above

    address = address_of(plain(url))
    chosen = name_for(address, name, known)
    found = looked_at(options, probing.placeholder(address), probing.plan_for(address))
    if found.reason:
        stop(f"{address}: could not be fetched: {one_line(found.reason)}", EXIT_OUTLET_FAILED)
    if not found.has_listing:
        stop(
            f"{address}: no feed, no sitemap and no front page with links to articles was found. Give the address of a"
            " feed, or write an outlet (CONTRIBUTING.md).",
            EXIT_NOTHING,
        )
    found.about["title"] = found.about["title"] or chosen
    entry = config_text.entry(chosen, found.about)
    written = not options.as_json or is_sure
    options.say(found_lines(found, entry))
    file = options.config.path or Path(config.FILE)
    text = appended_to(file, entry)
    if written and (is_sure or agreed(f"Write this into {file}?")):
        write(file, text)
        options.say([f"{file}: {chosen} is in it. Look again with: newscrawl outlets --check {chosen}"])
    else:
        written = False
        options.say(["Nothing was written; --yes writes without asking."])
    options.give({
        "name": chosen, "entry": entry, "about": found.about, "because": found.because,
        "samples": found.samples, "file": file if written else None,
    })  # fmt: skip


def address_of(url: str) -> str:
    """Return a site's address, with its scheme where it was left out."""
    address = url.strip() if "://" in url else f"https://{url.strip()}"
    if config_keys.web_address(address) or not urls.same_site(address, address):
        stop(f"{url!r} is no web address; give it as https://...", EXIT_USAGE)
    return address


def name_for(address: str, name: str | None, known: Any) -> str:
    """Return the name of a new outlet, or leave where there is one already."""
    from newscrawl import probe  # noqa: PLC0415 - see above

    if name is None:
        there = known.at(address)
        if there is not None:
            stop(f"{address}: is known as {there.name}; a second entry wants a name of its own: --name", EXIT_USAGE)
        return probe.name(address, known.known())
    if fault := config_keys.outlet_name(name):
        stop(f"--name {name!r} {fault.partition(';')[0]}: use a-z, 0-9 and _.", EXIT_USAGE)
    if name in known.known():
        stop(f"--name {name}: there is such an outlet already; give another name.", EXIT_USAGE)
    return name


def found_lines(found: Any, entry: str) -> Iterator[str]:
    """Yield what was found out, for people."""
    yield f"{found.about['homepage']}: {one_line(found.about['title'])}"
    for key, why in found.because.items():
        yield f"  {key}: {one_line(why)}"
    for one in found.samples:
        yield f"  page {one.url}: {one_line(one.reason) or 'read as an article'}"
        if one.article:
            yield from (f"    {line}" for line in article_lines(one.article))
    yield from ("", entry)


def agreed(question: str) -> bool:
    """Ask on stderr; where nobody can answer, the answer is no."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        return False


def appended_to(file: Path, entry: str) -> str:
    """Return the configuration with the entry at its end, checked; every byte before it stays.

    Raises:
        ConfigError: it cannot be read, or would not be one any more.
    """
    before = f"{mark_of(file)}{config.text_of(file)}" if file.exists() else config_text.commented()
    text = config_text.appended(before, entry)
    config.read(text.removeprefix(MARK), file)
    return text


def mark_of(file: Path) -> str:
    """Return the mark that some editors put before UTF-8, where a file has it."""
    with file.open("rb") as opened:
        return MARK if opened.read(3) == MARK.encode() else ""


def write(file: Path, text: str) -> None:
    """Put a text into the place of a file at once: whoever reads meanwhile reads the old or the new.

    Raises:
        ConfigError: it cannot be written.
    """
    target = file.resolve()
    try:
        with NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=target.parent, prefix=f".{target.name}-", delete=False
        ) as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(out.name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        Path(out.name).replace(target)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error.strerror or error}).") from error
