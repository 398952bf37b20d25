"""Session, tokens, users and the audit log over REST, and the commands that make the first ones."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.accounts.models import ApiToken, AuditEvent, SignInFailure, User

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-pass-phrase"


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", password=PASSWORD)


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", password=PASSWORD)


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def bearer(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def token_of(user: User, *scopes: str) -> APIClient:
    return bearer(ApiToken.issue(user=user, name="t", scopes=list(scopes))[1])


def sign_in(client: Any, username: str, password: str, **headers: str) -> Any:
    return client.post("/api/v1/session/", {"username": username, "password": password}, **headers)


# --- session -------------------------------------------------------------------------------


def test_nobody_is_signed_in_at_first() -> None:
    answer = APIClient().get("/api/v1/session/")
    assert answer.status_code == 200
    assert answer.json()["user"] is None
    assert answer.json()["csrf"]
    assert "csrftoken" in answer.cookies


def test_sign_in_answers_with_the_user(ann: User) -> None:
    client = APIClient()
    answer = sign_in(client, "ann", PASSWORD)
    assert answer.status_code == 200
    assert answer.json()["user"] == {
        "id": ann.pk,
        "username": "ann",
        "display_name": "",
        "is_admin": False,
        "language": "",
        "theme": "auto",
    }
    assert client.get("/api/v1/session/").json()["user"]["id"] == ann.pk


def test_sign_in_changes_the_session_key(ann: User) -> None:
    client = APIClient()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    sign_in(client, "ann", PASSWORD)
    assert client.cookies["sessionid"].value != planted


def test_unknown_name_and_wrong_password_get_the_same_answer(ann: User) -> None:
    wrong = sign_in(APIClient(), "ann", "not-the-password")
    unknown = sign_in(APIClient(), "nobody", "not-the-password")
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "sign_in_failed"


def test_unknown_name_costs_a_password_hash_too(ann: User, monkeypatch: Any) -> None:
    hashed: list[str] = []
    original = User.set_password
    monkeypatch.setattr(
        User, "set_password", lambda self, raw: (hashed.append(raw), original(self, raw))[1]
    )
    sign_in(APIClient(), "nobody", "not-the-password")
    assert hashed == ["not-the-password"]


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_a_name_is_locked_after_too_many_failures(ann: User, name: str, settings: Any) -> None:
    settings.SIGN_IN_FAILURES_ALLOWED = 3
    for _ in range(3):
        assert sign_in(APIClient(), name, "wrong").status_code == 400
    answer = sign_in(APIClient(), name, PASSWORD)
    assert answer.status_code == 429
    assert answer.json()["code"] == "locked_out"


def test_the_lock_takes_other_spellings_of_the_name_along(ann: User, settings: Any) -> None:
    settings.SIGN_IN_FAILURES_ALLOWED = 2
    for name in ("ANN", "Ann"):
        sign_in(APIClient(), name, "wrong")
    assert sign_in(APIClient(), "ann", PASSWORD).status_code == 429


def test_the_lock_ends_by_itself(ann: User, settings: Any) -> None:
    settings.SIGN_IN_FAILURES_ALLOWED = 1
    sign_in(APIClient(), "ann", "wrong")
    assert sign_in(APIClient(), "ann", PASSWORD).status_code == 429
    past = timezone.now() - timedelta(seconds=settings.SIGN_IN_LOCKOUT_SECONDS + 1)
    SignInFailure.objects.update(at=past)
    assert sign_in(APIClient(), "ann", PASSWORD).status_code == 200


def test_one_name_locked_leaves_others_open(ann: User, root: User, settings: Any) -> None:
    settings.SIGN_IN_FAILURES_ALLOWED = 1
    sign_in(APIClient(), "ann", "wrong")
    assert sign_in(APIClient(), "root", PASSWORD).status_code == 200


def test_success_clears_the_failures_of_a_name(ann: User, settings: Any) -> None:
    settings.SIGN_IN_FAILURES_ALLOWED = 2
    for _ in range(3):
        sign_in(APIClient(), "ann", "wrong")
        assert sign_in(APIClient(), "ann", PASSWORD).status_code == 200


def test_inactive_users_cannot_sign_in(ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert sign_in(APIClient(), "ann", PASSWORD).json()["code"] == "sign_in_failed"


def test_sign_in_from_another_site_is_refused(ann: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    assert sign_in(client, "ann", PASSWORD).status_code == 403
    csrf = client.get("/api/v1/session/").json()["csrf"]
    assert sign_in(client, "ann", PASSWORD, HTTP_X_CSRFTOKEN=csrf).status_code == 200


def test_changes_by_session_need_the_csrf_token(ann: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(ann)
    refused = client.patch("/api/v1/session/", {"theme": "dark"})
    csrf = client.get("/api/v1/session/").json()["csrf"]
    allowed = client.patch("/api/v1/session/", {"theme": "dark"}, HTTP_X_CSRFTOKEN=csrf)
    assert (refused.status_code, allowed.status_code) == (403, 200)


def test_people_change_their_theme_language_and_name(ann: User) -> None:
    changes = {"theme": "dark", "language": "ko", "display_name": "Ann B."}
    answer = signed_in(ann).patch("/api/v1/session/", changes)
    assert answer.json()["user"] | changes == answer.json()["user"]
    ann.refresh_from_db()
    assert (ann.theme, ann.language, ann.display_name) == ("dark", "ko", "Ann B.")


@pytest.mark.parametrize("change", [{"theme": "pink"}, {"language": "../x"}])
def test_settings_outside_the_choices_are_refused(ann: User, change: dict[str, str]) -> None:
    answer = signed_in(ann).patch("/api/v1/session/", change)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == list(change)


def test_nobody_makes_themselves_admin(ann: User) -> None:
    signed_in(ann).patch("/api/v1/session/", {"is_admin": True, "is_superuser": True})
    ann.refresh_from_db()
    assert not ann.is_superuser


def test_sign_out_ends_the_session(ann: User) -> None:
    client = signed_in(ann)
    assert client.delete("/api/v1/session/").status_code == 204
    assert client.get("/api/v1/session/").json()["user"] is None


def test_a_new_password_needs_the_current_one_and_keeps_this_session(ann: User) -> None:
    client = signed_in(ann)
    new = "another-long-pass-phrase"
    wrong = client.post("/api/v1/session/password/", {"current": "wrong", "new": new})
    right = client.post("/api/v1/session/password/", {"current": PASSWORD, "new": new})
    assert (wrong.status_code, right.status_code) == (400, 204)
    assert client.get("/api/v1/session/").json()["user"]["id"] == ann.pk
    assert sign_in(APIClient(), "ann", new).status_code == 200


def test_a_new_password_ends_other_sessions(ann: User) -> None:
    other, client = signed_in(ann), signed_in(ann)
    client.post("/api/v1/session/password/", {"current": PASSWORD, "new": "quite-another-one"})
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["user.password_changed"]
    assert other.get("/api/v1/session/").json()["user"] is None


# --- tokens --------------------------------------------------------------------------------


def test_a_token_works_and_is_shown_once(ann: User) -> None:
    client = signed_in(ann)
    body = {"name": "script", "scopes": ["read"], "expires_in_days": 30}
    made = client.post("/api/v1/tokens/", body)
    assert made.status_code == 201
    secret = made.json()["token"]
    assert bearer(secret).get("/api/v1/session/").json()["user"]["id"] == ann.pk
    listed = client.get("/api/v1/tokens/").json()["results"]
    assert [row["name"] for row in listed] == ["script"]
    assert secret not in str(listed)
    assert not ApiToken.objects.filter(digest=secret).exists()


@pytest.mark.parametrize(("days", "expires"), [(None, False), (1, True)])
def test_tokens_expire_or_not_as_asked(ann: User, days: int | None, expires: bool) -> None:
    body = {"name": "x", "scopes": ["read"], "expires_in_days": days}
    made = signed_in(ann).post("/api/v1/tokens/", body).json()
    assert (made["expires_at"] is not None) == expires


def test_a_revoked_token_is_refused_at_once(ann: User) -> None:
    client = signed_in(ann)
    made = client.post("/api/v1/tokens/", {"name": "x"}).json()
    assert client.delete(f"/api/v1/tokens/{made['id']}/").status_code == 204
    assert bearer(made["token"]).get("/api/v1/session/").status_code == 401


def test_anothers_token_is_not_found(ann: User, root: User) -> None:
    token, _ = ApiToken.issue(user=root, name="x")
    assert signed_in(ann).delete(f"/api/v1/tokens/{token.pk}/").status_code == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()


@pytest.mark.parametrize("scopes", [[], ["everything"], "read"])
def test_unknown_scopes_are_refused(ann: User, scopes: Any) -> None:
    answer = signed_in(ann).post("/api/v1/tokens/", {"name": "x", "scopes": scopes})
    assert answer.status_code == 400
    assert "scopes" in answer.json()["fields"]


def test_a_narrow_token_makes_no_token(ann: User) -> None:
    answer = token_of(ann, "read", "write").post("/api/v1/tokens/", {"name": "x"})
    assert answer.status_code == 403


def test_a_token_gives_no_more_scopes_or_time_than_its_own(ann: User) -> None:
    soon = timezone.now() + timedelta(days=1)
    _, secret = ApiToken.issue(user=ann, name="t", scopes=["admin"], expires_at=soon)
    wider = bearer(secret).post("/api/v1/tokens/", {"name": "x", "scopes": ["write", "admin"]})
    longer = bearer(secret).post(
        "/api/v1/tokens/", {"name": "x", "scopes": ["admin"], "expires_in_days": None}
    )
    assert wider.status_code == 403
    assert ApiToken.objects.get(pk=longer.json()["id"]).expires_at == soon


# --- users ---------------------------------------------------------------------------------


def test_admins_make_users_with_a_generated_password(root: User) -> None:
    made = signed_in(root).post("/api/v1/users/", {"username": "ben", "display_name": "Ben"})
    assert made.status_code == 201
    assert sign_in(APIClient(), "ben", made.json()["password"]).status_code == 200
    assert User.objects.get(username="ben").is_admin is False


def test_a_given_password_is_not_answered(root: User) -> None:
    made = signed_in(root).post("/api/v1/users/", {"username": "ben", "password": PASSWORD})
    assert "password" not in made.json()
    assert sign_in(APIClient(), "ben", PASSWORD).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"username": "ROOT"}, 409, "name_taken"),
        ({"username": "no spaces"}, 400, "invalid"),
        ({"username": "ben", "password": "short"}, 422, "password_weak"),
        ({}, 400, "invalid"),
    ],
)
def test_bad_users_are_refused(root: User, body: dict[str, str], status: int, code: str) -> None:
    answer = signed_in(root).post("/api/v1/users/", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/v1/users/"),
        ("post", "/api/v1/users/"),
        ("patch", "/api/v1/users/{ann}/"),
        ("get", "/api/v1/audit/"),
    ],
)
def test_users_and_audit_are_for_admins(ann: User, method: str, path: str) -> None:
    path = path.format(ann=ann.pk)
    assert getattr(signed_in(ann), method)(path, {"is_admin": True}).status_code == 403
    assert getattr(APIClient(), method)(path, {"is_admin": True}).status_code == 401


def test_an_admins_narrow_token_changes_no_users(ann: User, root: User) -> None:
    answer = token_of(root, "read", "write").patch(f"/api/v1/users/{ann.pk}/", {"is_admin": True})
    assert answer.status_code == 403


def test_users_are_searched_by_name(ann: User, root: User) -> None:
    found = signed_in(root).get("/api/v1/users/", {"search": "AN"}).json()["results"]
    assert [row["username"] for row in found] == ["ann"]
    assert "password" not in found[0]


def test_a_deactivated_user_is_out_at_once(ann: User, root: User) -> None:
    by_session, by_token = signed_in(ann), token_of(ann, "read")
    changed = signed_in(root).patch(f"/api/v1/users/{ann.pk}/", {"is_active": False})
    assert changed.json()["is_active"] is False
    assert by_session.get("/api/v1/session/").json()["user"] is None
    assert by_token.get("/api/v1/session/").status_code == 401


@pytest.mark.parametrize("change", [{"is_admin": False}, {"is_active": False}])
def test_the_last_admin_stays(root: User, change: dict[str, bool]) -> None:
    answer = signed_in(root).patch(f"/api/v1/users/{root.pk}/", change)
    assert answer.json()["code"] == "last_admin"
    root.refresh_from_db()
    assert root.is_admin
    assert root.is_active


def test_the_log_tells_who_did_what(ann: User, root: User) -> None:
    sign_in(APIClient(), "root", PASSWORD)
    client = signed_in(root)
    client.patch(f"/api/v1/users/{ann.pk}/", {"is_admin": True})
    token = client.post("/api/v1/tokens/", {"name": "x"}).json()
    client.delete(f"/api/v1/tokens/{token['id']}/")
    rows = client.get("/api/v1/audit/").json()["results"]
    assert [row["action"] for row in rows] == [
        "token.revoked",
        "token.made",
        "user.changed",
        "user.signed_in",
    ]
    assert rows[2]["detail"] == {"user": ann.pk, "is_admin": True}
    assert {row["actor"] for row in rows} == {"root"}
    assert token["token"] not in str(list(AuditEvent.objects.values()))


# --- commands ------------------------------------------------------------------------------


def run(*args: str) -> str:
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_create_token_prints_the_token_alone(ann: User) -> None:
    printed = run("create_token", "ann", "--name", "cron", "--days", "7", "--scopes", "read")
    token = ApiToken.objects.get()
    assert bearer(printed.removesuffix("\n")).get("/api/v1/session/").json()["user"]
    assert (token.name, token.scopes) == ("cron", ["read"])
    assert token.expires_at is not None


@pytest.mark.parametrize(
    "args",
    [["nobody"], ["ann", "--scopes", "all"], ["ann", "--scopes", ""], ["ann", "--days", "0"]],
)
def test_create_token_says_what_is_wrong(ann: User, args: list[str]) -> None:
    with pytest.raises(CommandError, match=r"\w+ .*\."):
        run("create_token", *args)
    assert not ApiToken.objects.exists()


def test_create_admin_makes_one_that_can_sign_in() -> None:
    printed = run("create_admin", "--username", "boss")
    password = printed.rsplit(" ", 1)[1].strip()
    assert sign_in(Client(), "boss", password, content_type="application/json").status_code == 200
    assert User.objects.get().is_admin


def test_create_admin_leaves_an_existing_one_alone(root: User) -> None:
    before = root.password
    assert "already" in run("create_admin")
    root.refresh_from_db()
    assert root.password == before
    assert User.objects.count() == 1
