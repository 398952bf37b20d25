"""Fixtures of the fault tests: a fleet of processes, and a Redis server of their own."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.fleet import Fleet, wait_for
from tests.ports import free_port


@pytest.fixture
def launch(transactional_db: None, tmp_path: Path, settings) -> Iterator[Callable[..., Fleet]]:
    """Return a function that makes a fleet; all of its processes are gone afterwards."""
    settings.JOB_TABLES = ["tests.faults.handlers.JOBS"]
    fleets: list[Fleet] = []

    def make(redis_url: str = "") -> Fleet:
        fleets.append(Fleet(tmp_path, redis_url))
        return fleets[-1]

    yield make
    for fleet in fleets:
        fleet.stop()


class OwnRedis:
    """A Redis server on a free port, which a test may kill and freeze."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = f"redis-server --port {self.port} --bind 127.0.0.1 --save '' --appendonly no"
        self.process = subprocess.Popen(
            f"exec {command}", shell=True, cwd=self.folder, stdout=subprocess.DEVNULL
        )
        wait_for(self.answers, what="the start of Redis")

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[OwnRedis]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    server = OwnRedis(tmp_path)
    server.start()
    yield server
    server.kill()
