"""Handlers that the tests of the job table run; each does something real to the database."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from labelhub.errors import DomainError, Unavailable
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import PeriodicRun


def leave_mark(claim: Claim) -> dict[str, Any]:
    """Write one row in the same transaction that ends the job."""
    with transaction.atomic():
        PeriodicRun.objects.create(name=f"mark-{claim.payload['mark']}")
        claim.finish({"mark": claim.payload["mark"]})
    return {}


def echo(claim: Claim) -> dict[str, Any]:
    return {"echo": claim.payload}


def refuse(claim: Claim) -> None:
    raise DomainError("This can never work.", code="hopeless")


def be_unavailable(claim: Claim) -> None:
    raise Unavailable("The store is away.")


def crash(claim: Claim) -> None:
    raise ValueError("a bug")


def effect_then_crash(claim: Claim) -> None:
    with transaction.atomic():
        PeriodicRun.objects.create(name="half-done")
        claim.finish()
        raise ValueError("after the finish, before the commit")


ran: list[str] = []


def count_run() -> None:
    ran.append("count_run")


def fail_run() -> None:
    raise ValueError("a broken entry")


JOBS = {
    "leave_mark": leave_mark,
    "echo": echo,
    "refuse": refuse,
    "be_unavailable": be_unavailable,
    "crash": crash,
    "effect_then_crash": effect_then_crash,
}
PERIODIC = {
    "broken": (5, "tests.labelhub.job_handlers.fail_run"),
    "counted": (5, "tests.labelhub.job_handlers.count_run"),
}
