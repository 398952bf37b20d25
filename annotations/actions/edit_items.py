"""Editing many items at once: tags and metadata, in batches that can be taken back.

An image is never changed; what people say about it, to find it again, is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F

from annotations.models import Dataset, Item, ItemEdit, ItemEditPart, ItemTag, Project, Tag
from annotations.reports.browse import tasks_where
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.queue import enqueue

BATCH = 500  # items written in one transaction
INLINE = 1_000  # up to here the request itself does the work

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """What to do with each item; adding a tag that is there already changes nothing."""

    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    set_metadata: Mapping[str, Any] = field(default_factory=dict)
    unset_metadata: Sequence[str] = ()

    def check(self) -> None:
        """Raise Invalid for a change that does nothing, or that contradicts itself."""
        if not (self.add_tags or self.remove_tags or self.set_metadata or self.unset_metadata):
            raise Invalid("This would change nothing.", code="nothing_to_do")
        twice = {*self.add_tags} & {*self.remove_tags} or {*self.set_metadata} & {
            *self.unset_metadata
        }
        if twice:
            raise Invalid(f"{sorted(twice)[0]!r} is both to be set and to be removed.")


@dataclass(frozen=True)
class Selection:
    """Which items: those named, or those behind the tasks that a view of a project shows."""

    items: tuple[int, ...] | None = None
    project: Project | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)

    def count(self, dataset: Dataset) -> int:
        if self.items is not None:
            return Item.objects.filter(dataset=dataset, pk__in=self.items).count()
        assert self.project is not None
        return tasks_where(self.project, self.filters).count()

    def as_document(self) -> JsonObject:
        if self.items is not None:
            return {"items": sorted(self.items)}
        assert self.project is not None
        return {"project": self.project.pk, "filters": dict(self.filters)}


def request_edit(
    *,
    dataset: Dataset,
    by: User,
    change: Change,
    selection: Selection,
    expected: int | None = None,
) -> ItemEdit:
    """Change the items of a selection, a large one as a job.

    Raises Conflict where the selection does not hold the `expected` number any more: what was
    agreed to is what is done, and never more.
    """
    change.check()
    count = selection.count(dataset)
    if expected is not None and count != expected:
        raise Conflict(
            f"The selection holds {count} items now, not {expected}. Look at it again.",
            code="selection_changed",
        )
    with transaction.atomic():
        edit = ItemEdit.objects.create(
            dataset=dataset,
            by=by,
            change=asdict(change),
            selection=selection.as_document(),
            expected=count,
        )
        AuditEvent.record(
            "items.edited",
            actor=by,
            project_id=selection.project.pk if selection.project else None,
            dataset=dataset.pk,
            edit=edit.pk,
            count=count,
        )
        if count > INLINE:
            edit.job = enqueue("edit_items", payload={"edit": edit.pk}, created_by=by)
            edit.save(update_fields=["job"])
    if count <= INLINE:
        apply_edit(edit=edit)
    edit.refresh_from_db()
    return edit


def apply_edit(*, edit: ItemEdit, claim: Claim | None = None) -> ItemEdit:
    """Do what is left of an edit; repeated after a crash it goes on where it was."""
    edit.refresh_from_db()
    change = Change(**edit.change)
    tags = tags_named(edit.dataset_id, [*change.add_tags, *change.remove_tags])
    while edit.state == ItemEdit.State.WAITING:
        place, items = _next_batch(edit)
        if not items:
            waiting = ItemEdit.objects.filter(pk=edit.pk, state=ItemEdit.State.WAITING)
            waiting.filter(place=edit.place).update(state=ItemEdit.State.DONE)
            edit.refresh_from_db()
            break
        with transaction.atomic():
            if claim is not None:
                claim.hold()
            before = _change(edit.dataset_id, items, change, tags)
            standing = ItemEdit.objects.filter(
                pk=edit.pk, place=edit.place, state=ItemEdit.State.WAITING
            )
            moved = standing.update(place=place, changed=F("changed") + len(before))
            if not moved:
                transaction.set_rollback(True)
            elif before:
                ItemEditPart.objects.create(edit=edit, before=before)
        edit.refresh_from_db()
        if claim is not None:
            claim.progress(min(1.0, edit.changed / max(1, edit.expected)))
    return edit


def _next_batch(edit: ItemEdit) -> tuple[int, list[int]]:
    """Return the place behind the next batch, and the batch's items."""
    wanted = edit.selection
    if "items" in wanted:
        ids = [pk for pk in wanted["items"] if pk > edit.place][:BATCH]
        return (ids[-1] if ids else edit.place), ids
    project = Project.objects.filter(pk=wanted["project"]).first()
    if project is None:
        return edit.place, []
    # Filters of metadata come back from the row as a list.
    filters = {
        name: tuple(value) if name == "metadata" else value
        for name, value in wanted["filters"].items()
    }
    rows = list(
        tasks_where(project, filters)
        .filter(pk__gt=edit.place)
        .order_by("pk")
        .values_list("pk", "item_id", "other_item_id")[:BATCH]
    )
    items = {pk for row in rows for pk in row[1:] if pk is not None}
    return (rows[-1][0] if rows else edit.place), sorted(items)


def tags_named(dataset_id: int, names: Iterable[str]) -> dict[str, Tag]:
    return {name: Tag.objects.get_or_create(dataset_id=dataset_id, name=name)[0] for name in names}


def _change(dataset_id: int, items: list[int], change: Change, tags: dict[str, Tag]) -> JsonObject:
    """Change a batch of items; return what it was before, of those that did change."""
    rows = Item.objects.select_for_update().filter(dataset=dataset_id, pk__in=items)
    held = {item.pk: item for item in rows.order_by("pk").only("pk", "metadata")}
    before: JsonObject = {}
    for name in change.add_tags:
        _note(before, "added", name, put_on(tags[name], held))
    for name in change.remove_tags:
        _note(before, "removed", name, take_off(tags[name], held))
    for pk, former in _write_metadata(held, change).items():
        before.setdefault(str(pk), {})["metadata"] = former
    return before


def _note(before: JsonObject, kind: str, name: str, items: Iterable[int]) -> None:
    for pk in items:
        before.setdefault(str(pk), {}).setdefault(kind, []).append(name)


def put_on(tag: Tag, items: Iterable[int]) -> list[int]:
    """Tag the items that have no such tag; return which these were."""
    wanted = set(items)
    wanted -= set(
        ItemTag.objects.filter(tag=tag, item__in=wanted).values_list("item_id", flat=True)
    )
    ItemTag.objects.bulk_create(
        [ItemTag(tag=tag, item_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
    )
    Tag.objects.filter(pk=tag.pk).update(item_count=F("item_count") + len(wanted))
    return sorted(wanted)


def take_off(tag: Tag, items: Iterable[int]) -> list[int]:
    uses = ItemTag.objects.filter(tag=tag, item__in=set(items))
    found = sorted(uses.values_list("item_id", flat=True))
    uses.delete()
    Tag.objects.filter(pk=tag.pk).update(item_count=F("item_count") - len(found))
    return found


def _write_metadata(held: dict[int, Item], change: Change) -> dict[int, JsonObject]:
    """Write metadata; return per changed item and key `[former value]`, or `[]` for none."""
    former: dict[int, JsonObject] = {}
    for item in held.values():
        now = item.metadata
        wanted = {key: value for key, value in now.items() if key not in change.unset_metadata}
        wanted |= change.set_metadata
        if wanted == now:
            continue
        touched = [key for key in {*now, *wanted} if now.get(key) != wanted.get(key) or
                   (key in now) != (key in wanted)]  # fmt: skip
        former[item.pk] = {key: [now[key]] if key in now else [] for key in touched}
        item.metadata = wanted
    Item.objects.bulk_update([held[pk] for pk in former], ["metadata"], batch_size=BATCH)
    return former


# ---------------------------------------------------------------------------------------- undoing


def request_undo(*, edit: ItemEdit, by: User) -> ItemEdit:
    """Take an edit back, a large one as a job; what others changed since stays as they left it.

    One that is still under way ends where it is: no batch of it is kept from now on. Raises
    Conflict for one that was taken back already.
    """
    with transaction.atomic():
        standing = ItemEdit.objects.filter(pk=edit.pk).exclude(state__in=ItemEdit.TAKEN_BACK)
        if not standing.update(state=ItemEdit.State.UNDOING):
            raise Conflict("This edit was taken back already.")
        edit.refresh_from_db()
        AuditEvent.record("items.edit_undone", actor=by, dataset=edit.dataset_id, edit=edit.pk)
        if edit.changed > INLINE:
            job = enqueue("undo_edit", payload={"edit": edit.pk}, created_by=by)
            ItemEdit.objects.filter(pk=edit.pk).update(job=job)
    if edit.changed <= INLINE:
        undo_edit(edit=edit)
    edit.refresh_from_db()
    return edit


def undo_edit(*, edit: ItemEdit, claim: Claim | None = None) -> ItemEdit:
    """Restore what the parts of an edit hold, the last one first; each part goes with its work."""
    change = Change(**edit.change)
    tags = tags_named(edit.dataset_id, [*change.add_tags, *change.remove_tags])
    while part := edit.parts.order_by("-pk").first():
        with transaction.atomic():
            if claim is not None:
                claim.hold()
            if ItemEditPart.objects.filter(pk=part.pk).delete()[0]:
                _restore(part.before, change, tags)
        if claim is not None:
            claim.progress(0.5, "Taking back")
    ItemEdit.objects.filter(pk=edit.pk).update(state=ItemEdit.State.UNDONE)
    edit.refresh_from_db()
    return edit


def _restore(before: JsonObject, change: Change, tags: dict[str, Tag]) -> None:
    rows = Item.objects.select_for_update().filter(pk__in=map(int, before))
    held = {item.pk: item for item in rows.order_by("pk").only("pk", "metadata")}
    there = {pk: before[str(pk)] for pk in held}
    for name in change.add_tags:
        take_off(tags[name], [pk for pk, row in there.items() if name in row.get("added", [])])
    for name in change.remove_tags:
        put_on(tags[name], [pk for pk, row in there.items() if name in row.get("removed", [])])
    changed = [held[pk] for pk, row in there.items() if _put_back(held[pk], row, change)]
    Item.objects.bulk_update(changed, ["metadata"], batch_size=BATCH)


def _put_back(item: Item, row: JsonObject, change: Change) -> bool:
    """Put former metadata back where the edit's own value still stands; whether any did."""
    restored = dict(item.metadata)
    for key, former in row.get("metadata", {}).items():
        if key in change.set_metadata:
            stands = key in restored and restored[key] == change.set_metadata[key]
        else:
            stands = key not in restored
        if not stands:
            continue
        restored.pop(key, None)
        restored |= {key: former[0]} if former else {}
    changed: bool = restored != item.metadata
    item.metadata = restored
    return changed
