"""The compose file: refuses to start without secrets, and each service's very command runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ports import free_port
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
SECRETS = {"SECRET_KEY": "k" * 50, "POSTGRES_PASSWORD": "p" * 30}
SERVICES = yaml.safe_load(COMPOSE.read_text())["services"]
VARIABLE = re.compile(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")
OURS = ("setup", "web", "dispatcher", "worker", "trainer")


def filled(text: str, values: dict[str, str]) -> str:
    """Fill in `${NAME:-default}` and `${NAME:?why}` as compose does."""

    def value(match: re.Match[str]) -> str:
        name, rule, rest = match.groups()
        if values.get(name):
            return values[name]
        if rule == ":?":
            raise LookupError(rest)
        return rest or ""

    return VARIABLE.sub(value, text)


def environment_of(name: str, values: dict[str, str]) -> dict[str, str]:
    """As compose does: a variable without a value is passed on where there is one."""
    given = SERVICES[name]["environment"]
    texts = {key: values.get(key) if text is None else str(text) for key, text in given.items()}
    return {key: filled(text, values) for key, text in texts.items() if text is not None}


@pytest.mark.parametrize("missing", SECRETS)
@pytest.mark.parametrize("name", OURS)
def test_no_service_starts_without_its_secrets(name: str, missing: str) -> None:
    given = {key: text for key, text in SECRETS.items() if key != missing}
    with pytest.raises(LookupError, match=missing):
        environment_of(name, given)


def test_production_refuses_a_missing_secret_key() -> None:
    environment = os.environ | {
        "SECRET_KEY": "",
        "DJANGO_SETTINGS_MODULE": "labelhub.settings.prod",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "SECRET_KEY must be set" in done.stderr


def test_the_example_holds_no_secret_and_names_only_known_variables() -> None:
    from labelhub.env import VARIABLES

    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(
        line.lstrip("# ").split("=", 1) for line in lines if re.match(r"(# )?[A-Z_]+=", line)
    )
    assert given["SECRET_KEY"] == given["POSTGRES_PASSWORD"] == ""
    assert set(given) - {"POSTGRES_PASSWORD"} <= {variable.name for variable in VARIABLES}


def test_every_service_has_a_health_check_and_data_outlives_containers() -> None:
    volumes = {name: service.get("volumes") for name, service in SERVICES.items()}
    assert all(volumes.values())
    assert all("healthcheck" in service for name, service in SERVICES.items() if name != "setup")
    assert "--appendonly" in SERVICES["redis"]["command"]


def test_the_workers_run_the_commands_of_the_supervisor() -> None:
    from labelhub.runner import commands

    for name, command in commands.ALL.items():
        ours = [word for word in command("python") if not word.startswith("--concurrency")]
        theirs = [w for w in SERVICES[name]["command"] if not w.startswith("--concurrency")]
        assert ours == theirs


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="no docker-compose is installed")
def test_docker_compose_reads_the_file() -> None:
    command = ["docker-compose", "-f", str(COMPOSE), "config", "--quiet"]
    assert subprocess.run(command, env=os.environ | SECRETS).returncode == 0


class Deployment:
    """The services of the compose file as processes of this machine, on its own ports."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.database_url = folder, database_url
        self.ports = {"web": free_port(), "redis": free_port()}
        self.running: list[subprocess.Popen[bytes]] = []

    def environment(self, name: str) -> dict[str, str]:
        """Return the service's environment, with this machine's addresses for compose's names."""
        return (
            os.environ
            | environment_of(name, SECRETS)
            | {
                "DATABASE_URL": self.database_url,
                "REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}/0",
                "DATA_DIR": str(self.folder),
                "HOST": "127.0.0.1",
                "PORT": str(self.ports["web"]),
                "OMP_NUM_THREADS": "1",
            }
        )

    def command(self, words: list[str]) -> list[str]:
        if words[0] == "redis-server":
            return [*words, "--port", str(self.ports["redis"]), "--dir", str(self.folder)]
        if words[0] == "redis-cli":
            return [words[0], "-p", str(self.ports["redis"]), *words[1:]]
        return [sys.executable if words[0] == "python" else words[0], *words[1:]]

    def start(self, name: str) -> subprocess.Popen[bytes]:
        service = SERVICES[name]
        environment = self.environment(name) if name in OURS else dict(os.environ)
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                self.command(service["command"]),
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def healthy(self, name: str) -> bool:
        test = SERVICES[name]["healthcheck"]["test"]
        assert test[0] == "CMD"
        environment = self.environment(name) if name in OURS else dict(os.environ)
        done = subprocess.run(
            self.command(test[1:]), cwd=ROOT, env=environment, capture_output=True
        )
        return done.returncode == 0

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, 9)
            process.wait()


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A new, empty PostgreSQL database; skips where there is no server."""
    import psycopg

    url = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/labelhub"
    server = url.rpartition("/")[0]
    name = f"labelhub_compose_{os.getpid()}"
    try:
        admin = psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL server: {error}")
    with admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def deployment(tmp_path: Path, postgres_url: str) -> Iterator[Deployment]:
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    made = Deployment(tmp_path, postgres_url)
    yield made
    made.stop()


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.slow
def test_every_service_starts_with_its_command_and_becomes_healthy(deployment: Any) -> None:
    deployment.start("redis")
    setup = deployment.start("setup")
    assert setup.wait(timeout=PATIENCE) == 0, (deployment.folder / "setup.log").read_text()
    assert '"password"' in (deployment.folder / "setup.log").read_text()
    for name in ("web", "dispatcher", "worker", "trainer"):
        assert not deployment.healthy(name)
        deployment.start(name)
    for name in ("redis", "web", "dispatcher", "worker", "trainer"):
        well = eventually(lambda name=name: deployment.healthy(name), seconds=PATIENCE)
        log = (deployment.folder / f"{name}.log").read_text(errors="replace")
        assert well, f"{name} never became healthy:\n{log}"


def test_both_images_carry_the_packages_that_the_product_offers() -> None:
    for dockerfile in ("labelhub/Dockerfile", "active_learning/Dockerfile"):
        text = (ROOT / dockerfile).read_text()
        extras = re.search(r'ARG EXTRAS="([^"]*)"', text)
        assert extras is not None
        for name in extras[1].split():
            assert f"requirements/{name}.txt" in text
            assert (ROOT / "requirements" / f"{name}.txt").is_file()
        assert {"parquet", "s3"} <= set(extras[1].split())
    locked = {
        name: (ROOT / "requirements" / f"{name}.txt").read_text() for name in ("parquet", "s3")
    }
    assert "pyarrow==" in locked["parquet"] and "boto3==" in locked["s3"]


def test_credentials_of_a_bucket_are_passed_on_only_where_there_are_any() -> None:
    given = SECRETS | {"AWS_ACCESS_KEY_ID": "a key"}
    for name in ("web", "worker"):
        environment = environment_of(name, given)
        assert environment["AWS_ACCESS_KEY_ID"] == "a key"
        assert "AWS_DEFAULT_REGION" not in environment


def compose_config(given: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run compose's own reading of the file, with nothing but these variables."""
    plugin = ["docker", "compose"]
    if (
        not shutil.which("docker")
        or subprocess.run([*plugin, "version"], capture_output=True).returncode
    ):
        plugin = ["docker-compose"]
    if not shutil.which(plugin[0]):
        pytest.skip("neither docker compose nor docker-compose is installed")
    nothing = folder / "nothing.env"
    nothing.touch()
    return subprocess.run(
        [*plugin, "--file", str(COMPOSE), "--env-file", str(nothing), "config"],
        env=given | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )


def test_compose_itself_accepts_the_file_and_reads_what_these_tests_read(tmp_path: Path) -> None:
    done = compose_config(SECRETS, tmp_path)
    assert done.returncode == 0, done.stderr
    read = yaml.safe_load(done.stdout)["services"]
    assert set(read) == set(SERVICES)
    for name in OURS:
        told = {key: text for key, text in read[name]["environment"].items() if text is not None}
        assert {key: str(text) for key, text in told.items()} == environment_of(name, SECRETS)


@pytest.mark.parametrize("missing", SECRETS)
def test_compose_itself_names_a_missing_secret(missing: str, tmp_path: Path) -> None:
    given = {key: text for key, text in SECRETS.items() if key != missing}
    done = compose_config(given, tmp_path)
    assert done.returncode != 0
    assert f"set {missing}" in done.stderr
