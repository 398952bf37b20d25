"""Critical items: pinned by managers, listed in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from active_learning.actions import pin
from annotations.models import Project
from labelhub.accounts.models import AuditEvent

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


def test_a_pin_is_made_once_and_taken_away(project: Project, make_client: Client) -> None:
    client, task = make_client(project.created_by), project.tasks.first()
    address = f"/api/v1/tasks/{task.pk}/critical/"
    client.put(address, {"note": "first"})
    assert client.put(address, {"note": "the reference page"}).json()["task"] == task.pk
    listed = client.get(f"/api/v1/projects/{project.pk}/critical/").json()["results"]
    assert [row["note"] for row in listed] == ["the reference page"]
    assert client.delete(address).status_code == 204 and not project.critical_tasks.exists()
    kinds = AuditEvent.objects.filter(action__startswith="critical").values_list(
        "action", flat=True
    )
    assert sorted(kinds) == ["critical.pinned", "critical.unpinned"]


def test_pins_are_bounded(
    project: Project, make_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pin, "MOST_PINS", 1)
    client = make_client(project.created_by)
    one, two = project.tasks.all()[:2]
    assert client.put(f"/api/v1/tasks/{one.pk}/critical/", {}).status_code == 200
    refused = client.put(f"/api/v1/tasks/{two.pk}/critical/", {})
    assert refused.status_code == 422 and refused.json()["code"] == "too_many_pins"


def test_a_longer_list_costs_no_more_queries(project: Project, make_client: Client) -> None:
    client, counts = make_client(project.created_by), []
    for task in project.tasks.all()[:3]:
        pin.pin_task(task=task, by=project.created_by)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/api/v1/projects/{project.pk}/critical/")
        counts.append(len(queries))
    assert counts[1] == counts[2]  # the first one also notes when the token was used
