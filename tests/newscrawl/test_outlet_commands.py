from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from newscrawl import config, config_text, outlet_commands, outlets

NO_DELAY = {"DOWNLOAD_DELAY": 0}


# --- the list -----------------------------------------------------------------------------------


def test_the_list_says_what_is_on_and_when_it_last_ran(demo: Path, tmp_path: Path, invoke: Any) -> None:
    file = tmp_path / "x.toml"
    file.write_text('[outlets]\noff = ["kompas"]\n', "utf-8")
    found = {o["name"]: o for o in json.loads(invoke("outlets", "--config", file, "--db", demo, "--json").stdout)}
    assert found["kompas"]["is_on"] is False
    assert found["detik"]["is_on"] is True
    assert found["pesisir"]["is_demo"] is True
    assert found["pesisir"]["last_run"]
    assert found["kompas"]["last_run"] is None
    lines = invoke("outlets", "--config", file, "--db", tmp_path / "none.db").stdout.splitlines()
    assert any(line.startswith("kompas") and " off" in line for line in lines)
    assert not (tmp_path / "none.db").exists()


def test_a_name_that_is_switched_and_not_there_is_told(tmp_path: Path, invoke: Any) -> None:
    file = tmp_path / "x.toml"
    file.write_text('[outlets]\noff = ["kompass"]\n', "utf-8")
    done = invoke("outlets", "--config", file)
    assert done.exit_code == 2
    assert "Did you mean kompas" in done.stderr


def test_options_before_the_subcommand_are_its_own(tmp_path: Path, invoke: Any) -> None:
    done = invoke("outlets", "--config", tmp_path / "none.toml", "add", "https://teluk.example/")
    assert done.exit_code == 2
    assert "none.toml: there is no such file" in done.stderr


# --- one outlet looked at -----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["suara_bukit", "warta_sagara"])
def test_a_check_shows_which_rule_found_what(name: str, newscrawl: Any, tmp_path: Path) -> None:
    done = newscrawl("outlets", "--check", name, "--json", cwd=tmp_path, settings=NO_DELAY)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["is_good"] is True
    assert sum(listing["articles"] for listing in told["listings"]) > 0
    page = told["pages"][-1]
    assert page["article"]["title"]
    assert {one["name"] for one in page["selectors"]} >= {"body_css"}
    rules = outlets.one(name).rules()
    assert next(one for one in page["selectors"] if one["name"] == "body_css")["css"] == rules.body_css
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_check_leaves_a_store_as_it_is(demo_copy: Path, dump: Any, newscrawl: Any) -> None:
    before = dump(demo_copy)
    done = newscrawl("outlets", "--check", "pesisir", "--db", demo_copy, settings=NO_DELAY)
    assert done.returncode == 0, done.stderr
    assert "body_css [itemprop=articleBody]" in done.stdout
    assert dump(demo_copy) == before


@pytest.mark.slow
def test_a_check_that_reads_nothing_fails_and_says_where(newscrawl: Any, tmp_path: Path) -> None:
    (tmp_path / "newscrawl.toml").write_text(
        '[outlet.pesisir]\narticle_url = "/nowhere/"\nfeeds = ["http://pesisir.example/gone.xml"]\nsections = []\n'
        '[outlet.harbour_courier]\nbody_css = "div.gone"\narticle_url = "/nowhere/"\n',
        "utf-8",
    )
    done = newscrawl("outlets", "--check", "pesisir", cwd=tmp_path, settings=NO_DELAY)
    assert done.returncode == 1
    assert "http-404" in done.stdout
    done = newscrawl("outlets", "--check", "harbour_courier", cwd=tmp_path, settings=NO_DELAY)
    assert done.returncode == 1
    assert "0 of them articles" in done.stdout
    assert "does article_url no longer fit?" in done.stdout


@pytest.mark.parametrize("args", [("--check", "kompas"), ("add", "https://harbour-times.com/")], ids=" ".join)
def test_no_public_host_is_asked_without_a_contact(args: tuple[str, ...], newscrawl: Any, tmp_path: Path) -> None:
    done = newscrawl("outlets", *args, cwd=tmp_path)
    assert done.returncode == 2
    assert "contact" in done.stderr


def test_unknown_names_are_told(invoke: Any) -> None:
    done = invoke("outlets", "--check", "kompaz")
    assert done.exit_code == 2
    assert "Did you mean kompas" in done.stderr


# --- an outlet added ----------------------------------------------------------------------------

ADDED = [
    ("http://harbourcourier.example/", {"feeds", "country"}, "en", "Europe/London"),
    ("http://pesisir.example/atom.xml", {"feeds", "article_url"}, "id", "Asia/Jakarta"),
    ("http://suarabukit.example/", {"sitemaps", "dates_lie_utc"}, "id", "Asia/Jakarta"),
    ("http://wartasagara.example/", {"sections", "article_url"}, "id", "Asia/Jakarta"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("url", "keys", "language", "zone"), ADDED, ids=[row[0] for row in ADDED])
def test_an_outlet_is_found_out_written_and_crawled(
    url: str, keys: set[str], language: str, zone: str, newscrawl: Any, tmp_path: Path
) -> None:
    file = tmp_path / "newscrawl.toml"
    file.write_text("# mine\n[crawl]\ndelay = 0   # here\n", "utf-8")
    done = newscrawl("outlets", "add", url, "--name", "added", "--yes", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert sum(sample["article"] is not None for sample in told["samples"]) == 3
    text = file.read_text("utf-8")
    assert text.startswith("# mine\n[crawl]\ndelay = 0   # here\n")
    about = tomllib.loads(text)["outlet"]["added"]
    assert keys <= set(about)
    assert (about["language"], about["timezone"]) == (language, zone)
    if "feeds" in keys:
        done = newscrawl("run", "added", "--no-cluster", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["outlets"][0]["counts"]["saved"] >= 3


@pytest.mark.slow
def test_nothing_is_written_without_a_yes(newscrawl: Any, tmp_path: Path) -> None:
    for answer, written in (("n\n", False), ("", False), ("y\n", True)):
        done = newscrawl(
            "outlets", "add", "http://harbourcourier.example/", "--name", "added",
            cwd=tmp_path, stdin=answer, settings=NO_DELAY,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "[outlet.added]" in done.stdout
        assert (tmp_path / "newscrawl.toml").exists() is written
    assert config.load(tmp_path / "newscrawl.toml").outlets["added"]["title"] == "Harbour Courier"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("http://127.0.0.1:9/", 1, "guard-address"),
        ("http://169.254.169.254/latest/meta-data/", 1, "guard-address"),
        ("http://harbourcourier.example/no-such-page", 1, "http-404"),
    ],
)
def test_what_cannot_be_looked_at_is_told(url: str, code: int, said: str, newscrawl: Any, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('[crawl]\ncontact = "desk@paper.example"\ndelay = 0\n', "utf-8")
    done = newscrawl("outlets", "add", url, "--name", "added", "--config", "x.toml", cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "added" not in (tmp_path / "x.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("http://pesisir.example/",), "is known as pesisir"),
        (("http://teluk.example/", "--name", "pesisir"), "there is such an outlet already"),
        (("http://teluk.example/", "--name", "Teluk Kabar"), "use a-z, 0-9 and _"),
        (("ftp://teluk.example/",), "is no web address"),
        (("http://[",), "is no web address"),
        (("",), "is no web address"),
        (("x" * 10_000,), "is no web address"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_added_is_told(args: tuple[str, ...], said: str, invoke: Any) -> None:
    done = invoke("outlets", "add", *args)
    assert done.exit_code == 2
    assert said in done.stderr


# --- the file -----------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [b"", b"# x", b"\xef\xbb\xbf# x\r\n[crawl]\r\njobs = 2\r\n"], ids=ascii)
def test_every_byte_before_an_entry_stays(before: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(before)
    file.chmod(0o640)
    entry = config_text.entry("teluk", {"homepage": "https://teluk.example/", "feeds": ["https://teluk.example/rss"]})
    outlet_commands.write(file, outlet_commands.appended_to(file, entry))
    assert file.read_bytes().startswith(before)
    assert config.load(file).outlets["teluk"]["homepage"] == "https://teluk.example/"
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_behind_a_link_is_written_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "x.toml").symlink_to(tmp_path / "real" / "y.toml")
    (tmp_path / "real" / "y.toml").write_text("")
    outlet_commands.write(tmp_path / "x.toml", "# new\n")
    assert (tmp_path / "x.toml").is_symlink()
    assert (tmp_path / "real" / "y.toml").read_text() == "# new\n"


def test_hostile_words_of_a_site_stay_words() -> None:
    said = outlet_commands.one_line("title\x1b]0;x\x07\nsecond \u202eline\0")
    assert said.isprintable()
