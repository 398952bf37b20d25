"""Answers that came with an upload: kept as known labels, as votes of a source, or as proposals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction

from annotations.actions.upload_report import UploadReport
from annotations.intake.formats.base import Record
from annotations.intake.refusals import Refusal
from annotations.models import Dataset, GivenAnswer, Item, KnownLabel
from annotations.task_types import ALL_TASK_TYPES
from labelhub.accounts.models import User

JsonObject = dict[str, Any]
KNOWN = "known"
ROLES = (KNOWN, str(GivenAnswer.Role.VOTE), str(GivenAnswer.Role.PROPOSAL))
_COUNTED = {KNOWN: "labels", "vote": "votes", "proposal": "proposals"}


@dataclass(frozen=True)
class ImportOptions:
    """What the importer chose: the format to read, and what becomes of the labels in the files.

    `role` is "known" (hidden truth, from which gold can be made), "vote" (of `source`) or
    "proposal". With a `task_type`, answers of other types are passed over.
    """

    format: str = ""
    role: str = KNOWN
    source: str = ""
    task_type: str = ""


PLAIN = ImportOptions()


class Given(NamedTuple):
    """One answer on its way to an item, which goes by its content."""

    sha256: str
    record: Record
    format: str


@dataclass(frozen=True)
class _Answer:
    """What a record says, and as what it is kept."""

    given: Given
    task_type: str
    answer: JsonObject
    role: str
    source: str


class _Place(NamedTuple):
    """An item, as far as a record can change it."""

    pk: int
    split: str
    group: str


class GivenAnswers:
    """Keeps the answers of one import; dry, it counts them and writes nothing.

    `coming` are the contents that a dry run has found good, and that are in no dataset yet.
    """

    def __init__(
        self,
        dataset: Dataset,
        options: ImportOptions,
        hold: Callable[[], None],
        report: UploadReport,
        coming: Collection[str],
        by: User | None = None,
    ) -> None:
        self.dataset, self.options, self.hold = dataset, options, hold
        self.report, self.coming, self.by = report, coming, by

    def keep(self, batch: Sequence[Given]) -> None:
        """Keep a batch of answers, with the splits and groups that came with them."""
        with transaction.atomic():
            if not self.report.dry:
                self.hold()
            items = self._items({given.sha256 for given in batch})
            present = [given for given in batch if given.sha256 in items]
            self._keep_places(present, items)
            answers = [found for given in present if (found := self._answer(given)) is not None]
            self._keep_known([a for a in answers if a.role == KNOWN], items)
            self._keep_given([a for a in answers if a.role != KNOWN], items)
        for given in batch:
            if given.sha256 not in items:
                self._refuse(given.record, Refusal("unknown_item"))
            else:
                self.report.formats[given.format] += 1

    def _items(self, contents: set[str]) -> dict[str, _Place]:
        rows = Item.objects.filter(dataset=self.dataset, sha256__in=contents)
        columns = ("sha256", "id", "split", "group")
        items = {row[0]: _Place(*row[1:]) for row in rows.values_list(*columns)}
        if self.report.dry:
            for number, content in enumerate(sorted(contents - items.keys()), start=1):
                if content in self.coming:
                    items[content] = _Place(-number, "", "")
        return items

    def _answer(self, given: Given) -> _Answer | None:
        record, options = given.record, self.options
        types = [options.task_type] if options.task_type else list(record.answers)
        task_type = next((name for name in types if name in record.answers), None)
        if task_type is None:
            return None
        role, source = options.role, options.source or given.format
        if record.labeler:
            source = record.labeler
            role = "vote" if role == KNOWN else role
        elif record.partial and role == KNOWN:
            role = "proposal"  # with parts of it refused, it is no truth any more
        return _Answer(given, task_type, record.answers[task_type], role, source[:100])

    # ----------------------------------------------------------------------------- what is kept

    def _keep_known(self, answers: Sequence[_Answer], items: Mapping[str, _Place]) -> None:
        pks = [items[answer.given.sha256].pk for answer in answers]
        rows = KnownLabel.objects.filter(item__in=pks).values_list("item_id", "task_type", "answer")
        known = {row[0]: row[1:] for row in rows}
        new: list[KnownLabel] = []
        for answer in answers:
            pk = items[answer.given.sha256].pk
            held = known.get(pk)
            if held is None:
                known[pk] = (answer.task_type, answer.answer)
                new.append(self._known(pk, answer))
                self._count(answer)
            elif held != (answer.task_type, answer.answer):
                other = Refusal("duplicate_row", "The picture has another known label already.")
                self._refuse(answer.given.record, other)
        if not self.report.dry:
            KnownLabel.objects.bulk_create(new)

    @staticmethod
    def _known(pk: int, answer: _Answer) -> KnownLabel:
        value = value_of(answer.task_type, answer.answer)
        return KnownLabel(item_id=pk, value=value, task_type=answer.task_type, answer=answer.answer)

    def _keep_given(self, answers: Sequence[_Answer], items: Mapping[str, _Place]) -> None:
        pks = [items[answer.given.sha256].pk for answer in answers]
        keys = ("item_id", "task_type", "role", "source")
        there = set(GivenAnswer.objects.filter(item__in=pks).values_list(*keys))
        new: list[GivenAnswer] = []
        for answer in answers:
            key = (items[answer.given.sha256].pk, answer.task_type, answer.role, answer.source)
            if key in there:
                continue
            there.add(key)
            row = GivenAnswer(**dict(zip(keys, key, strict=True)), answer=answer.answer)
            row.confidence, row.given_by = answer.given.record.confidence, self.by
            new.append(row)
            self._count(answer)
        if not self.report.dry:
            GivenAnswer.objects.bulk_create(new)

    def _count(self, answer: _Answer) -> None:
        self.report.counts[_COUNTED[answer.role]] += 1
        self.report.task_types[answer.task_type] += 1
        self.report.classes.update(classes_of(answer.answer))

    def _keep_places(self, present: Iterable[Given], items: dict[str, _Place]) -> None:
        """Set split and group where the item has none; items do not change otherwise."""
        alike: dict[tuple[str, str], list[int]] = {}
        for given in present:
            item, record = items[given.sha256], given.record
            values = (item.split or record.split, item.group or record.group)
            if record.group and not item.group:
                self.report.groups[record.group] += 1
            if values != (item.split, item.group):
                items[given.sha256] = item._replace(split=values[0], group=values[1])
                alike.setdefault(values, []).append(item.pk)
        for (split, group), pks in alike.items() if not self.report.dry else ():
            Item.objects.filter(pk__in=pks).update(split=split, group=group)

    def _refuse(self, record: Record, refusal: Refusal) -> None:
        self.report.refuse_row(record.source, 0, record.picture.path, refusal, where=record.where)


def value_of(task_type: str, answer: JsonObject) -> str:
    """Return a known answer as one value: its class or its text, or in short what it shows."""
    if task_type == "transcription":
        return str(answer["text"])[:1000]
    return ALL_TASK_TYPES[task_type].summary(answer)[:1000]


def classes_of(answer: JsonObject) -> list[str]:
    """Return the classes that an answer names, one for each time."""
    if "choice" in answer:
        return [str(answer["choice"])]
    if "choices" in answer:
        return [str(name) for name in answer["choices"]]
    parts = next((part for part in answer.values() if isinstance(part, list)), [])
    return [str(part["label"]) for part in parts if isinstance(part, dict) and part.get("label")]


def fitted(answer: JsonObject, schema: JsonObject) -> JsonObject:
    """Return a foreign answer without the facts that a project's schema has no place for."""
    known = {attribute["name"]: attribute for attribute in schema.get("attributes", [])}
    boxes = answer.get("boxes")
    if not isinstance(boxes, list):
        return answer
    return answer | {"boxes": [_fitted_box(box, known) for box in boxes]}


def _fitted_box(box: JsonObject, known: Mapping[str, JsonObject]) -> JsonObject:
    given = box.get("attributes", {})
    kept = {name: value for name, value in given.items() if name in known}
    rest = {name: value for name, value in box.items() if name != "attributes"}
    return rest | ({"attributes": kept} if kept else {})
