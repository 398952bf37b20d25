"""Takedown, after a restore: what was taken down since the backup is taken down again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.db import connections

from annotations.actions.takedown import take_down
from annotations.actions.takedown_list import Line, lines, list_path, read_list, write_list
from annotations.actions.takedown_rows import chunks
from annotations.models import Dataset, Item, Takedown, TakenDown


def known_before_restore(file: Path | None) -> list[Line]:
    """Return what must stay away after a restore: of the file, of the data folder, of the database.

    Called while the database that is about to be replaced is still there.
    """
    found = read_list(file) if file else []
    if list_path().is_file():
        found += read_list(list_path())
    elif TakenDown._meta.db_table in connections["default"].introspection.table_names():
        found += list(lines())
    return found


def apply_again(found: list[Line], say: Callable[[str], None]) -> None:
    """Take down what a restored database holds of the list, and put the rest on its list."""
    for (dataset_id, everywhere), hashes in _by_scope(found).items():
        dataset = Dataset.objects.filter(pk=dataset_id or 0).first()
        if dataset is None and not everywhere:
            continue
        new = hashes - set(
            TakenDown.objects.filter(
                dataset=dataset_id, everywhere=everywhere, lifted_at=None
            ).values_list("sha256", flat=True)
        )
        items = _items_of(new, None if everywhere else dataset_id)
        if not new:
            continue
        takedown = Takedown.objects.create(
            dataset=dataset,
            reason="Taken down before the restore.",
            everywhere=everywhere,
            items=sorted(items),
            expected=len(items),
        )
        take_down(takedown=takedown)
        _list_others(takedown, new)
        say(f"{len(items):,} items that were taken down are removed again.")
    write_list()


def _by_scope(found: list[Line]) -> dict[tuple[int | None, bool], set[str]]:
    scopes: dict[tuple[int | None, bool], set[str]] = {}
    for line in found:
        scopes.setdefault((line["dataset"], line["everywhere"]), set()).add(line["sha256"])
    return scopes


def _items_of(hashes: set[str], dataset_id: int | None) -> set[int]:
    rows = Item.objects.all() if dataset_id is None else Item.objects.filter(dataset=dataset_id)
    found: set[int] = set()
    for some in chunks(sorted(hashes)):
        found.update(rows.filter(sha256__in=some).values_list("pk", flat=True))
    return found


def _list_others(takedown: Takedown, hashes: set[str]) -> None:
    """Keep hashes on the list that the restored database had no item of."""
    there = set(takedown.contents.values_list("sha256", flat=True))
    TakenDown.objects.bulk_create(
        (
            TakenDown(
                takedown=takedown,
                dataset_id=takedown.dataset_id,
                everywhere=takedown.everywhere,
                sha256=name,
                item=-number,
            )
            for number, name in enumerate(sorted(hashes - there), start=1)
        ),
        batch_size=500,
    )
