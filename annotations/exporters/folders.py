"""Class folders, as torchvision's ImageFolder and others read them: SPLIT/LABEL/NAME."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import BinaryIO

from annotations.exporters.csv_rows import to_cell
from annotations.exporters.items import Aside, Folder, ItemExporter, LabeledItem, Question

_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


class ClassFolders(ItemExporter):
    """Every picture in the folder of its label, and labels.csv, which imports as it is."""

    name = "folders"
    task_types = ("choice",)
    pictures = "always"
    note = """
Class folders. Pictures lie in SPLIT/LABEL/, or in LABEL/ where no splits are set. Characters that a
folder's name cannot have are replaced by _; labels.csv has the labels as they are.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        folders = _folders(question.labels)
        count = 0
        with Folder(file, self.note) as folder, Aside() as table:
            table.add("filename,label,split,group\r\n")
            for item in items:
                if item.answer is None:
                    continue
                count += 1
                label = item.answer["choice"]
                parts = [_fit(item.split), folders[label], item.path]
                path = "/".join(part for part in parts if part)
                folder.picture(path, item)
                table.add(_row([path, label, item.split, item.group]))
            with folder.open("labels.csv") as target:
                table.copy_to(target)
        return count


def _folders(labels: list[str]) -> dict[str, str]:
    """Return a folder's name for each label, no two of them alike."""
    taken: dict[str, str] = {}
    for number, label in enumerate(labels):
        name = _fit(label) or "_"
        taken[label] = (
            f"{name}_{number}" if name.lower() in map(str.lower, taken.values()) else name
        )
    return taken


def _fit(name: str) -> str:
    fit = _UNFIT.sub("_", name).rstrip(" .")
    return fit if fit.strip(".") else "_" * len(fit)


def _row(values: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([to_cell(value, "text") for value in values])
    return out.getvalue()
