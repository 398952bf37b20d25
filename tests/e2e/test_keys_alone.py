"""Every kind of question that is not drawn, answered without a pointer from the sign-in on."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.by_keys import (
    next_item,
    no_pointer,
    open_by_keys,
    press_all,
    sign_in_by_keys,
    work_by_keys,
)
from tests.e2e.entrance import patient
from tests.e2e.questions import DOMAIN, Questions, all_saved, domain
from tests.pictures import png
from tests.stack import Stack
from tests.waiting import until

SCRIPTS = {"Greek": (0x391, 0x3CA), "Cyrillic": (0x410, 0x450), "Hebrew": (0x5D0, 0x5EB),
           "Armenian": (0x531, 0x557), "Georgian": (0x10D0, 0x10F1)}  # fmt: skip


@pytest.fixture
def page(stack: Stack, browser: Browser) -> Iterator[Page]:
    """A page that nobody has signed in on yet."""
    with browser.new_context(
        base_url=stack.url, viewport={"width": 1440, "height": 900}
    ) as context:
        yield patient(context.new_page())


@pytest.fixture
def portraits(questions: Questions) -> int:
    return questions.dataset("Portraits", domain("orl_faces", "s0[12]", "0*.png")[:8], "face")


@pytest.fixture
def named() -> Callable[[str], str]:
    return lambda kind: f"Keys {kind} {time.time_ns()}"


def letters(count: int = 200) -> list[dict[str, str]]:
    """Labels as a project on old hands has them: the letters of five scripts, under headings."""
    found = [
        {"name": chr(code), "title": unicodedata.name(chr(code)).lower(), "group": script}
        for script, (first, end) in SCRIPTS.items()
        for code in range(first, end)
        if unicodedata.name(chr(code), "")
    ]
    assert len(found) >= count
    return found[:count]


def answers(questions: Questions, project: int, name: str = "lena") -> dict[str, Any]:
    return {task: row["answer"] for task, row in questions.answers(project, name).items()}


def test_one_of_two_hundred_labels_is_found_by_typing_or_by_arrows(
    questions: Questions, portraits: int, page: Page, named: Callable[[str], str]
) -> None:
    labels, name = letters(), named("letters")
    project = questions.ask("choice", portraits, ["lena"], name=name, schema={"labels": labels})
    work_by_keys(page, "lena", name)
    press_all(page, "/")
    field = page.get_by_role("combobox", name="Find a label")
    expect(field).to_be_focused()
    wanted = {}
    for label in (labels[60], labels[150]):
        page.keyboard.type(label["title"])
        task = next_item(page, lambda: page.keyboard.press("Enter"))
        wanted[task] = {"choice": label["name"]}
        expect(field).to_have_value("")
    page.keyboard.type("omega")
    expect(page.get_by_role("option")).not_to_have_count(len(labels))
    press_all(page, "ArrowDown", "ArrowUp")
    wanted[next_item(page, lambda: page.keyboard.press("Enter"))] = {"choice": "Ω"}
    # With nothing typed the arrows lead through the whole list.
    press_all(page, "ArrowDown", "ArrowDown", "ArrowDown")
    expect(page.locator("[data-active]")).to_have_attribute("data-choice", labels[2]["name"])
    task = next_item(page, lambda: page.keyboard.press("Enter"))
    wanted[task] = {"choice": labels[2]["name"]}
    page.keyboard.type("no letter at all")
    expect(page.get_by_text("No label is called that.")).to_be_visible()
    press_all(page, "Enter", "Escape", "Escape")
    expect(field).not_to_be_focused()
    wanted[next_item(page, lambda: page.keyboard.press("2"))] = {"choice": labels[1]["name"]}
    all_saved(page)
    assert answers(questions, project) == wanted
    no_pointer(page)


def test_several_of_many_labels_are_chosen(
    questions: Questions, portraits: int, page: Page, named: Callable[[str], str]
) -> None:
    labels, name = letters(40), named("several")
    schema = {"labels": labels, "at_least": 0}
    project = questions.ask("multi_label", portraits, ["lena"], name=name, schema=schema)
    work_by_keys(page, "lena", name)
    press_all(page, "3", "/")
    page.keyboard.type(labels[30]["title"])
    press_all(page, "Enter")
    expect(page.locator("[aria-selected=true]")).to_have_count(2)
    press_all(page, "ArrowDown", "Enter", "ArrowDown", "Enter", "ArrowDown")
    expect(page.locator("[aria-selected=true]")).to_have_count(4)
    first = next_item(page, lambda: page.keyboard.press("Control+Enter"))
    press_all(page, "Escape", "Escape", "1", "1")
    second = next_item(page, lambda: page.keyboard.press("Enter"))
    all_saved(page)
    chosen = [labels[at]["name"] for at in (0, 1, 2, 30)]
    assert answers(questions, project) == {first: {"choices": chosen}, second: {"choices": []}}
    no_pointer(page)


def test_a_hundred_lines_are_written_without_a_mouse(
    questions: Questions, page: Page, named: Callable[[str], str]
) -> None:
    pictures, name = domain("hooker_lines", "lines", "*.jpg")[:104], named("lines")
    rows = (DOMAIN / "hooker_lines" / "labels.jsonl").read_text().splitlines()
    texts = {Path(row["file"]).name: row["text"] for row in map(json.loads, rows)}
    dataset = questions.dataset("A hundred lines", pictures, "handwriting")
    project = questions.ask("transcription", dataset, ["lena"], name=name)
    work_by_keys(page, "lena", name)
    field = page.get_by_role("textbox")
    wanted = {}
    for _ in range(100):
        expect(field).to_be_focused()
        expect(field).to_have_value("")
        picture = page.get_by_test_id("stage").get_by_role("img")
        text = texts[(picture.get_attribute("alt") or "").rsplit("lines-", 1)[-1]]
        page.keyboard.insert_text(text[:-1])
        page.keyboard.type(text[-1])
        wanted[next_item(page, lambda: page.keyboard.press("Enter"))] = {"text": text.strip()}
    all_saved(page)
    given = answers(questions, project)
    assert len(given) == 100
    assert given == wanted
    no_pointer(page)


def test_pairs_are_compared(
    questions: Questions, portraits: int, page: Page, named: Callable[[str], str]
) -> None:
    name = named("pairs")
    project = questions.ask("pair", portraits, ["lena"], name=name)
    work_by_keys(page, "lena", name)
    stage = page.get_by_test_id("stage")
    page.keyboard.down("Space")
    expect(stage).to_have_attribute("data-flipped", "true")
    page.keyboard.up("Space")
    expect(stage).to_have_attribute("data-flipped", "false")
    wanted = {}
    for key, choice in (("1", "same"), ("2", "different"), ("3", "cannot_tell")):
        wanted[next_item(page, lambda key=key: page.keyboard.press(key))] = {"choice": choice}
    press_all(page, "Alt+ArrowLeft")
    revised = next_item(page, lambda: page.keyboard.press("1"))
    all_saved(page)
    assert answers(questions, project) == wanted | {revised: {"choice": "same"}}
    no_pointer(page)


# --- The grid ----------------------------------------------------------------------------------

SCORES = """
from active_learning.models import *
from annotations.models import Project
project = Project.objects.get(pk={project})
snapshot = Snapshot.objects.create(project=project, sha256="7" * 64, items=1, labelled=1, votes=1,
    classes=["smiling", "serious"])
run = TrainingRun.objects.create(project=project, snapshot=snapshot, recipe="hog_logreg",
    state=TrainingRun.State.DONE)
version = ModelVersion.objects.create(project=project, run=run, number=1, sha256="8" * 64)
Score.objects.bulk_create([
    Score(task=task, version=version, predicted="serious", probability=0.9, value=0.1)
    for task in project.tasks.all()])
"""


def opened(questions: Questions, project: int, count: int) -> None:
    """Wait until all items have become tasks: they are opened in the background."""

    def all_there() -> bool:
        row = questions.stack.api("GET", f"projects/{project}/", questions.token)
        return bool(row["progress"]["tasks"] == count)

    until(all_there, f"project {project} has {count} tasks")


def test_a_grid_is_walked_through_by_arrows_and_confirmed(
    stack: Stack,
    questions: Questions,
    page: Page,
    named: Callable[[str], str],
    tmp_path: Path,
) -> None:
    for seed in range(24):
        (tmp_path / f"{seed:02}.png").write_bytes(png(seed * 11 + 5))
    name = named("grid")
    dataset = questions.dataset(name, sorted(tmp_path.iterdir()))
    project = questions.ask("choice", dataset, ["lena"], name=name, random_share=0)
    opened(questions, project, 24)
    stack.manage("shell", "-c", SCORES.format(project=project))
    sign_in_by_keys(page, "lena")
    page.goto(f"/projects/{project}/grid")
    tiles = page.get_by_test_id("tiles").get_by_role("button")
    expect(tiles).to_have_count(24)
    facts = page.get_by_test_id("grid-facts")
    expect(facts).to_contain_text("24 of 24 seen")
    expect(tiles.first).to_be_focused()
    tasks = tiles.evaluate_all("all => all.map((tile) => tile.dataset.task)")
    press_all(page, "ArrowRight", "ArrowRight")
    expect(tiles.nth(2)).to_be_focused()
    press_all(page, "Space")
    expect(tiles.nth(2)).to_have_attribute("aria-pressed", "true")
    press_all(page, "End")
    expect(tiles.nth(23)).to_be_focused()
    press_all(page, "x", "ArrowLeft", "x", "x")
    expect(facts).to_contain_text("2 left out")
    press_all(page, "Enter", "Enter")  # the second one comes too soon to be meant
    expect(page.get_by_test_id("live-region")).to_contain_text("22 votes")
    until(lambda: len(answers(questions, project)) >= 22, "the votes have arrived")
    given = answers(questions, project)
    assert set(given) == set(tasks) - {tasks[2], tasks[23]}
    assert {answer["choice"] for answer in given.values()} == {"serious"}
    no_pointer(page)


# --- The review --------------------------------------------------------------------------------


def disputed(stack: Stack, questions: Questions, project: int) -> dict[str, str]:
    """Let lena and noor answer four items, differently; return noor's label by task."""
    said = {}
    for name, label in (("lena", "smiling"), ("noor", "serious")):
        token = questions.token_of(name)
        offer = stack.api("POST", f"projects/{project}/lease/", token, {"count": 20})
        for task in sorted(offer["tasks"], key=lambda task: int(task["id"]))[:4]:
            body = {"lease": task["lease"]["id"], "answer": {"choice": label}}
            stack.api("POST", "annotations/", token, body, key=f"{name} {task['id']} {project}")
            said[str(task["id"])] = label
    return said


def test_disputes_are_settled_by_keys(
    stack: Stack,
    questions: Questions,
    admin_token: str,
    portraits: int,
    page: Page,
    named: Callable[[str], str],
) -> None:
    name = named("review")
    rule = {"min_votes": 2, "max_votes": 2, "random_share": 0, "audit_share": 0}
    project = questions.ask("choice", portraits, ["lena", "noor"], name=name, **rule)
    member = {"username": "rita", "role": "reviewer"}
    stack.api("POST", f"projects/{project}/members/", admin_token, member)
    tasks = disputed(stack, questions, project)
    sign_in_by_keys(page, "rita")
    open_by_keys(page, name, "Review")
    answersheet = page.get_by_role("region", name="Answers")
    expect(answersheet).to_be_visible()
    settled = {}
    for key in ("1", "2"):
        with page.expect_response(lambda reply: "/adjudicate/" in reply.url) as answered:
            page.keyboard.press(key)
        assert answered.value.ok, answered.value.text()
        kept = answered.value.json()
        settled[str(kept["id"])] = kept["consensus"]["label"]
    assert sorted(settled.values()) == ["serious", "smiling"]
    assert set(settled) <= set(tasks)
    for task, label in settled.items():
        row = stack.api("GET", f"tasks/{task}/", admin_token)
        assert (row["consensus"]["label"], row["consensus"]["adjudicated"]) == (label, True)
    no_pointer(page)
