"""Plots of a data card as inline SVG: bars that need no script, no style of their own, no file."""

from __future__ import annotations

import html
from collections.abc import Sequence

_WIDTH, _ROW, _NAMES, _COUNTS = 640, 24, 160, 70
_HEIGHT, _FOOT = 150, 22


def bars(counts: Sequence[tuple[str, int]], title: str) -> str:
    """Return a horizontal bar for each name; nothing where there is nothing to show."""
    if not counts:
        return ""
    most = max(max(count for _, count in counts), 1)
    room = _WIDTH - _NAMES - _COUNTS
    rows = []
    for number, (name, count) in enumerate(counts):
        middle = number * _ROW + _ROW / 2
        width = max(room * count / most, 1 if count else 0)
        rows.append(
            f'<text class="ink" x="{_NAMES - 8}" y="{middle:g}" text-anchor="end" '
            f'dominant-baseline="central" font-size="13">{_short(name)}</text>'
            f'<rect class="bar" x="{_NAMES}" y="{middle - 8:g}" width="{width:.1f}" height="16" '
            'rx="2"/>'
            f'<text class="quiet" x="{_NAMES + width + 6:.1f}" y="{middle:g}" '
            f'dominant-baseline="central" font-size="12">{count:,}</text>'
        )
    return _svg(_WIDTH, len(counts) * _ROW, title, rows)


def columns(names: Sequence[str], counts: Sequence[int], title: str) -> str:
    """Return upright bars, as a histogram has them; nothing where all are empty."""
    most = max(counts, default=0)
    if not most:
        return ""
    step = _WIDTH / len(counts)
    marks = []
    for number, (name, count) in enumerate(zip(names, counts, strict=True)):
        height = (_HEIGHT - 18) * count / most
        left = number * step
        marks.append(
            f'<rect class="bar" x="{left + 2:.1f}" y="{_HEIGHT - height:.1f}" '
            f'width="{step - 4:.1f}" height="{height:.1f}"/>'
            f'<text class="quiet" x="{left + step / 2:.1f}" y="{_HEIGHT - height - 5:.1f}" '
            f'text-anchor="middle" font-size="11">{count:,}</text>'
            f'<text class="ink" x="{left + 2:.1f}" y="{_HEIGHT + 15}" font-size="12">'
            f"{html.escape(name)}</text>"
        )
    return _svg(_WIDTH, _HEIGHT + _FOOT, title, marks)


def _svg(width: int, height: int, title: str, marks: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{html.escape(title)}"><title>{html.escape(title)}</title>'
        f"{''.join(marks)}</svg>"
    )


def _short(name: str, most: int = 22) -> str:
    name = name or "(none)"
    return html.escape(name if len(name) <= most else name[: most - 1] + "…")
