"""The checking process: reads batches of files from stdin, decodes each, writes what it found.

It holds itself to limits of memory and CPU time, may write no file and gets no secrets, so that a
file made to break a decoder breaks this process and nothing else.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

from PIL import PngImagePlugin

from annotations.intake.frames import read_exactly, read_header, write_frame
from annotations.intake.images import check_picture, full_picture
from annotations.intake.limits import Limits
from annotations.intake.lines import cut_out
from annotations.intake.multipage import Document, open_document
from annotations.intake.outlines import trace_mask
from annotations.intake.picture import Picture
from annotations.intake.process_limits import allow_cpu_seconds, limit_this_process
from annotations.intake.refusals import Refusal
from annotations.intake.tiles import cut_tiles

# What may be asked of one picture, beside checking it.
PIECES = {"cut", "tiles", "full", "trace"}


def answer(data: bytes, limits: Limits) -> tuple[dict[str, Any], list[bytes]]:
    """Check one file; return the header entry and the blobs of the answer."""

    def check() -> tuple[dict[str, Any], list[bytes]]:
        picture = check_picture(data, limits)
        return _facts(picture), [picture.thumb, picture.screen or b""]

    return _or_refusal(check)


def pieces(
    asked: dict[str, Any], data: bytes, limits: Limits
) -> tuple[dict[str, Any], list[bytes]]:
    """Make what is asked of one picture; return the header entry and the encoded pieces."""

    def make() -> tuple[dict[str, Any], list[bytes]]:
        made = _made(asked, data, limits)
        return {"bytes": [len(piece) for piece in made]}, made

    return _or_refusal(make)


def _made(asked: dict[str, Any], data: bytes, limits: Limits) -> list[bytes]:
    if (outlines := asked.get("cut")) is not None:
        return cut_out(data, outlines, limits)
    if "trace" in asked:
        return [trace_mask(data, limits)]
    return cut_tiles(data, limits) if "tiles" in asked else [full_picture(data, limits)]


class Reader:
    """Reads one document, page by page; the importer asks for the next one when it has room."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._document: Document | None = None

    def open(self, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
        """Open a document; the answer has its number of pages, 0 for a single picture."""
        self._document = None  # the last one's memory goes first

        def count() -> tuple[dict[str, Any], list[bytes]]:
            self._document = open_document(data, self.limits)
            return {"pages": self._document.count if self._document else 0}, []

        return _or_refusal(count)

    def page(self, number: int) -> tuple[dict[str, Any], list[bytes]]:
        """Return one page as a file."""

        def read() -> tuple[dict[str, Any], list[bytes]]:
            assert self._document is not None
            page = self._document.page(number)
            return {"suffix": page.suffix, "bytes": [len(page.data)]}, [page.data]

        return _or_refusal(read)


def _or_refusal(
    work: Callable[[], tuple[dict[str, Any], list[bytes]]],
) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return work()
    except Refusal as refusal:
        return {"code": refusal.code, "detail": refusal.detail}, []
    except MemoryError:
        return {"code": "too_large", "detail": "Decoding it takes too much memory."}, []


def _facts(picture: Picture) -> dict[str, Any]:
    return {
        "media_type": picture.media_type,
        "size": [picture.width, picture.height],
        "warnings": picture.warnings,
        "bytes": [len(picture.thumb), len(picture.screen or b"")],
    }


def main() -> None:
    source, out = sys.stdin.buffer, sys.stdout.buffer
    limits = Limits(**read_header(source))
    limit_this_process(limits)
    PngImagePlugin.MAX_TEXT_CHUNK = limits.max_text_chunk
    warnings.simplefilter("ignore")  # Pillow warns about odd metadata, which is dropped anyway
    reader = Reader(limits)
    write_frame(out, "ready", [])
    while True:
        try:
            asked = read_header(source)
            batch = [read_exactly(source, length) for length in asked["lengths"]]
        except EOFError:
            return
        allow_cpu_seconds(limits.seconds_per_file)
        if asked.keys() & PIECES:
            answers = [pieces(asked, batch[0], limits)]
        elif asked.get("open"):
            answers = [reader.open(batch[0])]
        elif (number := asked.get("page")) is not None:
            answers = [reader.page(number)]
        else:
            answers = [answer(data, limits) for data in batch]
        blobs = [blob for _, parts in answers for blob in parts]
        write_frame(out, [entry for entry, _ in answers], blobs)


if __name__ == "__main__":
    main()
