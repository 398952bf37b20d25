"""What must hold of items, votes, labels, exports and releases; read by `manage.py check_data`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from annotations.consensus.fit import CategoricalFit, first_best
from annotations.consensus.version import code_version
from annotations.intake.plain_png import PLAIN
from annotations.models import Annotation, ConsensusFit, Dataset, Item, Release, Seat, Task
from annotations.reports.releases import pieces_of
from labelhub import storage

NAMED = 20  # of each kind of trouble
Found = tuple[str, str]


def check(*, using: str, deep: bool) -> Iterator[Found]:
    """Yield (where, what is wrong) of everything that annotations keep."""
    parts = [_files(using, deep), _votes(using), _labels(using), _releases(using)]
    if deep:
        parts.append(_consensus(using))
    for part in parts:
        yield from islice(part, NAMED)


def _files(using: str, deep: bool) -> Iterator[Found]:
    originals, renditions = storage.originals(), storage.renditions()
    rows = Item.objects.using(using).values_list("pk", "sha256", "renditions")
    for pk, sha256, shown in rows.order_by("pk").iterator(chunk_size=2_000):
        yield from _file(originals, sha256, f"item {pk}", "original", deep)
        for name in {name for kind, name in shown.items() if kind != PLAIN}:
            yield from _file(renditions, name, f"item {pk}", "rendition", deep)
    counted = Dataset.objects.using(using).annotate(there=Count("items"))
    for pk, said, there in counted.values_list("pk", "item_count", "there"):
        if said != there:
            yield f"dataset {pk}", f"counts {said} items, and has {there}"


def _file(
    files: storage.FolderFiles, name: str, where: str, kind: str, deep: bool
) -> Iterator[Found]:
    if not files.exists(name):
        yield where, f"its {kind} {name} is not in storage"
    elif deep and not files.is_sound(name):
        yield where, f"its {kind} {name} has other bytes than its hash says"


def _votes(using: str) -> Iterator[Found]:
    annotations = Annotation.every.using(using).order_by()
    broken = (
        annotations.values("task_id", "labeler_id", "repeat")
        .annotate(versions=Count("pk"), last=Max("version"), now=Count("pk", Q(current=True)))
        .filter(~Q(last=F("versions")) | Q(now__gt=1))
    )
    for row in broken[:NAMED]:
        yield (
            f"task {row['task_id']}, labeler {row['labeler_id']}",
            f"{row['versions']} versions up to {row['last']}, {row['now']} of them current",
        )
    seats: QuerySet[Seat, Any] = Seat.objects.using(using).order_by()
    for pk in seats.filter(state=Seat.State.HELD, labeler=None).values_list("pk", flat=True)[
        :NAMED
    ]:
        yield f"seat {pk}", "is held by nobody"
    answered = seats.filter(state=Seat.State.DONE).annotate(n=Count("annotations"))
    for pk in answered.filter(n=0).values_list("pk", flat=True)[:NAMED]:
        yield f"seat {pk}", "is answered, without an answer"


def _labels(using: str) -> Iterator[Found]:
    tasks = Task.objects.using(using).order_by("pk")
    columns = ("pk", "votes", "ballot", "status", "answer")
    for pk, votes, ballot, status, answer in (
        tasks.filter(Q(votes__gt=0) | ~Q(status=Task.Status.OPEN))
        .values_list(*columns)
        .iterator(chunk_size=2_000)
    ):
        if votes != len(ballot):
            yield f"task {pk}", f"counts {votes} votes, and has {len(ballot)} on its ballot"
        elif status == Task.Status.SETTLED and answer is None:
            yield f"task {pk}", "is settled, without an answer"
        elif len({entry[0] for entry in ballot}) != len(ballot):
            yield f"task {pk}", "has a vote twice on its ballot"


def _releases(using: str) -> Iterator[Found]:
    for release in Release.objects.using(using).exclude(sha256="").order_by("pk"):
        digest = hashlib.sha256()
        for piece in pieces_of(release, using):
            digest.update(piece)
        if digest.hexdigest() != release.served_sha256:
            yield f"release {release}", "its list has another SHA-256 than was released"


def _consensus(using: str) -> Iterator[Found]:
    """Work every label out again from its ballot and its fit, where this code made the fit."""
    fits = ConsensusFit.objects.using(using).filter(code_version=code_version())
    for fit in fits.order_by("pk").iterator(chunk_size=1):
        if "n_classes" in fit.state and fit.labels:
            yield from _labels_of(fit, using)


def _labels_of(fit: ConsensusFit, using: str) -> Iterator[Found]:
    opened = CategoricalFit.from_json(fit.state)
    codes = {label: code for code, label in enumerate(fit.labels)}
    # What a model says may be newer than the verdict that it had a part in.
    tasks = Task.objects.using(using).filter(
        project=fit.project_id, fit=fit.pk, adjudicated=False, votes__gt=0, prior__isnull=True
    )
    columns = ("pk", "ballot", "label", "confidence")
    for pk, ballot, label, confidence in tasks.values_list(*columns).iterator(chunk_size=2_000):
        votes = [entry for entry in ballot if entry[2] in codes]
        posterior = opened.posterior(
            [entry[1] for entry in votes],
            [codes[entry[2]] for entry in votes],
            [float(entry[3]) if len(entry) > 3 else 1.0 for entry in votes],
        )
        best, sure = first_best(posterior[None, :])
        again = fit.labels[int(best[0])]
        if again != label or confidence is None or abs(float(sure[0]) - confidence) > 1e-6:
            yield f"task {pk}", f"its votes give {again!r} now, not {label!r} at {confidence}"
