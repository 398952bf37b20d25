"""Takedown, the list's part: which contents may not come back, here and after a restore.

The list lies in the database and, since a restore puts an older one in its place, as a file in the
data folder too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from annotations.models import Takedown, TakenDown
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Invalid

NAME = "takedowns.jsonl"
Line = dict[str, Any]


def refused_contents(dataset_id: int, hashes: Iterable[str]) -> set[str]:
    """Return those of the hashes that were taken down from a dataset, or from all of them."""
    standing = TakenDown.objects.standing(dataset_id)
    if not standing.exists():
        return set()  # as in most datasets: then no import pays for naming its hashes
    return set(standing.filter(sha256__in=list(hashes)).values_list("sha256", flat=True))


def lift(*, takedown: Takedown, by: User, sha256: str = "") -> int:
    """Let one content of a takedown, or all of them, be imported again; returns how many."""
    with transaction.atomic():
        rows = takedown.contents.filter(lifted_at=None)
        if sha256:
            rows = rows.filter(sha256=sha256)
        count = rows.update(lifted_at=Now(), lifted_by=by)
        AuditEvent.record(
            "takedown.lifted",
            actor=by,
            dataset=takedown.dataset_id,
            takedown=takedown.pk,
            count=count,
        )
    write_list()
    return count


# ------------------------------------------------------------------------- beside the database


def list_path() -> Path:
    return Path(settings.DATA_DIR) / NAME


def lines(using: str = "default") -> Iterator[Line]:
    """Yield what stands on the list."""
    rows = TakenDown.objects.using(using).filter(lifted_at=None).order_by("pk")
    for row in rows.iterator(chunk_size=2_000):
        yield row.as_line()


def write_list() -> Path:
    """Write the list beside the database; whole or not at all."""
    path = list_path()
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("w", encoding="utf-8") as file:
        os.chmod(aside, 0o600)
        file.writelines(json.dumps(line) + "\n" for line in lines())
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
    return path


def read_list(path: Path) -> list[Line]:
    """Read such a file; raises Invalid naming the line that is none."""
    found = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, start=1):
                if text.strip():
                    found.append(_read_line(path, number, text))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"The takedown list {path} cannot be read: {error}.") from error
    return found


def _read_line(path: Path, number: int, text: str) -> Line:
    try:
        line = json.loads(text)
        whole = len(bytes.fromhex(line["sha256"])) == 32
        dataset, everywhere = line["dataset"], bool(line.get("everywhere"))
    except (ValueError, TypeError, KeyError) as error:
        raise Invalid(f"{path}, line {number} is no line of a takedown list.") from error
    if not whole or not (isinstance(dataset, int) or everywhere):
        raise Invalid(f"{path}, line {number} lacks a SHA-256, or a dataset.")
    return {"sha256": str(line["sha256"]), "dataset": dataset, "everywhere": everywhere}
