"""Invitations: a link lets one person join, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.models import Membership, Project
from labelhub.accounts.models import ApiToken, AuditEvent, Invitation, User
from tests import factories

pytestmark = pytest.mark.django_db
ACCOUNT = {"username": "newcomer", "password": "a-long-pass-phrase", "display_name": "New"}


@pytest.fixture
def code(project: Project, make_client: Callable[..., Any]) -> str:
    body = {"project": project.pk, "role": "labeler"}
    made = make_client(project.created_by).post("/api/v1/invitations/", body)
    assert made.status_code == 201
    assert made.json()["url"] == f"http://testserver/invitations/{made.json()['code']}"
    return str(made.json()["code"])


def accept(client: Any, code: str, body: dict[str, str] | None = None) -> Any:
    return client.post(f"/api/v1/invitations/{code}/accept/", body or {})


def test_a_newcomer_gets_an_account_and_is_signed_in(project: Project, code: str) -> None:
    client = APIClient()
    assert accept(client, code, ACCOUNT).json() == {"project": project.pk, "role": "labeler"}
    assert client.get("/api/v1/session/").json()["user"]["username"] == "newcomer"
    user = User.objects.get(username="newcomer")
    assert Membership.objects.get(project=project, user=user).role == "labeler"
    assert not user.is_admin


def test_a_signed_in_user_joins_as_they_are(
    project: Project, code: str, make_client: Callable[..., Any]
) -> None:
    user = factories.user()
    users = User.objects.count()
    assert accept(make_client(user), code).status_code == 200
    assert Membership.objects.filter(project=project, user=user, active=True).exists()
    assert User.objects.count() == users


def test_an_invitation_works_once(code: str, make_client: Callable[..., Any]) -> None:
    accept(make_client(factories.user()), code)
    users = User.objects.count()
    assert accept(APIClient(), code, ACCOUNT).json()["code"] == "invitation_useless"
    assert User.objects.count() == users


def test_a_token_that_may_write_lets_nobody_into_a_project(project: Project) -> None:
    other, member = factories.user(), project.memberships.get(user=project.created_by)
    writer, admin = (
        APIClient(
            headers={
                "Authorization": "Bearer "
                + ApiToken.issue(user=project.created_by, name="t", scopes=["read", *more])[1]
            }
        )
        for more in (["write"], ["write", "admin"])
    )
    attempts = [
        ("POST", "invitations/", {"project": project.pk, "role": "manager"}),
        ("POST", f"projects/{project.pk}/members/", {"user": other.pk, "role": "manager"}),
        ("PATCH", f"members/{member.pk}/", {"role": "manager"}),
    ]
    for method, path, body in attempts:
        answers = [
            client.generic(method, f"/api/v1/{path}", json.dumps(body), "application/json")
            for client in (writer, admin)
        ]
        assert answers[0].status_code == 403, path
        assert answers[0].json()["detail"] == "This token lacks the scope 'admin'."
        assert answers[1].status_code in (200, 201), path


def test_a_member_keeps_their_role_and_the_invitation_stays(
    project: Project, code: str, make_client: Callable[..., Any]
) -> None:
    assert accept(make_client(project.created_by), code).json()["role"] == "manager"
    assert accept(APIClient(), code, ACCOUNT).status_code == 200


def test_a_paused_member_does_not_come_back_by_an_invitation(
    project: Project, code: str, make_client: Callable[..., Any]
) -> None:
    paused = factories.labelers_of(project)[0]
    Membership.objects.filter(user=paused).update(active=False)
    assert accept(make_client(paused), code).json()["code"] == "membership_paused"


def expire(project: Project) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def demote(project: Project) -> None:
    Membership.objects.filter(project=project, user=project.created_by).update(role="labeler")


def dismiss(project: Project) -> None:
    User.objects.filter(pk=project.created_by_id).update(is_active=False)


@pytest.mark.parametrize("spoil", [expire, demote, dismiss])
def test_an_invitation_lapses_in_time_and_with_its_makers_rights(
    project: Project, code: str, spoil: Callable[[Project], None]
) -> None:
    assert APIClient().get(f"/api/v1/invitations/{code}/").status_code == 200
    spoil(project)
    assert APIClient().get(f"/api/v1/invitations/{code}/").status_code == 404
    assert accept(APIClient(), code, ACCOUNT).status_code == 404
    assert not User.objects.filter(username="newcomer").exists()


def test_the_link_says_what_one_is_invited_to(project: Project, code: str) -> None:
    shown = APIClient().get(f"/api/v1/invitations/{code}/").json()
    assert (shown["project"], shown["role"]) == (project.name, "labeler")


def test_without_an_invitation_nobody_learns_which_names_are_taken(project: Project) -> None:
    taken = ACCOUNT | {"username": str(project.created_by)}
    for account in (taken, ACCOUNT):
        assert accept(APIClient(), "not-a-code", account).json()["code"] == "invitation_useless"


@pytest.mark.parametrize(
    ("change", "status"), [({"password": "short"}, 422), ({"username": "a b"}, 400), (None, 400)]
)
def test_a_bad_account_leaves_the_invitation_usable(
    code: str, change: dict[str, str] | None, status: int
) -> None:
    assert accept(APIClient(), code, change and ACCOUNT | change).status_code == status
    assert accept(APIClient(), code, ACCOUNT).status_code == 200


def test_another_site_cannot_sign_a_browser_in(code: str) -> None:
    assert accept(APIClient(enforce_csrf_checks=True), code, ACCOUNT).status_code == 403


@pytest.mark.parametrize(("role", "status"), [("labeler", 403), ("reviewer", 403), (None, 404)])
def test_only_managers_invite(
    project: Project, make_client: Callable[..., Any], role: str | None, status: int
) -> None:
    user = factories.member(project, role=role) if role else factories.user()
    answer = make_client(user).post(
        "/api/v1/invitations/", {"project": project.pk, "role": "manager"}
    )
    assert answer.status_code == status
    assert not Invitation.objects.exists()


def test_invitations_are_on_record_without_their_code(project: Project, code: str) -> None:
    accept(APIClient(), code, ACCOUNT)
    events = AuditEvent.objects.filter(project_id=project.pk, action__startswith="invitation.")
    assert [event.action for event in events.order_by("pk")] == [
        "invitation.made",
        "invitation.accepted",
    ]
    assert code not in str(list(AuditEvent.objects.values()))
    assert not Invitation.objects.filter(digest=code).exists()
