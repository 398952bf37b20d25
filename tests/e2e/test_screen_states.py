"""Every screen while its data is awaited, cannot be had or is not there yet: with a way on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.entrance import entrance
from tests.stack import PASSWORD, Stack

# What stands around every screen, and the frame of a project or a dataset: these are answered.
FRAME = re.compile(r"/api/v1/(session|status|projects/\d+|datasets/\d+)/(\?.*)?$")
ALWAYS = re.compile(r"/api/v1/(session|status)/(\?.*)?$")
PROJECT = "/projects/{project}"
# Only what is in the window scrolls; a longer document has a second scroll bar.
IN_ONE_WINDOW = """() => document.documentElement.scrollHeight <= innerHeight"""
NEWCOMER_JOINS = f"""
from labelhub.accounts.models import User
User.objects.create_user("newcomer", password="{PASSWORD}", display_name="Newcomer")
"""
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
# Of a project that asks nothing and a dataset without images: the address, what is said, and the
# name of the button or link that leads on.
EMPTY = {
    "overview": (PROJECT, "Nobody is asked anything yet", "Add images"),
    "overview-of-pairs": ("/projects/{pairs}", "No pairs have been chosen yet", "Choose pairs"),
    "label": (f"{PROJECT}/label", "This project has no items yet.", "Look now"),
    "grid": (f"{PROJECT}/grid", "Nothing to confirm", "Answer one by one"),
    "items": (f"{PROJECT}/items", "No tasks yet", "To the dataset"),
    "review": (f"{PROJECT}/review", "Nothing waits for you", "To the overview"),
    "label-errors": (
        f"{PROJECT}/label-errors", "The labels have not been judged yet", "Look for wrong labels",
    ),
    "foreign": (f"{PROJECT}/foreign", "The items have not been judged yet", "Judge now"),
    "labelers": (f"{PROJECT}/labelers", "Nobody has answered yet", "Invite labelers"),
    "my-figures": (f"{PROJECT}/my-figures", "You have not answered anything here yet", "Label"),
    "quality": (f"{PROJECT}/quality", "Not measured yet", "Gold and labelers"),
    "gold": (f"{PROJECT}/quality/gold", "No gold items yet", "Make gold"),
    "proposals": (
        f"{PROJECT}/quality/proposals", "No answer was given to an item with a proposal yet",
        "Open the settings",
    ),
    "consensus": (f"{PROJECT}/quality/consensus", "No run yet", "New run"),
    "runs": (f"{PROJECT}/runs", "No run yet", "Train now"),
    "export": (f"{PROJECT}/export", "No export yet", "Export"),
    "releases": (f"{PROJECT}/releases", "No release yet", "New release"),
    "members": (f"{PROJECT}/members", "(you)", "Invite by link"),
    "webhooks": (f"{PROJECT}/settings/webhooks", "No webhooks yet", "New webhook"),
    "pairs": ("/projects/{pairs}/settings#pairs", "no pairs yet", "Draw pairs"),
    "dataset": ("/datasets/{dataset}", "Drop images, folders or a ZIP here", "Choose files"),
    "map": ("/datasets/{dataset}/map", "A map needs ten images or more", "Add images"),
    "duplicates": (
        "/datasets/{dataset}/duplicates", "There is nothing to compare yet", "Add images",
    ),
    "takedowns": (
        "/datasets/{dataset}/takedowns", "Nothing was taken down", "Back to the dataset",
    ),
}  # fmt: skip
# What somebody meets who has just got an account: no project, no dataset, no token.
NEWCOMER = {
    "projects": ("/projects", "No projects yet", None),
    "new-project": ("/projects/new", "There is no dataset yet", "Add a dataset"),
    "datasets": ("/datasets", "No datasets yet", "New dataset"),
    "tokens": ("/tokens", "No token yet", "New token"),
    "invitation": ("/invitations/abc", "This invitation cannot be used", "To the projects"),
    "no-such-project": ("/projects/9999999", "There is no such project", "To the projects"),
}
OF_A_FRAME = {name: address for name, address in {**SCREENS, **FRAMED}.items() if "{" in address}


@pytest.fixture(scope="module")
def places(stack: Stack, admin_token: str) -> dict[str, int]:
    projects = stack.api("GET", "projects/?limit=500", admin_token)["results"]
    digits = next(one for one in projects if one["name"] == "Digits")
    return {"project": digits["id"], "dataset": digits["dataset"]["id"]}


@pytest.fixture(scope="module")
def bare(stack: Stack, admin_token: str) -> dict[str, int]:
    """A dataset without images, and a question about them; another one about pairs of them."""

    def make(what: str, **body: object) -> int:
        return int(stack.api("POST", f"{what}/", admin_token, body)["id"])

    dataset = make("datasets", name="Bare", kind="handwriting")
    asked = {"dataset": dataset, "question": "Which one is it?"}
    labels = [{"name": name} for name in ("same", "different")]
    schema = {"labels": labels}
    return {
        "dataset": dataset,
        "project": make("projects", name="Bare", schema=schema, **asked),
        "pairs": make("projects", name="Bare pairs", task_type="pair", schema=schema, **asked),
    }


@pytest.fixture(scope="module")
def newcomer(stack: Stack, browser: Browser) -> Iterator[Page]:
    """Somebody who has an account, and nothing besides."""
    stack.manage("shell", "-c", NEWCOMER_JOINS)
    with entrance(stack, browser) as enter:
        yield enter("newcomer", service_workers="block")


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


def leads_on(page: Page, told: str, way: str | None) -> None:
    """What is missing is said, and there is a way to get it, where one can get it oneself."""
    main = page.get_by_role("main")
    expect(main.get_by_text(told).first).to_be_visible()
    if way is not None:
        ways = main.get_by_role("button", name=way, exact=True)
        expect(ways.or_(main.get_by_role("link", name=way, exact=True)).first).to_be_visible()


@pytest.mark.parametrize("name", EMPTY)
def test_a_screen_without_anything_says_so_and_leads_on(
    page: Page, bare: dict[str, int], name: str
) -> None:
    address, told, way = EMPTY[name]
    page.goto(address.format(**bare))
    leads_on(page, told, way)
    page.wait_for_function(IN_ONE_WINDOW)


@pytest.mark.parametrize("name", NEWCOMER)
def test_somebody_new_is_told_what_is_missing_and_led_on(newcomer: Page, name: str) -> None:
    address, told, way = NEWCOMER[name]
    newcomer.goto(address)
    leads_on(newcomer, told, way)
