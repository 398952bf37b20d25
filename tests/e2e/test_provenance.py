"""How a label came about: folded away, opened by keyboard, in review and in the items' table."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.questions import Questions, domain
from tests.e2e.watched import Watched
from tests.stack import Stack
from tests.waiting import until

Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def disputed(stack: Stack, questions: Questions, admin_token: str) -> int:
    """Eight faces on which two labelers agree, and one on which they do not; the project's id."""
    dataset = questions.dataset("Faces told", domain("orl_faces", "s06", "*.png")[:9], "face")
    project = questions.ask(
        "choice", dataset, ["lena", "noor"],
        min_votes=2, max_votes=2, random_share=0, audit_share=0, auto_train=False,
    )  # fmt: skip
    stack.api(
        "POST",
        f"projects/{project}/members/",
        admin_token,
        {"username": "rita", "role": "reviewer"},
    )
    for who in ("lena", "noor"):
        token = questions.token_of(who)
        tasks = stack.api("POST", f"projects/{project}/lease/", token, {"count": 9})["tasks"]
        last = max(task["id"] for task in tasks)
        for task in tasks:
            differs = who == "noor" and task["id"] == last
            body = {
                "lease": task["lease"]["id"],
                "answer": {"choice": "serious" if differs else "smiling"},
            }
            stack.api("POST", "annotations/", token, body, key=f"{who} {task['id']}")
    wait_until_weighed(stack, admin_token, last)
    return project


def wait_until_weighed(stack: Stack, token: str, task: int) -> None:
    """Wait for the first fit of the votes: odds are told from then on."""
    provenance = f"tasks/{task}/provenance/"
    until(
        lambda: stack.api("GET", provenance, token)["odds"] is not None,
        f"the votes on task {task} are weighed",
    )


def opened(page: Page) -> Locator:
    """Open the part on provenance by keyboard alone."""
    fold = page.locator("details", has_text="How this came about")
    fold.locator("summary").focus()
    if fold.get_attribute("open") is None:
        page.keyboard.press("Enter")
    expect(fold.get_by_role("list", name="Votes")).to_be_visible()
    return fold


def test_a_reviewer_sees_what_each_vote_counted_under_pseudonyms(
    sign_in: Enter, disputed: int
) -> None:
    page = sign_in("rita")
    watched = Watched(page)
    page.goto(f"/projects/{disputed}/review")
    fold = opened(page)
    expect(fold.get_by_text("The votes are all there and do not agree")).to_be_visible()
    expect(fold.get_by_text(re.compile(r"labeler-[0-9a-f]{12}")).first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(re.compile("Lena|Noor"))
    expect(fold.get_by_text(re.compile("^[×÷]")).first).to_be_visible()
    for name in ("Method", "Calibration", "Code"):
        expect(fold.get_by_text(name, exact=True)).to_be_visible()
    fold.scroll_into_view_if_needed()
    watched.in_all_forms("review-provenance")
    watched.has_no_barriers()
    page.get_by_label("Note").fill("Look at the mouth")
    page.keyboard.press("Escape")
    with page.expect_response(re.compile("/adjudicate/")) as decided:  # behind what is shown
        page.get_by_role("button", name=re.compile("Decide:.*serious")).click()
    assert decided.value.ok
    expect(page.get_by_text("All decided")).to_be_visible()
    assert watched.complaints == []


def test_the_items_table_tells_the_whole_history(
    stack: Stack, sign_in: Enter, disputed: int, admin_token: str
) -> None:
    task = last_task(stack, disputed, admin_token)
    if not task["consensus"]["adjudicated"]:  # run alone
        stack.api(
            "POST", f"tasks/{task['id']}/adjudicate/", questions_token(stack),
            {"answer": {"choice": "serious"}, "note": "Look at the mouth"},
        )  # fmt: skip
    page = sign_in("root")
    watched = Watched(page)
    page.goto(f"/projects/{disputed}/items?task={task['id']}")
    fold = opened(page)
    expect(fold.get_by_text("A reviewer decided")).to_be_visible()
    expect(fold.get_by_text("Look at the mouth").first).to_be_visible()
    history = fold.get_by_role("list").last
    rows = history.get_by_role("listitem")
    expect(rows.first).to_contain_text("Vote Lena")
    expect(rows.last).to_contain_text("Decision Rita")
    expect(rows.last).to_contain_text("serious")
    fold.scroll_into_view_if_needed()
    watched.in_all_forms("item-provenance")
    watched.has_no_barriers()
    page.reload()
    expect(page.get_by_text("A reviewer decided")).to_be_visible()  # it stays open
    assert watched.complaints == []


def last_task(stack: Stack, project: int, token: str) -> dict[str, Any]:
    rows = stack.api("GET", f"projects/{project}/tasks/?limit=100", token)["results"]
    task: dict[str, Any] = max(rows, key=lambda row: row["id"])
    return task


def questions_token(stack: Stack) -> str:
    return stack.manage("create_token", "rita").strip()
