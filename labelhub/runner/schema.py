"""The API's description and the browser's types from it: written anew, and compared with before."""

from __future__ import annotations

from pathlib import Path

from labelhub.env import BASE_DIR
from labelhub.runner import install
from labelhub.runner.say import Trouble

DESCRIPTION = BASE_DIR / "schema.yml"
TYPES = install.FRONTEND / "src" / "api" / "schema.d.ts"


def write() -> None:
    """Write the OpenAPI document, and TypeScript types from it; a warning is an error."""
    spectacular = [str(install.PYTHON), "manage.py", "spectacular", "--file", str(DESCRIPTION)]
    install.run([*spectacular, "--validate", "--fail-on-warn"], what="writing schema.yml")
    install.npm(["run", "--silent", "api"], what="writing the types of the API")


def check() -> None:
    """Fail where the committed files are not what the code says."""
    before = {path: _bytes(path) for path in (DESCRIPTION, TYPES)}
    write()
    stale = [path.relative_to(BASE_DIR) for path, old in before.items() if _bytes(path) != old]
    if stale:
        names = " and ".join(map(str, stale))
        raise Trouble(f"The API changed: {names} had to be written anew; commit the result.")


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
