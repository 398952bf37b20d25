"""A labeler at work in a real browser: keyboard, undo, offline, session end, two tabs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import tap
from tests.e2e.questions import loaded_ahead
from tests.stack import PASSWORD, Stack

Enter = Callable[..., Page]
RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"


def open_digits(page: Page) -> None:
    page.goto("/projects")
    row = page.get_by_role("listitem").filter(has_text="Which digit is this?")
    row.get_by_role("link", name="Label").click()
    expect(page.get_by_test_id("stage")).to_be_visible()


def task_shown(page: Page) -> str:
    return page.get_by_test_id("stage").get_attribute("data-task") or ""


def answer(page: Page, digit: str) -> str:
    """Press a digit and wait for the next item; return the task that was answered."""
    task = task_shown(page)
    page.keyboard.press(digit)
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    return task


def painted(page: Page, name: str, count: int) -> None:
    """Wait until the page has measured so many paintings: they end a frame after the change."""
    page.wait_for_function(
        "([name, count]) => window.__labelhub.timings"
        ".filter((timing) => timing.name === name).length >= count",
        arg=[name, count],
    )


def saved(page: Page) -> None:
    expect(page.get_by_test_id("outbox-status")).to_contain_text("All saved")


def kept(stack: Stack, name: str) -> dict[str, Any]:
    token = stack.manage("create_token", name).strip()
    rows = stack.api("GET", "projects/1/history/?limit=500", token)["results"]
    return {str(row["task"]): row for row in rows}


def test_answers_given_by_keyboard_are_read_back_through_the_api(
    stack: Stack, sign_in: Enter
) -> None:
    page = sign_in("lena")
    open_digits(page)
    given = {answer(page, digit): digit for digit in "3141592653"}
    saved(page)
    found = kept(stack, "lena")
    assert {task: found[task]["answer"]["choice"] for task in given} == given


def test_undo_opens_the_previous_item_and_revises_its_answer(stack: Stack, sign_in: Enter) -> None:
    page = sign_in("noor")
    open_digits(page)
    task = answer(page, "1")
    page.keyboard.press("Backspace")
    expect(page.get_by_test_id("stage")).to_have_attribute("data-task", task)
    page.keyboard.press("7")
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    saved(page)
    row = kept(stack, "noor")[task]
    assert (row["answer"], row["version"]) == ({"choice": "7"}, 2)


def test_answers_given_offline_are_sent_later_and_once(stack: Stack, sign_in: Enter) -> None:
    page = sign_in("mika")
    open_digits(page)
    saved(page)
    loaded_ahead(page, 4)
    page.context.set_offline(True)
    given = {answer(page, digit): digit for digit in "246"}
    expect(page.get_by_test_id("outbox-status")).to_contain_text("3")
    page.context.set_offline(False)
    saved(page)
    found = kept(stack, "mika")
    assert {task: found[task]["answer"]["choice"] for task in given} == given


def test_answers_survive_a_reload_while_the_server_is_away(stack: Stack, sign_in: Enter) -> None:
    page = sign_in("lena")
    open_digits(page)
    saved(page)
    loaded_ahead(page, 3)
    stack.kill("web")
    given = {answer(page, digit): digit for digit in "88"}
    stack.start("web")
    stack.wait_until_up()
    page.reload()
    expect(page.get_by_test_id("stage")).to_be_visible()
    saved(page)
    found = kept(stack, "lena")
    assert {task: found[task]["answer"]["choice"] for task in given} == given


def test_a_session_that_ends_asks_for_the_password_over_the_item_and_loses_nothing(
    stack: Stack, sign_in: Enter
) -> None:
    page = sign_in("noor")
    open_digits(page)
    saved(page)
    task = task_shown(page)
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("5")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    saved(page)
    assert kept(stack, "noor")[task]["answer"] == {"choice": "5"}


def test_two_tabs_never_show_the_same_item(sign_in: Enter) -> None:
    page = sign_in("mika")
    open_digits(page)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_test_id("stage")).to_be_visible()
    seen = [answer(tab, "4") for tab in (page, other, page, other)]
    saved(page)
    saved(other)
    assert len(set(seen)) == 4


def test_a_skipped_item_does_not_come_back(sign_in: Enter) -> None:
    page = sign_in("lena")
    open_digits(page)
    task = task_shown(page)
    page.keyboard.press("s")
    page.get_by_role("dialog").get_by_role("button").first.wait_for()
    page.keyboard.press("1")
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    page.reload()
    expect(page.get_by_test_id("stage")).to_be_visible()
    assert task_shown(page) != task


def test_the_help_overlay_lists_the_keys(sign_in: Enter) -> None:
    page = sign_in("lena")
    open_digits(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Skip")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("width", [390])
def test_a_phone_can_label_by_touch(sign_in: Enter, width: int) -> None:
    page = sign_in("mika", viewport={"width": width, "height": 844}, has_touch=True)
    open_digits(page)
    task = task_shown(page)
    tap(page.locator("[data-choice='7']"))
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


def test_submit_to_next_image_painted_is_measured(sign_in: Enter) -> None:
    page = sign_in("noor")
    open_digits(page)
    painted(page, "first-image", 1)
    count = 60 if os.environ.get("LABELHUB_BENCH") else 5
    for place in range(count):
        page.wait_for_timeout(250)  # a quick labeler
        answer(page, str(place % 10))
        painted(page, "submit-to-painted", place + 1)
    rows = page.evaluate("window.__labelhub.timings")
    times = sorted(row["ms"] for row in rows if row["name"] == "submit-to-painted")
    assert len(times) == count
    first = [row["ms"] for row in rows if row["name"] == "first-image"]
    figures = {
        "submit_to_painted_ms": {
            "p50": round(times[count // 2], 1),
            "p95": round(times[int(count * 0.95)], 1),
            "max": round(times[-1], 1),
        },
        "first_image_ms": round(first[0], 1) if first else None,
        "answers": len(times),
        "budget_p95_ms": 50,
    }
    if os.environ.get("LABELHUB_BENCH"):
        (RESULTS / "browser.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(figures)
