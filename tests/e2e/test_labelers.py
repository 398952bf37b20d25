"""The labelers page: figures worked out on request, one labeler's own page, and who sees what."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.stack import Stack
from tests.waiting import BY_A_WORKER, until

Enter = Callable[..., Page]


def test_a_manager_ranks_labelers_and_opens_one(
    stack: Stack, sign_in: Enter, simulated: int, admin_token: str
) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{simulated}/labelers")
    ready = page.get_by_role("button", name="Update").or_(
        page.get_by_role("button", name="Work out now")
    )
    ready.click()
    table = page.get_by_role("table", name="Labelers")
    expect(table.get_by_role("link", name="Simulated")).to_have_count(5, timeout=BY_A_WORKER)

    def worths() -> list[int]:
        shown = table.locator("tbody tr td:nth-child(3)").all_inner_texts()
        return [int(text.strip("%")) for text in shown if "%" in text]  # few answers: no figure

    until(lambda: len(worths()) >= 5, "five labelers have a figure")
    found = worths()
    assert found == sorted(found)
    table.get_by_role("link", name="Simulated").first.click()
    expect(page.get_by_role("table", name="What is answered for what")).to_be_visible()
    # One week, or two where the night to a Monday fell between the first answer and the last.
    (labeler,) = re.findall(r"/labelers/(\d+)", page.url)
    told = stack.api("GET", f"projects/{simulated}/labelers/{labeler}/", admin_token)["weeks"]
    weeks = page.get_by_role("table", name="Week by week").get_by_role("row")
    expect(weeks).to_have_count(1 + len(told))
    assert len(told) in (1, 2)
    page.get_by_role("link", name="All labelers").click()
    expect(page.get_by_role("table", name="Each pair")).to_be_visible()


def test_labelers_see_their_own_figures_once_the_manager_allows_it(
    stack: Stack, sign_in: Enter, simulated: int, admin_token: str
) -> None:
    members = stack.api("GET", f"projects/{simulated}/members/", admin_token)["results"]
    if not any(member["username"] == "lena" for member in members):
        stack.api(
            "POST", f"projects/{simulated}/members/", admin_token,
            {"username": "lena", "role": "labeler"},
        )  # fmt: skip
    page = sign_in("lena")
    page.goto(f"/projects/{simulated}/my-figures")
    expect(page.get_by_text("is not shown in this project")).to_be_visible()
    expect(page.get_by_role("heading", name="My figures")).to_have_count(0)
    manager = sign_in("root")
    manager.goto(f"/projects/{simulated}/settings")
    manager.get_by_label("Labelers see their own figures").check()
    manager.get_by_role("button", name="Save changes").click()
    expect(manager.get_by_text("Saved", exact=True)).to_be_visible()
    page.goto(f"/projects/{simulated}")
    page.get_by_role("link", name="My work").first.click()
    expect(page.get_by_role("heading", name="My figures")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Gold")
    stack.api("PATCH", f"projects/{simulated}/", admin_token, {"labelers_see_figures": False})
