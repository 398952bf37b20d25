"""Refusals: the codes that an uploaded file or row can be turned down with, and their sentences."""

from __future__ import annotations

# code -> (HTTP status if the file comes alone, what a person is told when no detail is at hand)
CODES: dict[str, tuple[int, str]] = {
    "empty_file": (400, "The file is empty."),
    "corrupt": (422, "The file is damaged and cannot be decoded."),
    "truncated": (422, "The file ends too early; it was probably not copied completely."),
    "unsupported_type": (415, "This is not a picture of a supported kind."),
    "svg_refused": (
        415,
        "SVG files can carry programs and are not taken; export the picture as PNG.",
    ),
    "too_many_pixels": (413, "The picture has too many pixels."),
    "dimension_limit": (413, "The picture is too long on one side."),
    "too_small": (422, "The picture is too small to be labeled."),
    "too_large": (413, "The file is too large."),
    "path_traversal": (422, "The name points outside of the archive."),
    "absolute_path": (422, "The name is an absolute path."),
    "symlink_in_archive": (422, "The entry is a link, not a file."),
    "special_file": (415, "The entry is a device or a pipe, not a file."),
    "nested_archive": (422, "The entry is an archive itself; unpack it first."),
    "encrypted_archive": (422, "The entry is encrypted; make the archive without a password."),
    "archive_corrupt": (422, "The archive is damaged and cannot be read."),
    "archive_too_many_entries": (413, "The archive has too many entries."),
    "archive_bomb": (413, "The entry unpacks to far more bytes than it should."),
    "empty_archive": (422, "The archive holds no files."),
    "bad_name": (400, "The file name cannot be used."),
    "duplicate_name": (422, "The name occurs twice."),
    "csv_bad_encoding": (422, "The table is not UTF-8 text."),
    "csv_missing_column": (422, "The table lacks a column."),
    "csv_row_mismatch": (422, "The row does not have as many cells as the header."),
    "csv_nul": (422, "The table holds NUL characters."),
    "csv_field_too_long": (413, "A cell of the table is too long."),
    "csv_empty": (422, "The table has no rows."),
    "unknown_item": (422, "No picture of this name is in the upload or in the dataset."),
    "unknown_label": (422, "The label is not one of the project's."),
    "duplicate_row": (422, "An earlier row is about the same picture."),
}


class Refusal(Exception):
    """One file, archive entry or table row is not taken, and why.

    `code` is one of CODES; `detail` is a sentence for a person, without the file's name, which
    whoever reports it puts beside it.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail or CODES[code][1]
        super().__init__(self.detail)

    @property
    def http(self) -> int:
        """The HTTP status for the file alone."""
        return CODES[self.code][0]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and (self.code, self.detail) == (other.code, other.detail)

    def __hash__(self) -> int:
        return hash((self.code, self.detail))
