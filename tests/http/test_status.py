"""Health, readiness, metrics, and the status page: what is wrong and how to mend it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from annotations.reports import installation
from labelhub.jobs.models import Job, ProcessHeartbeat
from labelhub.status import api, job_checks, machine_checks, metrics, readiness
from labelhub.status.check import Check, gather
from labelhub.status.checks import run_checks
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: Any) -> Iterator[None]:
    """Look anew each time."""
    monkeypatch.setattr(api, "CACHE_SECONDS", 0.0)
    monkeypatch.setattr(metrics, "CACHE_SECONDS", 0.0)
    yield


def alive(name: str, *queues: str, **values: Any) -> ProcessHeartbeat:
    detail = {"queues": list(queues), "bytes": 1000}
    return ProcessHeartbeat.objects.create(name=name, host="h", pid=1, detail=detail, **values)


@pytest.fixture
def running() -> None:
    """Every process is alive."""
    alive("worker", "default", "score")
    alive("trainer", "train")
    alive("dispatcher")


def job(**values: Any) -> Job:
    return Job.objects.create(kind="export", **values)


def found(name: str) -> Check:
    return next(check for check in run_checks(gather()) if check.name == name)


# --- health and readiness --------------------------------------------------------------------


def test_health_asks_nothing_of_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/healthz").json() == {"alive": True}


def test_ready_when_database_and_folder_are(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})
    assert list(tmp_path.iterdir()) == []


def test_not_ready_without_the_database(monkeypatch: Any) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("connection to host 10.1.2.3 failed, password hunter2")

    monkeypatch.setattr(connection, "cursor", away)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "database" in answer.json()["reasons"][0]
    assert "hunter2" not in answer.content.decode()
    assert Client().get("/healthz").status_code == 200


def test_not_ready_before_migrations(monkeypatch: Any) -> None:
    monkeypatch.setattr(readiness, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs'")
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "migration" in answer.json()["reasons"][0]
    check = found("migrations")
    assert (check.state, "migrate" in check.fix) == ("fail", True)


def test_not_ready_without_the_data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "gone"
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "data folder" in answer.json()["reasons"][0]


# --- checks ----------------------------------------------------------------------------------


def test_all_is_well_when_all_runs(
    running: None, settings: Any, tmp_path: Path, make_client: Callable[..., Any]
) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "index.html").touch()
    settings.DATA_DIR = settings.FRONTEND_DIST = tmp_path
    status = make_client(factories.admin()).get("/api/v1/status/").json()
    assert [check for check in status["checks"] if check["state"] != "ok"] == []
    assert (status["ok"], status["banner"]) == (True, None)


@pytest.mark.parametrize("name", ["worker", "trainer", "dispatcher"])
def test_a_missing_process_is_named_with_the_command_that_starts_it(
    running: None, name: str
) -> None:
    assert found(name).state == "ok"
    old = timezone.now() - timedelta(seconds=40)
    ProcessHeartbeat.objects.filter(name=name).update(seen_at=old)
    check = found(name)
    assert check.state != "ok"
    assert name in check.title.lower()
    assert "make run" in check.fix


def test_commands_that_start_processes_are_the_ones_that_run() -> None:
    from labelhub.runner import commands

    for text, command in (
        (job_checks.WORKER, commands.worker("python")),
        (job_checks.TRAINER, commands.trainer("python")),
    ):
        wanted = {word for word in command if word.startswith(("--queues", "--hostname"))}
        assert wanted <= set(text.split())
    assert job_checks.DISPATCHER.split()[1:] == commands.dispatcher("python")[1:]


def test_a_late_job_that_nobody_begins_is_stuck(running: None) -> None:
    job(run_after=timezone.now() - timedelta(minutes=5))
    check = found("queue")
    assert (check.state, "5 minutes" in check.detail) == ("fail", True)


def test_late_jobs_behind_a_running_one_are_only_waiting(running: None) -> None:
    job(run_after=timezone.now() - timedelta(minutes=5))
    job(state="running", lease_until=timezone.now() + timedelta(minutes=1))
    assert found("queue").state == "warn"


@pytest.mark.parametrize(
    "values",
    [
        {"run_after": timezone.now() + timedelta(hours=1)},
        {"run_after": timezone.now() - timedelta(minutes=9), "queue": "train"},
    ],
)
def test_jobs_of_the_future_or_without_a_worker_are_not_stuck(values: dict[str, Any]) -> None:
    alive("worker", "default")
    job(**values)
    assert found("queue").state == "ok"


def test_failed_jobs_of_a_day_are_told() -> None:
    job(state="failed", finished_at=timezone.now() - timedelta(days=2), message="old")
    assert found("failed_jobs").state == "ok"
    job(state="failed", finished_at=timezone.now(), message="The disk is full.")
    check = found("failed_jobs")
    assert (check.state, "The disk is full." in check.detail) == ("warn", True)


@pytest.mark.parametrize(("free", "state"), [(10**8, "fail"), (10**9, "warn"), (10**11, "ok")])
def test_a_disk_that_fills_up_is_told_in_time(free: int, state: str, monkeypatch: Any) -> None:
    usage = machine_checks.shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(machine_checks.shutil, "disk_usage", lambda _: usage)
    check = found("disk")
    assert (check.state, bool(check.fix)) == (state, state != "ok")


@pytest.mark.parametrize(("mode", "state"), [(0o755, "warn"), (0o750, "ok"), (0o700, "ok")])
def test_a_data_folder_open_to_others_is_told(
    settings: Any, tmp_path: Path, mode: int, state: str
) -> None:
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(mode)
    assert found("data_folder").state == state


def test_a_missing_frontend_is_told(settings: Any, tmp_path: Path) -> None:
    settings.FRONTEND_DIST = tmp_path
    assert (found("frontend").state, found("frontend").fix) == ("fail", "`make build`")


def test_a_redis_that_is_not_there_is_told_without_its_password(settings: Any) -> None:
    settings.REDIS_URL = "redis://:hunter2@127.0.0.1:1/0"
    check = found("broker")
    assert check.state == "fail"
    assert "hunter2" not in str(check)


def test_a_frozen_redis_holds_nobody_up(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(machine_checks, "BROKER_TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts, and never answers
        settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        assert found("broker").state == "fail"


def test_many_labelers_on_sqlite_are_advised(project: Any, monkeypatch: Any) -> None:
    if connection.vendor != "sqlite":
        assert list(installation.checks()) == []
        return
    assert found("labelers").state == "ok"
    for labeler in factories.labelers_of(project)[:2]:
        factories.vote(project, labeler, "1")
    monkeypatch.setattr(installation, "SQLITE_LABELERS", 1)
    check = found("labelers")
    assert (check.state, "PostgreSQL" in check.fix) == ("warn", True)


# --- who sees what ---------------------------------------------------------------------------


def test_admins_see_checks_processes_and_queues(
    running: None, make_client: Callable[..., Any]
) -> None:
    job()
    status = make_client(factories.admin()).get("/api/v1/status/").json()
    assert {"name", "state", "title", "detail", "fix"} == set(status["checks"][0])
    assert [process["name"] for process in status["processes"]] == [
        "dispatcher",
        "trainer",
        "worker",
    ]
    assert status["queues"]["default"] == {"waiting": 1, "running": 0, "served": True}


def test_others_see_only_the_banner(make_client: Callable[..., Any]) -> None:
    status = make_client(factories.user()).get("/api/v1/status/").json()
    assert set(status) == {"ok", "banner"}
    assert status["ok"] is False
    assert status["banner"] == "No worker is running."
    assert make_client().get("/api/v1/status/").status_code == 401


def test_the_answer_is_kept_for_a_moment(make_client: Callable[..., Any], monkeypatch: Any) -> None:
    client = make_client(factories.user())
    client.get("/api/v1/status/")
    monkeypatch.setattr(api, "CACHE_SECONDS", 60.0)
    before = client.get("/api/v1/status/").json()
    alive("dispatcher")
    assert client.get("/api/v1/status/").json() == before


# --- metrics ---------------------------------------------------------------------------------


def value(figure: str, /, **labels: str) -> float:
    """Return one figure as a scrape shows it, 0 where it is not there."""
    text = Client().get("/metrics").content.decode()
    for line in text.splitlines():
        match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if match and match[1] == figure:
            given = dict(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))
            if given == labels:
                return float(match[3])
    return 0.0


def test_requests_are_counted_by_view_and_status(make_client: Callable[..., Any]) -> None:
    labels = {"view": "api/v1/session/", "method": "GET"}
    counted = value("labelhub_requests_total", **labels, status="200")
    timed = value("labelhub_request_seconds_count", **labels)
    make_client().get("/api/v1/session/")
    assert value("labelhub_requests_total", **labels, status="200") == counted + 1
    assert value("labelhub_request_seconds_count", **labels) == timed + 1


def test_ids_and_unknown_methods_make_no_new_series(make_client: Callable[..., Any]) -> None:
    client = make_client(factories.user())
    for number in (1, 22, 333):
        client.get(f"/api/v1/projects/{number}/report/")
    client.generic("PROPFIND", "/api/v1/session/")
    text = client.get("/metrics").content.decode()
    assert 'view="api/v1/projects/<id:project_id>/report/"' in text
    assert "333" not in re.sub(r" \S+$", "", text, flags=re.M)
    assert "PROPFIND" not in text


def test_gauges_tell_jobs_processes_tasks_and_votes(running: None, project: Any) -> None:
    factories.vote(project, factories.labelers_of(project)[0], "7")
    before = value("labelhub_jobs", queue="train", state="pending")
    job(queue="train")
    assert value("labelhub_jobs", queue="train", state="pending") == before + 1
    assert value("labelhub_processes", name="worker") == 1
    assert value("labelhub_tasks", status="open") == 10
    assert value("labelhub_votes") == 1
    assert value("labelhub_database_up") == 1


def test_metrics_answer_while_the_database_is_away(monkeypatch: Any) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(metrics, "import_string", lambda _: away)
    assert value("labelhub_database_up") == 0
    assert "labelhub_requests_total" in Client().get("/metrics").content.decode()


def test_nobodys_name_is_in_the_metrics(project: Any, make_client: Callable[..., Any]) -> None:
    make_client(factories.user("very-private-name")).get(f"/api/v1/projects/{project.pk}/report/")
    text = Client().get("/metrics").content.decode()
    assert "very-private-name" not in text
    assert project.name not in text


def test_requests_of_all_processes_are_added_up() -> None:
    labels = {"view": "another process", "method": "GET", "status": "200"}
    before = value("labelhub_requests_total", **labels)
    script = (
        "import django; django.setup()\n"
        "from labelhub.status.metrics import count_request\n"
        "for _ in range(3): "
        "count_request(view='another process', method='GET', status=200, seconds=0.1)\n"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "labelhub.settings.test",
        "LABELHUB_TEST_DIR": str(metrics.FOLDER.parent.parent),
    }
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)
    assert value("labelhub_requests_total", **labels) == before + 3


def test_threads_count_without_loss() -> None:
    labels = {"view": "threads", "method": "GET", "status": "200"}
    before = value("labelhub_requests_total", **labels)

    def count() -> None:
        for _ in range(500):
            metrics.count_request(view="threads", method="GET", status=200, seconds=0.001)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value("labelhub_requests_total", **labels) == before + 2000
