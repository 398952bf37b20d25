"""Which code made a consensus: what has to be the same for a run to be repeated bit for bit."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def code_version() -> str:
    """The first 12 hex digits of the SHA-256 of this package's source, computed once.

    Nobody has to remember to raise it: whatever could change a label changes it.
    """
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
