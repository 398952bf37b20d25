"""The API against its own description: whatever is sent, the answer is one that the schema tells.

Half of the requests are made to be legal and half to break a rule of the schema; ids are those of
real rows in most of them, so that requests get past the look-up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import schemathesis.specs.openapi.checks as rules
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as limits
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from labelhub.wsgi import application
from tests.world import World, build

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("LABELHUB_FUZZ_EXAMPLES", "4"))  # of each operation, role and mode
SEED = int(os.environ.get("LABELHUB_FUZZ_SEED", "0"))
CHECKS = [
    schemathesis.checks.not_a_server_error,
    rules.status_code_conformance,
    rules.content_type_conformance,
    rules.response_headers_conformance,
    rules.response_schema_conformance,
]
ROLES = ["labeler", "manager", "admin"]
schemathesis.serializer.alias("application/x-ndjson", "application/octet-stream")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    # As Django's own test client does: the end of a request must not end the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def api(world: World) -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema/", application)


def filled(world: World, case: Any) -> Any:
    """Put ids of real rows where the schema only asks for some number."""
    if "pk" in (case.path_parameters or {}):
        case.path_parameters["pk"] = world.ids["token_pk" if "tokens" in case.path else "pk"]
    for name in set(case.path_parameters or {}) & set(world.ids) - {"pk"}:
        case.path_parameters[name] = world.ids[name]
    if "/items/{id}/" in case.path:
        case.path_parameters["id"] = world.ids["item_id"]
    real = {
        "dataset": world.ids["id"],
        "project": world.project.pk,
        "lease": world.ids["lease_id"],
        "user": world.people["admin"].pk,
    }
    if isinstance(case.body, dict):
        case.body |= {name: real[name] for name in real.keys() & case.body.keys()}
        if "answer" in case.body:
            case.body["answer"] = {"choice": "a"}
        if "schema" in case.body:
            case.body["schema"] = {"labels": [{"name": name} for name in "abc"]}
    return case


def attack(world: World, role: str, operation: Any, mode: GenerationMode) -> None:
    """Send a few requests of one operation, each undone; an answer outside the schema raises."""
    headers = world.clients[role]._credentials
    sent = {"Authorization": headers["HTTP_AUTHORIZATION"]}

    @limits(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=not SEED,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            filled(world, case)
        with transaction.atomic():
            answer = case.call(headers=sent)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS, headers=sent)

    send()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("role", ROLES)
def test_answers_are_as_the_schema_says(
    world: World, api: Any, role: str, mode: GenerationMode
) -> None:
    failures = []
    for found in api.get_all_operations():
        operation = found.ok()
        try:
            attack(world, role, operation, mode)
        except Unsatisfiable:
            continue  # an operation without parameters has no rule that could be broken
        except (Exception, FailureGroup) as error:
            failures.append(f"{operation.label}: {error}"[:3000])
    assert not failures, "\n\n".join(failures)
