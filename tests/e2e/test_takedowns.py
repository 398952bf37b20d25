"""Takedowns in a real browser: looked at first, confirmed by typing, and gone for good."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions
from tests.e2e.watched import Watched
from tests.pictures import png
from tests.stack import Stack
from tests.waiting import until

Enter = Callable[..., Page]
NAME = "Withdrawn sheets"


def test_what_the_items_page_shows_is_taken_down(
    stack: Stack, questions: Questions, admin_token: str, sign_in: Enter, tmp_path: Path
) -> None:
    for number in range(6):
        name = f"anna-{number}.png" if number < 2 else f"sheet-{number}.png"
        (tmp_path / name).write_bytes(png(300 + number))
    dataset = questions.dataset(NAME, sorted(tmp_path.iterdir()))
    project = questions.ask("choice", dataset, [])
    page = sign_in("root")
    watched = Watched(page)

    page.goto(f"/projects/{project}/items?file=anna")
    page.get_by_role("link", name="Take down").click()
    page.get_by_role("button", name="See what would go").click()
    expect(page.get_by_text("2 items with 0 votes")).to_be_visible()
    remove = page.get_by_role("button", name="Remove 2 items for good")
    expect(remove).to_be_disabled()
    page.get_by_label("Reason").fill("Consent withdrawn")
    page.get_by_label(re.compile("Type the dataset's name")).fill(NAME)
    watched.in_all_forms("takedowns")
    watched.has_no_barriers()
    remove.click()

    def count() -> int:
        return int(stack.api("GET", f"datasets/{dataset}/", admin_token)["item_count"])

    until(lambda: count() == 4, "the items are gone")
    listed = page.get_by_role("table", name="Taken down so far")
    expect(listed).to_contain_text("2 items with 0 votes")
    expect(listed).to_contain_text("Consent withdrawn")
    expect(listed.get_by_role("button", name="Let them come back")).to_be_visible()
    watched.in_all_forms("takedowns-done")

    page.get_by_role("radio", name="Numbers").check(force=True)
    page.get_by_label("Numbers of items").fill("12, x9")
    expect(page.get_by_text("“x9” is not the number of an item.")).to_be_visible()
    expect(page.get_by_role("button", name="See what would go")).to_be_disabled()
    watched.has_no_barriers()
    assert watched.complaints == []
