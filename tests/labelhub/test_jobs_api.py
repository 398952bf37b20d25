"""Jobs over HTTP, and what their processes load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue
from labelhub.jobs.run import run_job
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
LIST = "/api/v1/jobs/"


@pytest.fixture(autouse=True)
def handlers(settings) -> None:
    settings.JOB_TABLES = ["tests.labelhub.job_handlers.JOBS"]


@pytest.fixture
def owner(db):
    return factories.user()


def test_a_job_shows_its_end_and_none_of_its_inner_life(make_client, owner) -> None:
    job = enqueue("echo", payload={"secret": 1}, created_by=owner)
    run_job(job.pk)
    shown = make_client(owner).get(f"{LIST}{job.pk}/").json()
    assert (shown["state"], shown["progress"], shown["error"]) == ("done", 1.0, None)
    assert not {"payload", "fence", "claimant", "lease_until", "dedupe_key"} & set(shown)


def test_a_failed_job_names_its_error(make_client, owner) -> None:
    job = enqueue("refuse", created_by=owner)
    run_job(job.pk)
    shown = make_client(owner).get(f"{LIST}{job.pk}/").json()
    assert shown["error"] == {"code": "hopeless", "detail": "This can never work."}


def test_a_stranger_finds_no_job_and_can_do_nothing_to_it(make_client, owner) -> None:
    job, stranger = enqueue("echo", created_by=owner), make_client(factories.user())
    assert stranger.get(LIST).json()["results"] == []
    assert stranger.get(f"{LIST}{job.pk}/").status_code == 404
    assert stranger.post(f"{LIST}{job.pk}/cancel/").status_code == 404
    assert stranger.post(f"{LIST}{job.pk}/retry/").status_code == 404
    job.refresh_from_db()
    assert job.state == Job.State.PENDING


def test_jobs_are_listed_newest_first_and_filtered(make_client, owner) -> None:
    first, second = enqueue("echo", created_by=owner), enqueue("refuse", created_by=owner)
    run_job(second.pk)
    client = make_client(owner)

    def ids(query: str) -> list[int]:
        return [row["id"] for row in client.get(f"{LIST}{query}").json()["results"]]

    assert ids("") == [second.pk, first.pk]
    assert ids("?state=failed") == ids("?kind=refuse") == [second.pk]
    assert ids("?project=7") == []


@pytest.mark.parametrize("query", ["state=dead", "project=x", "project=" + "9" * 30, "limit=0"])
def test_a_senseless_filter_is_refused(make_client, owner, query) -> None:
    answer = make_client(owner).get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_an_owner_cancels_and_retries(make_client, owner) -> None:
    job, client = enqueue("echo", created_by=owner), make_client(owner)
    assert client.post(f"{LIST}{job.pk}/cancel/").json()["state"] == "cancelled"
    assert client.post(f"{LIST}{job.pk}/retry/").json()["state"] == "pending"
    again = client.post(f"{LIST}{job.pk}/retry/")
    assert (again.status_code, again.json()["code"]) == (409, "job_not_over")


@pytest.mark.parametrize(
    "program",
    [
        "import labelhub.celery as c; c.load_handlers()",
        "from labelhub.jobs import registry; registry.handlers(); [__import__('importlib')"
        ".import_module(dotted.rpartition('.')[0]) for _, dotted in registry.periodic().values()]",
        "from django.urls import get_resolver; get_resolver().url_patterns",
    ],
    ids=["worker's parent", "dispatcher", "web"],
)
def test_processes_that_only_wait_load_neither_torch_nor_scikit_learn(program) -> None:
    code = f"""
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "labelhub.settings.test"
import django; django.setup()
{program}
print(sorted({{"torch", "sklearn", "skimage"}} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
