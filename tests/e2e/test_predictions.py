"""Predictions of somebody's own model: sent in a browser, reported row by row, served."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions, domain

Enter = Callable[..., Page]


def test_predictions_are_sent_reported_and_serve(questions: Questions, sign_in: Enter) -> None:
    lines = domain("hooker_lines", "lines", "*.jpg")[:6]
    dataset = questions.dataset("Brought lines", lines, "handwriting")
    labels = [{"name": "neat"}, {"name": "rough"}]
    project = questions.ask("choice", dataset, ["lena"], schema={"labels": labels})
    rows = questions.stack.api("GET", f"datasets/{dataset}/items/", questions.token)["results"]
    table = "item,label,confidence\n"
    table += "".join(f"{row['id']},neat,0.9\n" for row in rows[:5])
    table += f"{rows[5]['id']},illegible,0.9\n"

    page = sign_in("root")
    page.goto(f"/projects/{project}/runs")
    page.get_by_role("button", name="Bring predictions").click()
    dialog = page.get_by_role("dialog")
    send = dialog.get_by_role("button", name="Send")
    expect(send).to_be_disabled()
    dialog.locator("input[type=file]").set_input_files(
        {"name": "said.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    dialog.get_by_label("Model").fill("resnet")
    expect(dialog.get_by_text("proves nothing")).to_be_visible()
    dialog.get_by_label("Learned from").select_option("elsewhere")
    send.click()

    expect(page.get_by_text("Its predictions were brought: resnet.")).to_be_visible()
    tables = page.get_by_role("table", name="Predictions from elsewhere")
    expect(tables).to_contain_text("5 taken, 1 refused; 1 image has no prediction.")
    tables.get_by_text("resnet").click()
    expect(page.get_by_role("dialog")).to_contain_text(
        "Line 7: The project has no label 'illegible'."
    )
