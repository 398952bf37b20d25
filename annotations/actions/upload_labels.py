"""Upload, the labels' half: what the files beside the pictures say, and the lines they cut out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from annotations.actions.given_answers import Given, GivenAnswers, ImportOptions
from annotations.actions.upload_report import UploadReport
from annotations.intake.checking import CheckerPool
from annotations.intake.formats import read_tree
from annotations.intake.formats.base import Cut, Found, Problem, Record, base_of, stem_of
from annotations.intake.formats.tree import ImportTree
from annotations.intake.refusals import Refusal
from annotations.models import Dataset, Item
from annotations.models.dataset import PAGES
from labelhub import storage
from labelhub.accounts.models import User

BATCH_ROWS = 500
_UNFIT = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class LineFile:
    """A line on its way to being a picture: its path and name, and its place on the page."""

    path: str
    name: str
    metadata: dict[str, Any]
    group: str


class Labels:
    """The records of one import: kept for pictures at once, for lines when those have come."""

    def __init__(
        self,
        dataset: Dataset,
        options: ImportOptions,
        hold: Callable[[], None],
        report: UploadReport,
        tree: ImportTree,
        by: User | None = None,
    ) -> None:
        self.dataset, self.options, self.report, self.tree = dataset, options, report, tree
        self.answers = GivenAnswers(dataset, options, hold, report, tree.coming, by)
        self._lines: list[tuple[str, Record]] = []
        self._cut: list[Given] = []

    def read(self) -> None:
        """Read the files that came beside the pictures, and keep what they say of those."""
        waiting: list[Given] = []
        for format, told in read_tree(self.tree, self.options.format):
            if isinstance(told, Problem):
                self._refuse(told)
            elif told.cut is not None:
                self._lines.append((format, told))
            else:
                waiting.append(Given(told.picture.key, told, format))
            if len(waiting) >= BATCH_ROWS:
                self.answers.keep(waiting)
                waiting = []
        self.answers.keep(waiting)
        self._set_pages_apart()

    def _refuse(self, problem: Problem) -> None:
        if not problem.where and problem.name == problem.source:
            self.report.refuse(problem.source, problem.refusal)
            return
        number = re.search(r"^line (\d+)$", problem.where)
        line = int(number.group(1)) if number else 0
        self.report.refuse_row(
            problem.source, line, problem.name, problem.refusal, where=problem.where
        )

    # ------------------------------------------------------------------------------- lines

    def _set_pages_apart(self) -> None:
        """Mark pages that have lines, so that questions about lines do not ask about pages."""
        if self.report.dry:
            return
        pages = {record.picture.key for _, record in self._lines}
        Item.objects.filter(dataset=self.dataset, sha256__in=pages, split="").update(split=PAGES)

    def cut_lines(self, pool: CheckerPool) -> Iterator[tuple[LineFile, bytes]]:
        """Yield each page's lines as pictures; dry, they are counted and not cut."""
        self._lines.sort(key=lambda entry: entry[1].picture.key)  # stable: their order stays
        for key, group in groupby(self._lines, key=lambda entry: entry[1].picture.key):
            lines = list(group)
            self.report.counts["lines"] += len(lines)
            if not self.report.dry:
                yield from self._cut_page(key, lines, pool)
        if self.report.dry:
            self._count_answers()
        self._lines = []

    def _cut_page(
        self, key: str, lines: list[tuple[str, Record]], pool: CheckerPool
    ) -> Iterator[tuple[LineFile, bytes]]:
        page = lines[0][1].picture
        outlines = [record.cut.polygon for _, record in lines if record.cut is not None]
        try:
            pieces = pool.cut(storage.originals().read(key), outlines)
        except Refusal as refusal:
            self.report.refuse_row(lines[0][1].source, 0, page.path, refusal)
            return
        item = Item.objects.filter(dataset=self.dataset, sha256=key).values_list("pk").first()
        for (format, record), data in zip(lines, pieces, strict=True):
            assert record.cut is not None
            line = _line_file(page, item[0] if item else None, record.cut, record.group)
            self._cut.append(Given(hashlib.sha256(data).hexdigest(), record, format))
            yield line, data

    def keep_lines(self) -> None:
        """Keep what is known of the lines, now that they are items."""
        for start in range(0, len(self._cut), BATCH_ROWS):
            self.answers.keep(self._cut[start : start + BATCH_ROWS])
        self._cut = []

    def _count_answers(self) -> None:
        for format, record in self._lines:
            self.report.formats[format] += 1
            self.report.groups[record.group] += bool(record.group)
            if "transcription" in record.answers:
                self.report.counts["labels"] += 1
                self.report.task_types["transcription"] += 1


def _line_file(page: Found, item: int | None, cut: Cut, group: str) -> LineFile:
    """Return a line's path and its link to the page, as exports of pages read it."""
    stem = stem_of(page.path)
    name = _UNFIT.sub("_", cut.line) or "line"
    link = {
        "image": page.path,
        "sha256": page.key,
        "item": item,
        "width": page.width,
        "height": page.height,
        "line": cut.line,
        "polygon": cut.polygon,
        "baseline": cut.baseline,
        "region": cut.region,
        "region_polygon": cut.region_polygon,
    }
    return LineFile(
        f"{stem}/{name[:80]}.png", f"{base_of(stem)[:150]}_{name[:80]}.png", {"page": link}, group
    )
