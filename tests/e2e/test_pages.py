"""The pages around the label screen, walked through in a real browser on a running stack."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.entrance import entrance, patient
from tests.e2e.questions import Questions
from tests.pictures import png, zipped
from tests.stack import PASSWORD, Stack, running_stack
from tests.waiting import BY_A_WORKER

Enter = Callable[..., Page]
LABELS = "filename,label,split,group\n" + "".join(
    f"page-{n}.png,{'left' if n % 2 else 'right'},part-{n % 2},writer {n}\n" for n in range(6)
)


def ledger() -> bytes:
    """A ZIP of six pictures with a table, and one file that is no picture."""
    pictures = {f"page-{n}.png": png(seed=n * 5) for n in range(6)}
    return zipped(pictures | {"labels.csv": LABELS.encode(), "broken.png": b"not a picture"})


def as_zip(content: bytes) -> dict[str, Any]:
    return {"name": "ledger.zip", "mimeType": "application/zip", "buffer": content}


def test_a_zip_becomes_a_dataset_then_a_project_then_answers(stack: Stack, sign_in: Enter) -> None:
    page = sign_in("root")
    page.goto("/datasets")
    page.get_by_role("button", name="New dataset").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Ledger")
    page.get_by_role("button", name="Create dataset").click()
    expect(page.get_by_text("Drop images, folders or a ZIP here")).to_be_visible()
    page.locator("input[type=file][multiple]").set_input_files([as_zip(ledger())])
    report = page.get_by_role("region", name="Uploads")
    expect(report).to_contain_text("Upload finished", timeout=BY_A_WORKER)
    expect(report).to_contain_text("6 added")
    expect(report).to_contain_text("6 known labels")
    expect(report).to_contain_text("1 refused")
    report.get_by_role("button", name=re.compile("note")).click()
    expect(report).to_contain_text("broken.png")
    expect(page.get_by_role("button", name="Open page-3.png")).to_be_visible()
    make_project(page)
    page.get_by_role("link", name="Label", exact=True).last.click()
    stage = page.get_by_test_id("stage")
    expect(stage).to_be_visible()
    task = stage.get_attribute("data-task") or ""
    page.keyboard.press("2")
    expect(stage).not_to_have_attribute("data-task", task)
    expect(page.get_by_test_id("outbox-status")).to_contain_text("All saved")
    token = stack.manage("create_token", "root").strip()
    assert stack.api("GET", f"tasks/{task}/", token)["votes_cast"][0]["answer"] == {
        "choice": "right"
    }


def make_project(page: Page) -> None:
    page.get_by_role("link", name="New project").click()
    page.get_by_label("Name", exact=True).fill("Side of the page")
    page.get_by_label("Question, as labelers read it").fill("Which side is it?")
    page.get_by_label("Name of label 1").fill("left")
    page.get_by_label("Name of label 2").fill("right")
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("heading", name="Which side is it?")).to_be_visible()


@pytest.fixture(scope="module")
def disagreement(stack: Stack, admin_token: str, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A project with three items on which lena and somebody else do not agree; its id."""
    folder = tmp_path_factory.mktemp("disputed")
    for n in range(3):
        (folder / f"disputed-{n}.png").write_bytes(png(seed=100 + n))
    stack.manage("import_items", "Disputed pages", str(folder), "--owner", "root")
    datasets = stack.api("GET", "datasets/?limit=500", admin_token)["results"]
    project = stack.api(
        "POST", "projects/", admin_token,
        {
            "dataset": next(d["id"] for d in datasets if d["name"] == "Disputed pages"),
            "name": "Disputes", "question": "Is the corner red?", "task_type": "choice",
            "schema": {"labels": [{"name": "yes"}, {"name": "no"}]},
            "min_votes": 2, "max_votes": 2, "random_share": 0, "auto_train": False,
            "reviewers_see_names": True,
        },
    )["id"]  # fmt: skip
    for name, role in (("lena", "labeler"), ("noor", "labeler"), ("rita", "reviewer")):
        member = {"username": name, "role": role}
        stack.api("POST", f"projects/{project}/members/", admin_token, member)
    answers(stack, project, "rita", "no", count=1)
    answers(stack, project, "lena", "yes", count=3)
    answers(stack, project, "noor", "no", count=3)
    return int(project)


def answers(stack: Stack, project: int, name: str, choice: str, *, count: int) -> None:
    token = stack.manage("create_token", name).strip()
    tasks = stack.api("POST", f"projects/{project}/lease/", token, {"count": count})["tasks"]
    for task in tasks:
        body = {"lease": task["lease"]["id"], "answer": {"choice": choice}, "duration_ms": 900}
        stack.api("POST", "annotations/", token, body, key=str(uuid.uuid4()))


def test_a_reviewer_settles_disputes_by_keyboard_and_never_own_work(
    stack: Stack, admin_token: str, disagreement: int, sign_in: Enter
) -> None:
    page = sign_in("rita")
    page.goto(f"/projects/{disagreement}/review")
    options = page.get_by_role("region", name="Answers")
    for _ in range(2):
        shown = page.get_by_alt_text(re.compile("disputed-")).get_attribute("alt") or ""
        expect(options).to_contain_text("Lena")
        with page.expect_response(re.compile("/adjudicate/")) as decided:
            page.keyboard.press("1")
        assert decided.value.ok
        expect(page.get_by_alt_text(shown)).to_have_count(0)
    expect(page.get_by_text("You have decided 2 items.")).to_be_visible()
    expect(page.get_by_text("1 item here has your own answer")).to_be_visible()
    rows = stack.api("GET", f"projects/{disagreement}/tasks/", admin_token)["results"]
    settled = [row for row in rows if row["status"] == "settled"]
    assert [row["consensus"]["label"] for row in settled] == ["yes", "yes"]
    own = next(row["id"] for row in rows if row["status"] == "disputed")
    page.goto(f"/projects/{disagreement}/review?task={own}")
    expect(page.get_by_text("You answered this one yourself")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("button", name=re.compile("Decide.*yes")).first).to_be_disabled()
    assert stack.api("GET", f"tasks/{own}/", admin_token)["status"] == "disputed"


def test_the_overview_shows_what_the_crowd_and_the_model_have_done(
    simulated: int, trained: int, sign_in: Enter
) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{simulated}")
    expect(page.get_by_role("heading", name="What the model's choice is worth")).to_be_visible()
    expect(page.get_by_text("The curve begins with the first model")).to_have_count(0)
    page.get_by_role("button", name="Table").first.click()
    points = page.get_by_role("table", name=re.compile("Accuracy over")).get_by_role("row")
    expect(points.nth(1)).to_be_visible()
    crowd = page.get_by_role("table", name="Labelers").get_by_role("row")
    expect(crowd.nth(5)).to_be_visible()
    expect(crowd.nth(1)).to_contain_text(re.compile(r"\d+\.?\d*\s?%"))
    expect(page.get_by_text("Free to label")).to_be_visible()


def test_a_run_that_is_done_shows_its_figures(simulated: int, trained: int, sign_in: Enter) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{simulated}/runs")
    done = page.get_by_role("table", name="Runs").get_by_role("row").filter(has_text="Done")
    expect(done.first).to_be_visible()
    done.first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=re.compile(r"Run \d+"))).to_be_visible()
    expect(page.get_by_text("Held out, drawn at random")).to_be_visible()
    expect(page.get_by_text(re.compile(r"on \d+ images"))).not_to_have_count(0)
    expect(page.get_by_role("table", name="What is mistaken for what")).to_be_visible()
    expect(page.get_by_text("Loss", exact=True).first).to_be_visible()


@pytest.fixture(scope="module")
def settled(questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A project of two dozen items, each settled by one vote, where nothing else happens."""
    folder = tmp_path_factory.mktemp("settled")
    for n in range(24):
        (folder / f"settled-{n:02}.png").write_bytes(png(seed=2000 + n))
    dataset = questions.dataset("Settled", sorted(folder.iterdir()))
    project = questions.ask(
        "choice", dataset, ["lena"], min_votes=1, max_votes=1, random_share=0, audit_share=0,
        auto_train=False,
    )  # fmt: skip
    questions.answer_all(project, "lena", {"choice": "smiling"})
    return project


def test_an_export_has_the_rows_that_its_preview_counts(
    settled: int, sign_in: Enter, tmp_path: Path
) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{settled}/export")
    start = page.get_by_role("button", name=re.compile(r"Export [\d,]+ row"))
    expect(start).to_be_enabled()
    rows = int(re.sub(r"\D", "", start.inner_text()))
    start.click()
    ready = page.get_by_role("link", name="Download").first
    expect(ready).to_be_visible(timeout=BY_A_WORKER)
    with page.expect_download() as download:
        ready.click()
    file = tmp_path / "export.jsonl"
    download.value.save_as(file)
    assert rows == 24
    assert len(file.read_text().splitlines()) == rows


def test_an_invitation_link_makes_an_account_that_can_label(
    stack: Stack, browser: Browser, sign_in: Enter
) -> None:
    page = sign_in("root")
    page.goto("/projects/1/members")
    page.get_by_role("button", name="Invite by link").first.click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_role("dialog").get_by_text(re.compile("/invitations/")).first
    address = re.search(r"http\S+/invitations/\S+", link.inner_text() or link.input_value())
    assert address
    with browser.new_context(base_url=stack.url) as context:
        guest = patient(context.new_page())
        guest.goto(address[0])
        guest.get_by_label("Your name").fill("Sam Newcomer")
        guest.get_by_label("User name").fill("sam")
        guest.get_by_label("Password", exact=True).fill(PASSWORD)
        guest.get_by_role("button", name="Make an account and join").click()
        guest.wait_for_url("**/projects/1")
        guest.goto("/projects/1/label")
        stage = guest.get_by_test_id("stage")
        expect(stage).to_be_visible()
        task = stage.get_attribute("data-task") or ""
        guest.keyboard.press("4")
        expect(stage).not_to_have_attribute("data-task", task)
    page.reload()
    expect(page.get_by_role("table")).to_contain_text("Sam Newcomer")


def test_a_token_is_shown_once_and_opens_the_api(stack: Stack, sign_in: Enter) -> None:
    page = sign_in("lena")
    page.goto("/tokens")
    page.get_by_role("button", name="New token").first.click()
    page.get_by_label("Name", exact=True).fill("Nightly import")
    page.get_by_role("button", name="Make token").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Copy your token now")
    command = dialog.get_by_text(re.compile("Bearer ")).first.inner_text()
    secret = re.search(r"Bearer ([\w.-]+)", command)
    assert secret
    assert stack.api("GET", "projects/?limit=500", secret[1])["results"]
    page.get_by_role("button", name="I have copied it").click()
    page.reload()
    expect(page.get_by_role("table")).to_contain_text("Nightly import")
    assert secret[1] not in page.content()


def test_the_status_page_names_a_missing_worker_and_how_to_start_it(browser: Browser) -> None:
    # A stack of its own: a job that failed for another test would be one more thing to look at.
    with running_stack() as stack, entrance(stack, browser) as enter:
        page = enter("root")
        page.goto("/status")
        expect(page.get_by_text("A worker is running")).to_be_visible(timeout=BY_A_WORKER)
        expect(page.get_by_text("Everything is running")).to_be_visible(timeout=BY_A_WORKER)
        stack.kill("worker")
        expect(page.get_by_text("No worker is running").first).to_be_visible(timeout=BY_A_WORKER)
        expect(page.locator("main")).to_contain_text("make run")
        expect(page.locator("main")).to_contain_text("--queues=default,score")
        page.goto("/projects")
        expect(page.get_by_text("No worker is running.")).to_be_visible()
        page.goto("/status")
        stack.start("worker")
        expect(page.get_by_text("A worker is running")).to_be_visible(timeout=BY_A_WORKER)
