"""Cut lines out of a page: what lies within each outline, on paper of the page's own colour.

Runs in the checking processes, as all decoding does.
"""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from annotations.intake.images import encode_png, open_upright, to_eight_bit
from annotations.intake.limits import DEFAULT, Limits

Points = list[list[float]]
MARGIN = 2  # pixels kept around an outline, whose corners often lie on the ink


def cut_out(data: bytes, outlines: list[Points], limits: Limits = DEFAULT) -> list[bytes]:
    """Return each outline's part of a picture as PNG; outlines are [x, y] in shown pixels.

    What lies outside of the outline takes the colour of the paper, so that neighbouring lines do
    not show. Raises Refusal where the picture cannot be decoded.
    """
    page = to_eight_bit(open_upright(data, limits), [])
    return [encode_png(_piece(page, outline, limits.min_side)) for outline in outlines]


def _piece(page: Image.Image, outline: Points, least: int) -> Image.Image:
    left, right = _span([x for x, _ in outline], page.width, least)
    top, bottom = _span([y for _, y in outline], page.height, least)
    piece = page.crop((left, top, right, bottom))
    mask = Image.new("L", piece.size, 0)
    corners = [(x - left, y - top) for x, y in outline]
    draw = ImageDraw.Draw(mask)
    draw.polygon(corners, fill=255, outline=255)
    draw.line([*corners, corners[0]], fill=255, width=2 * MARGIN)
    paper = paper_of(piece, mask)
    ground = Image.new(page.mode, piece.size, paper if len(paper) > 1 else paper[0])
    ground.paste(piece, mask=mask)
    return ground


def _span(values: list[float], extent: int, least: int) -> tuple[int, int]:
    """Return whole pixels around values, at least `least` of them, on the page."""
    low = max(0, math.floor(min(values)) - MARGIN)
    high = min(extent, math.ceil(max(values)) + MARGIN)
    if high - low < least:
        low = max(0, min(low, extent - least))
        high = min(extent, low + least)
    return low, high


def paper_of(piece: Image.Image, mask: Image.Image) -> tuple[int, ...]:
    """Return the colour of the paper: the median of what lies within the outline, by band."""
    counts = piece.histogram(mask)
    return tuple(_median(counts[start : start + 256]) for start in range(0, len(counts), 256))


def _median(counts: list[int]) -> int:
    half, seen = sum(counts) / 2, 0
    for value, count in enumerate(counts):
        seen += count
        if seen >= half:
            return value
    return 255
