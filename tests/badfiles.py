"""The corpus of bad and odd files beside the project, made anew for a test run."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Case:
    """One file and what is expected of it."""

    folder: Path
    facts: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.facts["id"])

    @property
    def path(self) -> Path:
        return self.folder / str(self.facts["path"])

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def name(self) -> str:
        return str(self.facts["upload_name"])

    @property
    def checks(self) -> dict[str, Any]:
        return self.facts.get("checks", {})

    def allows_taking(self) -> bool:
        return self.facts["expect"] in ("accept", "either", "duplicate", "partial")

    def allows_refusing(self, code: str) -> bool:
        return self.facts["expect"] in ("reject", "either") and code in self.facts["codes"]


@dataclass(frozen=True)
class Corpus:
    folder: Path
    cases: list[Case]

    def of(self, kind: str) -> list[Case]:
        return [case for case in self.cases if case.facts["kind"] == kind]

    def canaries(self) -> list[Path]:
        """Files that would exist if something in the corpus had been run or unpacked."""
        return [Path(case.checks["canary"]) for case in self.cases if "canary" in case.checks]


def make(shared_data: Path, folder: Path) -> Corpus:
    script = shared_data / "badfiles" / "make_badfiles.py"
    if not script.is_file():
        pytest.skip("the corpus of bad files (../shared/data/badfiles) is not here")
    subprocess.run([sys.executable, str(script), str(folder)], check=True, capture_output=True)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return Corpus(folder, [Case(folder, facts) for facts in expected["cases"]])
