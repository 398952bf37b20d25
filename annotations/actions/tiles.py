"""Tiles of a very large item, cut when somebody first looks closer than the screen's rendition.

They are a cache: one file for each picture in a folder of bounded size, the longest unused goes
first. Nothing else names them, so the folder may be emptied at any time.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from annotations.actions.decoding import decoder
from annotations.intake.frames import read_header, write_frame
from annotations.intake.pyramid import levels_of, needs_tiles, place_of
from annotations.intake.refusals import Refusal
from annotations.models import Item
from labelhub import storage
from labelhub.errors import NotFound
from labelhub.storage import StorageFull

# Raised when tiles are cut in another way, so that old ones are not taken for new.
_FORMAT = 1


def prepare_tiles(*, item: Item) -> None:
    """See to it that an item's tiles lie ready.

    Raises NotFound for a picture that is not shown in tiles, and Unavailable while another one is
    being cut: cutting takes seconds, and nobody's request should wait for somebody else's.
    """
    if not needs_tiles(item.width, item.height):
        raise NotFound("The picture is not large enough for tiles.")
    path = _path(item.sha256)
    with suppress(FileNotFoundError):
        os.utime(path)
        return
    original = storage.originals().read(item.sha256)
    count = sum(level.tiles for level in levels_of(item.width, item.height))
    with decoder(wait=0) as checker:
        if path.exists():
            return
        tiles = checker.tiles(original, count)
        if isinstance(tiles, Refusal):
            raise NotFound(tiles.detail)
        _keep(path, tiles)


def read_tile(*, item: Item, level: int, column: int, row: int) -> bytes:
    """Return one tile as JPEG; NotFound where there is none, or it was not prepared."""
    place = place_of(levels_of(item.width, item.height), level, column, row)
    if place is None:
        raise NotFound("The picture has no such tile.")
    try:
        with _path(item.sha256).open("rb") as file:
            lengths = read_header(file)
            file.seek(sum(lengths[:place]), os.SEEK_CUR)
            return file.read(lengths[place])
    except FileNotFoundError:
        raise NotFound("The picture's tiles are not prepared.") from None


def forget_tiles(originals: Collection[str]) -> None:
    """Delete the tiles of originals that are gone."""
    for sha256 in originals:
        _path(sha256).unlink(missing_ok=True)


def _path(sha256: str) -> Path:
    return Path(settings.TILES_DIR) / f"{sha256}.{_FORMAT}"


def _keep(path: Path, tiles: list[bytes]) -> None:
    """Write the file aside and rename it, so that nobody reads half of it; then make room."""
    # The lock on decoding is held, so nobody else writes here: one name is enough, and what a
    # process left that was killed is written over.
    aside = path.parent / "aside"
    try:
        with aside.open("wb") as file:
            write_frame(file, [len(tile) for tile in tiles], tiles)
    except OSError as error:
        aside.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The server's disk is full; the tiles were not kept.") from error
        raise
    aside.rename(path)
    _make_room(path)


def _make_room(newest: Path) -> None:
    """Delete what was unused the longest until the folder is within its bound."""
    found = []
    for path in newest.parent.glob("*.*"):
        with suppress(FileNotFoundError):
            found.append((path.stat(), path))
    total = sum(facts.st_size for facts, _ in found)
    for facts, path in sorted(found, key=lambda one: one[0].st_mtime):
        if total <= settings.TILES_MAX_BYTES:
            return
        if path != newest:
            path.unlink(missing_ok=True)
            total -= facts.st_size
