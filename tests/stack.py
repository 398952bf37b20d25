"""A running LabelHub for tests that look at it from outside: all processes, data of its own."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labelhub.runner import commands
from tests.ports import free_port
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "a good pass phrase"


_PEOPLE = f"""
from labelhub.accounts.models import User
from annotations.models import Membership, Project
for name in ("lena", "noor", "mika", "rita", "root"):
    user = User.objects.create_user(name, password="{PASSWORD}", display_name=name.title())
    if name == "root":
        user.is_superuser = user.is_staff = True
        user.save()
        continue
    role = "reviewer" if name == "rita" else "labeler"
    for project in Project.objects.all():
        Membership.objects.create(project=project, user=user, role=role)
"""


@dataclass
class Stack:
    """A running LabelHub: its address, its folder, and ways to look behind the pages."""

    port: int
    folder: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run a management command on the same data; return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, *names: str) -> None:
        for name in names:
            self.processes[name] = subprocess.Popen(
                commands.ALL[name](sys.executable),
                cwd=ROOT,
                env=self.environment,
                stdout=(self.folder / f"{name}.log").open("ab"),
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, 9)
        process.wait()

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """A while without one process. It ends its work first: one that is stopped in its tracks
        may hold SQLite's write lock, and then nobody writes."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(PATIENCE)
            yield
        finally:
            self.start(name)

    def wait_until_up(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError((self.folder / "web.log").read_text()[-3000:])

    def api(
        self, method: str, path: str, token: str, body: Any = None, *, key: str | None = None
    ) -> Any:
        """Call the API as an outside program; return the JSON of a 2xx answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        text = None if body is None else json.dumps(body)
        connection.request(method, f"/api/v1/{path}", text, headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status < 300, (method, path, answer.status, content[:500])
        return json.loads(content) if content else None


@contextmanager
def running_stack(**variables: str) -> Iterator[Stack]:
    """All processes, with the samples loaded and people to sign in as; nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="labelhub-stack-", ignore_cleanup_errors=True) as name:
        folder, port = Path(name), free_port()
        (folder / "var").mkdir(mode=0o700)
        (folder / "shelf").mkdir()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "labelhub.settings.dev",
            "DATA_DIR": str(folder / "var"),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "IMPORT_FOLDERS": f"shelf={folder / 'shelf'}",
            "PORT": str(port),
            "PYTHONPATH": str(ROOT),
            # Each dataset from 300 pictures on has its turn before what a test waits for.
            "PRETRAIN_CPU_SECONDS": "5",
        }
        running = Stack(port, folder, environment | variables)
        running.manage("migrate", "--verbosity", "0")
        running.manage("create_admin")
        running.manage("load_samples")
        running.manage("shell", "-c", _PEOPLE)
        running.start(*commands.ALL)
        try:
            running.wait_until_up()
            yield running
        finally:
            for process in list(running.processes):
                running.kill(process)
