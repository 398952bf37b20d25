"""What one does with a server: datasets, projects, labels, exports, releases."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelhub.client.files import download
from labelhub.client.lines import LinesReport, write_lines
from labelhub.client.predictions import send_predictions
from labelhub.client.transport import LabelHubError, Transport
from labelhub.client.uploads import Progress, UploadReport, silent, upload

Json = dict[str, Any]
POLL_SECONDS = 0.5


def connect(url: str | None = None, token: str | None = None, *, patience: float = 60.0) -> Client:
    """Return a client of a server; LABELHUB_URL and LABELHUB_TOKEN stand in for what is left out.

    `patience` is how many seconds an absent server is waited for.
    """
    url, token = url or os.environ.get("LABELHUB_URL"), token or os.environ.get("LABELHUB_TOKEN")
    if not url or not token:
        raise ValueError("give url and token, or set LABELHUB_URL and LABELHUB_TOKEN")
    return Client(Transport(url, token, patience=patience))


class Client:
    """A signed-in connection; use it in a `with`, or close it."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.datasets = Datasets(transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.transport.close()

    def project(self, project_id: int) -> Project:
        return Project(self.transport, project_id)

    def projects(self) -> Iterator[Json]:
        """Yield the projects that one has a part in."""
        return self.transport.pages("projects/")

    def create_project(self, *, dataset: int, name: str, question: str, **more: Any) -> Project:
        """Ask a question of a dataset; `more` as in the API: schema, task_type, max_votes ..."""
        body = {"dataset": dataset, "name": name, "question": question, **more}
        return Project(self.transport, self.transport.ask("POST", "projects/", json=body)["id"])

    def release(self, label: str, *, project: int | None = None) -> Json:
        """Return the release NAME@NUMBER, or the newest finished one of NAME."""
        name, at, number = label.partition("@")
        if at and not number.isdigit():
            raise ValueError(f"a release goes by NAME@NUMBER, not {label!r}")
        params = {"name": name} | ({"number": number} if at else {})
        found = [
            row
            for row in self.transport.pages("releases/", **params)
            if row["sha256"] and project in (None, row["project"])
        ]
        owners = sorted({row["project"] for row in found})
        if not found:
            raise LabelHubError(
                f"There is no finished release {label}.", code="not_found", status=404
            )
        if len(owners) > 1:
            raise LabelHubError(
                f"The projects {', '.join(map(str, owners))} have a release {label}; "
                "say which by project=ID.",
                code="ambiguous",
            )
        return max(found, key=lambda row: int(row["number"]))


class Datasets:
    """The datasets of a server."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def __iter__(self) -> Iterator[Dataset]:
        return (Dataset(self._transport, row) for row in self._transport.pages("datasets/"))

    def get(self, dataset_id: int) -> Dataset:
        return Dataset(self._transport, self._transport.ask("GET", f"datasets/{dataset_id}/"))

    def create(self, name: str, **more: Any) -> Dataset:
        """Make a dataset; `more`: description, kind, licence, source."""
        made = self._transport.ask("POST", "datasets/", json={"name": name, **more})
        return Dataset(self._transport, made)


class Dataset:
    """One dataset; `document` is what the server last said of it."""

    def __init__(self, transport: Transport, document: Json) -> None:
        self._transport, self.document = transport, document
        self.id: int = document["id"]

    def upload(self, path: str | Path, *, progress: Progress = silent) -> UploadReport:
        """Upload a picture, a ZIP or a folder with all that lies in it, and wait for the result.

        A repeated upload adds nothing: what the server holds is known by its content, so an
        upload that broke off is simply started again.
        """
        return upload(self._transport, self.id, Path(path), wait=self._wait, progress=progress)

    def items(self, **filters: Any) -> Iterator[Json]:
        return self._transport.pages(f"datasets/{self.id}/items/", **filters)

    def write_items(self, rows: Iterable[Json]) -> LinesReport:
        """Write tags and metadata: `{"item" or "sha256", "tags", "untag", "metadata"}` each."""
        return write_lines(self._transport, f"datasets/{self.id}/lines/", rows)

    def take_down(
        self,
        *,
        reason: str,
        items: Iterable[int] | None = None,
        group: str | None = None,
        everywhere: bool = False,
        expected: int | None = None,
    ) -> Json:
        """Remove items for good, by number or by group, and wait until they are gone.

        There is no way back. With `expected` it is refused where there are more or fewer. Returns
        how many were removed, and what held them.
        """
        body: Json = {"items": list(items)} if items is not None else {"group": group}
        body["everywhere"] = everywhere
        place = f"datasets/{self.id}/takedowns/"
        if expected is None:
            expected = self._transport.ask("POST", f"{place}preview/", json=body)["items"]
        name = self._transport.ask("GET", f"datasets/{self.id}/")["name"]
        body |= {"reason": reason, "expected": expected, "confirm": name}
        made = self._transport.ask("POST", place, json=body)
        if made["job"] is not None:
            self._wait(made["job"])
        return dict(self._transport.ask("GET", f"takedowns/{made['id']}/"))

    def _wait(self, job: Json) -> Json:
        return wait_for(self._transport, job)


class Project:
    """One project, by its id."""

    def __init__(self, transport: Transport, project_id: int) -> None:
        self._transport, self.id = transport, project_id

    @property
    def document(self) -> Json:
        return dict(self._transport.ask("GET", f"projects/{self.id}/"))

    def report(self) -> Json:
        """Return progress, agreement, pace and what else is known."""
        return dict(self._transport.ask("GET", f"projects/{self.id}/report/"))

    def tasks(self, **filters: Any) -> Iterator[Json]:
        return self._transport.pages(f"projects/{self.id}/tasks/", **filters)

    def history(self) -> Iterator[Json]:
        """Yield one's own answers, newest first."""
        return self._transport.pages(f"projects/{self.id}/history/")

    # --- labels -----------------------------------------------------------------------------

    def lease(self, count: int = 1) -> Offer:
        """Ask for the next tasks; an empty offer says why in `message`."""
        return Offer.of(
            self._transport.ask("POST", f"projects/{self.id}/lease/", json={"count": count})
        )

    def submit(
        self,
        task: Json,
        answer: Json,
        *,
        duration_ms: int | None = None,
        key: str | None = None,
        next: int = 0,
        took_proposal: bool | None = None,
    ) -> Json:
        """Answer a leased task; sent twice under one key it counts once. `next` leases more.

        `took_proposal` says whether the answer began as the task's `prelabel`, if it had one.
        """
        body = {"lease": task["lease"]["id"], "answer": answer, "next": next}
        if duration_ms is not None:
            body["duration_ms"] = duration_ms
        if took_proposal is not None:
            body["took_proposal"] = took_proposal
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return dict(self._transport.ask("POST", "annotations/", json=body, headers=headers))

    def skip(self, task: Json, reason: str = "") -> None:
        """Give a leased task back."""
        self._transport.ask("DELETE", f"leases/{task['lease']['id']}/", json={"reason": reason})

    # --- labels from elsewhere --------------------------------------------------------------

    def write_votes(self, rows: Iterable[Json], *, source: str, role: str = "vote") -> LinesReport:
        """Write answers of a named source: `{"item" or "sha256", "answer", "confidence"}` each."""
        path = f"projects/{self.id}/lines/votes/"
        return write_lines(self._transport, path, rows, source=source, role=role)

    def write_known(self, rows: Iterable[Json]) -> LinesReport:
        """Write known answers, from which gold can be made: `{"item" or "sha256", "answer"}`."""
        return write_lines(self._transport, f"projects/{self.id}/lines/known/", rows)

    def predict_with(
        self,
        rows: str | Path | Iterable[Json],
        *,
        name: str,
        trained_on: str = "unknown",
    ) -> Json:
        """Have a model of one's own speak: a table of its predictions becomes a model version.

        `rows` is a CSV, JSON Lines or Parquet file, or an iterable of rows: `{"item" or "sha256"
        or "filename"}` with `{"label", "confidence"}`, `{"probabilities": {label: share}}` or
        `{"text", "confidence"}`. `trained_on` says what the model has learned from: "elsewhere"
        (nothing of this project), "labels" (its labels, but no held-out ones) or "unknown".
        Returns its `report` and its `version`.
        """
        return send_predictions(self._transport, self.id, rows, name=name, trained_on=trained_on)

    # --- out --------------------------------------------------------------------------------

    def export(
        self,
        format: str,
        folder: str | Path,
        *,
        release: str | int | None = None,
        progress: Callable[[float], None] = lambda fraction: None,
        **filters: Any,
    ) -> Path:
        """Write an export and download it into a folder; returns the file.

        `release` is an id or NAME@NUMBER; `filters` as in the API: content, status, label, split,
        tag, text ..., and `view`, the id or the name of a saved view.
        A download that breaks off goes on where it was, and its hash is compared.
        """
        body = {"format": format, **self._with_view(filters)}
        if release is not None:
            body["release"] = release if isinstance(release, int) else self._release_id(release)
        started = self._transport.ask("POST", f"projects/{self.id}/exports/", json=body)
        wait_for(self._transport, started["job"], progress)
        made = self._transport.ask("GET", f"exports/{started['export']['id']}/")
        return download(self._transport, made, Path(folder))

    def preview(self, format: str = "jsonl", **filters: Any) -> Json:
        """Return what an export would hold: `rows`, how many, and a `sample` of the first."""
        asked = {"format": format, **self._with_view(filters)}
        return dict(
            self._transport.ask("GET", f"projects/{self.id}/exports/preview/", params=asked)
        )

    def _with_view(self, filters: Json) -> Json:
        """Return the filters with a saved view's id in place of its name."""
        name = filters.get("view")
        if not isinstance(name, str):
            return filters
        views = self._transport.ask("GET", f"projects/{self.id}/views/")
        found = [view["id"] for view in views if view["name"] == name]
        if not found:
            raise LabelHubError(
                f"The project has no saved view {name!r}.", code="not_found", status=404
            )
        return filters | {"view": found[0]}

    def release(self, name: str, **more: Any) -> Json:
        """Freeze the labels under the next number of a name, and wait until that is done."""
        started = self._transport.ask(
            "POST", f"projects/{self.id}/releases/", json={"name": name, **more}
        )
        wait_for(self._transport, started["job"])
        return dict(self._transport.ask("GET", f"releases/{started['release']['id']}/"))

    def _release_id(self, label: str) -> int:
        return int(Client(self._transport).release(label, project=self.id)["id"])


@dataclass(frozen=True)
class Offer:
    """Leased tasks, or why there are none."""

    tasks: list[Json]
    message: str | None
    schema_version: int

    @staticmethod
    def of(document: Mapping[str, Any]) -> Offer:
        return Offer(list(document["tasks"]), document["message"], document["schema_version"])


def wait_for(
    transport: Transport, job: Json, progress: Callable[[float], None] = lambda fraction: None
) -> Json:
    """Return a job once it is done; raises LabelHubError with its reason where it failed."""
    while job["state"] in ("pending", "running"):
        progress(job["progress"])
        time.sleep(POLL_SECONDS)
        job = transport.ask("GET", f"jobs/{job['id']}/")
    if job["state"] != "done":
        error = job["error"] or {"code": job["state"], "detail": f"The job was {job['state']}."}
        raise LabelHubError(error["detail"], code=error["code"])
    progress(1.0)
    return job
