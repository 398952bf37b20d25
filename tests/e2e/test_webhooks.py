"""Webhooks in a real browser: one is made, tried, and what became of the message is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_pairs import shot
from tests.stack import Stack
from tests.waiting import BY_A_WORKER

Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def hooked(stack: Stack, admin_token: str) -> int:
    dataset = stack.api("POST", "datasets/", admin_token, {"name": "Hooked"})
    body = {
        "dataset": dataset["id"], "name": "Hooked", "question": "Is it ink?",
        "schema": {"labels": [{"name": "yes"}, {"name": "no"}]},
    }  # fmt: skip
    return int(stack.api("POST", "projects/", admin_token, body)["id"])


def test_a_webhook_is_made_tried_and_looked_after(hooked: int, sign_in: Enter) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{hooked}/settings")
    page.get_by_role("link", name="Webhooks").click()
    expect(page.get_by_text("No webhooks yet")).to_be_visible()
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address").fill("http://127.0.0.1/hook")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_contain_text("private network")
    # A name that no resolver knows: the message cannot arrive, and the log says so.
    dialog.get_by_label("Address").fill("https://hooks.labelhub.invalid/take")
    dialog.get_by_label("A release is finished").check()
    shot(page, "webhook-new")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_text("Shown only now.")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="https://hooks.labelhub.invalid/take")).to_be_visible()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Tried again later").first).to_be_visible(timeout=BY_A_WORKER)
    expect(page.get_by_text("cannot be found").first).to_be_visible()
    shot(page, "webhooks")
    page.get_by_role("button", name="Send again").click()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No webhooks yet")).to_be_visible()
