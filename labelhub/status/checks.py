"""What can be wrong with an installation, said in a sentence, with the one act that mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.utils.module_loading import import_string

from labelhub.status import job_checks, machine_checks
from labelhub.status.check import Check, Facts

# In the order of weight: the first that fails is what everybody is told.
CHECKS: tuple[Callable[[Facts], Check], ...] = (
    machine_checks.check_migrations,
    machine_checks.check_data_folder,
    machine_checks.check_disk,
    job_checks.check_worker,
    job_checks.check_dispatcher,
    job_checks.check_queue,
    machine_checks.check_broker,
    job_checks.check_trainer,
    machine_checks.check_frontend,
    machine_checks.check_database,
    job_checks.check_failed_jobs,
)


def run_checks(facts: Facts) -> list[Check]:
    """Look at everything; apps add theirs by settings.STATUS_CHECKS."""
    checks = [check(facts) for check in CHECKS]
    for dotted in getattr(settings, "STATUS_CHECKS", []):
        checks.extend(import_string(dotted)())
    return checks


def banner_of(checks: Iterable[Check]) -> str | None:
    """Return the sentence that everybody is shown: the first thing that fails."""
    return next((f"{check.title}." for check in checks if check.state == "fail"), None)
