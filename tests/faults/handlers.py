"""Jobs whose effects can be counted: each leaves one row, and some take their time."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction

from labelhub.jobs.claim import Claim
from labelhub.jobs.models import PeriodicRun


def work(claim: Claim) -> dict[str, Any]:
    """Work for a while, then leave one mark in the transaction that ends the job."""
    for step in range(int(claim.payload["steps"])):
        claim.progress(step / claim.payload["steps"], f"step {step}")
        time.sleep(0.02)
    with transaction.atomic():
        # No unique name: an effect that happens twice must be seen, not refused.
        PeriodicRun.objects.create(name=f"{claim.job_id}-{claim.fence}")
        claim.finish({"steps": claim.payload["steps"]})
    return {}


def caught(claim: Claim) -> dict[str, Any]:
    """The first time, work on until somebody kills it; then work."""
    if claim.fence == 1:
        time.sleep(24 * 3600)
    return work(claim)


def eat_memory(claim: Claim) -> None:
    """Use more memory than the job may, and never look at the claim."""
    hoard = [bytearray(64 * 1024**2) for _ in range(8)]
    time.sleep(60)
    del hoard


JOBS = {"work": work, "caught": caught, "eat_memory": eat_memory}
