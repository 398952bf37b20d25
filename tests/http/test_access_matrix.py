"""Who may do what: every method of every address, by role, in one table.

The table is compared with the URL configuration, so an address or a method without a line here
fails. `stranger` leads another project; `reader` is the manager with a token that may only read.
404 is what people without a part in the project get: to them it does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from annotations.media_links import media_url
from labelhub.sealed import seal
from tests.pictures import png
from tests.world import World, build

pytestmark = pytest.mark.django_db
ROLES = ["anonymous", "stranger", "labeler", "reviewer", "manager", "admin", "reader"]
TABLE = """
                                            anonymous stranger labeler reviewer manager admin reader
GET    session/                                   200      200     200      200     200   200    200
POST   session/                                   200      200     200      200     200   200    200
PATCH  session/                                   401      200     200      200     200   200    403
DELETE session/                                   204      204     204      204     204   204    204
POST   session/password/                          401      204     204      204     204   204    403
GET    tokens/                                    401      200     200      200     200   200    200
POST   tokens/                                    401      201     201      201     201   201    403
DELETE tokens/{token_pk}/                         401      404     404      404     204   404    403
GET    users/                                     401      403     403      403     403   200    403
POST   users/                                     401      403     403      403     403   201    403
PATCH  users/{pk}/                                401      403     403      403     403   200    403
GET    accesses/                                  401      403     403      403     403   200    403
GET    audit/                                     401      403     403      403     403   200    403
GET    jobs/                                      401      200     200      200     200   200    200
GET    jobs/{job_id}/                             401      404     404      404     200   200    200
POST   jobs/{job_id}/cancel/                      401      404     404      404     200   200    403
POST   jobs/{job_id}/retry/                       401      404     404      404     200   200    403
GET    status/                                    401      200     200      200     200   200    200
GET    datasets/                                  401      200     200      200     200   200    200
POST   datasets/                                  401      201     403      201     201   201    403
GET    datasets/{id}/                             401      404     404      200     200   200    200
PATCH  datasets/{id}/                             401      404     404      403     200   200    403
DELETE datasets/{id}/                             401      404     404      403     409   409    403
GET    datasets/{id}/items/                       401      404     404      200     200   200    200
POST   datasets/{id}/items/                       401      404     404      403     202   202    403
GET    items/{item_id}/                           401      404     404      200     200   200    200
GET    items/{item_id}/picture/                   401      404     404      302     302   302    302
GET    items/{item_id}/similar/                   401      404     404      200     200   200    200
GET    datasets/{id}/drifts/                      401      404     404      200     200   200    200
GET    datasets/{id}/duplicates/                  401      404     404      200     200   200    200
GET    datasets/{id}/duplicates/report/           401      404     404      200     200   200    200
POST   datasets/{id}/duplicates/report/           401      404     404      202     202   202    403
POST   duplicate-groups/{group_id}/keep/          401      404     404      403     200   200    403
POST   duplicate-groups/{group_id}/distinct/      401      404     404      403     200   200    403
POST   duplicate-groups/{group_id}/reopen/        401      404     404      403     409   409    403
GET    datasets/{id}/map/                         401      404     404      200     200   200    200
POST   datasets/{id}/map/                         401      404     404      422     422   422    403
GET    datasets/{id}/map/points/                  401      404     404      404     404   404    404
GET    datasets/{id}/map/colours/                 401      404     404      400     400   400    400
POST   datasets/{id}/imports/                     401      404     404      403     404   404    403
POST   datasets/{id}/lines/                       401      404     404      403     422   422    403
POST   projects/{project_id}/lines/votes/         401      404     403      403     400   400    403
POST   projects/{project_id}/lines/known/         401      404     403      403     422   422    403
GET    datasets/{id}/tags/                        401      404     404      200     200   200    200
GET    datasets/{id}/edits/                       401      404     404      200     200   200    200
POST   datasets/{id}/edits/                       401      404     404      403     201   201    403
GET    item-edits/{edit_id}/                      401      404     404      200     200   200    200
POST   item-edits/{edit_id}/undo/                 401      404     404      403     200   200    403
GET    datasets/{id}/takedowns/                   401      404     404      403     200   200    200
POST   datasets/{id}/takedowns/                   401      404     404      403     202   202    403
POST   datasets/{id}/takedowns/preview/           401      404     404      403     200   200    403
GET    takedowns/{takedown_id}/                   401      404     404      403     200   200    200
POST   takedowns/{takedown_id}/lift/              401      404     404      403     403   200    403
POST   datasets/{id}/imports/places/              401      404     404      403     404   404    403
GET    import-places/                             401      200     200      200     200   200    200
GET    weights/                                   401      200     200      200     200   200    200
GET    import-formats/                            401      200     200      200     200   200    200
GET    task-types/                                401      200     200      200     200   200    200
GET    projects/                                  401      200     200      200     200   200    200
POST   projects/                                  401      404     404      201     201   201    403
GET    projects/{project_id}/                     401      404     200      200     200   200    200
PATCH  projects/{project_id}/                     401      404     403      403     200   200    403
GET    projects/{project_id}/grid/                401      404     400      400     400   400    400
GET    projects/{project_id}/grid/groups/         401      404     200      200     200   200    200
POST   projects/{project_id}/grid/confirm/        401      404     200      200     200   403    403
GET    projects/{project_id}/contradictions/      401      404     403      200     200   200    200
POST   projects/{project_id}/pairs/               401      404     403      403     409   409    403
GET    projects/{project_id}/examples/            401      404     200      200     200   200    200
PUT    projects/{project_id}/examples/            401      404     403      403     200   200    403
DELETE examples/{example_id}/                     401      404     403      403     204   204    403
GET    projects/{project_id}/members/             401      404     403      200     200   200    200
POST   projects/{project_id}/members/             401      404     403      403     201   201    403
PATCH  members/{member_id}/                       401      404     403      403     200   200    403
DELETE members/{member_id}/                       401      404     403      403     204   204    403
POST   members/{member_id}/pause/                 401      404     403      403     200   200    403
POST   members/{member_id}/resume/                401      404     403      403     409   409    403
POST   members/{member_id}/reply/                 401      404     403      403     409   409    403
PUT    members/{member_id}/counted/               401      404     403      403     200   200    403
GET    projects/{project_id}/standing/            401      404     200      200     200   200    200
POST   projects/{project_id}/appeal/              401      404     409      409     409   409    403
POST   invitations/                               401      404     403      403     201   201    403
GET    invitations/{code}/                        200      200     200      200     200   200    200
POST   invitations/{code}/accept/                 200      200     200      200     200   200    403
POST   projects/{project_id}/lease/               401      404     200      200     200   200    403
POST   leases/return/                             401      200     200      200     200   200    403
DELETE leases/{lease_id}/                         401      404     204      409     409   409    403
POST   leases/{lease_id}/extend/                  401      404     200      409     409   409    403
GET    leases/{lease_id}/draft/                   401      404     200      404     404   404    404
PUT    leases/{lease_id}/draft/                   401      404     200      409     409   409    403
DELETE leases/{lease_id}/draft/                   401      404     204      204     204   204    403
POST   annotations/                               401      404     201      409     409   409    403
GET    annotations/{annotation_id}/               401      404     200      404     404   404    404
PATCH  annotations/{annotation_id}/               401      404     200      404     404   404    403
GET    projects/{project_id}/history/             401      404     200      200     200   200    200
GET    projects/{project_id}/tasks/               401      404     403      200     200   200    200
GET    projects/{project_id}/review/              401      404     403      200     200   200    200
GET    projects/{project_id}/review/counts/       401      404     403      200     200   200    200
GET    projects/{project_id}/review/near-certain/ 401      404     403      200     200   200    200
POST   projects/{project_id}/review/near-certain/ 401      404     403      200     200   200    403
POST   bulk-decisions/{bulk_id}/reopen/           401      404     403      200     200   200    403
GET    projects/{project_id}/tasks/count/         401      404     403      200     200   200    200
GET    projects/{project_id}/views/               401      404     403      200     200   200    200
POST   projects/{project_id}/views/               401      404     403      201     201   201    403
PATCH  views/{view_id}/                           401      404     403      403     200   200    403
DELETE views/{view_id}/                           401      404     403      403     204   204    403
GET    tasks/{task_id}/                           401      404     403      200     200   200    200
GET    tasks/{task_id}/provenance/                401      404     403      200     200   200    200
POST   tasks/{task_id}/flag/                      401      404     204      204     204   204    403
POST   tasks/{task_id}/adjudicate/                401      404     403      200     200   200    403
POST   tasks/{decided_task}/reopen/               401      404     403      200     200   200    403
GET    projects/{project_id}/report/              401      404     200      200     200   200    200
GET    projects/{project_id}/quality/             401      404     403      200     200   200    200
GET    projects/{project_id}/anchoring/           401      404     403      200     200   200    200
GET    projects/{project_id}/forecast/            401      404     403      200     200   200    200
GET    projects/{project_id}/gold/                401      404     403      200     200   200    200
POST   projects/{project_id}/gold/                401      404     403      403     201   201    403
GET    projects/{project_id}/gold/overview/       401      404     403      200     200   200    200
GET    projects/{project_id}/gold/labelers/       401      404     403      200     200   200    200
DELETE gold/{gold_id}/                            401      404     403      403     204   204    403
GET    projects/{project_id}/labelers/            401      404     403      200     200   200    200
GET    projects/{project_id}/labelers/together/   401      404     403      200     200   200    200
POST   projects/{project_id}/labelers/together/   401      404     403      202     202   202    403
GET    projects/{project_id}/labelers/{labeler_id}/ 401    404     403      200     200   200    200
GET    projects/{project_id}/my-work/             401      404     200      200     200   200    200
GET    projects/{project_id}/my-figures/          401      404     403      200     200   200    200
GET    projects/{project_id}/consensus-runs/      401      404     403      200     200   200    200
POST   projects/{project_id}/consensus-runs/      401      404     403      403     202   202    403
GET    consensus-runs/{consensus_run_id}/         401      404     403      200     200   200    200
GET    consensus-runs/{consensus_run_id}/changes/ 401      404     403      200     200   200    200
POST   consensus-runs/{consensus_run_id}/promote/ 401      404     403      403     200   200    403
POST   consensus-runs/{promoted_run}/roll-back/   401      404     403      403     200   200    403
GET    projects/{project_id}/webhooks/            401      404     403      403     200   200    200
POST   projects/{project_id}/webhooks/            401      404     403      403     201   201    403
GET    webhooks/{webhook_id}/                     401      404     403      403     200   200    200
PATCH  webhooks/{webhook_id}/                     401      404     403      403     200   200    403
DELETE webhooks/{webhook_id}/                     401      404     403      403     204   204    403
POST   webhooks/{webhook_id}/test/                401      404     403      403     202   202    403
GET    webhooks/{webhook_id}/deliveries/          401      404     403      403     200   200    200
POST   deliveries/{delivery_id}/resend/           401      404     403      403     202   202    403
GET    projects/{project_id}/exports/             401      404     403      403     200   200    200
POST   projects/{project_id}/exports/             401      404     403      403     202   202    403
GET    projects/{project_id}/exports/preview/     401      404     403      403     200   200    200
GET    projects/{project_id}/rows/                401      404     403      403     200   200    200
GET    projects/{project_id}/exports/formats/     401      404     403      403     200   200    200
GET    exports/{export_id}/                       401      404     403      403     200   200    200
DELETE exports/{spare_export}/                    401      404     403      403     204   204    403
GET    exports/{export_id}/download/              401      404     403      403     200   200    200
GET    projects/{project_id}/releases/            401      404     403      403     200   200    200
POST   projects/{project_id}/releases/            401      404     403      403     202   202    403
GET    releases/                                  401      200     200      200     200   200    200
GET    releases/{release_id}/                     401      404     403      403     200   200    200
DELETE releases/{failed_release}/                 401      404     403      403     204   204    403
GET    releases/{release_id}/items/               401      404     403      403     200   200    200
GET    releases/{release_id}/compare/{other_id}/  401      404     403      403     200   200    200
GET    releases/{release_id}/{kind}               401      404     403      403     200   200    200
GET    items/{item_id}/releases/                  401      404     404      403     200   200    200
GET    projects/{project_id}/runs/                401      404     403      200     200   200    200
POST   projects/{project_id}/runs/                401      404     403      403     409   409    403
GET    runs/{run_id}/                             401      404     403      200     200   200    200
POST   runs/{run_id}/repeat/                      401      404     403      403     409   409    403
GET    runs/{run_id}/mistakes/                    401      404     403      200     200   200    200
GET    projects/{project_id}/training-budget/     401      404     403      200     200   200    200
POST   runs/{run_id}/cancel/                      401      404     403      403     200   200    403
GET    projects/{project_id}/versions/            401      404     403      200     200   200    200
GET    projects/{project_id}/predictions/         401      404     403      200     200   200    200
POST   projects/{project_id}/predictions/         401      404     403      403     202   202    403
GET    predictions/{predictions_id}/              401      404     403      200     200   200    200
POST   versions/{version_id}/promote/             401      404     403      403     200   200    403
GET    projects/{project_id}/foreign/             401      404     403      200     200   200    200
GET    projects/{project_id}/foreign/report/      401      404     403      200     200   200    200
POST   projects/{project_id}/foreign/report/      401      404     403      202     202   202    403
POST   projects/{project_id}/foreign/decide/      401      404     403      200     200   200    403
GET    projects/{project_id}/label-errors/        401      404     403      200     200   200    200
GET    projects/{project_id}/label-errors/report/ 401      404     403      200     200   200    200
POST   projects/{project_id}/label-errors/report/ 401      404     403      202     202   202    403
POST   label-errors/{label_error_id}/review/      401      404     403      200     200   200    403
POST   label-errors/{label_error_id}/right/       401      404     403      200     200   200    403
GET    projects/{project_id}/critical/            401      404     403      200     200   200    200
PUT    tasks/{task_id}/critical/                  401      404     403      403     200   200    403
DELETE tasks/{task_id}/critical/                  401      404     403      403     204   204    403
GET    /healthz                                   200      200     200      200     200   200    200
GET    /readyz                                    200      200     200      200     200   200    200
GET    /metrics                                   200      200     200      200     200   200    200
GET    /api/schema/                               200      200     200      200     200   200    200
GET    /api/docs/                                 200      200     200      200     200   200    200
GET    /media/{item_id}/thumb                     403      403     403      403     403   403    403
GET    /media/{item_id}/tiles                     403      403     403      403     403   403    403
GET    /media/{item_id}/tiles/0/0-0               403      403     403      403     403   403    403
"""
# What answers for all other addresses, and the page's own script, which holds nothing of anybody's.
NOT_IN_TABLE = {"not_found", "application", "offline_worker"}
ALIASES = {
    "decided_task": "task_id",
    "spare_export": "export_id",
    "promoted_run": "consensus_run_id",
    "failed_release": "release_id",
}  # other rows for one operation
NAMES = {"pk": {"tokens": "token_pk", "users": "pk"}, "id": {"items": "item_id", "datasets": "id"}}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Body = Callable[[World], dict[str, Any]]
LABELS = {"labels": [{"name": "yes"}, {"name": "no"}]}
BODIES: dict[str, Body] = {
    "POST session/": lambda w: {"username": w.people["labeler"].username, "password": PASSWORD},
    "PATCH session/": lambda w: {"theme": "dark"},
    "POST session/password/": lambda w: {"current": PASSWORD, "new": "quite another phrase"},
    "POST tokens/": lambda w: {"name": "mine", "scopes": ["read"]},
    "POST users/": lambda w: {"username": "newcomer"},
    "PATCH users/{pk}/": lambda w: {"display_name": "Somebody"},
    "POST datasets/": lambda w: {"name": "mine"},
    "POST datasets/{id}/imports/": lambda w: {"preview": w.ids["job_id"]},
    "POST datasets/{id}/imports/places/": lambda w: {"kind": "folder", "name": "not opened"},
    "PATCH datasets/{id}/": lambda w: {"name": "renamed"},
    "POST datasets/{id}/takedowns/preview/": lambda w: {"items": [w.ids["item_id"]]},
    "POST datasets/{id}/takedowns/": lambda w: {
        # Of no project: files that went do not come back for the other tests.
        "items": [w.ids["spare_item"]],
        "reason": "consent withdrawn",
        "expected": 1,
        "confirm": w.project.dataset.name,
    },
    "POST datasets/{id}/edits/": lambda w: {
        "items": [w.ids["item_id"]], "add_tags": ["faded"]
    },
    "POST projects/{project_id}/views/": lambda w: {"name": "mine", "query": {"status": "open"}},
    "PATCH views/{view_id}/": lambda w: {"name": "renamed"},
    "POST projects/{project_id}/webhooks/": lambda w: {
        "url": "https://93.184.216.34/", "events": ["export.ready"]
    },
    "PATCH webhooks/{webhook_id}/": lambda w: {"active": False},
    "POST projects/": lambda w: {
        "dataset": w.ids["id"], "name": "mine", "question": "Is it?", "schema": LABELS
    },
    "PATCH projects/{project_id}/": lambda w: {"name": "renamed"},
    "POST projects/{project_id}/grid/confirm/": lambda w: {
        "key": "k", "label": "a", "tasks": [w.ids["task_id"]]
    },
    "POST projects/{project_id}/pairs/": lambda w: {"draw": {"same": 1}},
    "POST projects/{project_id}/members/": lambda w: {"user": w.people["admin"].pk},
    "PATCH members/{member_id}/": lambda w: {"role": "manager"},
    "POST invitations/": lambda w: {"project": w.project.pk, "role": "manager"},
    "POST invitations/{code}/accept/": lambda w: {"username": "newcomer", "password": PASSWORD},
    "POST members/{member_id}/pause/": lambda w: {"reason": "Too fast."},
    "POST members/{member_id}/reply/": lambda w: {"message": "Not yet."},
    "PUT members/{member_id}/counted/": lambda w: {"counted": False},
    "POST projects/{project_id}/appeal/": lambda w: {"message": "The scans were blurred."},
    "POST projects/{project_id}/gold/": lambda w: {"source": "settled"},
    "POST projects/{project_id}/foreign/decide/": lambda w: {
        "tasks": [w.ids["task_id"]], "state": "belongs"
    },
    "POST projects/{project_id}/releases/": lambda w: {"name": "letters"},
    "POST projects/{project_id}/consensus-runs/": lambda w: {"method": "majority"},
    "POST leases/return/": lambda w: {"leases": [w.ids["lease_id"]]},
    "PUT projects/{project_id}/examples/": lambda w: {"label": "a", "item": w.ids["item_id"]},
    "PUT leases/{lease_id}/draft/": lambda w: {"answer": {"choice": "a"}},
    "POST duplicate-groups/{group_id}/keep/": lambda w: {"item": w.ids["item_id"]},
    "POST annotations/": lambda w: {"lease": w.ids["lease_id"], "answer": {"choice": "a"}},
    "PATCH annotations/{annotation_id}/": lambda w: {"answer": {"choice": "c"}},
    "POST tasks/{task_id}/adjudicate/": lambda w: {"answer": {"choice": "c"}},
}  # fmt: skip
PASSWORD = "a good pass phrase"


def lines() -> Iterator[tuple[str, dict[str, int]]]:
    for line in TABLE.strip().splitlines()[1:]:
        method, path, *statuses = line.split()
        yield f"{method} {path}", dict(zip(ROLES, map(int, statuses), strict=True))


EXPECTED = dict(lines())


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Walk the URL configuration: (address, view)."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def operations() -> Iterator[str]:
    """Every method of every address, as the table writes it."""
    for route, view in routes(get_resolver().url_patterns):
        if view.__name__ in NOT_IN_TABLE:
            continue
        cls = getattr(view, "cls", None)
        methods = [name for name in METHODS if hasattr(cls, name.lower())] if cls else ["GET"]
        yield from (f"{method} {named(route)}" for method in methods)


def named(route: str) -> str:
    """Return a route with the world's placeholders: `tokens/<id:pk>/` -> `tokens/{token_pk}/`."""
    if "media" in route:
        kind = "tiles/0/0-0" if "level" in route else "tiles" if "tiles" in route else "thumb"
        return f"/media/{{item_id}}/{kind}"
    path = route.removeprefix("api/v1/") if route.startswith("api/v1/") else f"/{route}"
    parts = path.split("/")
    for number, part in enumerate(parts):
        if part.startswith("<"):
            name = part.strip("<>").split(":")[-1]
            parts[number] = "{" + NAMES.get(name, {}).get(parts[0], name) + "}"
    return "/".join(parts)


def as_named(operation: str, alias: str) -> str:
    return operation.replace("{" + alias + "}", "{" + ALIASES[alias] + "}")


def send(world: World, role: str, operation: str, **others: Any) -> Any:
    """Ask as somebody, and undo what it did."""
    method, path = operation.split()
    client, body = world.clients[role], BODIES.get(operation)
    options: dict[str, Any] = {"headers": {"If-Match": "1"}}
    if operation == "POST datasets/{id}/items/":
        options |= {"data": {"files": upload()}, "format": "multipart"}
    elif operation == "POST projects/{project_id}/predictions/":
        options |= {"data": {"file": table(), "name": "vit"}, "format": "multipart"}
    elif body is not None:
        options["data"] = body(world)
    with transaction.atomic():
        answer = getattr(client, method.lower())(world.address(path, **others), **options)
        transaction.set_rollback(True)
    return answer


def upload() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("a.png", png(1))


def table() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("said.csv", b"item,label\n1,a\n")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once; what a request changes is undone in `send`, and all of it at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def test_every_address_and_method_has_a_line_in_the_table() -> None:
    written = [reduce(as_named, ALIASES, operation) for operation in EXPECTED]
    assert sorted(operations()) == sorted(written)


@pytest.mark.parametrize("operation", EXPECTED)
def test_each_role_may_do_what_the_table_says(world: World, operation: str) -> None:
    found = {role: send(world, role, operation) for role in ROLES}
    assert {role: answer.status_code for role, answer in found.items()} == EXPECTED[operation]
    for answer in found.values():
        if answer.status_code >= 400:
            assert {"code", "detail"} <= set(answer.json()), answer.content
            assert answer["Content-Type"].startswith("application/json")


def test_what_is_foreign_answers_exactly_as_what_does_not_exist(world: World) -> None:
    nothing = dict.fromkeys(world.ids, 987_654_321) | {"lease_id": f"{seal(987_654_321)}.1"}
    for operation, expected in EXPECTED.items():
        if "{" not in operation or expected["stranger"] != 404:
            continue
        foreign = send(world, "stranger", operation)
        missing = send(world, "stranger", operation, **nothing)
        assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json()), (
            operation
        )


def test_other_methods_are_refused_in_json(world: World) -> None:
    known = set(operations())
    for path in {operation.split()[1] for operation in known}:
        for method in [*METHODS, "OPTIONS"]:
            if f"{method} {path}" in known:
                continue
            answer = send(world, "admin", f"{method} {path}")
            assert answer.status_code == 405, f"{method} {path}"
            assert answer.json()["code"] == "method_not_allowed"
            assert answer["Allow"]


def test_a_picture_is_shown_to_whoever_was_given_its_address(world: World) -> None:
    url = media_url(world.ids["item_id"], "thumb")
    for role in ROLES:
        assert world.clients[role].get(url).status_code == 200, role
