"""A labeler who has no pointer: signs in, walks to a project and opens it, by keys alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.stack import PASSWORD

# What a pointer does is counted in each document; keys click without one (`detail` 0).
COUNT_POINTERS = """(() => {
    const kept = Number(sessionStorage.getItem("pointers") ?? 0);
    sessionStorage.setItem("pointers", kept);
    const count = () => sessionStorage.setItem(
        "pointers", Number(sessionStorage.getItem("pointers")) + 1);
    for (const type of ["pointerdown", "mousedown", "touchstart", "wheel"])
        addEventListener(type, count, true);
})()"""
STOP = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
MOST_STOPS = 200


def sign_in_by_keys(page: Page, name: str) -> None:
    """From the first page on, without a pointer; `no_pointer` says in the end whether that held."""
    page.add_init_script(COUNT_POINTERS)
    page.goto("/")
    user = page.get_by_label("User name")
    expect(user).to_be_visible()
    tab_to(page, user)
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a pointer does."""
    stops: list[str] = []
    for _ in range(MOST_STOPS):
        if wanted.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
        stops.append(page.evaluate(STOP))
    raise AssertionError(f"Tab never came to {wanted}, but to {stops[:40]}")


def open_by_keys(page: Page, name: str, link: str = "Label") -> None:
    """Find the project of this name in the list of all, and follow one of its links."""
    expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    search = page.get_by_role("searchbox")
    if search.count() > 0:
        tab_to(page, search)
        page.keyboard.type(name)
    tab_to(page, page.get_by_role("link", name=re.compile(f"^{link} .*{name}")))
    page.keyboard.press("Enter")


def work_by_keys(page: Page, who: str, project_name: str) -> None:
    """Sign in, and open a project's label screen."""
    sign_in_by_keys(page, who)
    open_by_keys(page, project_name)
    expect(page.get_by_test_id("stage")).to_be_visible()


def no_pointer(page: Page) -> None:
    assert page.evaluate("sessionStorage.getItem('pointers')") == "0"


def press_all(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def next_item(page: Page, press: Callable[[], None]) -> str:
    """Do what answers, and wait for the next item; return the task that was answered."""
    stage = page.get_by_test_id("stage")
    task = stage.get_attribute("data-task") or ""
    press()
    # The last answer of a project leaves no item at all.
    page.wait_for_function(
        "task => document.querySelector('[data-testid=stage]')?.dataset.task !== task", arg=task
    )
    return task
