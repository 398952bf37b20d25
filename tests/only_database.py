"""A pytest plugin that keeps only the tests that touch the database: `-p tests.only_database`.

The rest give the same answer whatever the database is, and have run before.
"""

from __future__ import annotations

import pytest

FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    touching = [item for item in items if _touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in touching])
    items[:] = touching


def _touches_database(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("django_db") is not None
    return marked or bool(FIXTURES & set(getattr(item, "fixturenames", ())))
