"""Proposals in the browser: seen, taken by one key, changed, and never sent by themselves."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions, all_saved, domain, loaded_ahead, open_canvas
from tests.waiting import until

Enter = Callable[..., Page]
READING = "the drawing lesson"
# What a scoring does, without the minutes that a training takes: the same proposal for every item.
_PROPOSE = """
from annotations.actions.keep_proposals import Said, keep_proposals
from annotations.models import Project
project = Project.objects.get(pk={project})
tasks = project.tasks.filter(arm="active").values_list("pk", flat=True)
said = (Said(pk, {answer}, 0.87, {characters}) for pk in tasks)
keep_proposals(project=project, version=3, said=said)
"""
_IMPORT = """
from annotations.models import GivenAnswer, Project
project = Project.objects.get(pk={project})
GivenAnswer.objects.bulk_create([
    GivenAnswer(item=item, role="proposal", source="detector", task_type=project.task_type,
                answer={answer}, confidence=0.6)
    for item in project.dataset.items.all()
], ignore_conflicts=True)
"""


@pytest.fixture
def portraits(questions: Questions) -> int:
    return questions.dataset("Portraits", domain("orl_faces", "s0[12]", "0*.png")[:8], "face")


@pytest.fixture
def lines(questions: Questions) -> int:
    return questions.dataset("Lines", domain("hooker_lines", "lines", "*.jpg")[:12], "handwriting")


def ask(questions: Questions, task_type: str, dataset: int, whose: str, **more: Any) -> int:
    settings = {"prelabels": whose, "prelabels_hidden": 0.0, "random_share": 0.0} | more
    return questions.ask(task_type, dataset, ["lena"], **settings)


def propose(
    questions: Questions, project: int, answer: Any, characters: list[float] | None = None
) -> None:
    code = _PROPOSE.format(project=project, answer=answer, characters=characters)
    questions.stack.manage("shell", "-c", code)


def kept(questions: Questions, project: int) -> list[dict[str, Any]]:
    """What is on record of each proposal that was answered, in the order of the answers."""
    code = (
        "import json; from annotations.models import ShownProposal as S;"
        f"rows = S.objects.filter(project={project}, annotation__isnull=False);"
        "print(json.dumps(list(rows.order_by('annotation').values("
        "'hidden', 'taken', 'same', 'version', 'source', 'annotation__answer'))))"
    )
    printed = questions.stack.manage("shell", "-c", code).splitlines()
    rows: list[dict[str, Any]] = json.loads(printed[-1])
    return rows


def test_a_choice_is_proposed_taken_by_one_key_or_answered_otherwise(
    questions: Questions, portraits: int, sign_in: Enter
) -> None:
    project = ask(questions, "choice", portraits, "model")
    propose(questions, project, {"choice": "serious"})
    page = sign_in("lena")
    page.goto(f"/projects/{project}/label")
    stage = page.get_by_test_id("stage")
    expect(stage).to_be_visible()
    proposed = page.get_by_role("button", name="serious")
    expect(proposed).to_contain_text("model 3 · 87%")
    expect(proposed).to_have_attribute("aria-pressed", "false")
    shots(page, "choice")
    task = stage.get_attribute("data-task") or ""
    page.keyboard.press("Enter")  # it submits what is chosen, and nothing is
    expect(stage).to_have_attribute("data-task", task)
    answered = []
    for key in ("a", "1", "2"):
        answered.append(stage.get_attribute("data-task") or "")
        page.keyboard.press(key)
        expect(stage).not_to_have_attribute("data-task", answered[-1])
    all_saved(page)
    rows = kept(questions, project)
    assert [(row["taken"], row["same"], row["version"]) for row in rows] == [
        (True, True, 3), (False, False, 3), (False, True, 3),
    ]  # fmt: skip
    # Looked at again, an answer is the labeler's own: no proposal stands beside it.
    page.keyboard.press("Backspace")
    expect(stage).to_have_attribute("data-task", answered[-1])
    expect(page.get_by_text("model 3")).to_have_count(0)


def test_what_is_taken_offline_arrives_as_taken(
    questions: Questions, portraits: int, sign_in: Enter
) -> None:
    project = ask(questions, "choice", portraits, "model")
    propose(questions, project, {"choice": "smiling"})
    page = sign_in("lena")
    page.goto(f"/projects/{project}/label")
    stage = page.get_by_test_id("stage")
    expect(page.get_by_role("button", name="smiling")).to_contain_text("model 3")
    loaded_ahead(page, 4)
    page.context.set_offline(True)
    for key in ("a", "2", "a"):
        task = stage.get_attribute("data-task") or ""
        page.keyboard.press(key)
        expect(stage).not_to_have_attribute("data-task", task)
    expect(page.get_by_test_id("outbox-status")).to_contain_text("3 waiting")
    page.context.set_offline(False)
    all_saved(page)
    assert [row["taken"] for row in kept(questions, project)] == [True, False, True]


def test_hidden_proposals_and_items_drawn_at_random_show_nothing(
    questions: Questions, portraits: int, sign_in: Enter
) -> None:
    hidden = ask(questions, "choice", portraits, "model", prelabels_hidden=1.0)
    drawn = ask(questions, "choice", portraits, "any", random_share=1.0)
    for project in (hidden, drawn):
        propose(questions, project, {"choice": "serious"})
        questions.stack.manage(
            "shell", "-c", _IMPORT.format(project=project, answer={"choice": "serious"})
        )
    page = sign_in("lena")
    for project in (hidden, drawn):
        page.goto(f"/projects/{project}/label")
        stage = page.get_by_test_id("stage")
        expect(stage).to_be_visible()
        expect(page.locator("[data-suggested]")).to_have_count(0)
        task = stage.get_attribute("data-task") or ""
        page.keyboard.press("a")
        expect(stage).to_have_attribute("data-task", task)
        page.keyboard.press("1")
        expect(stage).not_to_have_attribute("data-task", task)
        all_saved(page)
    (row,) = kept(questions, hidden)
    assert (row["hidden"], row["taken"]) == (True, False)
    assert kept(questions, drawn) == []


def test_a_reading_is_taken_by_tab_corrected_and_kept_as_both(
    questions: Questions, lines: int, sign_in: Enter
) -> None:
    project = ask(questions, "transcription", lines, "model")
    propose(questions, project, {"text": READING}, [0.95] * 4 + [0.3] * 7 + [0.9] * 7)
    page = sign_in("lena")
    page.goto(f"/projects/{project}/label")
    stage = page.get_by_test_id("stage")
    expect(page.get_by_test_id("proposal")).to_have_text(READING)
    field = page.get_by_role("textbox", name="Text of the line")
    expect(field).to_have_value("")
    shots(page, "text")
    page.keyboard.press("Tab")
    expect(field).to_have_value(READING)
    page.keyboard.type("s")
    task = stage.get_attribute("data-task") or ""
    page.keyboard.press("Enter")
    expect(stage).not_to_have_attribute("data-task", task)
    all_saved(page)
    (row,) = kept(questions, project)
    assert row["annotation__answer"] == {"text": READING + "s"}
    assert (row["taken"], row["same"]) == (True, False)


def test_imported_boxes_are_drawn_dashed_and_in_the_answer_only_once_taken(
    questions: Questions, portraits: int, sign_in: Enter
) -> None:
    project = ask(questions, "boxes", portraits, "imported")
    box = {"label": "line", "x": 20, "y": 20, "width": 40, "height": 50}
    code = _IMPORT.format(project=project, answer={"boxes": [box]})
    questions.stack.manage("shell", "-c", code)
    page = sign_in("lena")
    canvas = open_canvas(page, project)
    panel = page.get_by_role("note").filter(has_text="Proposed")
    expect(panel).to_contain_text("detector · 60%")
    shots(page, "boxes")
    stage = page.get_by_test_id("stage")
    for took in (False, True):
        task = stage.get_attribute("data-task") or ""
        canvas.surface.click(position={"x": 5, "y": 5})
        if took:
            page.keyboard.press("a")
            expect(panel).to_have_count(0)
        page.keyboard.press("Control+Enter")
        expect(stage).not_to_have_attribute("data-task", task)
        canvas.shown()
    all_saved(page)
    first, second = kept(questions, project)
    assert (first["annotation__answer"], first["taken"]) == ({"boxes": []}, False)
    assert len(second["annotation__answer"]["boxes"]) == 1
    assert (second["taken"], second["same"], second["source"]) == (True, True, "detector")


def test_a_manager_turns_proposals_on_and_reads_what_they_cost(
    questions: Questions, portraits: int, sign_in: Enter
) -> None:
    project = questions.ask("choice", portraits, ["lena"])
    page = sign_in("root")
    page.goto(f"/projects/{project}/settings")
    section = page.locator("section", has=page.get_by_role("heading", name="Proposals"))
    expect(section).to_contain_text("draws answers toward the proposal")
    section.evaluate("element => element.scrollIntoView({ block: 'center' })")
    section.get_by_role("radio", name="The model's").check()
    hidden = section.get_by_label("Hidden by a draw")
    hidden.fill("0")
    expect(section).to_contain_text("nobody can say what the proposals do")
    hidden.fill("120")
    expect(section.get_by_role("button", name="Save proposals")).to_be_disabled()
    hidden.fill("25")
    shots(page, "settings")
    section.get_by_role("button", name="Save proposals").click()
    expect(section.get_by_role("link", name="What the proposals do")).to_be_visible()
    document = questions.stack.api("GET", f"projects/{project}/", questions.token)
    assert (document["prelabels"], document["prelabels_hidden"]) == ("model", 0.25)


@pytest.fixture
def followed(questions: Questions) -> int:
    """Two people answered digits; they take whatever they see, and else say what is right."""
    datasets = questions.stack.api("GET", "datasets/?limit=500", questions.token)["results"]
    digits = next(one["id"] for one in datasets if one["name"] == "Digits")
    labels = [{"name": str(digit)} for digit in range(10)]
    project = questions.ask(
        "choice", digits, ["lena", "noor"], schema={"labels": labels}, min_votes=2, max_votes=2,
        random_share=0.0, audit_share=0.0, prelabels="model", prelabels_hidden=0.5,
        gold_often=0.0, gold_seldom=0.0,
    )  # fmt: skip
    propose(questions, project, {"choice": "4"})
    for name in ("lena", "noor"):
        follow(questions, project, name)
    code = (
        "from annotations.actions.gold import make_gold; from annotations.models import *;"
        f"project = Project.objects.get(pk={project});"
        "[make_gold(task=task, by=project.created_by, answer={'choice': '7'})"
        " for task in project.tasks.filter(votes__gt=0)]"
    )
    questions.stack.manage("shell", "-c", code)
    return project


def follow(questions: Questions, project: int, name: str) -> None:
    token, stack = questions.token_of(name), questions.stack
    leased = [
        task
        for _ in range(2)
        for task in stack.api("POST", f"projects/{project}/lease/", token, {"count": 20})["tasks"]
    ]
    for at, task in enumerate(leased):
        seen = task["prelabel"] is not None
        body = {
            "lease": task["lease"]["id"], "answer": {"choice": "4" if seen else "7"},
            "duration_ms": (700 if seen else 1500) + 20 * at,
        }  # fmt: skip
        told = {"took_proposal": True} if seen else {}
        stack.api("POST", "annotations/", token, body | told)


def test_the_effect_of_proposals_is_told_in_sentences_and_figures(
    questions: Questions, followed: int, sign_in: Enter
) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{followed}/quality")
    page.get_by_role("link", name="Proposals").click()
    expect(page.get_by_text("people err more often if they see it")).to_be_visible()
    expect(page.get_by_text("With a proposal in view an answer takes")).to_be_visible()
    table = page.get_by_role("table", name="With and without the proposal")
    row = table.get_by_role("row", name="Wrong where the proposal is wrong")
    expect(row).to_contain_text("100%")
    expect(row).to_contain_text("+100 points")
    people = page.get_by_role("table", name="Labelers")
    expect(people.get_by_role("row", name="Noor")).to_be_visible()
    shots(page, "effect")


def test_labelers_see_their_own_work_by_day(
    questions: Questions, followed: int, sign_in: Enter
) -> None:
    page = sign_in("lena")
    page.goto(f"/projects/{followed}")
    page.get_by_role("link", name="My work").first.click()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    days = page.get_by_role("list", name="The last two weeks").get_by_role("listitem")
    expect(days).to_have_count(14)

    def given() -> int:
        found = re.findall(r": (\d+) answers?", " ".join(days.all_text_contents()))
        return sum(map(int, found))

    until(lambda: given() == 40, "forty answers are shown, of one day or of both sides of midnight")
    expect(page.get_by_text("is not shown in this project")).to_be_visible()
    shots(page, "work")


def shots(page: Page, name: str) -> None:
    """Pictures to look at, where a folder for them is named."""
    folder = os.environ.get("LABELHUB_SHOTS")
    if not folder:
        return
    for width, height, scheme in ((1440, 900, "light"), (1440, 900, "dark"), (390, 844, "light")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        time.sleep(0.3)
        page.screenshot(path=f"{folder}/prelabel-{name}-{width}-{scheme}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 720})
