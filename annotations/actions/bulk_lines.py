"""Lines of JSON that say something of many items: metadata and tags, votes, known answers.

They are read as they come, some hundreds at a time, and each batch is kept for good. A line that
cannot be used is named and passed over; the same lines again change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any, Protocol

from django.db import transaction
from rest_framework.exceptions import ParseError

from annotations.actions.edit_items import put_on, tags_named, take_off
from annotations.actions.given_answers import value_of
from annotations.actions.given_votes import cast_votes_soon
from annotations.actions.submit import check_answer
from annotations.models import Dataset, GivenAnswer, Item, KnownLabel, Project
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import DomainError, Invalid
from labelhub.http.json import loads

BATCH = 500  # lines kept in one transaction
LONGEST_LINE = 1024 * 1024
MOST_ERRORS = 1_000  # more of them are counted, not named
LONGEST_NAME = 60

JsonObject = dict[str, Any]


class LineError(Exception):
    """Why one line is not used: a code for programs, a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass
class LinesReport:
    """What became of the lines; `errors` names the first of those that were refused."""

    lines: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: list[JsonObject] = field(default_factory=list)

    def refuse(self, line: int, error: LineError) -> None:
        self.refused += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append({"line": line, "code": error.code, "detail": error.detail})


@dataclass(frozen=True)
class Line:
    """One line that was read: its number from 1, the item that it is about, what it says."""

    number: int
    item: Item
    said: JsonObject


class Writer(Protocol):
    """Keeps what lines of one kind say; returns the numbers of those that changed something."""

    fields: frozenset[str]

    def keep(self, lines: list[Line], refuse: Callable[[int, LineError], None]) -> set[int]: ...


def read_lines(*, stream: IO[bytes], dataset: Dataset, writer: Writer) -> LinesReport:
    """Keep what a stream of lines says, a batch in memory at a time."""
    report = LinesReport()
    lines = _lines(stream)
    while batch := list(islice(lines, BATCH)):
        report.lines += len(batch)
        parsed = list(_parsed(batch, writer, report))
        with transaction.atomic():
            refused: set[int] = set()

            def refuse(number: int, error: LineError, refused: set[int] = refused) -> None:
                refused.add(number)
                report.refuse(number, error)

            found = list(_found(dataset, parsed, refuse))
            changed = writer.keep(found, refuse)
        report.changed += len(changed)
        report.unchanged += len({line.number for line in found} - changed - refused)
    return report


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Yield lines that are not empty by number; None for one that is too long to be read."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE + 1)
            yield number, None
        elif line.strip():
            yield number, line


def _parsed(
    batch: list[tuple[int, bytes | None]], writer: Writer, report: LinesReport
) -> Iterator[tuple[int, JsonObject]]:
    for number, line in batch:
        try:
            if line is None:
                raise LineError("line_too_long", f"A line has at most {LONGEST_LINE:,} bytes.")
            yield number, _object(line, writer.fields | {"item", "sha256"})
        except LineError as error:
            report.refuse(number, error)


def _object(line: bytes, fields: frozenset[str]) -> JsonObject:
    try:
        said = loads(line)
    except ParseError as error:
        raise LineError(str(error.get_codes()), str(error.detail)) from None
    if not isinstance(said, dict):
        raise LineError("no_object", "Each line is one JSON object.")
    if unknown := sorted(said.keys() - fields):
        raise LineError("unknown_field", f"There is no field {unknown[0]!r}.")
    if ("item" in said) == ("sha256" in said):
        raise LineError("no_item", "Name the item, by `item` (its id) or by `sha256`.")
    name = said.get("item", said.get("sha256"))
    if isinstance(name, bool) or not isinstance(name, int if "item" in said else str):
        raise LineError("no_item", "`item` is a number, `sha256` a text.")
    return said


def _found(
    dataset: Dataset,
    parsed: list[tuple[int, JsonObject]],
    refuse: Callable[[int, LineError], None],
) -> Iterator[Line]:
    """Find the items of a batch, in two queries at most; they are locked until it is kept."""
    rows = Item.objects.select_for_update().filter(dataset=dataset).order_by("pk")
    ids = {said["item"] for _, said in parsed if "item" in said}
    hashes = {said["sha256"] for _, said in parsed if "sha256" in said}
    known: dict[int | str, Item] = {}
    if ids:
        known |= {item.pk: item for item in rows.filter(pk__in=ids)}
    if hashes:
        held = {item.pk: item for item in known.values()}
        by_content = rows.filter(sha256__in=hashes)
        known |= {item.sha256: held.get(item.pk, item) for item in by_content}
    for number, said in parsed:
        item = known.get(said["item"] if "item" in said else said["sha256"])
        if item is None:
            refuse(number, LineError("unknown_item", "The dataset has no such item."))
        else:
            yield Line(number, item, said)


# --------------------------------------------------------------------- metadata and tags of items


@dataclass
class ItemWriter:
    """`tags` are put on, `untag` are taken off, `metadata` is merged; null takes a key away."""

    dataset: Dataset
    fields: frozenset[str] = frozenset({"tags", "untag", "metadata"})

    def keep(self, lines: list[Line], refuse: Callable[[int, LineError], None]) -> set[int]:
        changed: set[int] = set()
        touched: dict[int, Item] = {}
        for line in lines:
            try:
                add, remove, metadata = _item_change(line.said)
            except LineError as error:
                refuse(line.number, error)
                continue
            for names, act in ((add, put_on), (remove, take_off)):
                for tag in tags_named(self.dataset.pk, names).values():
                    if act(tag, [line.item.pk]):
                        changed.add(line.number)
            gone = {key for key, value in metadata.items() if value is None}
            kept = {**line.item.metadata, **metadata}
            merged = {key: value for key, value in kept.items() if key not in gone}
            if merged != line.item.metadata:
                line.item.metadata = merged
                touched[line.item.pk] = line.item
                changed.add(line.number)
        Item.objects.bulk_update(touched.values(), ["metadata"], batch_size=BATCH)
        return changed


def _item_change(said: JsonObject) -> tuple[list[str], list[str], JsonObject]:
    add, remove = (_names(said.get(name, []), name) for name in ("tags", "untag"))
    metadata = said.get("metadata", {})
    if not isinstance(metadata, dict) or any(
        not 1 <= len(key) <= LONGEST_NAME or isinstance(value, dict | list)
        or (isinstance(value, str) and len(value) > LONGEST_NAME * 20)
        for key, value in metadata.items()
    ):  # fmt: skip
        raise LineError("bad_metadata", "`metadata` holds texts, numbers, true, false or null.")
    return add, remove, metadata


def _names(names: Any, field_name: str) -> list[str]:
    sound = isinstance(names, list) and all(
        isinstance(name, str) and 1 <= len(name.strip()) <= LONGEST_NAME for name in names
    )
    if not sound or len(names) > 20:
        raise LineError("bad_tags", f"`{field_name}` is a list of up to 20 short texts.")
    return sorted({name.strip() for name in names})


# ------------------------------------------------------------------------- votes and known answers


@dataclass
class VoteWriter:
    """Votes of a named source, or its proposals; each item is answered by it once."""

    project: Project
    by: User
    source: str
    role: str = GivenAnswer.Role.VOTE
    fields: frozenset[str] = frozenset({"answer", "confidence"})

    def keep(self, lines: list[Line], refuse: Callable[[int, LineError], None]) -> set[int]:
        rows = GivenAnswer.objects.filter(
            item__in={line.item.pk for line in lines},
            task_type=self.project.task_type, role=self.role, source=self.source,
        )  # fmt: skip
        there = dict(rows.values_list("item_id", "answer"))
        new: dict[int, GivenAnswer] = {}
        changed: set[int] = set()
        for line in lines:
            try:
                answer = _answer(self.project, line)
                if there.get(line.item.pk, answer) != answer:
                    raise LineError("answered_otherwise", "The source answered otherwise before.")
                confidence = _confidence(line.said)
            except LineError as error:
                refuse(line.number, error)
                continue
            if line.item.pk not in there:
                there[line.item.pk] = answer
                changed.add(line.number)
                new[line.item.pk] = GivenAnswer(
                    item=line.item, role=self.role, source=self.source, answer=answer,
                    task_type=self.project.task_type, confidence=confidence, given_by=self.by,
                )  # fmt: skip
        GivenAnswer.objects.bulk_create(new.values())
        return changed


@dataclass
class KnownWriter:
    """Known answers: hidden truth, from which gold can be made; one for each item."""

    project: Project
    fields: frozenset[str] = frozenset({"answer"})

    def keep(self, lines: list[Line], refuse: Callable[[int, LineError], None]) -> set[int]:
        task_type = self.project.task_type
        rows = KnownLabel.objects.filter(item__in={line.item.pk for line in lines})
        there = {row.item_id: row.value for row in rows}
        new: list[KnownLabel] = []
        changed: set[int] = set()
        for line in lines:
            try:
                answer = _answer(self.project, line)
                value = value_of(task_type, answer)
                if there.get(line.item.pk, value) != value:
                    raise LineError("known_otherwise", "Another answer is known of this item.")
            except LineError as error:
                refuse(line.number, error)
                continue
            if line.item.pk not in there:
                there[line.item.pk] = value
                changed.add(line.number)
                new.append(
                    KnownLabel(item=line.item, value=value, task_type=task_type, answer=answer)
                )
        KnownLabel.objects.bulk_create(new)
        return changed


def _answer(project: Project, line: Line) -> JsonObject:
    try:
        return check_answer(project, line.said.get("answer"), line.item)
    except DomainError as error:
        raise LineError(error.code, error.detail) from None


def _confidence(said: JsonObject) -> float | None:
    value = said.get("confidence")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise LineError("bad_confidence", "`confidence` is a number from 0 to 1.")
    return float(value)


# ------------------------------------------------------------------------------------ the requests


def write_item_lines(*, dataset: Dataset, by: User, stream: IO[bytes]) -> LinesReport:
    """Keep metadata and tags of items."""
    report = read_lines(stream=stream, dataset=dataset, writer=ItemWriter(dataset))
    _record("items", by, dataset, None, report)
    return report


def write_vote_lines(
    *, project: Project, by: User, stream: IO[bytes], source: str, role: str
) -> LinesReport:
    """Keep a source's answers, and put the casting of its votes in line."""
    _refuse_pairs(project)
    writer = VoteWriter(project, by, source, role)
    report = read_lines(stream=stream, dataset=project.dataset, writer=writer)
    if role == GivenAnswer.Role.VOTE and report.changed:
        cast_votes_soon(project)
    _record(role, by, project.dataset, project, report, source=source)
    return report


def write_known_lines(*, project: Project, by: User, stream: IO[bytes]) -> LinesReport:
    """Keep known answers."""
    _refuse_pairs(project)
    report = read_lines(stream=stream, dataset=project.dataset, writer=KnownWriter(project))
    _record("known", by, project.dataset, project, report)
    return report


def _refuse_pairs(project: Project) -> None:
    if project.of_pairs:
        raise Invalid("Answers about pairs are not about one item.", code="not_for_pairs")


def _record(
    kind: str, by: User, dataset: Dataset, project: Project | None, report: LinesReport, **more: str
) -> None:
    AuditEvent.record(
        "lines.written", actor=by, project_id=project.pk if project else None, dataset=dataset.pk,
        kind=str(kind), lines=report.lines, changed=report.changed, **more,
    )  # fmt: skip
