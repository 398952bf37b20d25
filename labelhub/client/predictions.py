"""Predictions of one's own model: sent as a table, judged and served as a model version."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from labelhub.client.transport import LabelHubError, Transport

POLL_SECONDS = 0.5


def send_predictions(
    transport: Transport,
    project: int,
    rows: str | Path | Iterable[dict[str, Any]],
    *,
    name: str,
    trained_on: str,
) -> dict[str, Any]:
    """Send a file, or rows as JSON Lines, and wait for the version; returns its document.

    Raises LabelHubError with the reason where the table is refused as a whole.
    """
    with _table(rows) as (filename, stream):
        said = transport.ask(
            "POST",
            f"projects/{project}/predictions/",
            data={"name": name, "trained_on": trained_on},
            files=[("file", (filename, stream, "application/octet-stream"))],
        )
    made = said["predictions"]
    while made["state"] in ("pending", "running"):
        time.sleep(POLL_SECONDS)
        made = transport.ask("GET", f"predictions/{made['id']}/")
    if made["state"] != "done":
        raise LabelHubError(_reason(made), code="table_refused")
    return dict(made)


def _reason(made: dict[str, Any]) -> str:
    first = [f"line {error['line']}: {error['detail']}" for error in made["report"]["errors"][:5]]
    return " ".join([made["error"] or f"The job was {made['state']}.", *first])


@contextmanager
def _table(rows: str | Path | Iterable[dict[str, Any]]) -> Any:
    """Open a file, or write rows into one: a million of them need not be in memory at once."""
    if isinstance(rows, str | Path):
        path = Path(rows)
        with path.open("rb") as stream:
            yield path.name, stream
        return
    with tempfile.TemporaryFile() as written:
        _write(rows, written)
        written.seek(0)
        yield "predictions.jsonl", written


def _write(rows: Iterable[dict[str, Any]], out: IO[bytes]) -> None:
    for row in rows:
        out.write(f"{json.dumps(row, allow_nan=False)}\n".encode())
