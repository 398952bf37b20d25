"""Work without a line, in a real browser: an hour of it, reloads in between, all arrives once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions, all_saved, loaded_ahead
from tests.pictures import png
from tests.stack import Stack

Enter = Callable[..., Page]
AN_HOUR = """
from datetime import timedelta
from django.db.models import F
from annotations.models import Seat
Seat.objects.filter(project={project}, state="held").update(until=F("until") - timedelta(hours=1))
"""


@pytest.fixture(scope="module")
def pictures(questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A dataset of our own, of sixty pictures."""
    folder = tmp_path_factory.mktemp("sheets")
    for seed in range(60):
        (folder / f"{seed:02}.png").write_bytes(png(seed * 7 + 1))
    return questions.dataset("sheets", sorted(folder.iterdir()))


def ask(questions: Questions, pictures: int, people: list[str], **more: Any) -> int:
    schema = {"labels": [{"name": "a"}, {"name": "b"}]}
    rule = {"schema": schema, "min_votes": 1, "max_votes": 1}
    return questions.ask("choice", pictures, people, **rule, **more)


def open_label(page: Page, project: int) -> None:
    page.goto(f"/projects/{project}/label")
    expect(page.get_by_test_id("stage")).to_be_visible()


def shown(page: Page) -> str:
    return page.get_by_test_id("stage").get_attribute("data-task") or ""


def give(page: Page, count: int) -> dict[str, str]:
    """Answer so many items, each when its picture is there; return label by task."""
    given = {}
    for place in range(count):
        task, key = shown(page), place % 2
        expect(page.get_by_test_id("stage").locator("img").first).to_be_visible()
        page.keyboard.press(str(key + 1))
        page.wait_for_function(
            "task => document.querySelector('[data-testid=stage]')?.dataset.task !== task",
            arg=task,
        )
        given[task] = "ab"[key]
    return given


def waiting(page: Page, count: int) -> None:
    expect(page.get_by_test_id("outbox-status")).to_contain_text(str(count))


def arrived(questions: Questions, project: int, name: str) -> dict[str, str]:
    """Label by task, as the API tells it; a task that was answered twice fails."""
    rows = questions.answers(project, name)
    return {task: row["answer"]["choice"] for task, row in rows.items()}


def take_along(page: Page, count: int, least: int) -> None:
    section = page.get_by_test_id("offline")
    section.get_by_label("How many").select_option(str(count))
    section.get_by_role("button", name="Take along").click()
    expect(section).to_contain_text(f"{least} items are on this device")


def test_what_is_loaded_ahead_can_be_answered_without_a_line_and_then_it_is_said(
    questions: Questions, pictures: int, sign_in: Enter
) -> None:
    project = ask(questions, pictures, ["mika"])
    page = sign_in("mika")
    open_label(page, project)
    loaded_ahead(page, 6)
    page.context.set_offline(True)
    given = give(page, 6)
    expect(page.get_by_text("You have answered all that was loaded")).to_be_visible()
    waiting(page, 6)
    page.context.set_offline(False)
    all_saved(page)
    expect(page.get_by_test_id("stage")).to_be_visible()
    assert arrived(questions, project, "mika") == given


def test_an_hour_without_a_line_with_reloads_arrives_whole_and_once(
    stack: Stack, questions: Questions, pictures: int, sign_in: Enter
) -> None:
    project = ask(questions, pictures, ["lena", "noor"], lease_seconds=60)
    page = sign_in("lena")
    open_label(page, project)
    take_along(page, 50, 50)
    page.context.set_offline(True)
    given = give(page, 20)
    waiting(page, 20)

    # The hour goes by at the server, and somebody else asks for all that there is.
    stack.manage("shell", "-c", AN_HOUR.format(project=project))
    token = questions.token_of("noor")
    taken = set()
    for _ in range(3):
        offer = stack.api("POST", f"projects/{project}/lease/", token, {"count": 20})
        taken |= {str(task["id"]) for task in offer["tasks"]}
    assert len(taken) == 10

    page.reload()
    expect(page.get_by_test_id("stage")).to_be_visible()
    expect(page.get_by_test_id("offline")).to_contain_text("30 items are on this device")
    expect(page.get_by_test_id("offline")).to_contain_text("You are offline now")
    given |= give(page, 15)

    other = page.context.new_page()  # the tab is closed, and opened again, still without a line
    page.close()
    other.goto(f"/projects/{project}/label")
    expect(other.get_by_test_id("stage")).to_be_visible()
    waiting(other, 35)
    given |= give(other, 10)
    other.context.set_offline(False)
    all_saved(other)
    assert len(given) == 45
    assert arrived(questions, project, "lena") == given
    assert not taken & set(given)


def test_what_is_not_answered_is_given_back_and_leaves_the_device(
    stack: Stack, questions: Questions, pictures: int, sign_in: Enter
) -> None:
    project = ask(questions, pictures, ["lena", "noor"])
    page = sign_in("lena")
    open_label(page, project)
    take_along(page, 50, 50)
    page.get_by_test_id("offline").get_by_role("button", name="Give the rest back").click()
    expect(page.get_by_role("button", name="Take along")).to_be_visible()
    token = questions.token_of("noor")
    offers = [
        stack.api("POST", f"projects/{project}/lease/", token, {"count": 20}) for _ in range(3)
    ]
    assert sum(len(offer["tasks"]) for offer in offers) == 54  # all but the six on the screen
    assert page.evaluate("caches.keys()") == []
    page.reload()
    expect(page.get_by_test_id("stage")).to_be_visible()


def test_signing_out_leaves_nothing_of_it_to_the_next_person(
    questions: Questions, pictures: int, sign_in: Enter
) -> None:
    project = ask(questions, pictures, ["mika"])
    page = sign_in("mika")
    open_label(page, project)
    take_along(page, 25, 25)
    assert sorted(page.evaluate("caches.keys()")) == ["labelhub-pages", "labelhub-pictures"]
    page.get_by_role("button", name="Mika").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("User name")).to_be_visible()
    assert page.evaluate("caches.keys()") == []
