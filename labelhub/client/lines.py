"""Lines of JSON to a server, some thousands in a request, each request harmless to repeat."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from labelhub.client.transport import Transport

AT_ONCE = 5_000


@dataclass
class LinesReport:
    """What became of the rows; `errors` has line (from 1), code and detail of those refused."""

    lines: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)


def write_lines(
    transport: Transport, path: str, rows: Iterable[dict[str, Any]], **params: str
) -> LinesReport:
    """Send rows in their order, and return what became of all of them."""
    total = LinesReport()
    left = iter(rows)
    while batch := list(islice(left, AT_ONCE)):
        body = "".join(f"{json.dumps(row, allow_nan=False)}\n" for row in batch)
        said = transport.ask(
            "POST", path, params=params, content=body.encode(),
            headers={"Content-Type": "application/x-ndjson"},
        )  # fmt: skip
        for error in said["errors"]:
            total.errors.append(error | {"line": error["line"] + total.lines})
        for name in ("lines", "changed", "unchanged", "refused"):
            setattr(total, name, getattr(total, name) + said[name])
    return total
