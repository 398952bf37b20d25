"""A page that is looked at in every form: what sticks out, what it complains of, whom it bars."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import ConsoleMessage, Page, TimeoutError

from tests.stack import ROOT

OUT = ROOT / "test-results" / "screens"
WIDTHS = {1440: 900, 1024: 768, 390: 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
REPORT_POLICY = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""
# What scrolls sideways, and what in it reaches farthest beyond its edge.
STICKS_OUT = """() => [document.documentElement, document.querySelector("main")]
    .filter((box) => box && box.scrollWidth > box.clientWidth)
    .map((box) => {
        const end = (one) => one.getBoundingClientRect().right;
        const farthest = [...box.querySelectorAll("*")].reduce((a, b) => (end(b) > end(a) ? b : a));
        const by = box.scrollWidth - box.clientWidth;
        return `${box.tagName} by ${by} px: ${farthest.outerHTML.slice(0, 200)}`;
    })"""
FITS = f"() => ({STICKS_OUT})().length === 0"
SETTLING_MS = 60_000  # only what sticks out in the end waits for it
LOADED = """() => [...document.images].every(
    (image) => image.complete || image.getBoundingClientRect().top > innerHeight)"""
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
IMPACTS = ["minor", "moderate", "serious", "critical"]
# Full in the light, colours again in the dark. One rule is off: it takes the key caps on buttons,
# which are hidden from screen readers, for a part of the name.
BARRIERS = """async ([dark, impacts]) => {
    const only = dark
        ? { runOnly: ["color-contrast"] }
        : { rules: { "label-content-name-mismatch": { enabled: false } } };
    const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
    return violations.filter(({ impact }) => impacts.includes(impact))
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

    def open(self, address: str) -> None:
        """Go to a screen, and hear what this one complains of, not what the last one did."""
        self.page.goto("about:blank")
        self.complaints.clear()
        self.page.goto(address)

    def in_all_forms(self, name: str) -> None:
        """Take the pictures of the screen that is shown; fail on what sticks out of it."""
        OUT.mkdir(parents=True, exist_ok=True)
        found: list[str] = []
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width, height in WIDTHS.items():
                self.page.set_viewport_size({"width": width, "height": height})
                self.page.wait_for_function(LOADED)
                self._settle()
                self.page.screenshot(path=OUT / f"{name}-{width}-{scheme}.png")
                found += [f"{width} {scheme}: {box}" for box in self.page.evaluate(STICKS_OUT)]
        self.page.set_viewport_size({"width": 1440, "height": 900})
        assert found == [], "\n".join(found)

    def _settle(self) -> None:
        """Give what follows the window's size, such as charts, the time to follow it."""
        with suppress(TimeoutError):
            self.page.wait_for_function(FITS, timeout=SETTLING_MS)

    def has_no_barriers(self, *, least: str = "serious") -> None:
        """Fail on what axe finds on the screen that is shown, from this weight on."""
        impacts = IMPACTS[IMPACTS.index(least) :]
        self.page.evaluate(AXE.read_text())
        found: list[str] = []
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += self.page.evaluate(BARRIERS, [scheme == "dark", impacts])
        assert found == [], "\n".join(found)
