"""Takedown, the files' part: originals, renditions and tiles that no other item is made of."""

from __future__ import annotations

import time

from annotations.actions.datasets import RenditionsInUse, originals_in_use
from annotations.actions.takedown_rows import AT_ONCE
from annotations.actions.tiles import forget_tiles
from annotations.models import Takedown
from labelhub import storage


def erase_files(takedown: Takedown) -> None:
    """Delete the files of what was taken down; a file that is gone already is no trouble."""
    looked_at = time.time()
    used: RenditionsInUse | None = None
    last = 0
    rows = takedown.contents.exclude(traces={}).order_by("pk")
    while found := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        last = found[-1].pk
        originals = {row.sha256 for row in found}
        storage.originals().delete_unused(originals, originals_in_use)
        forget_tiles(originals - originals_in_use(originals))
        shown = {name for row in found for name in row.traces["files"]}
        used = used or RenditionsInUse()
        storage.renditions().delete_unused(shown, used.among, since=looked_at)
