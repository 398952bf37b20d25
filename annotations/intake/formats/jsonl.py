"""JSON Lines: one object a line, naming a picture and what is known of it; our own export too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotations.intake.documents import lines_of, read_json
from annotations.intake.formats import rows
from annotations.intake.formats.base import ImportFormat, Problem, Told, Tree, each_file
from annotations.intake.refusals import Refusal


class JsonLines(ImportFormat):
    name = "jsonl"
    title = "JSON Lines"
    task_types = rows.TASK_TYPES

    def claims(self, path: str, tree: Tree) -> bool:
        return path.lower().endswith((".jsonl", ".ndjson"))

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read)


def _read(path: str, tree: Tree) -> Iterator[Told]:
    for number, line in lines_of(tree.read(path)):
        if not line.strip():
            continue
        try:
            row = read_json(line.encode())
            if not isinstance(row, dict):
                raise Refusal("json_shape", "The line is not a JSON object.")
            yield rows.record_of(row, path, f"line {number}", tree)
        except Refusal as refusal:
            yield Problem(path, f"line {number}", line[:80], refusal)
