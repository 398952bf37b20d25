"""Silent repeats in a real browser: the labeler works on, sees nothing, and consensus stays."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions, all_saved, domain
from tests.stack import Stack
from tests.waiting import BY_A_WORKER

Enter = Callable[..., Page]
ITEMS = 24
# What is said of items that nobody has answered: each of these was answered by the labeler alone.
FRESH = {
    "Nobody has answered this one yet.",
    "It is typical of many images that nobody has answered yet.",
}


def test_a_repeat_is_asked_like_any_other_question_and_is_no_vote(
    stack: Stack, sign_in: Enter, questions: Questions, admin_token: str
) -> None:
    faces = domain("orl_faces", "s0[3-5]", "*.png")[:ITEMS]
    dataset = questions.dataset("Faces again", faces, "face")
    project = questions.ask(
        "choice", dataset, ["mika"], repeat_share=0.5, repeat_answers=2, random_share=0.0
    )
    page = sign_in("mika")
    page.goto(f"/projects/{project}/label")
    stage, reasons, asked = page.get_by_test_id("stage"), set[str](), list[str]()
    expect(stage).to_be_visible()
    nothing = page.get_by_text("You have answered all that is open to you")
    while not nothing.is_visible():
        task = stage.get_attribute("data-task") or ""
        reasons.add(page.get_by_test_id("reason").inner_text())
        asked.append(task)
        page.keyboard.press("1")
        gone = page.locator(f"[data-testid=stage][data-task='{task}']")
        expect(gone).to_have_count(0)
        expect(stage.or_(nothing)).to_be_visible()
        assert len(asked) < 4 * ITEMS
    all_saved(page)
    again = len(asked) - len(set(asked))
    assert len(set(asked)) == ITEMS and again > 0
    assert reasons <= FRESH
    rows = stack.api("GET", f"projects/{project}/history/?limit=500", questions.token_of("mika"))[
        "results"
    ]
    assert len(rows) == len(asked)  # nothing is lost
    assert {row["version"] for row in rows} == {1}
    progress = stack.api("GET", f"projects/{project}/", admin_token)["progress"]
    assert progress["votes"] == ITEMS  # and no vote was counted twice

    stack.api("POST", f"projects/{project}/labelers/together/", admin_token)
    manager = sign_in("root")
    manager.goto(f"/projects/{project}/labelers")
    manager.get_by_role("link", name="Mika").click(timeout=BY_A_WORKER)
    expect(manager.get_by_text("Steady")).to_be_visible()
    expect(manager.locator("main")).to_contain_text(f"on {again} repeat")
    expect(manager.get_by_role("table", name="By the minute of a session")).to_have_count(0)

    manager.goto(f"/projects/{project}/settings")
    manager.get_by_label("Share of questions").fill("60")
    manager.get_by_role("button", name="Save changes").click()
    expect(manager.get_by_text("between 0 and 50%")).to_be_visible()
    manager.get_by_label("Share of questions").fill("0")
    expect(manager.get_by_text("Nobody is asked the same question twice.")).to_be_visible()
    manager.get_by_role("button", name="Save changes").click()
    expect(manager.get_by_text("Saved", exact=True)).to_be_visible()
    assert stack.api("GET", f"projects/{project}/", admin_token)["repeat_share"] == 0
