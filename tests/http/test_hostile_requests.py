"""Requests that no honest client sends: none ends in a server error, none shows what is hidden."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from annotations.media_links import media_url
from tests.pictures import png
from tests.world import World, build

pytestmark = pytest.mark.django_db
HUGE = [2**63, 10**30]
LISTS = {
    "tokens/": "manager",
    "users/": "admin",
    "audit/": "admin",
    "jobs/": "manager",
    "datasets/": "manager",
    "datasets/{id}/items/": "manager",
    "projects/": "manager",
    "projects/{project_id}/members/": "manager",
    "projects/{project_id}/history/": "labeler",
    "projects/{project_id}/tasks/": "manager",
    "projects/{project_id}/review/": "manager",
    "projects/{project_id}/exports/": "manager",
    "projects/{project_id}/exports/preview/": "manager",
    "projects/{project_id}/runs/": "manager",
    "projects/{project_id}/versions/": "manager",
}
PAGED = [path for path in LISTS if "preview" not in path]
ORM_PATHS = [
    "user__password",
    "user__password__startswith",
    "labeler__api_tokens__digest",
    "created_by__username",
    "item__known_label__value",
    "project__memberships__user",
    "pk__in",
    "id",
    "password",
    "is_superuser",
]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def get(world: World, path: str, query: dict[str, str], role: str = "") -> Any:
    return world.clients[role or LISTS[path]].get(world.address(path), query)


# --- addresses -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
def test_filters_by_the_names_of_columns_are_refused(world: World, path: str) -> None:
    assert get(world, path, {}).status_code == 200
    for name in ORM_PATHS:
        answer = get(world, path, {name: "a"})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_filter"), name


@pytest.mark.parametrize("path", PAGED)
def test_orders_by_the_names_of_columns_are_refused(world: World, path: str) -> None:
    for name in ("user__password", "-password", "--id", "pk", "?", "id,-id"):
        answer = get(world, path, {"ordering": name})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_ordering"), name


@pytest.mark.parametrize("limit", ["0", "-1", "501", "1.5", "\u00b2", "9" * 5000, "1e2", "", " 1"])
def test_limits_that_are_no_small_number_are_refused(world: World, limit: str) -> None:
    assert get(world, "projects/", {"limit": limit}).json()["code"] == "bad_limit"


def cursor(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode()


FORGED = [
    cursor(document)
    for document in (
        1, [1], [None, 10**30], ["x", 1], [float("nan"), 1], [float("inf"), 1], [True, True], {}
    )
]  # fmt: skip


@pytest.mark.parametrize("forged", [*FORGED, "\u00e9", "a:b", cursor([])[:-1], "W1tb" * 700])
@pytest.mark.parametrize("ordering", ["id", "-priority", "confidence", "votes"])
def test_forged_cursors_are_refused(world: World, forged: str, ordering: str) -> None:
    query = {"cursor": forged, "ordering": ordering}
    answer = get(world, "projects/{project_id}/tasks/", query)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_a_cursor_holds_for_the_order_that_it_was_made_in(world: World) -> None:
    path = "projects/{project_id}/tasks/"
    following = get(world, path, {"limit": "2", "ordering": "votes"}).json()["next"]
    client = world.clients["manager"]
    assert client.get(following).status_code == 200
    other = client.get(following.replace("ordering=votes", "ordering=confidence"))
    assert other.json()["code"] == "bad_cursor"


@pytest.mark.parametrize("number", HUGE)
def test_numbers_beyond_any_id_name_nothing(world: World, number: int) -> None:
    for path in (
        "projects/{n}/",
        "projects/{n}/report/",
        "datasets/{n}/",
        "tasks/{n}/",
        "jobs/{n}/",
    ):
        assert world.clients["admin"].get(f"/api/v1/{path.format(n=number)}").status_code == 404
    lease = world.clients["labeler"].post(f"/api/v1/projects/{number}/lease/", {"count": 1})
    assert lease.status_code == 404


@pytest.mark.parametrize("number", [*HUGE, -1, str(2**63)])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("projects/{project_id}/members/", {"user": None}),
        ("invitations/", {"project": None, "role": "labeler"}),
        ("projects/", {"dataset": None, "name": "a", "question": "b", "schema": {}}),
    ],
)
def test_ids_in_a_body_that_no_row_can_have_are_refused(
    world: World, path: str, body: dict[str, Any], number: Any
) -> None:
    filled = {name: number if value is None else value for name, value in body.items()}
    assert world.clients["manager"].post(world.address(path), filled).status_code == 400


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999", "NaN"])
def test_what_is_not_finite_is_no_number(world: World, text: str) -> None:
    for path in ("projects/{project_id}/tasks/", "projects/{project_id}/exports/preview/"):
        assert get(world, path, {"min_confidence": text}).status_code == 400
    client = world.clients["manager"]
    export = client.post(world.address("projects/{project_id}/exports/"), {"min_confidence": text})
    change = client.patch(world.address("projects/{project_id}/"), {"confidence": text})
    assert (export.status_code, change.status_code) == (400, 400)


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e308", "-1e400", "9223372036854775808"])
def test_numbers_too_large_to_keep_are_refused(world: World, number: str) -> None:
    body = f'{{"confidence": {number}, "min_votes": {number}}}'
    url = world.address("projects/{project_id}/")
    answer = world.clients["manager"].patch(url, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "json_number")


@pytest.mark.parametrize("path", ["users/", "datasets/{id}/items/"])
@pytest.mark.parametrize("search", ["\0", "a" * 2000])
def test_texts_that_cannot_be_searched_for_are_refused(
    world: World, path: str, search: str
) -> None:
    assert get(world, path, {"search": search}, "admin").json()["code"] == "bad_search"


# --- pictures and files --------------------------------------------------------------------


@pytest.mark.parametrize("signature", ["\u00e9", "\U0001f600" * 24, "%00", "", "A" * 24])
def test_a_forged_signature_opens_no_picture(world: World, signature: str) -> None:
    address = media_url(world.ids["item_id"], "thumb").partition("&s=")[0]
    answer = Client().get(f"{address}&s={signature}")
    assert (answer.status_code, answer.json()["code"]) == (403, "link_expired")


@pytest.mark.parametrize("expiry", ["", "-1", "9" * 13, "\u0663", "1e9", "0"])
def test_a_forged_expiry_opens_no_picture(world: World, expiry: str) -> None:
    address, _, signature = media_url(world.ids["item_id"], "thumb").partition("&s=")
    forged = f"{address.partition('e=')[0]}e={expiry}&s={signature}"
    assert Client().get(forged).status_code == 403


@pytest.mark.parametrize("paths", ["[" * 5000, "1" * 5000, "[1]", "{}", "["])
def test_broken_names_of_uploads_are_refused(world: World, paths: str) -> None:
    body = {"files": SimpleUploadedFile("a.png", png(1)), "paths": paths}
    url = world.address("datasets/{id}/items/")
    answer = world.clients["manager"].post(url, body, format="multipart")
    assert (answer.status_code, answer.json()["fields"]) == (422, {"paths": "not a list"})
