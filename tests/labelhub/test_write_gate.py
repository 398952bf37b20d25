"""The gate in front of SQLite's writers: a thread that cannot pass must not stop the others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from labelhub.sqlite.base import WriteGate
from tests.waiting import PATIENCE


def test_a_thread_that_cannot_open_the_gate_holds_up_nobody_behind_it(tmp_path: Path) -> None:
    folder = tmp_path / "missing"
    gate = WriteGate(str(folder / "gate"))
    with pytest.raises(FileNotFoundError):
        gate.enter()
    folder.mkdir()
    passed = threading.Event()

    def follow() -> None:
        gate.enter()
        passed.set()
        gate.leave()

    threading.Thread(target=follow, daemon=True).start()
    assert passed.wait(PATIENCE)
