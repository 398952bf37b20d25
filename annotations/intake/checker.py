"""The checking process: reads batches of files from stdin, decodes each, writes what it found.

It holds itself to limits of memory and CPU time, may write no file and gets no secrets, so that a
file made to break a decoder breaks this process and nothing else.
"""

from __future__ import annotations

import math
import resource
import sys
import warnings
from typing import Any

from PIL import PngImagePlugin

from annotations.intake.frames import read_exactly, read_header, write_frame
from annotations.intake.images import check_picture
from annotations.intake.limits import Limits
from annotations.intake.picture import Picture
from annotations.intake.refusals import Refusal


def limit_this_process(limits: Limits) -> None:
    """Take away memory, files and core dumps from the process, for good."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # elsewhere it cannot be set, or does not hold
        resource.setrlimit(resource.RLIMIT_AS, (limits.checker_bytes, limits.checker_bytes))


def _allow_cpu_seconds(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def answer(data: bytes, limits: Limits) -> tuple[dict[str, Any], list[bytes]]:
    """Check one file; return the header entry and the blobs of the answer."""
    try:
        picture = check_picture(data, limits)
    except Refusal as refusal:
        return {"code": refusal.code, "detail": refusal.detail}, []
    except MemoryError:
        return {"code": "too_large", "detail": "Decoding the picture takes too much memory."}, []
    return _facts(picture), [picture.thumb, picture.screen or b""]


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
    write_frame(out, "ready", [])
    while True:
        try:
            lengths = read_header(source)
            batch = [read_exactly(source, length) for length in lengths]
        except EOFError:
            return
        _allow_cpu_seconds(limits.seconds_per_file)
        answers = [answer(data, limits) for data in batch]
        blobs = [blob for _, parts in answers for blob in parts]
        write_frame(out, [entry for entry, _ in answers], blobs)


if __name__ == "__main__":
    main()
