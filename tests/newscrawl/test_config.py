from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import config, config_text, outlets, settings
from newscrawl.config import Config, ConfigError
from newscrawl.config_keys import GENERAL, OF_AN_OUTLET
from newscrawl.outlet import Outlet
from newscrawl.rules import Rules
from newscrawl.schedule import Schedule

FILE = Path("x.toml")


def read(text: str) -> Config:
    return config.read(text, FILE)


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return str(caught.value).splitlines()


# --- the table of keys --------------------------------------------------------------------------


def test_every_key_is_a_field_and_has_the_same_default() -> None:
    fields = {field.name: field for field in dataclasses.fields(Config)}
    keys = {config.attribute(key): key for key in GENERAL}
    assert set(fields) - set(keys) == {"path", "outlets", "given"}
    for name, key in keys.items():
        default = fields[name].default
        assert (
            str(default) if default and key.kind == "path" else default or type(key.default)(default or key.default)
        ) == (key.default), name


@pytest.mark.parametrize("key", [key for key in GENERAL if key.setting], ids=lambda key: key.dotted)
def test_a_default_is_what_a_crawl_does_without_a_configuration(key: Any) -> None:
    shipped = getattr(settings, key.setting, False)
    assert type(key.default)(shipped) == key.default


def test_what_may_be_said_of_an_outlet_is_what_outlets_declare() -> None:
    hints = {
        name for base in Outlet.__mro__ if base.__module__.startswith("newscrawl") for name in base.__annotations__
    }
    declared = {name for name in hints if "ClassVar" in str(all_annotations()[name])}
    rules = {field.name for field in dataclasses.fields(Rules)} - {"outlet", "title_text"}
    assert {key.name for key in OF_AN_OUTLET} == (declared | rules) - {"name"}


def all_annotations() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in reversed(Outlet.__mro__):
        if base.__module__.startswith("newscrawl"):
            found.update(base.__annotations__)
    return found


@pytest.mark.parametrize("key", OF_AN_OUTLET, ids=lambda key: key.name)
def test_a_default_of_an_outlet_is_the_classes_own(key: Any) -> None:
    schedule = {field.name: field.default for field in dataclasses.fields(Schedule)}
    declared = getattr(Outlet, key.name, None) or schedule.get(key.name) or getattr(Rules(), key.name, None)
    assert (declared or None) == (key.default or None)


def test_no_key_stands_twice() -> None:
    names = [key.dotted for key in (*GENERAL, *OF_AN_OUTLET)]
    assert len(set(names)) == len(names)
    assert {key.section for key in GENERAL} == set(config_text.SECTIONS)


# --- the commented file -------------------------------------------------------------------------


def test_the_commented_file_says_nothing_yet_and_everything_once_uncommented() -> None:
    text = config_text.commented()
    assert read(text).given == frozenset()
    bare = re.sub(r"(?m)^# (\w+ = |\[)", r"\1", text)
    found = read(bare)
    assert found.given == {key.dotted for key in GENERAL}
    assert found.outlets["harbour_times"]["feeds"] == ("https://harbour.example/rss",)


def test_every_key_is_in_the_commented_file_and_in_the_docs() -> None:
    text, table = config_text.commented(), "\n".join(config_text.table())
    for key in GENERAL:
        assert f"# {key.name} = " in text
        assert key.says in text
        assert f"| `{key.name}` |" in table
    assert all(f"| `{key.name}` |" in table for key in OF_AN_OUTLET)


# --- good values --------------------------------------------------------------------------------


def test_values_are_read_and_only_they_reach_the_crawl() -> None:
    found = read('[crawl]\ncontact = "desk@paper.example"\ndelay = 2\n[guard]\nallow = ["127.0.0.1:80"]\n')
    assert found.crawl_contact == "desk@paper.example"
    assert found.scrapy_settings() == {
        "CONTACT": "desk@paper.example",
        "DOWNLOAD_DELAY": 2.0,
        "GUARD_ALLOW": ["127.0.0.1:80"],
    }
    assert Config().scrapy_settings() == {}


def test_relative_paths_count_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text('[store]\ndb = "a/b.db"\n[log]\nfile = "/var/log/x"\n', "utf-8")
    found = config.load(file)
    assert (found.db, found.log_file, found.backup_folder) == (tmp_path / "a/b.db", Path("/var/log/x"), None)
    file.write_text("", "utf-8")
    assert config.load(file).db == tmp_path / "data/news.db"


def test_the_file_of_this_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.find(None).path is None
    Path(config.FILE).write_text("[crawl]\njobs = 3\n", "utf-8")
    assert config.find(None).jobs == 3
    assert config.find(None).db == Path("data/news.db")
    with pytest.raises(ConfigError, match=r"no such file. `newscrawl init other.toml`"):
        config.find(Path("other.toml"))


# --- faults -------------------------------------------------------------------------------------

ONE_FAULT = [
    ("[crawl]\ndelya = 3", 2, "no key crawl.delya; the nearest is delay"),
    ("[craw]\n", 1, "no section or key 'craw'; the nearest is crawl"),
    ('contact = "a@b.example"', 1, "belongs into a section: crawl.contact"),
    ("\n\ncrawl.delay = -1", 3, "crawl.delay is -1, but must be from 0 to 3600"),
    ("[crawl]\ndelay = nan", 2, "crawl.delay is nan"),
    ("[crawl]\ndelay = true", 2, "wants a number"),
    ("[crawl]\njobs = 1.5", 2, "wants a whole number"),
    ('[crawl]\nautothrottle = "yes"', 2, "wants a true or false"),
    ('[crawl]\ncontact = "me"', 2, "neither a mail address nor a web address"),
    ('[crawl]\ncontact = "a@b.example\\r\\nCookie: x"', 2, "neither a mail address"),
    ('[log]\nlevel = "loud"', 2, "none of debug, info"),
    ("[guard]\nallow = [1]", 2, "wants a list of texts"),
    ('[outlets]\noff = ["No Such"]', 2, "is no outlet's name"),
    ("crawl = 3", 1, "crawl is a section"),
    ("outlet = 3", 1, "write [outlet.some_name]"),
    ("[outlet.Kom]\n", 1, "cannot be an outlet's name"),
    ("[outlet.a]\nfeed = 1", 2, "no key outlet.a.feed; the nearest is feeds"),
    ('[outlet.a]\nfeeds = "https://a.example/"', 2, "wants a list of texts"),
    ('[outlet.a]\nfeeds = ["ftp://a.example/"]', 2, "is no web address"),
    ('[outlet.a]\nhomepage = "javascript:alert(1)"', 2, "is no web address"),
    ('[outlet.a]\nbody_css = "a >> b"', 2, "is no CSS selector"),
    ('[outlet.a]\narticle_url = "("', 2, "is no regular expression"),
    ('[outlet.a]\ntimezone = "Mars/Olympus"', 2, "is no IANA time zone"),
    ('[outlet.a]\ntimezone = "../../etc/passwd"', 2, "is no IANA time zone"),
    ('[outlet.a]\nlanguage = "Indonesian"', 2, "is no ISO 639 code"),
    ('[outlet.a]\ndate_order = "MYD"', 2, "is none of DMY"),
    ("[outlet.a]\npoll_minutes = [9, 5]", 2, "the least and the most"),
    ('[outlet.a]\nindex_pages = ["https://a.example/{day}"]', 2, "is no pattern"),
    (f'[outlet.a]\ntitle = "{"x" * 3000}"', 2, "longer than 2000 characters"),
]


@pytest.mark.parametrize(("text", "line", "said"), ONE_FAULT, ids=[said for _, _, said in ONE_FAULT])
def test_a_fault_is_told_with_its_line_and_remedy(text: str, line: int, said: str) -> None:
    [fault] = faults(text)
    assert fault.startswith(f"x.toml, line {line}: ")
    assert said in fault


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    found = faults('[crawl]\nx = 1\njobs = "a"\n[nothing]\n[outlet.a]\ny = 1\n')
    assert [fault.split(":")[0] for fault in found] == [f"x.toml, line {n}" for n in (2, 3, 4, 6)]


@pytest.mark.parametrize("text", ["a =", "[crawl", "a = '\0'", "[a]\n[a]\n", "x = " + "[" * 100_000])
def test_what_is_no_toml_is_told(text: str) -> None:
    assert faults(text)[0].startswith("x.toml: is ")


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(b"# fine\n# \xff\n")
    with pytest.raises(ConfigError, match="line 2: is not UTF-8"):
        config.load(file)
    file.write_bytes(b"#" * (config.LARGEST + 1))
    with pytest.raises(ConfigError, match="larger than"):
        config.load(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)


@given(st.text(max_size=300))
def test_any_text_is_a_configuration_or_is_told(text: str) -> None:
    try:
        read(text)
    except ConfigError as error:
        assert str(error).startswith("x.toml")  # noqa: PT017 - either outcome is good


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([*GENERAL, *OF_AN_OUTLET]), VALUES)
def test_any_value_is_good_or_is_told_in_one_line(key: Any, value: Any) -> None:
    fault = config.fault_of(key, value)
    assert "\n" not in fault
    if not fault:
        config.as_kept(key, value, Path())


# --- TOML written -------------------------------------------------------------------------------


@given(st.text(max_size=50))
def test_any_text_survives_as_toml(text: str) -> None:
    whole = text.encode("utf-8", "replace").decode()
    assert tomllib.loads(f"x = {config_text.written(text)}")["x"] == whole


@given(st.text(max_size=50), st.text(max_size=50))
def test_an_entry_is_appended_and_everything_before_stays(title: str, says: str) -> None:
    before = config_text.commented().rstrip("\n")
    entry = config_text.entry("harbour", {"title": title, "homepage": "https://harbour.example/"}, says)
    after = config_text.appended(before, entry)
    assert after.startswith(before)
    found = tomllib.loads(after)["outlet"]["harbour"]
    assert found["homepage"] == "https://harbour.example/"
    assert found.get("title", "") == title.encode("utf-8", "replace").decode()


# --- outlets ------------------------------------------------------------------------------------


@pytest.fixture
def configured() -> Any:
    def use(text: str) -> None:
        config.use(read(text))

    yield use
    config.use(Config())


def test_an_outlet_without_code_is_there(configured: Any) -> None:
    configured(
        '[outlet.harbour]\nhomepage = "https://news.harbour.example/"\nfeeds = ["https://news.harbour.example/rss"]\n'
        'timezone = "Asia/Makassar"\nbody_css = "div.text"\n'
    )
    outlet = outlets.one("harbour")
    assert issubclass(outlet, Outlet)
    assert (outlet.title, outlet.timezone, outlet.rules().body_css) == ("harbour", "Asia/Makassar", "div.text")
    assert outlets.at("https://m.news.harbour.example/a") is outlet
    assert outlet in outlets.switched_on()
    assert outlets.one("pesisir") in outlets.demo()
    assert outlet not in outlets.demo()


def test_what_code_says_of_an_outlet_is_overridden_and_nothing_else(configured: Any) -> None:
    coded = outlets.one("pesisir")
    configured('[outlet.pesisir]\nbody_css = "div.other"\npoll_minutes = [10, 20]\n')
    changed = outlets.one("pesisir")
    assert issubclass(changed, coded)
    assert changed.rules() == dataclasses.replace(coded.rules(), body_css="div.other")
    assert changed.poll_minutes == (10, 20)
    assert outlets.coded()["pesisir"] is coded
    assert outlets.at(coded.homepage) is changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[outlet.kompaz]\npaywall = 'none'\n", "Did you mean kompas"),
        ("[outlet.harbour]\nhomepage = 'https://harbour.example/'\n", "needs one of feeds"),
    ],
)
def test_an_entry_that_leads_nowhere_is_told(text: str, said: str, configured: Any) -> None:
    configured(text)
    with pytest.raises(ConfigError, match=said):
        outlets.known()


def test_outlets_are_switched_on_and_off(configured: Any) -> None:
    configured('[outlets]\non = ["kompas", "detik"]\noff = ["detik"]\n')
    assert [outlet.name for outlet in outlets.switched_on()] == ["kompas"]
    configured('[outlets]\noff = ["detik"]\n')
    names = {outlet.name for outlet in outlets.switched_on()}
    assert "detik" not in names
    assert "kompas" in names
    assert "pesisir" not in names
    configured('[outlets]\noff = ["detikk"]\n')
    with pytest.raises(outlets.UnknownOutletError, match="Did you mean detik"):
        outlets.switched_on()


# --- at the command line ------------------------------------------------------------------------


def test_the_command_line_reads_it(tmp_path: Path, demo: Path, invoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.toml"
    file.write_text(f'[store]\ndb = "{demo}"\n', "utf-8")
    assert str(demo) in invoke("status", "--config", file).stdout
    monkeypatch.setenv("NEWSCRAWL_CONFIG", str(file))
    assert invoke("status").exit_code == 0
    assert invoke("status", "--db", tmp_path / "none.db").exit_code == 2
    monkeypatch.setenv("NEWSCRAWL_DB", str(tmp_path / "none.db"))
    assert invoke("status").exit_code == 2


def test_a_faulty_configuration_stops_every_command(tmp_path: Path, invoke: Any) -> None:
    file = tmp_path / "x.toml"
    file.write_text("[crawl]\njob = 1\n", "utf-8")
    done = invoke("status", "--config", file)
    assert done.exit_code == 2
    assert "line 2: there is no key crawl.job; the nearest is jobs." in done.stderr


def test_the_hints_of_types_are_whole() -> None:
    assert get_args(get_type_hints(Config)["log_file"]) == (Path, type(None))
