"""Every screen in light and dark and three widths: nothing sticks out, nothing is reported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.entrance import entrance, patient
from tests.e2e.questions import Questions
from tests.e2e.watched import LOADED, Watched
from tests.pictures import png
from tests.stack import Stack
from tests.waiting import BY_A_WORKER, until

PICTURES = Path(__file__).parent / "pictures"

# Name of the screen, its address (with {project}, {run}, …), and what it shows when ready.
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
    ("labelers", "/projects/{project}/labelers", "table[aria-label='Each pair']"),
    ("labeler", "/projects/{project}/labelers/{labeler}", "text=What is answered for what"),
    ("runs", "/projects/{project}/runs", "text=Model versions"),
    ("run", "/projects/{project}/runs/{run}", "text=What is mistaken for what"),
    ("grid", "/projects/{project}/grid", "[data-testid=tiles] button"),
    ("foreign-items", "/projects/{project}/foreign", "main h1"),
    ("my-figures", "/projects/{project}/my-figures", "main h1"),
    ("my-figures-some", "/projects/{looked_after}/my-figures", "main section"),
    ("quality", "/projects/{project}/quality", "text=Krippendorff"),
    ("gold", "/projects/{looked_after}/quality/gold", "table[aria-label='Gold items']"),
    ("consensus-runs", "/projects/{looked_after}/quality/consensus", "table[aria-label] a"),
    (
        "consensus-run",
        "/projects/{looked_after}/quality/consensus/{consensus_run}",
        "table[aria-label='Beside the method in force']",
    ),
    ("anchoring", "/projects/{project}/quality/proposals", "main h1"),
    ("releases", "/projects/{looked_after}/releases", "text=Data card"),
    ("webhooks", "/projects/{looked_after}/settings/webhooks", "text=labelhub.invalid"),
    ("settings-pairs", "/projects/{pairs}/settings", "text=Draw pairs"),
    ("settings-transcription", "/projects/{lines}/settings", "text=What labelers see"),
    ("item-open", "/projects/{project}/items?task={task}", "text=How this came about"),
    ("export", "/projects/{project}/export", "text=the first"),
    ("members", "/projects/{project}/members", "main table"),
    ("settings", "/projects/{project}/settings", "text=What labelers see"),
    ("tokens", "/tokens", "h1:has-text('API tokens')"),
    ("status", "/status", "text=Processes"),
    ("account", "/account", "main h1"),
    ("not-found", "/no-such-page", "main"),
]

# Some of the answers are known to be right or wrong, so that figures on known answers are shown.
KNOW_SOME = """
from annotations.actions.gold import make_gold
from annotations.models import Project
from labelhub.accounts.models import User
mika = User.objects.get(username="mika")
project = Project.objects.get(pk={project})
for task in project.tasks.filter(votes__gt=0, gold=None)[:7]:
    make_gold(task=task, by=mika, answer={{"choice": str(task.pk // 2 * 2 % 10)}})
"""


@pytest.fixture(scope="module")
def places(
    stack: Stack,
    admin_token: str,
    simulated: int,
    trained: int,
    questions: Questions,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, int]:
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
    labeler = some_labeler(stack, admin_token, simulated)
    task = stack.api("GET", f"projects/{simulated}/tasks/?limit=1", admin_token)["results"][0]
    own = looked_after(stack, admin_token, project["dataset"]["id"])
    folder = tmp_path_factory.mktemp("few")
    for n in range(6):
        (folder / f"few-{n}.png").write_bytes(png(seed=1200 + n))
    few = questions.dataset("Few", sorted(folder.glob("*.png")))
    own |= {
        "pairs": questions.ask("pair", few, []),
        "lines": questions.ask("transcription", few, []),
    }
    return own | {
        "project": simulated, "paused": paused["id"], "run": trained, "labeler": labeler,
        "task": task["id"],
    }  # fmt: skip


def looked_after(stack: Stack, token: str, dataset: int) -> dict[str, int]:
    """A project with gold, a paused labeler, a consensus run, releases and a webhook."""
    project = stack.api(
        "POST", "projects/", token,
        {
            "dataset": dataset, "name": "Looked after", "question": "What is written here?",
            "schema": {"labels": [{"name": digit} for digit in "0123456789"]},
            "min_votes": 2, "max_votes": 2, "random_share": 0, "auto_train": False,
        },
    )["id"]  # fmt: skip
    answer_some(stack, token, project)
    base = f"projects/{project}"
    stack.api("POST", f"{base}/gold/", token, {"source": "known", "limit": 6})
    stack.manage("shell", "-c", KNOW_SOME.format(project=project))
    run = stack.api("POST", f"{base}/consensus-runs/", token, {"method": "majority"})
    hook = {"url": "https://hooks.labelhub.invalid/take", "events": ["release.made"]}
    stack.api("POST", f"{base}/webhooks/", token, hook)
    for note in ("first look", "the same once more"):
        body = {"name": "digits", "filters": {"status": "all"}, "note": note}
        stack.api("POST", f"{base}/releases/", token, body)
    return {"looked_after": project, "consensus_run": run["id"]}


def answer_some(stack: Stack, token: str, project: int) -> None:
    """Three people answer a dozen each, all alike; one of them is paused after that."""
    for name in ("lena", "noor", "root"):
        own = stack.manage("create_token", name).strip()
        if name != "root":
            member = {"username": name, "role": "labeler"}
            made = stack.api("POST", f"projects/{project}/members/", token, member)
        tasks = stack.api("POST", f"projects/{project}/lease/", own, {"count": 12})["tasks"]
        for task in tasks:
            body = {"lease": task["lease"]["id"], "answer": {"choice": str(task["id"] % 10)}}
            stack.api("POST", "annotations/", own, body, key=f"{name} {task['id']}")
    reason = {"reason": "Please read the guidelines on sevens again."}
    stack.api("POST", f"members/{made['id']}/pause/", token, reason)


def some_labeler(stack: Stack, token: str, project: int) -> int:
    """Ask for the figures of labelers, and wait until somebody has some."""
    stack.api("POST", f"projects/{project}/labelers/together/", token)
    rows = until(
        lambda: stack.api("GET", f"projects/{project}/labelers/", token)["results"],
        "the figures of the labelers are worked out",
    )
    return int(rows[0]["id"])


@pytest.fixture(scope="module")
def root(stack: Stack, browser: Browser, places: dict[str, int]) -> Iterator[Watched]:
    with entrance(stack, browser) as enter:
        yield Watched(enter("root").context.new_page())


def test_the_sign_in_fits_every_width(stack: Stack, browser: Browser) -> None:
    with browser.new_context(base_url=stack.url) as context:
        watched = Watched(patient(context.new_page()))
        watched.page.goto("/")
        expect(watched.page.get_by_label("User name")).to_be_visible()
        watched.in_all_forms("sign-in")
        watched.has_no_barriers()
        assert watched.complaints == []


@pytest.mark.parametrize(("name", "address", "landmark"), SCREENS, ids=[s[0] for s in SCREENS])
def test_the_screen_fits_every_width_and_complains_of_nothing(
    root: Watched, places: dict[str, int], name: str, address: str, landmark: str
) -> None:
    root.open(address.format(**places))
    page = root.page
    wanted = [page.locator(one) for one in landmark.split(", ")]
    first = wanted[0] if len(wanted) == 1 else wanted[0].or_(wanted[1])
    expect(first.first).to_be_visible(timeout=BY_A_WORKER)
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
