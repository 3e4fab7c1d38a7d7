import errno
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from dedupe import cluster, open_store
from dedupe.site.serve import ServeError, Wish, address_of, hosts, is_loopback, is_name, listening, serve, told

Started = tuple[str, "subprocess.Popen[str]"]
ROUNDS = 12


@contextmanager
def started(db: Path, *args: str) -> Iterator[tuple[str, list[str]]]:
    """`newscrawl serve` in a process of its own: its address, and the lines that it printed."""
    command = [sys.executable, "-m", "newscrawl.cli", "serve", "--db", str(db), "--port", "0", *args]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            lines: list[str] = []
            for said in process.stdout:
                lines.append(said.strip())
                if "Ctrl-C" in said:
                    break
            assert lines, process.stderr.read() if process.stderr else ""
            yield lines[0].rsplit(" ", 1)[1], lines
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
            with suppress(ValueError):
                assert process.stderr is None or "Traceback" not in process.stderr.read()


@pytest.mark.slow
def test_pages_are_read_beside_a_writer_without_an_error(own_store: Path, make: Any) -> None:
    written = 0
    ends = threading.Event()

    def write() -> None:
        nonlocal written
        with open_store(own_store) as store:
            while not ends.is_set():
                for _ in range(5):
                    store.save_article(
                        make(f"berita-{written}", f"Hujan ke-{written} turun di Muara sejak pagi hari ini.")
                    )
                    written += 1
                cluster(store)

    with started(own_store) as (root, _), httpx.Client(base_url=root, timeout=60) as client:
        writer = threading.Thread(target=write)
        writer.start()
        try:
            paths = [
                "/",
                "/story/1",
                "/article/1",
                "/why/1/2",
                "/about",
                "/index.json",
                "/story/1.atom",
                "/outlets",
            ] * ROUNDS
            with ThreadPoolExecutor(4) as readers:
                found = list(readers.map(lambda path: client.get(path).status_code, paths))
        finally:
            ends.set()
            writer.join()
    assert set(found) == {200}
    assert written > ROUNDS


@pytest.mark.slow
def test_serve_prints_its_address_and_ends_on_ctrl_c(own_store: Path) -> None:
    with started(own_store, "--editor", "--sql") as (root, lines):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", root)
        at_the_desk = lines[1].rsplit(" ", 1)[1]
        assert at_the_desk.startswith(f"{root}edit?token=")
        with httpx.Client(follow_redirects=True) as client:
            assert client.get(at_the_desk).status_code == 200
            assert client.get(f"{root}news.json").status_code == 200
            passage = "banjir di Muara " * 1_200  # a paragraph in the address: longer than servers usually take
            assert client.get(root, params={"q": passage}).status_code == 200
            with httpx.Client() as other:
                assert other.get(f"{root}edit").status_code == 403
        with socket.create_connection(("127.0.0.1", httpx.URL(root).port or 0)) as raw:
            raw.sendall(b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert raw.recv(100).startswith(b"HTTP/1.1 400")


def test_a_port_that_is_taken_is_said_to_be(own_store: Path, invoke: Callable[..., Any]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = invoke("serve", "--db", own_store, "--port", other.getsockname()[1])
    assert done.exit_code == 2
    assert "is taken by another program: --port 0 takes one that is free" in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--host", "0.0.0.0", "--editor"), "for this machine alone"),  # noqa: S104 - refused
        (("--host", "192.0.2.7"), "no host of this machine"),
        (("--host", "http://x"), "want a host"),
        (("--name", "a b"), "want a host"),
        (("--host", ""), "want a host"),
    ],
)
def test_what_cannot_be_served_is_said(args: tuple[str, ...], said: str, own_store: Path, invoke: Any) -> None:
    done = invoke("serve", "--db", own_store, "--port", "0", *args)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not done.stdout


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, invoke: Any) -> None:
    done = invoke("serve", "--db", tmp_path / "none.db")
    assert done.exit_code == 2
    assert "there is no such store" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_alone(host: str) -> None:
    assert is_loopback(host)
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.0.2.1", "localhost.example", "")))  # noqa: S104 - told apart


def test_names_of_hosts() -> None:
    assert is_name(("127.0.0.1", "::1", "news.example"))
    assert not any(is_name((one,)) for one in ("", "a b", "http://a", "a:80", "a/b", "a@b", "[::1]"))
    assert hosts(Wish(host="News.example.", names=("Other.example",))) == ["localhost", "news.example", "other.example"]


def test_addresses_to_type_in() -> None:
    with listening("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        assert address_of("127.0.0.1", bound) == f"http://127.0.0.1:{port}/"
        assert address_of("::1", bound) == f"http://[::1]:{port}/"
        assert address_of("0.0.0.0", bound) == f"http://127.0.0.1:{port}/"  # noqa: S104 - told apart
        assert address_of("::", bound) == f"http://[::1]:{port}/"


def test_every_reason_has_its_remedy() -> None:
    assert "--port 0" in told("h", 1, OSError(errno.EADDRINUSE, "x"))
    assert "1024" in told("h", 80, OSError(errno.EACCES, "x"))
    assert "--host" in told("h", 1, OSError(errno.EADDRNOTAVAIL, "x"))
    with pytest.raises(ServeError, match="--host"):
        listening("nowhere.invalid", 0)


def test_the_editor_is_never_served_to_others(own_store: Path) -> None:
    with pytest.raises(ServeError, match="alone"):
        serve(own_store, Wish(host="0.0.0.0", with_editor=True), lambda _: None)  # noqa: S104 - refused
