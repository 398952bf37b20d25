"""Every screen while its data is awaited and when it cannot be had: said, with a way on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.entrance import entrance
from tests.stack import Stack

# What stands around every screen, and the frame of a project or a dataset: these are answered.
FRAME = re.compile(r"/api/v1/(session|status|projects/\d+|datasets/\d+)/(\?.*)?$")
ALWAYS = re.compile(r"/api/v1/(session|status)/(\?.*)?$")
PROJECT = "/projects/{project}"
# Screens by name: the address, and whether all they show comes with the frame.
SCREENS = {
    "projects": "/projects",
    "new-project": "/projects/new",
    "overview": PROJECT,
    "label": f"{PROJECT}/label",
    "grid": f"{PROJECT}/grid",
    "items": f"{PROJECT}/items",
    "review": f"{PROJECT}/review",
    "label-errors": f"{PROJECT}/label-errors",
    "foreign": f"{PROJECT}/foreign",
    "labelers": f"{PROJECT}/labelers",
    "labeler": f"{PROJECT}/labelers/1",
    "my-figures": f"{PROJECT}/my-figures",
    "quality": f"{PROJECT}/quality",
    "gold": f"{PROJECT}/quality/gold",
    "proposals": f"{PROJECT}/quality/proposals",
    "consensus": f"{PROJECT}/quality/consensus",
    "consensus-run": f"{PROJECT}/quality/consensus/1",
    "runs": f"{PROJECT}/runs",
    "run": f"{PROJECT}/runs/1",
    "export": f"{PROJECT}/export",
    "releases": f"{PROJECT}/releases",
    "members": f"{PROJECT}/members",
    "webhooks": f"{PROJECT}/settings/webhooks",
    "datasets": "/datasets",
    "dataset": "/datasets/{dataset}",
    "map": "/datasets/{dataset}/map",
    "duplicates": "/datasets/{dataset}/duplicates",
    "invitation": "/invitations/abc",
    "tokens": "/tokens",
    "originals": "/status/originals",
}
# These show what the frame holds; they have nothing of their own to wait for.
FRAMED = {"settings": f"{PROJECT}/settings"}
OF_A_FRAME = {name: address for name, address in {**SCREENS, **FRAMED}.items() if "{" in address}


@pytest.fixture(scope="module")
def places(stack: Stack, admin_token: str) -> dict[str, int]:
    projects = stack.api("GET", "projects/?limit=500", admin_token)["results"]
    digits = next(one for one in projects if one["name"] == "Digits")
    return {"project": digits["id"], "dataset": digits["dataset"]["id"]}


@pytest.fixture(scope="module")
def entered(stack: Stack, browser: Browser) -> Iterator[Page]:
    with entrance(stack, browser) as enter:
        yield enter("root", service_workers="block")


@pytest.fixture
def page(entered: Page) -> Iterator[Page]:
    errors: list[str] = []
    entered.goto("about:blank")
    entered.on("pageerror", lambda error: errors.append(str(error)))
    yield entered
    entered.unroute_all(behavior="ignoreErrors")
    assert errors == []


def broken(page: Page, passing: re.Pattern[str], how: str) -> None:
    """Let the server break, or the line, for all requests of a page but some."""

    def handle(route: Route) -> None:
        if passing.search(route.request.url):
            route.continue_()
        elif how == "server":
            body = '{"code": "broken", "detail": "The server could not do this just now."}'
            route.fulfill(status=500, content_type="application/json", body=body)
        elif how == "line":
            route.abort()
        # Else it is never answered.

    page.route("**/api/v1/**", handle)


def is_told(page: Page, text: str) -> None:
    told = page.get_by_role("main").get_by_role("alert").filter(has_text=text).first
    expect(told).to_be_visible()
    again = told.get_by_role("button", name=re.compile("Try again", re.I))
    expect(again).to_be_visible()


@pytest.mark.parametrize("name", SCREENS)
def test_while_the_answer_is_awaited_the_screen_says_so(
    page: Page, places: dict[str, int], name: str
) -> None:
    broken(page, FRAME, "never")
    page.goto(SCREENS[name].format(**places))
    expect(page.get_by_role("main").get_by_role("status").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("name", SCREENS)
def test_a_server_that_fails_is_told_and_can_be_asked_again(
    page: Page, places: dict[str, int], name: str
) -> None:
    broken(page, FRAME, "server")
    page.goto(SCREENS[name].format(**places))
    is_told(page, "The server could not do this just now.")


@pytest.mark.parametrize("name", OF_A_FRAME)
def test_a_project_or_dataset_that_cannot_be_had_is_told(
    page: Page, places: dict[str, int], name: str
) -> None:
    broken(page, ALWAYS, "line")
    page.goto(OF_A_FRAME[name].format(**places))
    is_told(page, "")
