"""The compose file of a further machine: the same workers, and no start without what it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from labelhub.env import VARIABLES
from labelhub.runner import commands
from tests.labelhub.test_compose import ROOT, SERVICES, filled

FILE = ROOT / "docker-compose.worker.yml"
TOLD: dict[str, Any] = yaml.safe_load(FILE.read_text())
WORKERS: dict[str, Any] = TOLD["services"]
NEEDED = {
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgres://labelhub:p@db.internal:5432/labelhub",
    "REDIS_URL": "redis://redis.internal:6379/0",
    "SHARED_STORAGE": "s3://labelhub",
}


def environment(values: dict[str, str]) -> dict[str, str]:
    given = WORKERS["trainer"]["environment"].items()
    return {key: filled(str(text), values) for key, text in given if text is not None}


@pytest.mark.parametrize("missing", NEEDED)
def test_no_worker_starts_without_what_it_shares_with_the_others(missing: str) -> None:
    with pytest.raises(LookupError, match=missing):
        environment({key: text for key, text in NEEDED.items() if key != missing})


def test_its_variables_are_known_and_reach_all_workers() -> None:
    known = {variable.name for variable in VARIABLES} | {"DJANGO_SETTINGS_MODULE"}
    for service in WORKERS.values():
        ours = {name for name in service["environment"] if not name.startswith("AWS_")}
        assert ours <= known
        assert service["environment"] == WORKERS["trainer"]["environment"]
    assert environment(NEEDED).items() >= NEEDED.items()


def test_they_take_what_needs_no_uploads() -> None:
    words = [word for service in WORKERS.values() for word in service["command"]]
    assert [word for word in words if word.startswith("--queues")] == [
        "--queues=score", "--queues=train",
    ]  # fmt: skip


def test_they_run_the_commands_of_the_supervisor_and_are_watched() -> None:
    for name, process in (("scorer", "worker"), ("trainer", "trainer")):
        ours = [word for word in commands.ALL[process]("python") if _is_same(word)]
        assert [word for word in WORKERS[name]["command"] if _is_same(word)] == ours
        assert WORKERS[name]["healthcheck"]["test"][-1] == process
        assert WORKERS[name]["healthcheck"] == SERVICES[process]["healthcheck"]
        assert WORKERS[name]["build"] == SERVICES[process]["build"]


def _is_same(word: str) -> bool:
    return not word.startswith(("--concurrency", "--queues"))


def test_copies_lie_in_a_volume_where_the_program_writes() -> None:
    for service in WORKERS.values():
        assert service["volumes"] == [f"copies:{service['environment']['DATA_DIR']}"]
    assert set(TOLD["volumes"]) == {"copies"}


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="no docker-compose is installed")
def test_docker_compose_reads_the_file() -> None:
    command = ["docker-compose", "-f", str(FILE), "config", "--quiet"]
    assert subprocess.run(command, env=os.environ | NEEDED).returncode == 0
