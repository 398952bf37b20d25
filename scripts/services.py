"""Find the services that tests can use, and say so: shell variables on stdout, words on stderr.

PostgreSQL is looked for at TEST_DATABASE_URL, Redis at TEST_REDIS_URL, both on this machine by
default. What is absent is named, so that nobody takes a partial run for a whole one.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

DATABASE_URL = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/labelhub"
REDIS_URL = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def postgresql() -> str | None:
    import psycopg

    from labelhub.env import database

    values = database(DATABASE_URL, None)  # type: ignore[arg-type]
    try:
        with psycopg.connect(
            dbname="postgres",
            user=values["USER"] or None,
            password=values["PASSWORD"] or None,
            host=values["HOST"] or None,
            port=values["PORT"] or None,
            connect_timeout=3,
        ) as connection:
            return f"PostgreSQL {connection.info.server_version // 10000}"
    except psycopg.Error:
        return None


def redis_server() -> str | None:
    import redis

    try:
        client = redis.Redis.from_url(REDIS_URL, socket_timeout=3, socket_connect_timeout=3)
        return f"Redis {client.info('server')['redis_version']}"
    except redis.RedisError:
        return None


def chromium() -> str | None:
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        return None
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or path


def main() -> None:
    found = {
        "PostgreSQL": postgresql(),
        "Redis": redis_server(),
        "Chromium": chromium(),
    }
    used = ["SQLite", *(version for version in found.values() if version)]
    absent = [name for name, version in found.items() if not version]
    words = f"Tested with {', '.join(used)}" + (
        f"; not here: {', '.join(absent)}." if absent else "."
    )
    print(f"TEST_SERVICES={shlex.quote(words)}")
    print(f"TEST_DATABASE_URL={shlex.quote(DATABASE_URL if found['PostgreSQL'] else '')}")
    print(f"TEST_REDIS_URL={shlex.quote(REDIS_URL if found['Redis'] else '')}")
    print(f"TEST_CHROMIUM={shlex.quote(found['Chromium'] or '')}")
    print(words, file=sys.stderr)


if __name__ == "__main__":
    main()
