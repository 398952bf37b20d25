"""Quality in a real browser: gold, a pause from both sides, a rule set, another method tried."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pictures import png
from tests.stack import Stack
from tests.waiting import BY_A_WORKER

Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def corners(stack: Stack, admin_token: str, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Twelve items with a label that came along, answered alike by lena and noor; its id."""
    folder = tmp_path_factory.mktemp("corners")
    rows = ["filename,label"]
    for n in range(12):
        (folder / f"corner-{n}.png").write_bytes(png(seed=300 + n))
        rows.append(f"corner-{n}.png,{'yes' if n % 2 else 'no'}")
    (folder / "labels.csv").write_text("\n".join(rows))
    stack.manage("import_items", "Corners", str(folder), "--owner", "root")
    datasets = stack.api("GET", "datasets/?limit=500", admin_token)["results"]
    project = stack.api(
        "POST", "projects/", admin_token,
        {
            "dataset": next(d["id"] for d in datasets if d["name"] == "Corners"),
            "name": "Corners", "question": "Is the corner red?", "task_type": "choice",
            "schema": {"labels": [{"name": "yes"}, {"name": "no"}]},
            "min_votes": 2, "max_votes": 2, "random_share": 0, "auto_train": False,
        },
    )["id"]  # fmt: skip
    for name in ("lena", "noor"):
        member = {"username": name, "role": "labeler"}
        stack.api("POST", f"projects/{project}/members/", admin_token, member)
        token = stack.manage("create_token", name).strip()
        tasks = stack.api("POST", f"projects/{project}/lease/", token, {"count": 8})["tasks"]
        for task in tasks:
            body = {"lease": task["lease"]["id"], "answer": {"choice": "yes"}}
            stack.api("POST", "annotations/", token, body, key=str(uuid.uuid4()))
    return int(project)


def test_gold_is_made_and_a_paused_labeler_appeals_and_goes_on(
    corners: int, sign_in: Enter
) -> None:
    boss = sign_in("root")
    boss.goto(f"/projects/{corners}")
    boss.get_by_role("navigation", name="Sections").get_by_role("link", name="Quality").click()
    boss.get_by_role("link", name="Gold and labelers").click()
    expect(boss.get_by_text("No gold items yet")).to_be_visible()
    boss.get_by_role("button", name="Make gold").click()
    dialog = boss.get_by_role("dialog")
    dialog.get_by_label("How many, drawn at random").fill("3")
    dialog.get_by_role("button", name="Make gold").click()
    expect(boss.get_by_role("table", name="Gold items").get_by_role("row")).to_have_count(4)
    row = boss.get_by_role("table", name="Labelers on gold").get_by_role("row", name="Lena")
    row.get_by_role("button", name="Pause").click()
    boss.get_by_label("Reason, which they are shown").fill("Please read the guidelines.")
    boss.get_by_role("dialog").get_by_role("button", name="Pause", exact=True).click()
    expect(row).to_contain_text("Paused")

    lena = sign_in("lena")
    lena.goto(f"/projects/{corners}/label")
    notice = lena.get_by_role("region", name="Your work here is paused")
    expect(notice).to_contain_text("Please read the guidelines.")
    notice.get_by_role("textbox").fill("I have read them now.")
    notice.get_by_role("button", name="Send to the managers").click()
    expect(notice).to_contain_text("Your message is with the managers")

    boss.reload()
    expect(row).to_contain_text("Appealed")
    row.get_by_role("button", name="Look").click()
    expect(boss.get_by_role("dialog")).to_contain_text("I have read them now.")
    boss.get_by_role("button", name="Let them go on").click()
    expect(row).to_contain_text("Active")
    lena.reload()
    expect(lena.get_by_test_id("stage")).to_be_visible()


def test_a_rule_is_tried_by_slider_and_then_set(
    stack: Stack, admin_token: str, corners: int, sign_in: Enter
) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{corners}/quality")
    expect(page.get_by_text("so there is nothing to save")).to_be_visible()
    most = page.get_by_label("Most votes")
    most.focus()
    for _ in range(3):
        most.press("ArrowRight")
    expect(page.get_by_text("so there is nothing to save")).to_have_count(0)
    assert stack.api("GET", f"projects/{corners}/", admin_token)["max_votes"] == 2
    page.get_by_role("button", name="Apply this rule").click()
    with page.expect_response(lambda reply: reply.request.method == "PATCH") as applied:
        page.get_by_role("dialog").get_by_role("button", name="Apply this rule").click()
    assert applied.value.ok
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Back to the rule in force")).to_have_count(0)
    assert stack.api("GET", f"projects/{corners}/", admin_token)["max_votes"] == 5


def test_another_method_is_tried_put_in_force_and_rolled_back(
    stack: Stack, admin_token: str, corners: int, sign_in: Enter
) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{corners}/quality/consensus")
    page.get_by_role("button", name="New run").click()
    page.get_by_role("combobox", name="Method").select_option("majority")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name=re.compile("Consensus run .*Majority"))).to_be_visible()
    compared = page.get_by_role("table", name="Beside the method in force")
    expect(compared).to_be_visible(timeout=BY_A_WORKER)
    page.get_by_role("button", name="Put in force").click()
    page.get_by_role("dialog").get_by_role("button", name="Put in force").click()
    expect(page.get_by_role("button", name="Roll back")).to_be_visible()
    shown = stack.api("GET", f"projects/{corners}/", admin_token)
    assert shown["consensus_method"] == "majority"
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("button", name="Put in force")).to_be_visible()
    shown = stack.api("GET", f"projects/{corners}/", admin_token)
    assert shown["consensus_method"] == "auto"
