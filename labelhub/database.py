"""What code says to the database driver beside SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_for_its_values() -> Iterator[None]:
    """Have PostgreSQL plan the statements inside for the very values that they come with.

    Connections prepare what they send often, and after a few times PostgreSQL makes one plan for
    all values. That is right for the queue, and wrong for filters that find ten rows or a million.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    driver = connection.connection
    before, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = before
