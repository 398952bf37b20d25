"""Settings of the test suite: a data folder of its own, quick password hashing."""

import os
import tempfile
from pathlib import Path

_scratch = Path(os.environ.get("LABELHUB_TEST_DIR") or tempfile.mkdtemp(prefix="labelhub-test-"))
os.environ["DATA_DIR"] = str(_scratch)
os.environ.setdefault("SECRET_KEY", "a-key-that-only-the-tests-ever-use-0123456789")

from labelhub.settings.base import *  # noqa: E402, F403
from labelhub.settings.base import DATA_DIR, DATABASES  # noqa: E402

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"] == "labelhub.sqlite":
    # A file, not memory: the tests' threads and processes share it through the write gate.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
