"""`python -m labelhub.runner.probe PATH`: a health check of the web server on this machine."""

from __future__ import annotations

import http.client
import sys

from labelhub import env


def local_host() -> str:
    """Return an address at which this machine reaches its own web server."""
    host = env.text("HOST")
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def answers(path: str, *, seconds: float = 2.0) -> bool:
    """Whether a GET of the path is answered with 200."""
    connection = http.client.HTTPConnection(local_host(), env.integer("PORT"), timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1], seconds=10.0) else 1)
