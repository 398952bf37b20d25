"""The alarm about an import: shown where people look, told once, gone when it was looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from active_learning.actions.drift import checks
from active_learning.actions.foreign import find_foreign
from active_learning.actions.foreign_lane import decide_foreign
from active_learning.models import ForeignItem
from annotations.models import Delivery, Membership, Project, Webhook
from tests import factories
from tests.active_learning.conftest import MakeProject, trained
from tests.active_learning.test_foreign_items import STRANGERS, add_strangers

pytestmark = pytest.mark.django_db
MakeClient = Callable[..., Any]


@pytest.fixture
def drifting(digits: MakeProject, settings: Any, tmp_path: Any) -> Project:
    """A project whose latest import is of another kind, and a webhook that wants to know."""
    settings.FEATURES_DIR = tmp_path / "features"
    project = digits(300, active=200)
    trained(project)
    hook = {"url": "https://example.org/", "events": ["import.drifted"], "secret": "s"}
    Webhook.objects.create(project=project, settled_until=timezone.now(), **hook)
    find_foreign(project=project)
    assert not Delivery.objects.exists() and not list(checks())
    add_strangers(project)
    find_foreign(project=project)
    return project


def test_an_import_that_drifts_is_told_where_people_look(
    drifting: Project, make_client: MakeClient
) -> None:
    (check,) = checks()
    assert check.state == "warn" and drifting.name in check.detail
    url = f"/api/v1/datasets/{drifting.dataset_id}/drifts/"
    (alarm,) = make_client(drifting.created_by).get(url).json()
    assert (alarm["project"], alarm["items"]) == (drifting.pk, STRANGERS)
    assert alarm["flagged"] > 3 * alarm["usual"] * STRANGERS
    reviewer = factories.member(drifting, role=Membership.Role.REVIEWER)
    assert len(make_client(reviewer).get(url).json()) == 1
    labeler = factories.member(drifting, role=Membership.Role.LABELER)
    assert make_client(labeler).get(url).status_code == 404
    assert make_client(factories.user()).get(url).status_code == 404
    (message,) = Delivery.objects.all()
    assert message.event == "import.drifted" and message.body["data"]["items"] == STRANGERS


def test_the_same_import_is_told_once(drifting: Project) -> None:
    find_foreign(project=drifting)
    assert Delivery.objects.count() == 1


def test_the_alarm_ends_when_all_that_is_flagged_was_looked_at(
    drifting: Project, make_client: MakeClient
) -> None:
    rows = ForeignItem.objects.filter(project=drifting, flagged=True)
    tasks = list(rows.values_list("task", flat=True))
    decide_foreign(project=drifting, tasks=tasks, state="aside", by=drifting.created_by)
    url = f"/api/v1/datasets/{drifting.dataset_id}/drifts/"
    assert make_client(drifting.created_by).get(url).json() == [] and not list(checks())
