"""Every screen in light and dark and three widths: nothing sticks out, nothing is reported."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.stack import PASSWORD, ROOT, Stack

OUT = ROOT / "test-results" / "screens"
PICTURES = Path(__file__).parent / "pictures"
WIDTHS = {1440: 900, 1024: 768, 390: 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# Name of the screen, its address (with {project}, {run}, {paused}), and what it shows when ready.
SCREENS = [
    ("projects", "/projects", "text=Which digit is this?"),
    ("new-project", "/projects/new?dataset=1", "text=What labelers see"),
    ("datasets", "/datasets", "h1:has-text('Datasets')"),
    ("dataset", "/datasets/1", "button[aria-label^='Open ']"),
    ("dataset-item", "/datasets/1?item=1", "[role=dialog] img"),
    ("label", "/projects/{project}/label", "[data-testid=stage]"),
    ("nothing-to-label", "/projects/{paused}/label", "text=/paused/i"),
    ("overview", "/projects/{project}", "table[aria-label=Labelers]"),
    ("items", "/projects/{project}/items", "main table"),
    ("review", "/projects/{project}/review", "section[aria-label=Answers], text=disputed"),
    ("runs", "/projects/{project}/runs", "text=Model versions"),
    ("run", "/projects/{project}/runs/{run}", "text=What is mistaken for what"),
    ("export", "/projects/{project}/export", "text=the first"),
    ("members", "/projects/{project}/members", "main table"),
    ("settings", "/projects/{project}/settings", "text=What labelers see"),
    ("tokens", "/tokens", "h1:has-text('API tokens')"),
    ("status", "/status", "text=Processes"),
    ("account", "/account", "main h1"),
    ("not-found", "/no-such-page", "main"),
]
REPORT_POLICY = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""
STICKS_OUT = """() => [document.documentElement, document.querySelector("main")]
    .filter((box) => box && box.scrollWidth > box.clientWidth)
    .map((box) => `${box.tagName} by ${box.scrollWidth - box.clientWidth} px`)"""
LOADED = """() => [...document.images].every(
    (image) => image.complete || image.getBoundingClientRect().top > innerHeight)"""
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Full in the light, colours again in the dark. One rule is off: it takes the key caps on buttons,
# which are hidden from screen readers, for a part of the name.
BARRIERS = """async (dark) => {
    const only = dark
        ? { runOnly: ["color-contrast"] }
        : { rules: { "label-content-name-mismatch": { enabled: false } } };
    const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
    return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
        .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html}`));
}"""


@dataclass
class Watched:
    """A page, and what it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(REPORT_POLICY)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def in_all_forms(self, name: str) -> None:
        """Take the pictures of the screen that is shown; fail on what sticks out of it."""
        found: list[str] = []
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width, height in WIDTHS.items():
                self.page.set_viewport_size({"width": width, "height": height})
                self.page.wait_for_function(LOADED)
                self.page.screenshot(path=OUT / f"{name}-{width}-{scheme}.png")
                found += [f"{width} {scheme}: {box}" for box in self.page.evaluate(STICKS_OUT)]
        self.page.set_viewport_size({"width": 1440, "height": 900})
        assert found == []

    def has_no_barriers(self) -> None:
        """Fail on what axe finds serious on the screen that is shown."""
        self.page.evaluate(AXE.read_text())
        found: list[str] = []
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += self.page.evaluate(BARRIERS, scheme == "dark")
        assert found == []


@pytest.fixture(scope="module")
def places(stack: Stack, admin_token: str, simulated: int) -> dict[str, int]:
    """What stands for the names in the addresses."""
    project = stack.api("GET", f"projects/{simulated}/", admin_token)
    paused = stack.api(
        "POST", "projects/", admin_token,
        {
            "dataset": project["dataset"]["id"], "name": "Paused", "question": "Is it ink?",
            "schema": {"labels": [{"name": "yes"}, {"name": "no"}]},
        },
    )  # fmt: skip
    stack.api("PATCH", f"projects/{paused['id']}/", admin_token, {"state": "paused"})
    run = finished_run(stack, admin_token, simulated)
    return {"project": simulated, "paused": paused["id"], "run": run}


def finished_run(stack: Stack, token: str, project: int) -> int:
    """Wait for the first run that has come to its end."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        runs = stack.api("GET", f"projects/{project}/runs/", token)["results"]
        done = [int(one["id"]) for one in runs if one["state"] == "done"]
        if done:
            return done[0]
        time.sleep(1)
    raise AssertionError(f"no run of project {project} has ended: {runs}")


@pytest.fixture(scope="module")
def root(stack: Stack, browser: Browser, places: dict[str, int]) -> Iterator[Watched]:
    OUT.mkdir(parents=True, exist_ok=True)
    with browser.new_context(base_url=stack.url) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("User name").fill("root")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Projects")).to_be_visible()
        yield Watched(context.new_page())


def test_the_sign_in_fits_every_width(stack: Stack, browser: Browser) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with browser.new_context(base_url=stack.url) as context:
        watched = Watched(context.new_page())
        watched.page.goto("/")
        expect(watched.page.get_by_label("User name")).to_be_visible()
        watched.in_all_forms("sign-in")
        watched.has_no_barriers()
        assert watched.complaints == []


@pytest.mark.parametrize(("name", "address", "landmark"), SCREENS, ids=[s[0] for s in SCREENS])
def test_the_screen_fits_every_width_and_complains_of_nothing(
    root: Watched, places: dict[str, int], name: str, address: str, landmark: str
) -> None:
    root.complaints.clear()
    page = root.page
    page.goto(address.format(**places))
    wanted = [page.locator(one) for one in landmark.split(", ")]
    first = wanted[0] if len(wanted) == 1 else wanted[0].or_(wanted[1])
    expect(first.first).to_be_visible(timeout=20_000)
    root.in_all_forms(name)
    assert root.complaints == []
    root.has_no_barriers()


@pytest.mark.skipif(not os.environ.get("LABELHUB_PICTURES"), reason="makes the README's pictures")
@pytest.mark.parametrize("name", ["label", "overview"])
def test_the_readme_has_small_pictures(root: Watched, places: dict[str, int], name: str) -> None:
    address, landmark = next(screen[1:] for screen in SCREENS if screen[0] == name)
    root.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    root.page.set_viewport_size({"width": 1440, "height": 900})
    root.page.goto(address.format(**places))
    expect(root.page.locator(landmark)).to_be_visible()
    root.page.wait_for_function(LOADED)
    root.page.wait_for_timeout(1500)  # what is said on arrival has gone
    PICTURES.mkdir(exist_ok=True)
    root.page.screenshot(path=PICTURES / f"{name}.png")
    assert (PICTURES / f"{name}.png").stat().st_size < 150_000
