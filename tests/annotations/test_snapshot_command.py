"""`manage.py snapshot`: a release from the command line, with its hash."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotations.models import Project, Release, Task
from annotations.reports.releases import pieces_of
from labelhub.jobs.pulse import beat
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled() -> Project:
    """Six items, four of them settled."""
    row = factories.project(items=6, labels=["a", "b"], manager=factories.admin("root"))
    for task in Task.objects.filter(project=row)[:4]:
        Task.objects.filter(pk=task.pk).update(
            status="settled", label="a", answer={"choice": "a"}, confidence=0.9, votes=2
        )
    return row


def said(*words: Any) -> str:
    out = io.StringIO()
    call_command("snapshot", *map(str, words), stdout=out)
    return out.getvalue()


def test_it_prints_the_hash_of_the_frozen_list(settled: Project) -> None:
    name, sha256, count, _ = said(settled.pk, "letters").split()
    release = Release.objects.get()
    assert (name, count, str(release)) == ("letters@1", "4", "letters@1")
    assert sha256 == hashlib.sha256(b"".join(pieces_of(release))).hexdigest()
    # The same labels make the same list, under the next number.
    assert said(settled.pk, "letters").split()[:2] == ["letters@2", sha256]


def test_filters_shares_and_the_document(settled: Project) -> None:
    words = ("--status=all", "--share=train=0.5", "--share=test=0.5", "--without-votes", "--json")
    made = json.loads(said(settled.pk, "all", *words))
    assert (made["items"], made["splits"]) == (6, {"test": 3, "train": 3})
    assert not Release.objects.get(pk=made["id"]).with_votes


def test_a_worker_that_lives_elsewhere_need_not_be_waited_for(settled: Project) -> None:
    beat("worker", {"queues": ["default"]})
    assert said(settled.pk, "letters").startswith("letters@1")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("no such",), "lower-case letters"),
        (("x1", "--split=nowhere"), "Nothing fits"),
        (("x1", "--share=train=2"), "share"),
        (("x1", "--by=nobody"), "no user 'nobody'"),
        (("x1", "--view=none"), "no saved view"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    settled: Project, words: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        said(settled.pk, *words)
    with pytest.raises(CommandError, match="no project"):
        said(987_654, *words)
