"""Pictures -> groups of copies: `python -m active_learning.learning.find_duplicates --help`."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import process
from active_learning.learning.candidates import compared, components, pairs_above
from active_learning.learning.copies import copies
from active_learning.learning.datasets.planes import Planes, load_planes
from active_learning.learning.datasets.snapshot import Item, read_items
from active_learning.learning.datasets.sources import Cache, HogSource, preparation_for
from active_learning.learning.duplicates import (
    calibrate,
    copies_among,
    groups_of,
)
from active_learning.learning.errors import ImageUnreadable
from active_learning.learning.find_foreign import save_columns
from active_learning.learning.images import Grey, read_grey
from active_learning.learning.likeness import SHAPES, blurred, distances_among, plane
from active_learning.learning.pictures import bring
from active_learning.learning.same_pixels import pixel_digest

Pairs = NDArray[np.int64]
Distances = NDArray[np.float32]
Vectors = NDArray[np.float32]

SAMPLE = 80  # pictures that copies are made of, five of each
NEIGHBOURS = 6  # of each picture, by each of two descriptions, that are laid over it
MISSED = 0.03  # of the copies, by each description
LAID_AT_ONCE = 8_192
HARDLY_APART = 5e-4  # pictures that may have the very same pixels


def main(arguments: list[str] | None = None) -> int:
    """Find the groups, print events as JSON lines, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _find(options))


def _find(options: argparse.Namespace) -> None:
    items = list(read_items(options.items))
    process.emit("start", {"items": len(items)})
    cache = Cache(options.feature_store, lambda text: process.emit("log", {"message": text}))
    planes = load_planes(items, cache)
    _report(0)
    sample = _sample(items, planes)
    known = calibrate([grey for grey, _ in sample], [copied for _, copied in sample])
    pairs = candidate_pairs(items, planes, sample, cache)
    apart = _apart(planes, pairs)
    kept = copies_among(pairs, apart, len(planes.index), known)
    same = _equal_planes(planes)
    pairs = np.concatenate([pairs[kept], same])
    apart = np.concatenate([apart[kept], np.zeros(len(same), np.float32)])
    digests = _digests(items, planes, pairs[apart <= HARDLY_APART])
    sure = _sure(pairs, apart, digests, blank=len(pairs) - len(same))
    _write(options.out, items, planes, pairs[sure], apart[sure], digests)
    done = {"out": str(options.out), "cpu_seconds": time.process_time(), "bound": known.bound}
    process.emit("done", done | {"skipped": len(items) - len(planes.index)})


def _report(part: float) -> None:
    process.emit("epoch", {"step": round(part * 100), "steps": 100})


# ------------------------------------------------------------------------------- candidates


def _sample(items: Sequence[Item], planes: Planes) -> list[tuple[Grey, list[Grey]]]:
    """Some pictures with their copies; the same ones while the dataset stays as it is."""
    chosen = sorted(planes.index, key=lambda place: items[place].sha256)[:SAMPLE]
    bring([items[place].file for place in chosen])
    greys = [read_grey(items[place].file) for place in chosen]
    return [(grey, list(copies(grey))) for grey in greys]


def candidate_pairs(
    items: Sequence[Item],
    planes: Planes,
    sample: Sequence[tuple[Grey, Sequence[Grey]]],
    cache: Cache,
) -> Pairs:
    """Pairs that are alike enough, by coarse pixels or by edges, to be laid over each other.

    Places in `planes`; only pictures of one shape are paired.
    """
    found = [np.zeros((0, 2), np.int64)]
    hog = _edges(items, planes, sample, cache)
    for shape in np.unique(planes.shape):
        rows = np.flatnonzero(planes.shape == shape)
        size = SHAPES[shape][1:]
        coarse = _coarse(planes.of(rows))
        axes = components(coarse)
        vectors = compared(coarse, axes)

        def by_pixels(grey: Grey, *, size: Any = size, axes: Any = axes) -> Vectors:
            return compared(_coarse(plane(grey, size)[None]), axes)

        least = _least_alike(sample, by_pixels)
        found.append(rows[pairs_above(vectors, least, NEIGHBOURS)])
        found.append(rows[pairs_above(hog[0][rows], hog[1], NEIGHBOURS)])
    return np.unique(np.concatenate(found), axis=0)


def _coarse(planes: NDArray[np.uint8]) -> Vectors:
    """(n, h, w) -> (n, h * w / 4): blurred, at half the size, around each one's mean."""
    count, height, width = planes.shape
    flat = np.empty((count, height * width // 4), np.float32)
    for start in range(0, count, LAID_AT_ONCE):
        part = blurred(planes[start : start + LAID_AT_ONCE])
        halves = part.reshape(-1, height // 2, 2, width // 2, 2).mean(axis=(2, 4))
        soft = blurred(halves).reshape(len(part), height * width // 4)
        soft -= soft.mean(axis=1, keepdims=True)
        flat[start : start + LAID_AT_ONCE] = soft
    return flat


def _edges(
    items: Sequence[Item],
    planes: Planes,
    sample: Sequence[tuple[Grey, Sequence[Grey]]],
    cache: Cache,
) -> tuple[Vectors, float]:
    """Edge features as they were stored at import, short, and how alike copies are by them."""
    source = HogSource(preparation_for(items))
    readable = [items[place] for place in planes.index]
    axes, vectors = None, np.zeros((len(readable), 0), np.float32)
    for some, values in source.pieces(readable, cache):
        if axes is None:
            axes = components(values)
            vectors = np.zeros((len(readable), axes.axes.shape[1]), np.float32)
        vectors[some] = compared(values, axes)
    if axes is None:
        return vectors, 1.0
    seen = axes
    least = _least_alike(sample, lambda grey: compared(_edges_of(source, grey)[None], seen))
    return vectors, least


def _edges_of(source: HogSource, grey: Grey) -> Vectors:
    found: Vectors = source.compute(source.preparation.canvas(grey)[None])[0]
    return found


def _least_alike(
    sample: Sequence[tuple[Grey, Sequence[Grey]]], describe: Callable[[Grey], Vectors]
) -> float:
    """The cosine that nearly all copies have with what they were copied from."""
    alike = [
        float((describe(grey) @ describe(other).T)[0, 0])
        for grey, others in sample
        for other in others
    ]
    return float(np.quantile(alike, MISSED)) if alike else 1.0


# ---------------------------------------------------------------------------------- verdicts


def _apart(planes: Planes, pairs: Pairs) -> Distances:
    """(m, 2) pairs -> (m,) distances, piecewise and by shape."""
    apart = np.empty(len(pairs), np.float32)
    for start in range(0, len(pairs), LAID_AT_ONCE):
        some = np.arange(start, min(start + LAID_AT_ONCE, len(pairs)))
        shapes = planes.shape[pairs[some, 0]]
        for shape in np.unique(shapes):
            rows = some[shapes == shape]
            places, ends = np.unique(pairs[rows], return_inverse=True)
            first, second = ends.reshape(-1, 2).T
            apart[rows] = distances_among(planes.of(places), first, second)
        _report(start / len(pairs))
    return apart


def _equal_planes(planes: Planes) -> Pairs:
    """Pairs of neighbours among equal planes: blank paper has nothing that could be compared."""
    rows = np.ascontiguousarray(planes.levels).view(f"V{planes.levels.shape[1]}").reshape(-1)
    order = np.argsort(rows, kind="stable") if len(rows) else np.zeros(0, np.int64)
    equal = np.flatnonzero(
        (rows[order][1:] == rows[order][:-1])
        & (planes.shape[order][1:] == planes.shape[order][:-1])
    )
    return np.sort(np.stack([order[equal], order[equal + 1]], axis=1), axis=1).astype(np.int64)


def _digests(items: Sequence[Item], planes: Planes, pairs: Pairs) -> dict[int, str]:
    """Digest of the pixels of each picture in these pairs, by its place in `planes`."""
    digests = {}
    for place in np.unique(pairs):
        try:
            digests[int(place)] = pixel_digest(items[planes.index[place]].file)
        except ImageUnreadable as error:
            process.emit("log", {"message": str(error)})
    return digests


def _sure(pairs: Pairs, apart: Distances, digests: dict[int, str], blank: int) -> NDArray[np.bool_]:
    """Pairs from `blank` on count only where their pixels are the same to the last one."""
    same = np.array(
        [
            digests.get(int(one)) is not None and digests.get(int(one)) == digests.get(int(other))
            for one, other in pairs
        ],
        bool,
    )
    apart[same] = 0
    return same | (np.arange(len(pairs)) < blank)


def _write(
    out: Path,
    items: Sequence[Item],
    planes: Planes,
    pairs: Pairs,
    apart: Distances,
    digests: dict[int, str],
) -> None:
    """NPZ: of each picture that has a copy its id, its group, the distance to the nearest copy,
    and a number that pictures of the same pixels share, -1 for those that share them with none."""
    head = groups_of(pairs, len(planes.index))
    nearest = np.full(len(planes.index), np.inf, np.float32)
    for column in (0, 1):
        np.minimum.at(nearest, pairs[:, column], apart)
    members = np.unique(pairs)
    codes = {digest: code for code, digest in enumerate(sorted(set(digests.values())))}
    pixels = np.array([codes.get(digests.get(int(place), ""), -1) for place in members], np.int64)
    ids = np.array([item.id for item in items], np.int64)
    save_columns(
        out,
        ids=ids[planes.index[members]],
        group=head[members],
        apart=nearest[members],
        pixels=pixels,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.find_duplicates")
    parser.add_argument("items", type=Path, help="JSON lines with id, sha256 and file")
    parser.add_argument("out", type=Path, help="NPZ file: ids, group, apart, pixels")
    parser.add_argument("--feature-store", type=Path, help="folder of cached features")
    return parser


if __name__ == "__main__":
    sys.exit(main())
