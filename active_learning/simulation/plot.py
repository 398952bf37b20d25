"""The curves of an experiment as one SVG file: test accuracy against votes, by policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 40, 56
# Okabe and Ito (2008): told apart by everybody; dashes tell them apart in print.
INKS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "5 2", "1 2")
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)


def curves_svg(title: str, policies: Mapping[str, Any]) -> str:
    """Draw the mean curves, each with its interval as a band where there are several seeds."""
    curves = {name: figures["curve"] for name, figures in policies.items() if figures["curve"]}
    points = [point for curve in curves.values() for point in curve]
    if not points:
        raise ValueError("no policy came to a model: there is no curve to draw")
    frame = _Frame.around(points)
    parts = [*frame.grid(), *_lines(curves, frame)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="600">{escape(title)}</text>'
    )
    return "\n".join([head, *parts, "</svg>\n"])


class _Frame:
    """Where votes and accuracies lie on the page."""

    def __init__(self, votes: float, low: float, high: float, step: float) -> None:
        self.votes, self.low, self.high, self.step = votes, low, high, step

    @classmethod
    def around(cls, points: Sequence[Mapping[str, Any]]) -> _Frame:
        lows = [point["low"] or point["mean"] for point in points]
        highs = [point["high"] or point["mean"] for point in points]
        low, high = max(min(lows), 0.0), min(max(highs), 1.0)
        step = next((s for s in STEPS if (high - low) / s <= 8), STEPS[-1])
        bottom, top = int(low / step) * step, min((int(high / step) + 1) * step, 1.0)
        return cls(max(point["votes"] for point in points), bottom, top, step)

    def x(self, votes: float) -> float:
        return round(LEFT + votes / self.votes * (WIDTH - LEFT - RIGHT), 1)

    def y(self, accuracy: float) -> float:
        share = (accuracy - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    def grid(self) -> list[str]:
        parts = []
        count = round((self.high - self.low) / self.step)
        for line in range(count + 1):
            level = self.low + line * self.step
            y = self.y(level)
            parts.append(
                f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{100 * level:.0f} %</text>'
            )
        for quarter in range(5):
            votes = self.votes * quarter / 4
            parts.append(
                f'<text x="{self.x(votes)}" y="{HEIGHT - BOTTOM + 18}" '
                f'text-anchor="middle">{votes:,.0f}</text>'
            )
        middle = (LEFT + WIDTH - RIGHT) / 2
        parts.append(
            f'<text x="{middle}" y="{HEIGHT - BOTTOM + 36}" text-anchor="middle">votes spent</text>'
        )
        return parts


def _lines(curves: Mapping[str, Sequence[Mapping[str, Any]]], frame: _Frame) -> list[str]:
    parts = []
    for place, (name, curve) in enumerate(curves.items()):
        ink, dash = INKS[place % len(INKS)], DASHES[place % len(DASHES)]
        if all(point["low"] is not None for point in curve):
            upper = [f"{frame.x(p['votes'])},{frame.y(min(p['high'], 1.0))}" for p in curve]
            lower = [f"{frame.x(p['votes'])},{frame.y(max(p['low'], 0.0))}" for p in curve]
            band = " ".join(upper + lower[::-1])
            parts.append(f'<polygon points="{band}" fill="{ink}" opacity="0.15"/>')
        line = " ".join(f"{frame.x(p['votes'])},{frame.y(p['mean'])}" for p in curve)
        stroke = f'stroke="{ink}" stroke-width="2" stroke-dasharray="{dash}"'
        parts.append(f'<polyline points="{line}" fill="none" {stroke}/>')
        x, y = LEFT + 340, HEIGHT - BOTTOM - 14 - 18 * place
        parts.append(
            f'<path d="M{x} {y}h28" {stroke}/>'
            f'<text x="{x + 36}" y="{y + 4}">{escape(name)}: {100 * curve[-1]["mean"]:.1f} %</text>'
        )
    return parts
