"""How fast and how well dates.read reads printed dates, beside dateparser alone in the same run.

    python bench/dates.py [--lines 10000] [--seed N]

Three tables: time for each format; the slowest of the fuzzed lines that `tests/newscrawl/test_dates.py` makes; how many
of the cases in `tests/cases/dates/` are read right. dateparser is given the language, the order, the zone and the time
of fetching, and is told to be strict. Time is CPU time; the first call of each language is measured apart.
"""

from __future__ import annotations

import argparse
import json
import random
import runpy
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dateparser

from newscrawl import dates

PROJECT = Path(__file__).resolve().parents[1]
FORMATS = [
    ("ISO 8601", "en", "2025-06-23T21:34:00+07:00"),
    ("RFC 2822", "en", "Mon, 23 Jun 2025 14:05:00 -0400"),
    ("Indonesian, in words", "id", "Senin, 23 Juni 2025 21:34 WIB"),
    ("Indonesian, outlet before", "id", "Kompas.com - 23/06/2025, 21:34 WIB"),
    ("Indonesian, relative", "id", "2 jam yang lalu"),
    ("English, published and updated", "en", "Published June 22, 2025 2:05 PM Updated June 23, 2025 9:00 AM"),
    ("German, in figures", "de", "23.06.2025, 21:34 Uhr"),
    ("French, published and updated", "fr", "Publié le 23 juin 2025 à 21h34, mis à jour le 24 juin 2025 à 08h00"),
    ("Spanish, relative", "es", "hace 2 horas"),
    ("Turkish, in words", "tr", "23 Haziran 2025 Pazartesi 21:34"),
    ("Japanese (by dateparser)", "ja", "2025年6月23日 21:34"),
    ("no date", "id", "Baca juga berita lainnya di kanal kami"),
]
REPEATS = 300


def ours(text: str, code: str | None, order: str, zone: str, fetched_at: datetime | None) -> date | None:
    found = dates.read(text, language=code, order=order, zone=zone, fetched_at=fetched_at)
    return found.day if found else None


def dateparser_alone(text: str, code: str | None, order: str, zone: str, fetched_at: datetime | None) -> date | None:
    base = {"RELATIVE_BASE": fetched_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)} if fetched_at else {}
    settings: Any = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "DATE_ORDER": order,
        "TIMEZONE": zone,
        **base,
    }
    try:
        found = dateparser.parse(text[:64], languages=[code] if code else None, settings=settings)
    except OverflowError:  # it counts past the end of the calendar on years such as 9999
        return None
    return found.date() if found else None


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--lines", type=int, default=10_000)
    arguments.add_argument("--seed", type=int)
    asked = arguments.parse_args()
    tests = runpy.run_path(str(PROJECT / "tests" / "newscrawl" / "test_dates.py"))
    formats(tests)
    fuzzed(tests, asked.lines, asked.seed or tests["SEED"])
    cases(tests)


def formats(tests: dict[str, Any]) -> None:
    print("\n## formats\n\n| format | newscrawl, µs | dateparser, µs | times | first call, ms | dateparser's, ms |")
    print("|---|---|---|---|---|---|")
    for name, code, text in FORMATS:
        told = (text, code, "DMY", "UTC", tests["FETCHED"])
        first, mine = spent(ours, told)
        first_of_other, other = spent(dateparser_alone, told)
        row = f"{mine * 1e6:.0f} | {other * 1e6:.0f} | {other / mine:.0f}"
        print(f"| {name} | {row} | {first * 1e3:.1f} | {first_of_other * 1e3:.1f} |")
    print("\nThe first call of a language compiles its patterns; dateparser loads its locale.")


def spent(reader: Callable[..., date | None], told: tuple[Any, ...]) -> tuple[float, float]:
    """CPU seconds of the first call and, on average, of the later ones."""
    started = time.process_time()
    reader(*told)
    first = time.process_time() - started
    started = time.process_time()
    for _ in range(REPEATS):
        reader(*told)
    return first, (time.process_time() - started) / REPEATS


def fuzzed(tests: dict[str, Any], lines: int, seed: int) -> None:
    source = random.Random(seed)
    codes = [*tests["languages"].known(), None, "ja", "ar", "th", "fa", "pl"]
    texts = [(tests["fuzzed"](source), source.choice(codes)) for _ in range(lines)]
    for code in codes:  # each language's tables and locale are loaded before the clock starts
        for text in ("23 xyz 2025", "11:59 UTC 2024-", "3.2 07:00 2030 MESZ", "-0330 9 +99:99 03.51 2020 x"):
            dates.read(text, language=code, fetched_at=tests["FETCHED"])
    times = []
    read = 0
    for text, code in texts:
        started = time.process_time()
        found = dates.read(text, language=code, zone="Asia/Jakarta", fetched_at=tests["FETCHED"])
        times.append((time.process_time() - started, text, code))
        read += found is not None
    times.sort(key=lambda one: one[0], reverse=True)
    print(f"\n## {lines} fuzzed lines (seed {seed}), {read} read as a date\n\n| percentile | ms |\n|---|---|")
    for share in (50, 90, 99, 99.9):
        print(f"| {share} | {times[int(lines * (1 - share / 100))][0] * 1e3:.3f} |")
    print(f"| slowest | {times[0][0] * 1e3:.3f} |\n\nThe slowest five:")
    for seconds, text, code in times[:5]:
        print(f"- {seconds * 1e3:.1f} ms, {code}, {len(text)} characters: {text[:60]!a}")


def cases(tests: dict[str, Any]) -> None:
    print("\n## cases: the day (or that there is none) is right\n\n| language | cases | newscrawl | dateparser |")
    print("|---|---|---|---|")
    for path in sorted(tests["CASES"].glob("*.json")):
        # Order and fetching time may differ from case to case; dates that lie about UTC are left out.
        told = [case for case in json.loads(path.read_text("utf-8")) if not case.get("lies_utc")]
        scores = [sum(right(reader, path.stem, case, tests) for case in told) for reader in (ours, dateparser_alone)]
        print(f"| {path.stem} | {len(told)} | {scores[0]} | {scores[1]} |")


def right(reader: Callable[..., date | None], code: str, case: dict[str, Any], tests: dict[str, Any]) -> bool:
    fetched_at = case.get("fetched_at", tests["FETCHED"])
    fetched_at = datetime.fromisoformat(fetched_at) if isinstance(fetched_at, str) else fetched_at
    zone = case.get("zone", tests["ZONES"][code])
    found = reader(case["text"], code, case.get("order", "DMY"), zone, fetched_at)
    wanted = case["read"]["day"] if case["read"] else None
    return (found.isoformat() if found else None) == wanted


if __name__ == "__main__":
    main()
