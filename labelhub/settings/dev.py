"""One machine, no services: SQLite and files under `var/`; `make run` uses this."""

import os
import secrets
from pathlib import Path

from labelhub.settings.base import *  # noqa: F403
from labelhub.settings.base import ALLOWED_HOSTS, DATA_DIR, SECRET_KEY


def local_secret_key(path: Path) -> str:
    """Return the key kept in the data folder, made on first run and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    key = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key)
    return key


SECRET_KEY = SECRET_KEY or local_secret_key(DATA_DIR / "secret_key")
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "[::1]", "testserver"]
