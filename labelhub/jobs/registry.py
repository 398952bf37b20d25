"""Kinds of jobs and periodic entries: the apps' plain tables, gathered by dotted path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from labelhub.jobs.claim import Claim

Handler = Callable[["Claim"], Any]
Periodic = tuple[float, str]


def handlers() -> dict[str, Handler]:
    """Return every kind of job with the function that runs it."""
    return _gather(settings.JOB_TABLES)


def handler(kind: str) -> Handler:
    """Return the function that runs a kind of job; LookupError names an unknown kind."""
    try:
        return handlers()[kind]
    except KeyError:
        raise LookupError(f"No job is called {kind!r}.") from None


def periodic() -> dict[str, Periodic]:
    """Return every periodic entry: name to (seconds between runs, dotted path of a function)."""
    return _gather(settings.PERIODIC_TABLES)


def _gather(dotted_paths: list[str]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for dotted in dotted_paths:
        entries = import_string(dotted)
        twice = table.keys() & entries.keys()
        if twice:
            raise ImproperlyConfigured(f"{dotted} repeats {', '.join(sorted(twice))}.")
        table |= entries
    return table
