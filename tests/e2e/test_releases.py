"""Releases in a browser: made in a dialog, listed, compared, their card read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions
from tests.pictures import png
from tests.stack import Stack
from tests.waiting import BY_A_WORKER

SHOTS = os.environ.get("LABELHUB_SHOTS", "")


def shot(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where somebody asked for that."""
    if not SHOTS:
        return
    Path(SHOTS).mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(300)
            page.screenshot(path=f"{SHOTS}/{name}-{theme}-{width}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


@pytest.fixture
def project(questions: Questions, tmp_path: Path) -> int:
    """A project of its own, in which nothing changes between two releases; its id."""
    for n in range(30):
        (tmp_path / f"released-{n:02}.png").write_bytes(png(seed=2100 + n))
    dataset = questions.dataset("Released", sorted(tmp_path.iterdir()))
    project = questions.ask(
        "choice", dataset, ["lena"], min_votes=1, max_votes=1, random_share=0, audit_share=0,
        auto_train=False,
    )  # fmt: skip
    questions.answer_all(project, "lena", {"choice": "serious"})
    return project


def test_a_release_is_made_compared_and_its_card_is_read(
    stack: Stack, admin_token: str, project: int, sign_in: Callable[..., Page]
) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{project}/releases")
    expect(page.get_by_text("No release yet")).to_be_visible()
    shot(page, "empty")
    body: dict[str, Any] = {"name": "digits", "filters": {"status": "all"}, "note": "first look"}
    for _ in range(2):
        stack.api("POST", f"projects/{project}/releases/", admin_token, body)
    expect(page.get_by_text("digits@2")).to_be_visible(timeout=BY_A_WORKER)
    expect(page.get_by_role("link", name="Data card")).to_have_count(2, timeout=BY_A_WORKER)
    shot(page, "list")
    page.get_by_role("button", name="Changes").click()
    expect(page.get_by_text("Nothing changed")).to_be_visible()
    shot(page, "compare")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New release").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_have_value("digits")
    dialog.get_by_label("Test, %").fill("15")
    expect(dialog.get_by_role("button", name="Release", exact=True)).to_be_disabled()
    shot(page, "dialog")
    dialog.get_by_label("Test, %").fill("10")
    dialog.get_by_label("Name").fill("Bad Name")
    dialog.get_by_role("button", name="Release", exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    page.keyboard.press("Escape")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Data card").first.click()
    card = opened.value
    expect(card.get_by_role("heading", name="digits@2")).to_be_visible()
    expect(card.locator("svg").first).to_be_visible()
    assert card.evaluate("getComputedStyle(document.body).maxWidth") != "none", (
        "its style is let in"
    )
    shot(card, "card")
