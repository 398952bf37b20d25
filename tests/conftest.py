"""What all tests share: a data folder of their own, people, projects, and API clients."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings.test")
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
# Helpers tell what they found when they fail, as tests do. Before any of them is imported.
pytest.register_assert_rewrite("tests.e2e", "tests.faults", "tests.stack", "tests.waiting")

# By default an example has 200 ms, and examples have to be drawn fast enough: a busy machine fails
# both. Nor are the examples other ones in every run: what was changed is to be judged, not luck.
hypothesis_settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("steady")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_configure() -> None:
    """On SQLite, rows that no query ordered come backwards: nothing may lean on their order.

    PostgreSQL promises no order either, and changes it when rows have moved: seldom, and then on
    machines that nobody looks at.
    """
    from django.db.backends.signals import connection_created

    connection_created.connect(_turn_unordered_rows, weak=False, dispatch_uid="unordered rows")


def _turn_unordered_rows(connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA reverse_unordered_selects=ON")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real data beside the project (../shared/data) is not here")
    return SHARED


@pytest.fixture
def make_client(db: None) -> Callable[..., Any]:
    """Return a function that makes an API client signed in by token as a user."""
    from rest_framework.test import APIClient

    from labelhub.accounts.models import ApiToken

    def make(user: Any = None) -> APIClient:
        client = APIClient()
        if user is not None:
            _, secret = ApiToken.issue(user=user, name="test")
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return make


@pytest.fixture
def project(db: None) -> Any:
    """A project with ten items, labels 0 to 9, and three labelers."""
    from tests import factories

    return factories.project(items=10, labelers=3)


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    """Forget rows whose ids come again: SQLite gives those of an undone test to the next one."""
    from annotations.actions import hot_rows, merge, settle
    from annotations.reports import contradictions, labelers, outlook, provenance

    settle._cache._rows.clear()
    merge._mergers._rows.clear()
    hot_rows.schema_by_id.cache_clear()
    labelers.open_fit.cache_clear()
    provenance.fit_row.cache_clear()
    outlook._merge_prefixes.cache_clear()
    outlook._of_classes.cache_clear()
    contradictions.forget_findings()
    yield


@pytest.fixture(autouse=True)
def _hearts_see_their_jobs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a test's rows are never committed, no job's heart may look for them.

    It looks over a connection of its own, sees no such job, and would call it lost after two
    seconds: a slow job would then end unfinished, on slow machines alone.
    """
    marker = request.node.get_closest_marker("django_db")
    uses = marker or "db" in request.fixturenames
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if uses and not commits and not (marker and marker.kwargs.get("transaction")):
        from labelhub.jobs import run

        monkeypatch.setattr(run, "LISTEN_SECONDS", 24 * 3600.0)
