"""How fast raw text becomes a MinHash signature of 128 slots, beside other projects in the same run: prints a table.

    python bench/signatures.py [--count 1000] [--no-peers] [--peers FOLDER]

Every row does the same work: a text's words, its runs of three words, their hashes, the signature. Ours hashes words
and runs by arrays; datasketch is fed the bytes of each run, with its default hash (SHA-1). Seconds are CPU
seconds, the best of three runs. Before anything is timed, our signatures are compared, value by value, with those of
datasketch for the same hashes. rensa and gaoya live in an environment of their own, built once; where it can not be
built, their rows say so. rensa's fastest sketches sample a few words of a text; its R-MinHash is measured.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from datasketch import MinHash
from generated import articles

from dedupe.shingles import WORDS_A_SHINGLE, runs
from dedupe.signatures import signatures
from dedupe.tokens import tokens

PROJECT = Path(__file__).resolve().parents[1]
SLOTS = 128
BATCH = 128
TRIES = 3
PEERS = ("rensa", "gaoya")
TIMED_ELSEWHERE = """
import json, re, sys, time
name, texts = sys.argv[1], json.load(sys.stdin)
def shingles(text):
    said = re.findall(r"\\w+", text.lower())
    return [" ".join(said[at : at + 3]) for at in range(max(1, len(said) - 2))]
if name == "rensa":
    from rensa import RMinHash
    def sign(text):
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update(shingles(text))
        return sketch.digest()
else:
    from gaoya.minhash import MinHashStringIndex
    shape = {"num_bands": 32, "band_size": 4, "analyzer": "word", "ngram_range": (3, 3)}
    index = MinHashStringIndex(hash_size=32, jaccard_threshold=0.5, **shape)
    number = iter(range(10**9))
    def sign(text):
        index.insert_document(next(number), text)
best = float("inf")
for _ in range(3):
    begin = time.process_time()
    for text in texts:
        sign(text)
    best = min(best, time.process_time() - begin)
print(best)
"""


def batched(texts: Sequence[str]) -> np.ndarray:
    """Our signatures, many texts at once."""
    return np.concatenate([together(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])


def one_by_one(texts: Sequence[str]) -> np.ndarray:
    """Our signatures, each text alone."""
    return np.concatenate([together([text]) for text in texts])


def together(texts: Sequence[str]) -> np.ndarray:
    """Our signatures of some texts, worked on at once."""
    found = tokens([(text, True) for text in texts])
    words = (found.keys >> np.uint64(32)).astype(np.uint32)
    if len(texts) == 1:
        hashed = folded(runs(words))
        return signatures(hashed, np.array([len(hashed)]), SLOTS)
    sizes = np.diff(found.bounds)
    shorter = sizes < WORDS_A_SHINGLE
    if shorter.any():
        hashed_apart = [folded(runs(words[a:b])) for a, b in zip(found.bounds[:-1], found.bounds[1:], strict=True)]
        return signatures(np.concatenate(hashed_apart), np.array([len(one) for one in hashed_apart]), SLOTS)
    every = folded(runs(words))
    last = found.bounds[1:-1]
    across = np.concatenate([last - 1, last - 2])  # runs that begin in one text and end in the next
    return signatures(np.delete(every, across), sizes - WORDS_A_SHINGLE + 1, SLOTS)


def folded(shingles: np.ndarray) -> np.ndarray:
    """32 bits of each shingle's 64: what signatures are made of."""
    return (shingles >> np.uint64(32)).astype(np.uint32)


def shingled(text: str) -> list[bytes]:
    """The runs of three words of a text, as other projects are fed them."""
    said = re.findall(r"\w+", text.lower())
    return [" ".join(said[at : at + WORDS_A_SHINGLE]).encode() for at in range(max(1, len(said) - 2))]


def update_loop(texts: Sequence[str]) -> None:
    """Datasketch, run by run."""
    for text in texts:
        sketch = MinHash(num_perm=SLOTS)
        for shingle in shingled(text):
            sketch.update(shingle)


def bulk(texts: Sequence[str]) -> list[MinHash]:
    """Datasketch, many texts at once."""
    return list(MinHash.bulk((shingled(text) for text in texts), num_perm=SLOTS))


def assert_equal(texts: Sequence[str]) -> None:
    """Fail unless our signatures are datasketch's for the same hashes, batched and one by one."""
    ours = batched(texts)
    if not np.array_equal(ours, one_by_one(texts)):
        raise SystemExit("batched signatures differ from those made one by one")
    for text, row in zip(texts, ours, strict=True):
        words = (tokens([(text, True)]).keys >> np.uint64(32)).astype(np.uint32)
        theirs = MinHash(num_perm=SLOTS, scheme="affine32", hashfunc=lambda given: int.from_bytes(given, "little"))
        for hashed in folded(runs(words)):
            theirs.update(int(hashed).to_bytes(4, "little"))
        if not np.array_equal(row, theirs.hashvalues):
            raise SystemExit("a signature differs from datasketch's for the same hashes")


def best(sign: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """CPU seconds, the least of some runs."""
    seconds = []
    for _ in range(TRIES):
        begin = time.process_time()
        sign(texts)
        seconds.append(time.process_time() - begin)
    return min(seconds)


def elsewhere(name: str, folder: Path, texts: Sequence[str]) -> float | str:
    """CPU seconds of another project in its own environment, or why there are none."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603 - our own command, no shell
    if subprocess.run([python, "-c", f"import {name}"], capture_output=True, check=False).returncode:  # noqa: S603 - our own command, no shell
        put = subprocess.run([python, "-m", "pip", "install", "-q", name], capture_output=True, text=True, check=False)  # noqa: S603 - our own command, no shell
        if put.returncode:
            return f"not installed: {(put.stderr.strip().splitlines() or ['pip failed'])[-1]}"
    run = subprocess.run(  # noqa: S603 - our own command, no shell
        [python, "-c", TIMED_ELSEWHERE, name], input=json.dumps(texts), capture_output=True, text=True, check=False
    )
    return float(run.stdout) if not run.returncode else f"failed: {(run.stderr.strip().splitlines() or ['?'])[-1]}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=1000, help="texts of some 300 words")
    arguments.add_argument("--no-peers", action="store_true", help="of the others only datasketch")
    arguments.add_argument("--peers", type=Path, default=PROJECT / ".venv-peers", help="where the others are installed")
    asked = arguments.parse_args()
    texts = [article.body for article in articles(asked.count)]
    assert_equal([*texts[:50], "", "satu", "satu dua", "satu dua tiga"])
    seconds: dict[str, float | str] = {
        f"newscrawl, {BATCH} at once": best(batched, texts),
        "newscrawl, one at a time": best(one_by_one, texts),
        f"datasketch {version('datasketch')} MinHash.bulk": best(bulk, texts),
        f"datasketch {version('datasketch')} update loop": best(update_loop, texts[: max(1, asked.count // 5)]),
    }
    if not asked.no_peers:
        seconds |= {name: elsewhere(name, asked.peers, texts) for name in PEERS}
    bulk_speed = len(texts) / float(list(seconds.values())[2])
    words = sum(len(text.split()) for text in texts) / len(texts)
    print(f"{len(texts)} texts of {words:.0f} words, {SLOTS} slots, Python {platform.python_version()}\n")
    print("| signatures | texts a CPU second | times MinHash.bulk |\n|---|--:|--:|")
    for name, took in seconds.items():
        if isinstance(took, str):
            print(f"| {name} | {took} | |")
            continue
        speed = (max(1, asked.count // 5) if "loop" in name else len(texts)) / took
        print(f"| {name} | {speed:,.0f} | {speed / bulk_speed:.1f} |")


if __name__ == "__main__":
    main()
