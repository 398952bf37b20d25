"""The corpus of bad files sent as uploads: clear answers, good neighbours taken, nothing run."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from annotations.intake.formats.base import Problem
from annotations.intake.formats.manifest import Manifest
from annotations.models import Dataset, KnownLabel
from tests import factories
from tests.badfiles import Case, Corpus, make
from tests.http.test_datasets_api import run_job
from tests.pictures import encoded, picture, png
from tests.trees import tree

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def corpus(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make(shared_data, tmp_path_factory.mktemp("corpus"))


@pytest.fixture
def dataset() -> Dataset:
    return factories.dataset()


@pytest.fixture
def client(dataset: Dataset, make_client: Callable[..., APIClient]) -> APIClient:
    return make_client(dataset.created_by)


def _upload(client: APIClient, dataset: Dataset, files: list[tuple[str, bytes]]) -> Any:
    """Send files under the names of the corpus, which a form's own header could not carry."""
    parts = [SimpleUploadedFile(f"{number}.bin", data) for number, (_, data) in enumerate(files)]
    body = {"files": parts, "paths": json.dumps([name for name, _ in files])}
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/items/", body, format="multipart")
    assert answer.status_code == 202, answer.content
    return run_job(answer.json()["job"]["id"])


def test_all_pictures_in_one_upload_end_as_expected(
    corpus: Corpus, client: APIClient, dataset: Dataset
) -> None:
    cases = corpus.of("image")
    result = _upload(client, dataset, [(case.name, case.data) for case in cases])
    notes: dict[str, list[dict[str, Any]]] = {}
    for note in result["files"]:
        # Pages of a document stand under its name.
        name = note["name"].partition("multipage.tif/")
        notes.setdefault("multipage.tif" if name[1] else name[0], []).append(note)
    told = {case.id: notes[case.name.replace("\0", "\ufffd")] for case in cases}
    wrong = [(case.id, told[case.id]) for case in cases if not _fits(case, told[case.id])]
    assert wrong == []
    pages = notes["multipage.tif"]
    assert [note["name"][-8:] for note in pages] == ["0001.tif", "0002.tif", "0003.tif"]
    assert sum(len(found) for found in notes.values()) == len(cases) - 1 + len(pages)


def _fits(case: Case, notes: list[dict[str, Any]]) -> bool:
    return any(_fits_one(case, note) for note in notes)


def _fits_one(case: Case, note: dict[str, Any]) -> bool:
    if note["status"] == "refused":
        return case.allows_refusing(note["code"]) and note["detail"].endswith(".")
    if case.facts["expect"] == "duplicate":
        return note["status"] == "duplicate" and "ok_rgb.jpg" in note["detail"]
    warned = set(case.facts.get("warn", ())) <= set(note["warnings"])
    warned = warned or "/" in note["name"]  # a page of its own needs no word about others
    return note["status"] == "taken" and case.allows_taking() and warned


def test_every_archive_alone_ends_as_expected(
    corpus: Corpus, client: APIClient, dataset: Dataset
) -> None:
    wrong = {}
    for case in corpus.of("archive"):
        each = factories.dataset(owner=dataset.created_by)
        result = _upload(client, each, [(case.name, case.data)])
        if not _archive_fits(case, result):
            wrong[case.id] = result
    assert wrong == {}
    assert not [path for path in corpus.canaries() if path.exists()]


def _archive_fits(case: Case, result: dict[str, Any]) -> bool:
    refused = {n["name"]: n["code"] for n in result["files"] if n["status"] == "refused"}
    expected = case.facts.get("refused", {})
    if case.facts["expect"] == "reject":
        return (
            not result["taken"]
            and bool(refused)
            and set(refused.values()) <= set(case.facts["codes"])
        )
    if case.facts["expect"] == "either":
        return set(refused.values()) <= set(case.facts["codes"])
    return (
        result["taken"] == case.facts["taken"]
        and refused.keys() == expected.keys()
        and all(refused[name] in codes for name, codes in expected.items())
    )


def test_good_neighbours_of_bad_archives_are_taken(
    corpus: Corpus, client: APIClient, dataset: Dataset
) -> None:
    bad = [(case.name, case.data) for case in corpus.of("archive") if "taken" not in case.facts]
    result = _upload(client, dataset, [("first.png", png(1)), *bad, ("last.png", png(2))])
    taken = [note["name"] for note in result["files"] if note["status"] == "taken"]
    assert {"first.png", "last.png"} <= set(taken)


def test_tables_of_the_corpus_label_the_pictures_that_they_name(
    corpus: Corpus, client: APIClient, dataset: Dataset
) -> None:
    _upload(client, dataset, [(f"{name}.jpg", png(k)) for k, name in enumerate("abc")])
    wrong = {}
    for case in corpus.of("csv"):
        KnownLabel.objects.all().delete()
        result = _upload(client, dataset, [(case.id, case.data)])
        if not _table_fits(case, result):
            wrong[case.id] = result
    assert wrong == {}


def _table_fits(case: Case, result: dict[str, Any]) -> bool:
    refused = [note["code"] for note in result["files"] if note["status"] == "refused"]
    if refused:
        return all(case.allows_refusing(code) for code in refused)
    # A dataset has no list of labels, so none is unknown here; projects have one.
    expected = {
        line: codes
        for line, codes in case.facts.get("refused", {}).items()
        if codes != ["unknown_label"]
    }
    rows = {str(row["line"]): row["code"] for row in result["rows"]}
    fits = rows.keys() == expected.keys() and all(rows[line] in expected[line] for line in rows)
    return case.allows_taking() and fits and result["labels"] > 0


A_JPG = ("a.jpg", encoded(picture(120, 80), "JPEG"))


def test_every_manifest_alone_ends_as_expected(
    corpus: Corpus, client: APIClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse_all_connections(monkeypatch)
    wrong = {}
    for case in corpus.of("manifest"):
        each = factories.dataset(owner=dataset.created_by)
        result = _upload(client, each, [A_JPG, (case.name, case.data)])
        taken = [note["name"] for note in result["files"] if note["status"] == "taken"]
        if taken != ["a.jpg"] or not _manifest_fits(case, result):
            wrong[case.id] = result
    assert wrong == {}


def _refuse_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test fail that looks up or connects to an address of the network."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("an address was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def _manifest_fits(case: Case, result: dict[str, Any]) -> bool:
    files = {n["name"]: n["code"] for n in result["files"] if n["status"] == "refused"}
    rows = {row["name"]: row["code"] for row in result["rows"]}
    codes = {*files.values(), *rows.values()}
    if case.facts["expect"] == "reject":
        return bool(codes) and codes <= set(case.facts["codes"]) and not result["labels"]
    if case.facts["expect"] == "either":
        return codes <= set(case.facts["codes"])
    # A dataset has no list of labels, so none is unknown here; projects have one.
    expected = {
        name: allowed
        for name, allowed in case.facts.get("refused", {}).items()
        if allowed != ["unknown_label"]
    }
    fits = rows.keys() == expected.keys() and all(rows[name] in expected[name] for name in rows)
    kept = result["labels"] + result["proposals"]
    return case.allows_taking() and not files and fits and (kept == 1 or "traversal" in case.id)


def test_labels_that_a_project_does_not_have_are_refused_by_the_manifest(corpus: Corpus) -> None:
    (case,) = [case for case in corpus.of("manifest") if case.id == "unknown_refs.json"]
    made = tree([A_JPG, (case.name, case.data)])
    told = Manifest(frozenset({"cat", "dog"})).read([case.name], made)
    refused = {one.name: one.refusal.code for one in told if isinstance(one, Problem)}
    expected = case.facts["refused"]
    assert refused.keys() == expected.keys()
    assert all(refused[name] in expected[name] for name in refused)


def test_weights_are_refused_and_never_opened(
    corpus: Corpus, client: APIClient, dataset: Dataset
) -> None:
    wrong = {}
    for case in corpus.of("model"):
        result = _upload(client, dataset, [A_JPG, (case.name, case.data), ("b.png", png(2))])
        codes = {note["code"] for note in result["files"] if note["status"] == "refused"}
        alone = _upload(client, dataset, [(case.name, case.data)])
        codes |= {note["code"] for note in alone["files"]}
        if not codes or not all(case.allows_refusing(code) for code in codes):
            wrong[case.id] = result
    assert wrong == {} and dataset.items.count() == 2
    assert not [path for path in corpus.canaries() if path.exists()]


def test_no_case_of_the_corpus_is_left_out(corpus: Corpus) -> None:
    tested = ("image", "archive", "csv", "manifest", "model")
    assert sum(len(corpus.of(kind)) for kind in tested) == len(corpus.cases) == 162
