"""A picture for each label: chosen in the settings, seen while labeling, also without a line."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.questions import Questions, domain
from tests.waiting import until

Enter = Callable[..., Page]


def choose(page: Page, label: str, filename: str) -> None:
    page.get_by_role("button", name=f"Choose the example of {label}").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("File name").fill(filename)
    dialog.get_by_label("File name").press("Enter")  # must not save the settings behind it
    dialog.get_by_role("button", name=filename).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("img", name=f"Example of {label}")).to_be_visible()


def loaded(picture: Locator) -> None:
    expect(picture).to_be_visible()
    seen = "(it) => it.complete && it.naturalWidth > 0"
    until(lambda: picture.evaluate(seen), "the picture is loaded")


def test_examples_are_chosen_by_a_manager_and_seen_by_labelers(
    questions: Questions, sign_in: Enter
) -> None:
    lines = domain("hooker_lines", "lines", "*.jpg")[:12]
    dataset = questions.dataset("Lines", lines, "handwriting")
    labels = [{"name": "neat", "description": "Every letter can be told."}, {"name": "rough"}]
    project = questions.ask("choice", dataset, ["lena"], schema={"labels": labels})
    rows = questions.stack.api("GET", f"datasets/{dataset}/items/", questions.token)["results"]

    page = sign_in("root")
    page.goto(f"/projects/{project}/settings")
    choose(page, "neat", rows[0]["filename"])
    choose(page, "rough", rows[1]["filename"])
    page.get_by_role("button", name="Remove the example of rough").click()
    expect(page.get_by_role("img", name="Example of rough")).to_have_count(0)

    labeler = sign_in("lena")
    labeler.goto(f"/projects/{project}/label")
    expect(labeler.get_by_text("Every letter can be told.")).to_be_visible()
    picture = labeler.get_by_role("button", name="Example of neat")
    loaded(picture.locator("img"))
    picture.click()
    expect(picture).to_have_attribute("aria-expanded", "true")
    loaded(picture.locator("img"))
    expect(labeler.get_by_role("button", name="Example of rough")).to_have_count(0)

    section = labeler.get_by_test_id("offline")
    section.get_by_label("How many").select_option("25")
    section.get_by_role("button", name="Take along").click()
    expect(section).to_contain_text("on this device, held")
    labeler.context.set_offline(True)
    labeler.reload()
    expect(labeler.get_by_test_id("stage")).to_be_visible()
    again = labeler.get_by_role("button", name="Example of neat")
    loaded(again.locator("img"))
    again.click()
    loaded(again.locator("img"))


def test_ones_own_work_is_one_step_from_the_list_and_from_the_label_screen(
    questions: Questions, sign_in: Enter
) -> None:
    lines = domain("hooker_lines", "lines", "*.jpg")[:12]
    project = questions.ask("choice", questions.dataset("Lines", lines, "handwriting"), ["noor"])
    name = questions.stack.api("GET", f"projects/{project}/", questions.token)["name"]
    page = sign_in("noor")
    page.get_by_role("link", name=f"My work in {name}", exact=True).click()
    expect(page).to_have_url(f"{questions.stack.url}/projects/{project}/my-figures")
    page.goto(f"/projects/{project}/label")
    expect(page.get_by_test_id("stage")).to_be_visible()
    page.get_by_role("complementary").get_by_role("link", name="My work").click()
    expect(page).to_have_url(f"{questions.stack.url}/projects/{project}/my-figures")
