"""A message broker made of files: kombu's filesystem transport, with whole messages only.

The stock transport writes a message in place, so a reader can take a half-written one, and
moves it through the system's temporary folder. Here a message appears and is taken by rename.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem


class Channel(filesystem.Channel):  # type: ignore[misc]
    """One message is one file, named by time, so that sorting gives the order.

    Each queue is bound to the exchange of its own name, so no binding table is kept on disk.
    """

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        return [filesystem.exchange_queue_t(exchange, "", exchange)]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        pass

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        draft = folder / f"{name}.draft"
        draft.write_text(json.dumps(payload), encoding="utf-8")
        draft.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] == f"{queue}.msg":
                message = self._take(folder / name)
                if message is not None:
                    return message
        raise Empty

    def _take(self, path: Path) -> Any:
        taken = path.with_name(f"{path.name}.taken")
        try:
            path.rename(taken)
            body = taken.read_text(encoding="utf-8")
            taken.unlink()
            return json.loads(body)
        except (OSError, ValueError):
            # Another worker was first, or a full disk cut the message short. It is only a hint.
            return None


class Transport(filesystem.Transport):  # type: ignore[misc]
    """Waits in short turns, so that a worker notices soon that it shall stop."""

    Channel = Channel
    longest_wait = 0.5

    def drain_events(  # type: ignore[override]
        self, connection: Any, timeout: float | None = None
    ) -> None:
        patience = self.longest_wait if timeout is None else min(timeout, self.longest_wait)
        super().drain_events(connection, timeout=patience)  # type: ignore[no-untyped-call]


def options(root: Path) -> dict[str, Any]:
    """Create the broker's folder and return kombu's transport options for it."""
    root.mkdir(parents=True, exist_ok=True)
    return {"data_folder_in": str(root), "data_folder_out": str(root), "polling_interval": 0.1}


def sweep(root: Path, *, older_than: float) -> int:
    """Remove messages and leftovers older than so many seconds; due jobs are hinted at again."""
    limit = time.time() - older_than
    swept = 0
    for path in root.glob("*"):
        try:
            if path.stat().st_mtime < limit:
                path.unlink()
                swept += 1
        except OSError:
            continue
    return swept
