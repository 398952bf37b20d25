"""Fixtures of everything that imports files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import badfiles as corpus


@pytest.fixture(scope="session")
def badfiles(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> corpus.Corpus:
    return corpus.make(shared_data, tmp_path_factory.mktemp("badfiles"))
