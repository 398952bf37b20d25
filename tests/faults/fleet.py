"""Real workers and a real dispatcher on the test database, to be killed at will."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from labelhub.jobs.pulse import serves
from labelhub.runner import commands
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """Return the address of the database that the tests themselves are connected to."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    user = quote(values["USER"]) + (f":{quote(values['PASSWORD'])}" if values["PASSWORD"] else "")
    place = f"{values['HOST'] or '127.0.0.1'}:{values['PORT'] or 5432}"
    return f"postgres://{user}@{place}/{values['NAME']}"


def wait_for(condition: Callable[[], bool], *, what: str) -> None:
    """Wait until a condition holds; fail, saying `what` never happened, where it never does."""
    until(condition, what)


def children_of(pid: int) -> list[int]:
    """Return the process ids of the direct children."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


class Fleet:
    """Starts processes by name, kills them with -9, and leaves none behind."""

    def __init__(self, folder: Path, redis_url: str = "") -> None:
        self.folder = folder
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "DATA_DIR": str(folder),
            "WORKER_CONCURRENCY": "2",
            "PYTHONPATH": str(ROOT),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> subprocess.Popen[bytes]:
        os.environ["WORKER_CONCURRENCY"] = self.env["WORKER_CONCURRENCY"]
        command = commands.ALL[name](sys.executable)
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.processes[name] = process
        return process

    def start_ready(self, name: str, queue: str) -> None:
        self.start(name)
        wait_for(lambda: serves(queue), what=f"the start of the {name}")

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def kill_child(self, name: str, number: int) -> None:
        children = children_of(self.processes[name].pid)
        if children:
            os.kill(children[number % len(children)], signal.SIGKILL)

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")
