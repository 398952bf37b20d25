"""Two machines in one process: data folders of their own, and one storage that both share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from active_learning.actions import shared_folders
from tests.buckets import s3

__all__ = ["Machine", "machine", "s3", "shared_place"]

FOLDERS = ("files", "uploads", "exports", "snapshots", "models", "features", "tiles")
Machine = Callable[[str], Path]


@pytest.fixture(params=["folder", "s3"])
def shared_place(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> str:
    """A storage that is shared, empty, as SHARED_STORAGE names it."""
    from labelhub import env

    place = str(tmp_path / "shared")
    if request.param == "s3":
        bucket = f"b{uuid4().hex}"
        request.getfixturevalue("s3").create_bucket(Bucket=bucket)
        place = f"s3://{bucket}/labelhub"
    shared = env.shared_storage(place)
    assert shared is not None
    settings.STORAGES = settings.STORAGES | {"shared": shared}
    shared_folders._seen.clear()
    return place


@pytest.fixture
def machine(shared_place: str, tmp_path: Path, settings: Any) -> Machine:
    """Return a function that goes to the machine of a name; its data folder begins empty."""

    def go_to(name: str) -> Path:
        data = tmp_path / f"machine-{name}"
        for each in FOLDERS:
            (data / each).mkdir(parents=True, exist_ok=True)
            setattr(settings, f"{each.upper()}_DIR", data / each)
        settings.DATA_DIR = data
        return data

    go_to("a")
    return go_to
