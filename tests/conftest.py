"""What all tests share: a data folder of their own, people, projects, and API clients."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings.test")
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


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
    from annotations.actions import hot_path, merge, settle
    from annotations.reports import labelers, provenance

    settle._cache._rows.clear()
    merge._mergers._rows.clear()
    hot_path.schema_by_id.cache_clear()
    labelers.open_fit.cache_clear()
    provenance.fit_row.cache_clear()
    yield
