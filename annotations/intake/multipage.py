"""Take a document of several pages apart: each page of a TIFF or PDF becomes a picture of its own.

Runs in the checking processes, as all decoding does. A page of a TIFF keeps its pixels as they are
(16 bit, CMYK, colour profile), packed anew without loss. A page of a PDF is drawn: at least 200
dots an inch, more where a scan inside it has more.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

from PIL import Image, ImageChops

from annotations.intake.images import (
    DECODER_ERRORS,
    TURNS,
    encode_jpeg,
    open_picture,
    orientation,
    refusal_of_error,
)
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.picture import Page
from annotations.intake.pixel_limits import hold_to_limits
from annotations.intake.refusals import Refusal
from annotations.intake.sniff import PDF

_REDUCED_OR_MASK = 0b101  # of a TIFF's NewSubfileType: thumbnails and masks are no pages
_NEW_SUBFILE_TYPE = 254
_LEAST_DPI, _MOST_DPI = 200, 400
_POINTS = 72  # of a PDF, to the inch
_LARGEST_PNG = 4_000_000  # beyond it a page is a photograph, which JPEG holds in a tenth


class Document:
    """An opened document: how many pages it has, and each of them on demand."""

    def __init__(self, count: int, draw: Callable[[int], Page]) -> None:
        self.count, self._draw = count, draw

    def page(self, number: int) -> Page:
        """Return a page, from 1 on; raises Refusal where it cannot be read."""
        return self._draw(number)


def open_document(data: bytes, limits: Limits = DEFAULT) -> Document | None:
    """Open a document; None where a TIFF holds one picture only, beside what is no page.

    Raises Refusal where it cannot be opened, is encrypted, or has too many pages.
    """
    return _open_pdf(data, limits) if data.startswith(PDF) else _open_tiff(data, limits)


def _hold_to_count(count: int, limits: Limits) -> None:
    if count > limits.document_max_pages:
        raise Refusal(
            "too_many_pages",
            f"The document has {count:,} pages; {limits.document_max_pages:,} are allowed.",
        )


# --------------------------------------------------------------------------------------- TIFF


def _open_tiff(data: bytes, limits: Limits) -> Document | None:
    image = open_picture(data, limits)
    frames: list[int] = []
    try:
        for frame in range(limits.document_max_pages * 2 + 1):
            image.seek(frame)
            if not _subfile_type(image) & _REDUCED_OR_MASK:
                frames.append(frame)
    except EOFError:
        pass
    except DECODER_ERRORS:
        if len(frames) < 2:
            return None  # the one picture says for itself whether it is sound
    if len(frames) < 2:
        return None
    _hold_to_count(len(frames), limits)
    return Document(len(frames), lambda number: _frame(image, frames[number - 1], number, limits))


def _subfile_type(image: Any) -> int:
    value = image.tag_v2.get(_NEW_SUBFILE_TYPE, 0)
    return value if isinstance(value, int) else 0


def _frame(image: Any, frame: int, number: int, limits: Limits) -> Page:
    try:
        image.seek(frame)
        hold_to_limits(image.size, limits)
        image.load()
        turn = TURNS.get(orientation(image))
        page = image.transpose(turn) if turn is not None else image.copy()
        out = io.BytesIO()
        profile = image.info.get("icc_profile")
        page.save(out, "TIFF", compression="tiff_adobe_deflate", icc_profile=profile)
    except DECODER_ERRORS as error:
        raise refusal_of_error(error) from error
    return Page(number, "tif", out.getvalue())


# ---------------------------------------------------------------------------------------- PDF


def _open_pdf(data: bytes, limits: Limits) -> Document:
    try:
        pdfium = import_module("pypdfium2")
    except ImportError:
        raise Refusal(
            "unsupported_type",
            "PDF needs the package pypdfium2, which this server lacks; "
            "export the pages as PNG or JPEG.",
        ) from None
    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
    except pdfium.PdfiumError as error:
        raise _refusal_of_pdf(str(error)) from error
    if not count:
        raise Refusal("unsupported_type", "The PDF has no pages.")
    _hold_to_count(count, limits)
    return Document(count, lambda number: _drawn(document, number, pdfium, limits))


def _refusal_of_pdf(message: str) -> Refusal:
    if "password" in message.lower() or "security" in message.lower():
        return Refusal("encrypted_document")
    return Refusal("unsupported_type", "The PDF cannot be opened; export its pages as PNG or JPEG.")


def _drawn(document: Any, number: int, pdfium: Any, limits: Limits) -> Page:
    try:
        page = document[number - 1]
        try:
            width, height = page.get_size()
            scale = _scale(width, height, _scanned_dpi(page, pdfium), limits)
            bitmap = page.render(scale=scale, rev_byteorder=True)
            image = bitmap.to_pil().convert("RGB")
        finally:
            page.close()
    except (pdfium.PdfiumError, *DECODER_ERRORS) as error:
        raise Refusal("corrupt", "The page cannot be drawn.") from error
    hold_to_limits(image.size, limits)
    return _packed(_grey_if_grey(image), number)


def _scanned_dpi(page: Any, pdfium: Any) -> float:
    """Return the dots an inch of the finest picture that covers half of the page or more, or 0."""
    width, height = page.get_size()
    found = 0.0
    for part in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = part.get_bounds()
        if (right - left) * (top - bottom) >= width * height / 2:
            found = max(found, part.get_px_size()[0] / ((right - left) / _POINTS))
    return found


def _scale(width: float, height: float, scanned: float, limits: Limits) -> float:
    """Return pixels to the point: fine enough to read, and never more than a picture may have."""
    if not (width > 0 and height > 0):
        raise Refusal("corrupt", "The page has no size.")
    wanted = min(max(scanned, _LEAST_DPI), _MOST_DPI) / _POINTS
    by_pixels = math.sqrt(limits.max_pixels / (width * height))
    by_side = (limits.max_side - 1) / max(width, height)
    # Pixels are counted whole, so a page that fills the limit exactly would just exceed it.
    return min(wanted, by_pixels * 0.999, by_side)


def _grey_if_grey(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    same = not ImageChops.difference(red, green).getbbox()
    return red if same and not ImageChops.difference(green, blue).getbbox() else image


def _packed(image: Image.Image, number: int) -> Page:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=4)
    if out.tell() <= _LARGEST_PNG:
        return Page(number, "png", out.getvalue())
    return Page(number, "jpg", encode_jpeg(image, 95))
