"""Limits on what an upload may hold, in one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """Bytes, pixels, counts and seconds that uploads are held to; `replace()` widens one."""

    max_bytes: int = 30_000_000  # one picture
    max_pixels: int = 50_000_000
    max_side: int = 20_000
    min_side: int = 4
    max_text_chunk: int = 1_000_000  # unpacked text or colour profile inside a PNG
    archive_max_entries: int = 10_000  # pictures; folders, litter and tables do not count
    archive_max_listed: int = 30_000  # entries of any kind, read or not
    archive_max_ratio: int = 100
    archive_max_total_bytes: int = 2_000_000_000
    document_max_bytes: int = 100_000_000  # a PDF or TIFF, whose pages are pictures each
    document_max_pages: int = 2_000
    name_max_chars: int = 255
    path_max_chars: int = 512
    csv_max_bytes: int = 100_000_000
    csv_max_field: int = 65_536
    seconds_per_file: int = 10
    seconds_per_batch: int = 30  # 200 rows of a Parquet file
    # Address space of the process that reads Parquet; its libraries alone map a gigabyte.
    parquet_reader_bytes: int = 3_000_000_000
    # Address space of one checking process. The largest legal picture, RGBA, needs about 500 MB.
    checker_bytes: int = 900_000_000

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


DEFAULT = Limits()
