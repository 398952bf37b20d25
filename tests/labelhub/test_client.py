"""The Python client against a live server: upload, label, release, export, load."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

import labelhub.client
from annotations.actions.project import open_tasks
from annotations.models import Annotation, Item, KnownLabel, Project, Task
from labelhub.accounts.models import ApiToken
from labelhub.client import LabelHubError, ServerAway, connect, lines
from labelhub.client.files import download
from labelhub.client.transport import Transport
from labelhub.jobs.models import Job
from labelhub.jobs.run import run_job
from tests import factories
from tests.pictures import png
from tests.ports import free_port
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LABELS = {"labels": [{"name": "yes"}, {"name": "no"}]}


@pytest.fixture(autouse=True)
def worker(request: Any) -> Iterator[None]:
    """Runs jobs beside the server, as a worker does."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            for pk in Job.objects.due().values_list("pk", flat=True):
                run_job(pk)
        connection.close()

    thread = threading.Thread(target=work, daemon=True)
    if "live_server" in request.fixturenames:
        thread.start()
    yield
    stop.set()
    if thread.is_alive():
        thread.join(PATIENCE)


@pytest.fixture
def token(live_server: Any) -> str:
    return ApiToken.issue(user=factories.admin(), name="client")[1]


@pytest.fixture
def client(live_server: Any, token: str) -> Any:
    with connect(live_server.url, token, patience=5) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures" / "inner").mkdir(parents=True)
    for number in range(3):
        (tmp_path / "pictures" / f"p{number}.png").write_bytes(png(number))
    (tmp_path / "pictures" / "inner" / "p3.png").write_bytes(png(3))
    (tmp_path / "pictures" / "broken.png").write_bytes(b"no picture")
    (tmp_path / "pictures" / ".hidden").write_bytes(b"not sent")
    return tmp_path / "pictures"


def test_it_loads_no_django() -> None:
    code = "import labelhub.client, sys; print(sorted({m.split('.')[0] for m in sys.modules}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'httpx'" in found.stdout
    assert not {"'django'", "'celery'", "'numpy'"} & set(found.stdout.strip("[]\n").split(", "))


def test_a_folder_is_uploaded_and_again_adds_nothing(client: Any, folder: Path) -> None:
    dataset = client.datasets.create("letters", licence="CC0")
    seen: list[tuple[int, int]] = []
    report = dataset.upload(folder, progress=lambda done, total: seen.append((done, total)))
    assert (report.counts["taken"], report.counts["refused"]) == (4, 1)
    assert report.refused[0]["name"] == "broken.png"
    assert {item["filename"] for item in dataset.items()} == {f"p{n}.png" for n in range(4)}
    assert seen[0][0] == 0 and seen[-1][0] == seen[-1][1]
    again = dataset.upload(folder)
    assert (again.counts["taken"], again.counts["duplicate"]) == (0, 4)
    assert Item.objects.count() == 4


def test_predictions_of_ones_own_model_become_a_version(
    client: Any, folder: Path, tmp_path: Path
) -> None:
    dataset = client.datasets.create("letters")
    dataset.upload(folder)
    project = client.create_project(
        dataset=dataset.id, name="letters", question="Is it?", schema=LABELS
    )
    shares = {"yes": 0.7, "no": 0.3}
    rows = [{"item": item["id"], "probabilities": shares} for item in dataset.items()]
    made = project.predict_with(iter(rows), name="vit", trained_on="elsewhere")
    assert made["version"]["name"] == "vit" and made["version"]["serving"]
    assert (made["report"]["taken"], made["report"]["without"]) == (4, 0)
    (tmp_path / "said.csv").write_text("filename,label\nnone.png,yes\n")
    with pytest.raises(LabelHubError, match=r"None of the 1 rows.*line 2: .*'none.png'"):
        project.predict_with(tmp_path / "said.csv", name="vit")


def labeled(client: Any, folder: Path) -> Any:
    dataset = client.datasets.create("letters")
    dataset.upload(folder)
    project = client.create_project(
        dataset=dataset.id, name="letters", question="Is it?", schema=LABELS,
        min_votes=1, max_votes=1, random_share=0, audit_share=0,
    )  # fmt: skip
    while tasks := project.lease().tasks:
        project.submit(tasks[0], {"choice": "yes"}, duration_ms=900)
    return project


def test_labels_are_released_exported_and_loaded(
    client: Any, folder: Path, tmp_path: Path, live_server: Any, token: str
) -> None:
    project = labeled(client, folder)
    assert Task.objects.filter(status="settled").count() == 4
    release = project.release("letters", shares={"train": 0.5, "test": 0.5})
    assert release["label"] == "letters@1"
    made = [project.export("jsonl", tmp_path / n, release="letters@1") for n in ("a", "b")]
    assert made[0].read_bytes() == made[1].read_bytes()
    with zipfile.ZipFile(project.export("folders", tmp_path)) as archive:
        assert sum(name.endswith(".png") for name in archive.namelist()) == 4
    table = labelhub.client.load(
        "letters@1", url=live_server.url, token=token, cache=tmp_path / "cache"
    )
    assert len(table) == len(list(table)) == 4
    assert {row["label"] for row in table} == {"yes"}
    assert len(table.split("train")) == 2
    arrow = table.to_arrow(columns=["filename", "label", "answer", "split"])
    assert arrow.num_rows == 4 and arrow["answer"][0].as_py() == '{"choice": "yes"}'
    # The newest one where no number is said; the list is kept, so the server may be gone.
    assert client.release("letters")["number"] == 1
    pytest.importorskip("pandas")
    assert list(table.to_pandas(columns=["label"])["label"]) == ["yes"] * 4


@pytest.mark.torch
def test_a_release_is_a_torch_dataset_of_pictures_and_rows(
    client: Any, folder: Path, tmp_path: Path, live_server: Any, token: str
) -> None:
    pytest.importorskip("torch")
    labeled(client, folder).release("letters", split_by="none")
    table = labelhub.client.load("letters", url=live_server.url, token=token, cache=tmp_path / "c")
    data = table.to_torch(transform=lambda picture: picture.size)
    size, row = data[0]
    assert len(data) == 4 and size == (row["width"], row["height"])
    kept = tmp_path / "c" / "pictures" / row["sha256"]
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == row["sha256"]


def test_a_missing_extra_is_named(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    table = labelhub.client.Table({"items": 0}, tmp_path / "x", None, None)
    with pytest.raises(ImportError, match="pip install pandas"):
        table.to_pandas()


def test_refusals_come_in_the_servers_words(client: Any) -> None:
    with pytest.raises(LabelHubError, match="no such project") as refused:
        _ = client.project(987_654).document
    assert (refused.value.code, refused.value.status) == ("not_found", 404)
    with pytest.raises(LabelHubError) as refused:
        client.datasets.create("")
    assert "name" in refused.value.fields
    with pytest.raises(LabelHubError, match="no finished release"):
        client.release("none@1")
    with pytest.raises(ValueError, match="NAME@NUMBER"):
        client.release("none@first")


def test_an_answer_sent_twice_under_one_key_counts_once(client: Any, folder: Path) -> None:
    project = labeled(client, folder)
    row = Project.objects.get(pk=project.id)
    extra = factories.add_items(row.dataset, 1)[0]
    open_tasks(project=row)
    (task,) = project.lease().tasks
    first = project.submit(task, {"choice": "no"}, key="one")
    second = project.submit(task, {"choice": "no"}, key="one")
    assert first["id"] == second["id"]
    assert Annotation.objects.filter(task__item=extra).count() == 1
    assert project.lease().message


def test_an_absent_server_is_waited_for_and_then_named() -> None:
    transport = Transport(f"http://127.0.0.1:{free_port()}", "x", patience=2.0)
    with pytest.raises(ServerAway, match="cannot be reached"):
        transport.send("GET", "session/")
    assert transport.retries >= 1


def _stub(answers: list[bytes]) -> tuple[str, list[bytes]]:
    """A server that answers each connection with the next bytes, then hangs up."""
    server = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []

    def serve() -> None:
        for answer in answers:
            connection, _ = server.accept()
            seen.append(connection.recv(65536))
            connection.sendall(answer)
            connection.close()
        server.close()

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}", seen


def test_what_breaks_off_is_sent_again() -> None:
    busy = b"HTTP/1.1 503 x\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    url, seen = _stub([busy, b"", good])
    transport = Transport(url, "x", patience=20)
    assert transport.ask("POST", "annotations/", json={"a": 1}) == {}
    assert transport.retries == 2 and len(seen) == 3


def test_a_download_goes_on_where_it_broke_off(tmp_path: Path) -> None:
    data = bytes(range(256)) * 40
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data)
    rest = len(data) - 5000
    more = b"HTTP/1.1 206 OK\r\nContent-Range: bytes 5000-%d/%d\r\nContent-Length: %d\r\n\r\n" % (
        len(data) - 1,
        len(data),
        rest,
    )
    url, seen = _stub([head + data[:5000], more + data[5000:]])
    made = {
        "id": 1, "filename": "../../x.bin", "sha256": hashlib.sha256(data).hexdigest(),
        "byte_size": len(data), "download_url": "/api/v1/exports/1/download/",
    }  # fmt: skip
    path = download(Transport(url, "x"), made, tmp_path)
    assert path == tmp_path / "x.bin" and path.read_bytes() == data
    assert b"bytes=5000-" in seen[1]


def test_a_token_is_sent_to_no_other_server() -> None:
    transport = Transport("https://here.example/sub", "x")
    assert transport.address("https://evil.example/api/v1/x/?a=1") == (
        "https://here.example/api/v1/x/?a=1"
    )
    with pytest.raises(ValueError, match="http"):
        Transport("file:///etc/passwd", "x")
    assert httpx.URL(transport.origin).host == "here.example"


def test_lines_of_json_are_written_in_bulk_and_again_change_nothing(
    client: Any, folder: Path
) -> None:
    dataset = client.datasets.create("letters")
    dataset.upload(folder)
    items = list(dataset.items())
    rows = [
        {"item": item["id"], "tags": ["torn"], "metadata": {"page": number}}
        for number, item in enumerate(items)
    ]
    report = dataset.write_items([*rows, {"item": 987_654, "tags": ["x"]}])
    assert (report.lines, report.changed, report.refused) == (5, 4, 1)
    assert report.errors[0]["line"] == 5 and report.errors[0]["code"] == "unknown_item"
    assert {item["metadata"]["page"] for item in dataset.items()} == {0, 1, 2, 3}
    again = dataset.write_items(iter(rows))
    assert (again.changed, again.unchanged) == (0, 4)


def test_votes_and_known_answers_are_written_in_bulk(client: Any, folder: Path) -> None:
    dataset = client.datasets.create("letters")
    dataset.upload(folder)
    project = client.create_project(
        dataset=dataset.id, name="letters", question="Is it?", schema=LABELS,
        min_votes=1, max_votes=2, random_share=0, audit_share=0,
    )  # fmt: skip
    items = [client.transport.ask("GET", f"items/{row['id']}/") for row in dataset.items()]
    votes = [{"sha256": item["sha256"], "answer": {"choice": "yes"}} for item in items]
    report = project.write_votes(votes, source="an older tool")
    assert (report.lines, report.changed, report.refused) == (4, 4, 0)
    known = project.write_known({"item": i["id"], "answer": {"choice": "no"}} for i in items[:2])
    assert (known.changed, known.refused) == (2, 0)
    until(lambda: Annotation.objects.count() == 4, "four answers arrive")
    assert {vote.labeler.display_name for vote in Annotation.objects.all()} == {"an older tool"}
    assert KnownLabel.objects.filter(value="no").count() == 2
    bad = project.write_votes([{"item": items[0]["id"], "answer": {"choice": "?"}}], source="b")
    assert bad.refused == 1 and bad.errors[0]["line"] == 1


def test_more_lines_than_one_request_takes_keep_their_numbers(
    client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "AT_ONCE", 2)
    dataset = client.datasets.create("letters")
    dataset.upload(folder)
    rows = [{"item": item["id"], "tags": ["a"]} for item in dataset.items()]
    report = dataset.write_items([*rows, {"item": 987_654, "tags": ["a"]}])
    assert (report.lines, report.changed) == (5, 4)
    assert [error["line"] for error in report.errors] == [5]


def test_what_is_filtered_is_counted_first_and_exported_then(
    client: Any, folder: Path, tmp_path: Path
) -> None:
    project = labeled(client, folder)
    assert project.preview()["rows"] == 4
    assert project.preview(file="p1")["rows"] == 1
    path = project.export("jsonl", tmp_path, file="p1")
    assert [json.loads(line)["filename"] for line in path.read_text().splitlines()] == ["p1.png"]
    body = {"name": "One", "query": {"file": "p2"}}
    client.transport.ask("POST", f"projects/{project.id}/views/", json=body)
    assert project.preview(view="One")["rows"] == 1
    (line,) = project.export("jsonl", tmp_path, view="One").read_text().splitlines()
    opened = client.transport.send("GET", json.loads(line)["url"].removeprefix("/api/v1/"))
    assert opened.status_code in (200, 302)
    with pytest.raises(LabelHubError, match="no saved view"):
        project.preview(view="Two")
