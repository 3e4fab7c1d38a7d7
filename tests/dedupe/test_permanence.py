"""Random histories of a store: whatever happens, no story id ever comes to mean another story."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from dedupe import Article, Store, cluster, decisions, merge, open_store, resolve, split, tidy, undo, waiting
from dedupe.story_store import StoryStore

MODULE: Any = import_module("dedupe.clustering")
Make = Callable[..., Article]

HISTORIES = 504
FILES = 24
"""Histories are told in so many tests, which several processes may share."""
STEPS = 14
MOST_ARTICLES = 20

EVENTS = {
    "Tanggul Jebol, Lantera Terendam": (
        "Banjir merendam 1.240 rumah di Kecamatan Lantera sejak Rabu malam setelah tanggul Kali Sewu jebol.",
        "“Air naik cepat sekali malam itu, kami hanya sempat membawa anak-anak,” kata Darma Wirya, warga Lantera.",
        "Bupati Sagara membuka dapur umum di balai kecamatan dan meminta warga menjauhi bantaran Kali Sewu.",
        "Tanggul Kali Sewu yang jebol sepanjang dua belas meter ditutup petugas dengan karung pasir.",
    ),
    "Saltmarsh Menang Tipis di Lapangan Dermaga": (
        "Kesebelasan Saltmarsh menang tipis dua angka dalam laga kriket terakhir musim ini di Lapangan Dermaga.",
        "“Kami bertahan sampai bola terakhir, angin laut menolong kami,” kata kapten Hollis Wren.",
        "Pelempar Saltmarsh, Orla Finch, menjatuhkan lima gawang kriket hanya dalam sembilan putaran.",
        "Ribuan penonton memadati Lapangan Dermaga sejak pagi walau gerimis turun di Saltmarsh.",
    ),
    "Gempa Guncang Tanjung Pelita": (
        "Gempa berkekuatan 5,4 mengguncang laut selatan Tanjung Pelita, Kamis pagi, tanpa korban dan kerusakan.",
        "“Lampu bergoyang kira-kira sepuluh detik lalu tenang lagi,” ujar Mirna Sasongko, penjaga mercusuar Pelita.",
        "Badan geofisika mencatat tiga gempa susulan di bawah laut Tanjung Pelita hingga siang.",
        "Sekolah di Tanjung Pelita memulangkan murid lebih awal karena khawatir gempa susulan.",
    ),
    "Jembatan Harum Dibuka Kembali": (
        "Jembatan Harum yang menghubungkan Muara dan Bukit dibuka kembali Jumat sesudah perbaikan delapan bulan.",
        "“Kabel baja Jembatan Harum sudah diuji dengan beban empat puluh truk,” kata insinyur Teguh Palar.",
        "Pedagang di ujung Jembatan Harum berharap pembeli dari Bukit datang lagi.",
        "Tarif tol Jembatan Harum dibebaskan sampai akhir bulan, kata dinas perhubungan Muara.",
    ),
    "Pabrik Gula Kembang Berhenti Menggiling": (
        "Pabrik gula Kembang menghentikan giling lebih awal karena tebu dari Lembah Rawi habis dimakan tikus.",
        "“Separuh tebu kami rusak, pabrik gula tidak punya apa-apa untuk digiling,” kata petani Sapto Rawi.",
        "Sebanyak 310 buruh musiman pabrik gula Kembang dirumahkan mulai Senin.",
        "Dinas pertanian membagikan racun tikus dan bibit tebu baru kepada petani Lembah Rawi.",
    ),
}


@dataclass
class Seen:
    """The stories at one time."""

    stories: dict[int, set[int]]
    aliases: dict[int, int]
    emptied: set[int]


@dataclass
class Said:
    """A decision as the editor meant it."""

    kind: str
    story: set[int]
    other: set[int]
    stands: bool = True

    def of(self, a: int, b: int) -> bool | None:
        """Whether the two stay together; None where it says nothing of them."""
        if self.kind == "merge":
            return True if {a, b} <= self.story | self.other else None
        if {a, b} <= self.other:
            return True
        return False if (a in self.story and b in self.other) or (b in self.story and a in self.other) else None


@dataclass
class History:
    """A store to which things happen, and what was seen of it before."""

    store: Store
    make: Make
    chance: random.Random
    seen: Seen = field(init=False)
    said: dict[int, Said] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    """Articles whose text has changed since the last look."""
    unsettled: bool = False
    """Whether a decision was taken back and nothing has been clustered since."""
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store.connection.execute("PRAGMA synchronous = OFF")
        self.seen = self.look()

    def look(self) -> Seen:
        stories: dict[int, set[int]] = {row["id"]: set() for row in self.store.rows("SELECT id FROM stories")}
        for row in self.store.rows("SELECT article_id, story_id FROM coverage"):
            stories[row["story_id"]].add(row["article_id"])
        aliases = {row["old_id"]: row["story_id"] for row in self.store.rows("SELECT * FROM story_aliases")}
        return Seen(stories, aliases, {row["old_id"] for row in self.store.rows("SELECT old_id FROM emptied_stories")})

    # --- what must hold --------------------------------------------------------------------------

    def check(self, revived: int | None = None) -> None:
        """Compare the stories with those seen before; `revived` is an id that an undone merge may give back."""
        before, now = self.seen, self.look()
        assert self.store.rows("PRAGMA foreign_key_check") == []
        for story_id, members in before.stories.items():
            self.check_story(story_id, members, now)
        for old_id, led_to in before.aliases.items():
            if old_id != revived:
                expected = led_to if led_to in now.stories else now.aliases.get(led_to)
                assert now.aliases.get(old_id) == expected, f"{old_id} led to {led_to}"
                assert old_id not in now.stories
        assert before.emptied <= now.emptied
        assert now.emptied.isdisjoint(now.stories.keys() | now.aliases.keys())
        assert now.stories.keys().isdisjoint(now.aliases)
        ever = before.stories.keys() | before.aliases.keys() | before.emptied
        assert all(new > max(ever, default=0) for new in now.stories.keys() - ever - {revived})
        assert all(resolve(self.store, known) or known in now.emptied for known in ever)
        self.seen = now
        self.changed.clear()

    def check_story(self, story_id: int, left: set[int], now: Seen) -> None:
        """Check where a story is now, of whose articles these are left."""
        if story_id in now.stories:
            assert not left or now.stories[story_id] & left, f"{story_id} has none of its articles"
        elif story_id in now.emptied:
            assert not left, f"{story_id} was emptied, but has articles {left}"
        else:
            home = {member: at for at, members in now.stories.items() for member in members}
            led_to = now.aliases[story_id]
            counts = [Counter(home[i] for i in some) for some in (left, left - self.changed) if some]
            if left:
                assert any(count[led_to] == max(count.values()) for count in counts), f"{story_id}: {led_to}, {counts}"

    def check_decisions(self) -> None:
        """Check that what editors decided holds: of two decisions on two articles the later one."""
        home = {member: at for at, members in self.seen.stories.items() for member in members}
        standing = [said for _, said in sorted(self.said.items(), reverse=True) if said.stands]
        named = sorted({i for said in standing for i in said.story | said.other if i in home})
        rules = {
            pair: next((r for s in standing if (r := s.of(*pair)) is not None), None) for pair in combinations(named, 2)
        }
        group = components(named, (pair for pair, together in rules.items() if together))
        torn = {group[a] for (a, b), together in rules.items() if together is False and group[a] == group[b]}
        for (a, b), together in rules.items():
            if together is not None and not {group[a], group[b]} & torn:
                assert (home[a] == home[b]) is together, (a, b, together)

    def check_store(self) -> None:
        """Check what holds when nothing waits."""
        assert waiting(self.store) == 0
        assert self.store.value("SELECT count(*) FROM left_behind") == 0
        assert all(self.seen.stories.values())
        assert self.store.rows("SELECT * FROM articles WHERE id NOT IN (SELECT article_id FROM coverage)") == []
        counted = "SELECT count(*) FROM coverage AS c WHERE c.story_id = s.id"
        assert self.store.rows(f"SELECT * FROM stories AS s WHERE articles <> ({counted})") == []
        stale = "SELECT * FROM bands WHERE member >> 3 NOT IN (SELECT article_id FROM signatures)"
        assert self.store.rows(stale) == []
        orphans = "SELECT * FROM signatures WHERE same_text_as NOT IN (SELECT article_id FROM signatures)"
        assert self.store.rows(orphans) == []
        self.check_decisions()

    # --- what happens ----------------------------------------------------------------------------

    def articles(self) -> list[int]:
        return [row["id"] for row in self.store.rows("SELECT id FROM articles")]

    def save(self) -> None:
        """Articles arrive, or come again with another text."""
        known = self.articles()
        for _ in range(self.chance.randint(1, 5)):
            again = len(known) >= MOST_ARTICLES or self.chance.random() < 0.3
            slug = self.chance.randint(1, MOST_ARTICLES) if again else len(known) + 1
            saved = self.store.save_article(self.article(f"a{slug}"))
            if saved.outcome == "version":
                self.changed.add(saved.article_id)

    def rewrite(self) -> None:
        """Most articles of some stories come again and tell other events."""
        titles = self.chance.sample(list(EVENTS), 2)
        for story_id in self.chance.sample(sorted(self.seen.stories), min(len(self.seen.stories), 2)):
            for article_id in sorted(self.seen.stories[story_id]):
                if self.chance.random() < 0.8:
                    url = self.store.value("SELECT url FROM articles WHERE id = ?", (article_id,))
                    article = self.article(url.rpartition("/")[2], [self.chance.choice(titles)])
                    if self.store.save_article(article).outcome == "version":
                        self.changed.add(article_id)

    def article(self, slug: str, titles: Sequence[str] = ()) -> Article:
        titles = titles or self.chance.choices(list(EVENTS), k=1 if self.chance.random() < 0.8 else 2)
        said = [sentence for title in titles for sentence in EVENTS[title]]
        body = "\n".join(said if self.chance.random() < 0.3 else self.chance.sample(said, self.chance.randint(2, 4)))
        outlet = f"outlet{int(slug[1:]) % 5}"
        day = self.chance.choice(["2026-05-05", "2026-05-05", "2026-05-06", "2026-05-11", None])
        return self.make(slug, body, outlet=outlet, title=titles[0], day=day)

    def delete(self) -> None:
        for article_id in self.chance.sample(self.articles(), min(len(self.articles()), self.chance.choice([1, 1, 3]))):
            self.store.connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            for members in [
                *self.seen.stories.values(),
                *(side for s in self.said.values() for side in (s.story, s.other)),
            ]:
                members.discard(article_id)  # a later article may get its id

    def bring_up_to_date(self) -> None:
        cluster(self.store, progress=lambda _: self.check())
        self.check()
        self.unsettled = False
        self.check_store()

    def rebuild(self) -> None:
        self.changed.update(self.articles())
        cluster(self.store, rebuild=True)
        self.changed.clear()
        self.check()
        self.unsettled = False
        self.check_store()

    def tidy(self) -> None:
        """The nightly pass, which alone splits stories."""
        tidy(self.store, days=self.chance.choice([3, 30]), until=date(2026, 5, 12))
        self.check()
        if not self.unsettled:
            self.check_decisions()

    def merge(self) -> None:
        one, other = self.chance.sample(sorted(self.seen.stories), 2)
        sides = [set(self.seen.stories[i]) for i in sorted((one, other))]
        made = merge(self.store, one, other, by="Ratna", why="satu peristiwa")
        self.said[made.decision_id] = Said("merge", *sides)
        self.check()
        assert resolve(self.store, max(one, other)) == min(one, other)

    def split(self) -> None:
        several = [i for i, members in sorted(self.seen.stories.items()) if len(members) > 1]
        if several:
            story_id = self.chance.choice(several)
            members = sorted(self.seen.stories[story_id])
            parted = set(self.chance.sample(members, self.chance.randint(1, len(members) - 1)))
            made = split(self.store, story_id, parted, by="Ratna", why="dua peristiwa")
            self.said[made.decision_id] = Said("split", set(members) - parted, parted)
            self.check()
            assert self.seen.stories[made.other_id] == parted

    def undo(self) -> None:
        standing = [one for one in decisions(self.store) if not one.undone_at]
        if standing:
            taken_back = self.chance.choice(standing)
            undo(self.store, taken_back.decision_id, by="Ratna")
            self.said[taken_back.decision_id].stands = False
            self.unsettled = True
            self.check(revived=taken_back.other_id)

    def kill(self) -> None:
        """Something fails in the midst of a clustering."""
        step = self.chance.choice(["save_signatures", "cover", "new_story", "summarize", "merge", "uncover"])
        with failing(step, self.chance.randint(1, 4)):
            try:
                self.chance.choice([self.bring_up_to_date, self.rebuild])()
            except Killed:
                self.store.connection.execute("SELECT 1")
                changed = set(self.changed)
                self.check()
                self.changed = changed

    def reopen(self) -> None:
        path = self.store.path
        self.store.close()
        self.store = open_store(path)
        self.store.connection.execute("PRAGMA synchronous = OFF")
        self.check()

    def happen(self) -> None:
        """Let one thing happen."""
        likely = {self.save: 8, self.bring_up_to_date: 7, self.rewrite: 3, self.delete: 2}
        likely |= {self.kill: 2, self.rebuild: 1, self.tidy: 2, self.reopen: 1}
        if len(self.seen.stories) > 1 and not self.unsettled:
            likely |= {self.merge: 3, self.split: 3}
        likely[self.undo] = 2
        event = self.chance.choices(list(likely), list(likely.values()))[0]
        self.told.append(event.__name__)
        event()


class Killed(BaseException):
    """The process would have ended here."""


@contextmanager
def failing(step: str, call: int) -> Iterator[None]:
    """Let a step of clustering fail in one of its calls."""
    original = getattr(StoryStore, step)
    calls = iter(range(1, 1_000_000))

    def fail(*args: Any) -> Any:
        if next(calls) == call:
            raise Killed
        return original(*args)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(StoryStore, step, fail)
        yield


def components(items: list[int], pairs: Iterator[tuple[int, int]]) -> dict[int, int]:
    group = {item: item for item in items}
    for a, b in pairs:
        if group[a] != group[b]:
            old, new = group[a], group[b]
            group = {item: new if at == old else at for item, at in group.items()}
    return group


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without articles, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "news.db"
    open_store(path).close()
    return path


@pytest.mark.parametrize("part", range(FILES))
def test_ids_are_permanent_and_decisions_hold_in_any_history(
    empty: Path, tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    for seed in range(part, HISTORIES, FILES):
        chance = random.Random(seed)
        monkeypatch.setattr(MODULE, "BATCH", chance.choice([1, 2, 5, 50, 50]))
        path = tmp_path / f"{seed}.db"
        shutil.copy(empty, path)
        history = History(open_store(path), make, chance)
        try:
            history.save()
            for _ in range(STEPS):
                history.happen()
            history.bring_up_to_date()
            settled = history.seen
            assert cluster(history.store).articles == 0
            assert history.look() == settled
            history.rebuild()
        except BaseException as error:
            error.add_note(f"history {seed}: {', '.join(history.told)}")
            raise
        finally:
            history.store.close()
            path.unlink()
