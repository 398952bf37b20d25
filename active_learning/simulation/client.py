"""A simulated labeler's HTTP client: leases, answers, retries, and remembers what was promised."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from active_learning.simulation.crowd import SimulatedLabeler
from labelhub.client.session import Client
from labelhub.client.transport import ServerAway, Transport

PATIENCE = 120.0  # seconds of refused connections until a client gives up
WAIT_FOR_TASKS = 20.0  # seconds without a task until a client believes that there are none left


@dataclass
class Budget:
    """How many answers the crowd may still give; shared by its threads."""

    left: int
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        """Take one answer from the budget; False when it is spent."""
        with self._mutex:
            if self.left <= 0:
                return False
            self.left -= 1
            return True


@dataclass
class Tally:
    """What one client saw: promised answers by id, and everything that was not a plain yes."""

    promised: dict[int, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    retries: int = 0
    repeated: int = 0
    seconds: list[float] = field(default_factory=list)


class CrowdClient:
    """One labeler at work against a running server."""

    def __init__(
        self,
        labeler: SimulatedLabeler,
        *,
        url: str,
        token: str,
        project: int,
        truth: Mapping[int, str],
        budget: Budget,
        pace: float = 0.0,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.labeler, self.project, self.truth = labeler, project, truth
        self.budget, self.pace, self.stopping = budget, pace, stopping
        self.tally = Tally()
        self._transport = Transport(url, token, patience=PATIENCE, stopping=stopping)

    def work(self) -> Tally:
        """Answer until the budget is spent, the tasks run out, or the server stays away."""
        tasks: list[dict[str, Any]] = []
        while not self.stopping():
            tasks = tasks or self._lease()
            if not tasks or not self.budget.take():
                break
            tasks = self._answer(tasks[0])
            if self.pace:
                time.sleep(self.pace)
        for task in tasks:
            self._send("DELETE", f"leases/{task['lease']['id']}/")
        self.tally.retries = self._transport.retries
        return self.tally

    def _lease(self) -> list[dict[str, Any]]:
        deadline = time.monotonic() + WAIT_FOR_TASKS
        while not self.stopping():
            answer = self._send("POST", f"projects/{self.project}/lease/", json={"count": 1})
            if answer is None or answer.status_code != 200:
                self.tally.refused.append(_words("lease", answer))
                return []
            document = answer.json()
            if document["tasks"] or not _may_change(document["message"] or ""):
                return list(document["tasks"])
            if time.monotonic() > deadline or self.budget.left <= 0:
                return []
            time.sleep(0.5)
        return []

    def _answer(self, task: dict[str, Any]) -> list[dict[str, Any]]:
        item = task["item"]["id"]
        label = self.labeler.answer(self.truth[item], str(item))
        body = {
            "lease": task["lease"]["id"],
            "answer": {"choice": label},
            "duration_ms": 1200,
            "next": 1,
        }
        begun = time.perf_counter()
        answer = self._send(
            "POST", "annotations/", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}
        )
        self.tally.seconds.append(time.perf_counter() - begun)
        if answer is None or answer.status_code not in (200, 201):
            self.tally.refused.append(_words("submit", answer))
            return []
        document = answer.json()
        self.tally.repeated += answer.status_code == 200
        self.tally.promised[document["id"]] = label
        return list(document.get("next", {}).get("tasks", []))

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """Send until there is an answer, under the same key; None where the server stays away."""
        try:
            return self._transport.send(method, path, **more)
        except ServerAway:
            return None

    def kept(self) -> dict[int, str]:
        """Ask the server for every answer of this labeler: id to label."""
        self._transport.stopping = lambda: False  # what was promised is asked for in any case
        rows = Client(self._transport).project(self.project).history()
        found = {row["id"]: row["answer"]["choice"] for row in rows}
        self._transport.close()
        return found


def _may_change(message: str) -> bool:
    return "held by others" in message or "for other labelers" in message


def _words(what: str, answer: httpx.Response | None) -> str:
    return f"{what}: {answer.status_code} {answer.text[:200]}" if answer else f"{what}: no answer"
