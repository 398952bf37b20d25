"""Projects on real pages, faces and lines for the end-to-end tests, and what was answered there."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.stack import ROOT, Stack
from tests.waiting import until

DOMAIN = ROOT.parent / "shared" / "data" / "domain"
# How many pictures the page has loaded, thumbnails apart.
LOADED_AHEAD = r"""(count) => new Set(
    performance.getEntriesByType("resource")
        .map(({ name }) => name.match(/\/media\/(\d+)\/(?!thumb)/)?.[1])
        .filter(Boolean)
).size >= count"""
LABELS = [{"name": "line", "title": "Line"}, {"name": "drawing", "title": "Drawing"}]
FACE_POINTS = [
    {"name": "left_eye", "mirror": "right_eye"},
    {"name": "right_eye", "mirror": "left_eye"},
    {"name": "nose"},
    {"name": "left_mouth", "mirror": "right_mouth"},
    {"name": "right_mouth", "mirror": "left_mouth"},
]
SCHEMAS: dict[str, dict[str, Any]] = {
    "boxes": {
        "labels": LABELS,
        "attributes": [
            {"name": "cut", "kind": "flag"},
            {"name": "ink", "kind": "choice", "options": ["black", "red"]},
        ],
    },
    "polygons": {"labels": LABELS},
    "keypoints": {"labels": [{"name": "face"}], "points": FACE_POINTS},
    "choice": {"labels": [{"name": "smiling"}, {"name": "serious"}]},
    "pair": {},
    "transcription": {"palette": ["ſ", "æ", "½"]},
    "multi_label": {
        "labels": [{"name": name} for name in ("glasses", "beard", "smile")],
        "at_least": 0,
    },
}


@dataclass
class Questions:
    """Makes datasets once, and a project for each test, so that no test meets another's answers."""

    stack: Stack
    token: str
    datasets: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def dataset(self, name: str, pictures: Iterable[Path], kind: str = "other") -> int:
        """Return the dataset of these pictures, made when it is first asked for."""
        if name not in self.datasets:
            folder = self.stack.folder / name
            folder.mkdir()
            for picture in pictures:
                shutil.copy(picture, folder / f"{picture.parent.name}-{picture.name}")
            report = self.stack.manage(
                "import_items", name, str(folder), "--kind", kind, "--owner", "root", "--json"
            )
            assert '"refused"' not in json.dumps(json.loads(report).get("files", [])), report
            found = self.stack.api("GET", "datasets/?limit=500", self.token)["results"]
            self.datasets[name] = next(one["id"] for one in found if one["name"] == name)
        return self.datasets[name]

    def ask(self, task_type: str, dataset: int, people: Iterable[str], **more: Any) -> int:
        """Make a project with these labelers; return its id when there is something to label."""
        made = self.stack.api(
            "POST", "projects/", self.token,
            {
                "dataset": dataset, "name": f"{task_type} {time.time_ns()}",
                "question": f"Where are they? ({task_type})", "task_type": task_type,
                "schema": SCHEMAS[task_type], "min_votes": 3, "max_votes": 3,
                "repeat_share": 0, **more,
            },
        )  # fmt: skip
        project = int(made["id"])
        for name in people:
            member = {"username": name, "role": "labeler"}
            self.stack.api("POST", f"projects/{project}/members/", self.token, member)
        if task_type == "pair":
            self._pair(project, dataset)
        until(lambda: self._tasks(project) > 0, f"a task of project {project} is opened")
        return project

    def _tasks(self, project: int) -> int:
        found = self.stack.api("GET", f"projects/{project}/", self.token)
        return int(found["progress"]["tasks"])

    def _pair(self, project: int, dataset: int) -> None:
        """Ask about neighbours in the dataset's order."""
        rows = self.stack.api("GET", f"datasets/{dataset}/items/", self.token)["results"]
        pairs = [{"first": a["id"], "second": b["id"]} for a, b in pairwise(rows)]
        self.stack.api("POST", f"projects/{project}/pairs/", self.token, {"pairs": pairs})

    def answer_all(self, project: int, name: str, answer: Any) -> None:
        """Answer the same on every task that this labeler is offered, as fast as may be."""
        token = self.token_of(name)
        lease = f"projects/{project}/lease/"
        while tasks := self.stack.api("POST", lease, token, {"count": 20})["tasks"]:
            for task in tasks:
                body = {"lease": task["lease"]["id"], "answer": answer}
                self.stack.api("POST", "annotations/", token, body, key=f"{name} {task['id']}")

    def token_of(self, name: str) -> str:
        if name not in self.tokens:
            self.tokens[name] = self.stack.manage("create_token", name).strip()
        return self.tokens[name]

    def answers(self, project: int, name: str) -> dict[str, dict[str, Any]]:
        """What a labeler has answered, as the API tells it: rows by task."""
        token = self.token_of(name)
        rows = self.stack.api("GET", f"projects/{project}/history/?limit=500", token)["results"]
        found = {str(row["task"]): row for row in rows}
        assert len(found) == len(rows), "a task was answered twice"
        return found


def domain(*parts: str) -> list[Path]:
    """Real files, or a skip where they are not at hand."""
    found = sorted(DOMAIN.glob("/".join(parts)))
    if not found:
        pytest.skip(f"no {'/'.join(parts)} in {DOMAIN}")
    return found


def open_canvas(page: Page, project: int) -> Canvas:
    page.goto(f"/projects/{project}/label")
    canvas = Canvas(page)
    canvas.shown()
    return canvas


def loaded_ahead(page: Page, count: int) -> None:
    """Wait until the pictures of so many items have arrived: work can go on without a line."""
    page.wait_for_function(LOADED_AHEAD, arg=count)


def all_saved(page: Page) -> None:
    expect(page.get_by_test_id("outbox-status")).to_contain_text("All saved")
