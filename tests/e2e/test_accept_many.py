"""Near-certain answers accepted at once in a real browser: counted, done, and taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions
from tests.e2e.watched import Watched
from tests.pictures import png
from tests.stack import Stack

Enter = Callable[..., Page]


@pytest.fixture
def agreed(stack: Stack, questions: Questions, tmp_path: Path) -> int:
    """Six items on which two labelers agree, in a project that wants to be surer than that."""
    for n in range(6):
        (tmp_path / f"sure-{n}.png").write_bytes(png(seed=900 + n))
    dataset = questions.dataset("Nearly certain", sorted(tmp_path.glob("*.png")))
    project = questions.ask(
        "choice", dataset, ["lena", "noor"], min_votes=2, max_votes=2, confidence=1.0,
        random_share=0, audit_share=0, auto_train=False,
    )  # fmt: skip
    rita = {"username": "rita", "role": "reviewer"}
    stack.api("POST", f"projects/{project}/members/", questions.token, rita)
    for name in ("lena", "noor"):
        token = questions.token_of(name)
        tasks = stack.api("POST", f"projects/{project}/lease/", token, {"count": 6})["tasks"]
        for task in tasks:
            body = {"lease": task["lease"]["id"], "answer": {"choice": "smiling"}}
            stack.api("POST", "annotations/", token, body, key=str(uuid.uuid4()))
    return project


def test_near_certain_answers_are_counted_accepted_and_taken_back(
    agreed: int, stack: Stack, admin_token: str, sign_in: Enter
) -> None:
    page = sign_in("rita")
    page.goto(f"/projects/{agreed}/review?kind=unsure")
    page.get_by_role("button", name="Accept near-certain").click()
    dialog = page.get_by_role("dialog", name="Accept near-certain answers")
    dialog.get_by_role("radio", name="80%").check()
    accept = dialog.get_by_role("button", name="Accept 6 answers")
    expect(accept).to_be_enabled()
    watched = Watched(page)
    watched.has_no_barriers()
    watched.in_all_forms("accept-many")
    accept.click()
    expect(dialog.get_by_role("status")).to_have_text("6 answers were accepted.")
    watched.in_all_forms("accept-many-done")
    rows = stack.api("GET", f"projects/{agreed}/tasks/?limit=50", admin_token)["results"]
    assert [row["consensus"]["adjudicated"] for row in rows] == [True] * 6
    dialog.get_by_role("button", name="Take all of them back").click()
    expect(dialog.get_by_role("status")).to_have_text("6 decisions were taken back.")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    rows = stack.api("GET", f"projects/{agreed}/tasks/?limit=50", admin_token)["results"]
    assert [row["consensus"]["adjudicated"] for row in rows] == [False] * 6
