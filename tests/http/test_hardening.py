"""What one client's request must not do to the server, to others, or to itself."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotations.actions.hot_path import MOST_HELD
from annotations.actions.lease import lease_tasks
from annotations.models import Membership
from labelhub.accounts.actions import create_user, sign_in
from labelhub.accounts.api import SignedInUserSerializer
from labelhub.accounts.models import User
from labelhub.env import BASE_DIR
from labelhub.errors import Conflict
from labelhub.jobs.queue import enqueue
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_body_of_countless_values_is_refused_before_it_is_parsed(make_client: Any) -> None:
    body = b"[" + b"[]," * 600_000 + b"[]]"
    client = make_client(factories.user())
    answer = client.post("/api/v1/projects/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "too_large")


def test_an_error_does_not_send_a_huge_name_back(make_client: Any, project: Any) -> None:
    client = make_client(project.created_by)
    answer = client.get(f"/api/v1/projects/{project.pk}/tasks/", {"x" * 5_000: "1"})
    assert answer.status_code == 400
    assert len(answer.content) < 2_000


def test_an_upload_without_the_csrf_header_is_refused_unread(client: Client) -> None:
    owner = factories.user()
    row = factories.dataset(owner=owner)
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    files = {"files": SimpleUploadedFile("a.png", b"x" * 1_000)}
    answer = client.post(f"/api/v1/datasets/{row.pk}/items/", files)
    assert answer.status_code == 403
    assert "X-CSRFToken" in answer.json()["detail"]


def test_names_that_look_the_same_are_the_same() -> None:
    create_user(by=None, username="mika", password="a good pass phrase")
    with pytest.raises(Conflict, match="taken"):
        create_user(by=None, username="ｍｉｋａ", password="a good pass phrase")
    assert sign_in(username="ｍｉｋａ", password="a good pass phrase").username == "mika"


def test_changing_ones_theme_writes_nothing_else() -> None:
    user = factories.user()
    as_read_before = User.objects.get(pk=user.pk)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    change = SignedInUserSerializer(as_read_before, data={"theme": "dark"}, partial=True)
    change.is_valid(raise_exception=True)
    change.save()
    user.refresh_from_db()
    assert (user.theme, user.is_superuser) == ("dark", True)


def test_a_former_manager_has_no_part_in_the_projects_jobs(make_client: Any, project: Any) -> None:
    manager = project.created_by
    job = enqueue("export", project_id=project.pk, created_by=manager)
    client = make_client(manager)
    assert client.get(f"/api/v1/jobs/{job.pk}/").status_code == 200
    Membership.objects.filter(project=project, user=manager).update(role="labeler")
    assert client.get(f"/api/v1/jobs/{job.pk}/").status_code == 404
    assert client.post(f"/api/v1/jobs/{job.pk}/retry/").status_code == 404


def test_a_labeler_cannot_hold_the_whole_queue() -> None:
    project = factories.project(items=MOST_HELD + 20, labelers=1)
    (labeler,) = factories.labelers_of(project)
    held = [lease_tasks(project=project, labeler=labeler, count=100) for _ in range(7)]
    assert sum(len(offer.leases) for offer in held) == MOST_HELD
    assert f"You hold {MOST_HELD} items" in (held[-1].message or "")


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "label.example.org"}, "PUBLIC_URL"),
    ],
)
def test_a_teams_server_refuses_to_start_half_configured(
    values: dict[str, str], missing: str, tmp_path: Any
) -> None:
    ran = manage("check", tmp_path, **values)
    assert ran.returncode != 0
    assert f"{missing} must be set" in ran.stderr


def test_the_deployment_check_finds_nothing_behind_https(tmp_path: Any) -> None:
    ran = manage("check", tmp_path, "--deploy", "--fail-level", "WARNING")
    assert ran.returncode == 0, ran.stderr


def manage(command: str, data: Any, *arguments: str, **values: str) -> Any:
    environment = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "labelhub.settings.prod",
        "SECRET_KEY": "k9" * 30 + "a-Zq7",
        "PUBLIC_URL": "https://label.example.org",
        "DATA_DIR": str(data),
    }
    return subprocess.run(
        [sys.executable, "manage.py", command, *arguments],
        cwd=BASE_DIR,
        env=environment | values,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
