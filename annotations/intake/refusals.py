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
    "encrypted_document": (422, "The PDF needs a password; save a copy without one."),
    "too_many_pages": (413, "The document has too many pages."),
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
    "ambiguous_item": (422, "Several pictures have this name."),
    "bad_confidence": (422, "A confidence is a number from 0 to 1."),
    "bad_probability": (422, "Probabilities are numbers from 0 to 1 that sum to 1."),
    "bad_answer": (422, "This is no answer to the project's question."),
    "pair_of_one": (422, "Both sides of the pair are the same picture."),
    "duplicate_row": (422, "An earlier row is about the same picture."),
    "format_invalid": (422, "The file is not as its format wants it."),
    "json_invalid": (400, "The file is not JSON."),
    "json_depth": (400, "The JSON has too many levels."),
    "json_number": (400, "The JSON holds a number that cannot be used."),
    "json_duplicate_key": (400, "The JSON has a key twice."),
    "json_shape": (400, "The JSON is of no format that is read here."),
    "bad_unicode": (422, "The text holds characters that cannot be kept."),
    "xml_invalid": (422, "The XML cannot be read."),
    "url_scheme": (422, "Pictures are not fetched from such an address."),
    "url_forbidden": (422, "Pictures are not fetched from addresses; send the files."),
    "url_failed": (422, "The address gives no picture."),
    "unreadable": (422, "The file cannot be read where it lies."),
    "box_out_of_bounds": (422, "The shape lies outside of the picture."),
    "box_invalid": (422, "The shape is not a shape."),
    "polygon_too_many_points": (413, "The outline has too many points."),
    "unsafe_model": (415, "The file is a pickle, which could run programs; it is never opened."),
    "model_invalid": (422, "These are the weights of a model, not a picture."),
    "taken_down": (
        422,
        "This picture was taken down from the dataset and may not come back; an administrator "
        "can lift that.",
    ),
    "sha_mismatch": (422, "The picture is not the one that the file means: its hash differs."),
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
