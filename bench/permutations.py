"""Writes dedupe/permutations.tsv: datasketch's own permutations for the numbers of slots that bands have.

    python bench/permutations.py

Importing datasketch loads scipy, for .4 seconds, and of all that signing needs these few numbers. A test asserts that
the file says what datasketch does; where it does not, this command repairs it (and `clustering.ENGINE` must be raised).
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from datasketch import MinHash

from dedupe.bands import KEYWORD, NAME, QUOTATION, TITLE
from dedupe.signatures import FILE

ROOT = Path(__file__).resolve().parents[1]


def lines() -> list[str]:
    """A row for each number of slots."""
    found = [
        f"# Permutations of datasketch {version('datasketch')}, scheme affine32: slots, factors, summands.",
        "# Written by bench/permutations.py; do not edit by hand.",
    ]
    for slots in sorted({signal.slots for signal in (KEYWORD, TITLE, NAME, QUOTATION)}):
        both = MinHash(num_perm=slots, scheme="affine32").permutations.tolist()
        found.append("\t".join([str(slots), *(" ".join(map(str, one)) for one in both)]))
    return found


if __name__ == "__main__":
    (ROOT / "dedupe" / FILE).write_text("\n".join(lines()) + "\n", "utf-8")
