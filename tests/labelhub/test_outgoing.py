"""Requests to addresses that users name reach public machines, or nobody."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from labelhub import outgoing
from labelhub.outgoing import BadScheme, Failed, Forbidden, Rules, send

HOME = (ipaddress.ip_network("127.0.0.0/8"),)
OPEN = Rules(max_bytes=10_000, seconds=60, networks=HOME)
CLOSED = Rules(max_bytes=10_000, seconds=60)


class Site(BaseHTTPRequestHandler):
    """Answers with its path; some paths lead on, never end, or are large."""

    seen: list[str] = []

    def do_GET(self) -> None:
        Site.seen.append(self.path)
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        if self.path == "/slow":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            with suppress(OSError):
                while True:  # until the other side has had enough
                    time.sleep(0.1)
                    self.wfile.write(b"X-Slow: yes\r\n")
            return
        if self.path == "/short":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
            return
        body = b"x" * 20_000 if self.path == "/large" else self.path.encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(autouse=True)
def _forget() -> None:
    Site.seen.clear()


def test_an_answer_comes_with_its_status(site: str) -> None:
    assert send(f"{site}/a?b=1", OPEN).body == b"/a?b=1"
    assert send(f"{site}/missing", OPEN).status == 404


def test_redirects_are_followed_and_counted(site: str) -> None:
    answer = send(f"{site}/to/{site}/to/{site}/end", OPEN)
    assert (answer.body, answer.url) == (b"/end", f"{site}/end")
    with pytest.raises(Failed, match="leads on"):
        send(f"{site}/to/{site}/to/{site}/end", Rules(max_bytes=99, redirects=1, networks=HOME))


PRIVATE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "0.0.0.0", "0",
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.1",
    "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]",
    "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:a00:1]",
    "[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[2001:db8::1]",
    "[2001:0:0:0:0:0:80ff:fffe]",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_no_connection_goes_to_a_private_address(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: connected.append(a))
    with pytest.raises((Forbidden, Failed)):
        send(f"http://{host}:80/x.png", CLOSED)
    assert connected == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://a.example/x", "//a.example/x", "x.png", "",
     "http://", "http://[::1", "http://a.example:99999/", "http://a.example/\r\nX: y",
     "http://a.example/ü", "javascript:1"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(BadScheme):
        send(url, OPEN)


def test_names_and_passwords_in_an_address_are_refused() -> None:
    with pytest.raises(Forbidden, match="password"):
        send("http://user:secret@127.0.0.1/", OPEN)


def test_unusual_ports_of_public_machines_are_not_reached() -> None:
    assert outgoing._is_open(ipaddress.ip_address("93.184.216.34"), 443, ())
    assert not outgoing._is_open(ipaddress.ip_address("93.184.216.34"), 25, ())


def test_a_redirect_into_a_private_network_is_refused(site: str) -> None:
    for target in ("http://169.254.169.254/latest", "file:///etc/passwd"):
        with pytest.raises((Forbidden, BadScheme)):
            send(f"{site}/to/{target}", OPEN)


def test_a_name_that_changes_its_meaning_gains_nothing(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer is public, every later one is this machine: it is asked once."""
    asked: list[str] = []
    connected: list[Any] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: tuple[str, int], **_: Any) -> socket.socket:
        connected.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Failed):
        send("http://rebinding.example/x.png", CLOSED)
    assert (asked, connected) == (["rebinding.example"], [("93.184.216.34", 80)])


def test_one_private_address_of_a_name_closes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(0, 0, 0, "", (text, 80)) for text in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: both)
    with pytest.raises(Forbidden):
        send("http://mixed.example/", CLOSED)


def test_answers_are_held_to_bytes_and_seconds(site: str) -> None:
    with pytest.raises(Failed) as refused:
        send(f"{site}/large", OPEN)
    assert refused.value.code == "too_large"
    with pytest.raises(Failed):
        send(f"{site}/short", OPEN)
    with pytest.raises(Failed, match="too long"):  # each byte came in time, all of them do not
        send(f"{site}/slow", Rules(max_bytes=99, seconds=1, networks=HOME))
