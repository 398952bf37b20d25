"""Copies are told from pictures that are only alike."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from sklearn.datasets import load_digits

from active_learning.learning.candidates import pairs_above
from active_learning.learning.copies import copies
from active_learning.learning.datasets.snapshot import Item, write_items
from active_learning.learning.duplicates import (
    LEAST,
    MOST,
    Calibration,
    calibrate,
    copies_among,
    groups_of,
)
from active_learning.learning.images import Grey
from active_learning.learning.likeness import distances, plane, shape_for
from active_learning.learning.same_pixels import pixel_digest


def drawing(seed: int, size: int = 56) -> Image.Image:
    """A few strokes, others for each seed."""
    rng = np.random.default_rng(seed)
    picture = Image.new("L", (size, size), 255)
    points = [tuple(point) for point in rng.integers(8, size - 8, (7, 2)).tolist()]
    ImageDraw.Draw(picture).line(points, fill=0, width=4)
    return picture


def grey_of(picture: Image.Image) -> Grey:
    return np.asarray(picture, np.float32) / np.float32(255)


def apart(one: Grey, other: Grey) -> float:
    shape = shape_for(*one.shape)
    return float(distances(plane(one, shape)[None], plane(other, shape)[None])[0])


def test_copies_are_much_closer_than_other_pictures() -> None:
    greys = [grey_of(drawing(seed)) for seed in range(8)]
    own = [apart(grey, other) for grey in greys for other in copies(grey)]
    others = [apart(a, b) for at, a in enumerate(greys) for b in greys[:at]]
    assert max(own) < 0.02
    assert min(others) > 10 * max(own)


def test_a_picture_is_no_copy_of_its_negative_or_of_blank_paper() -> None:
    grey = grey_of(drawing(1))
    assert apart(grey, 1 - grey) > 0.5
    assert apart(grey, np.ones_like(grey)) > 0.5


def test_long_lines_are_compared_by_their_words() -> None:
    rng = np.random.default_rng(3)
    line, other = (rng.random((32, 640), np.float32) for _ in range(2))
    assert shape_for(*line.shape) == (8, 128)
    assert apart(line, line) < 1e-3 < apart(line, other)


def test_the_bound_comes_from_copies_of_the_set_and_stays_within_reason() -> None:
    greys = [grey_of(drawing(seed)) for seed in range(6)]
    known = calibrate(greys, [list(copies(grey)) for grey in greys])
    assert LEAST <= known.bound <= MOST
    assert known.copies == 30
    assert calibrate([], []).bound == LEAST


def test_a_pair_counts_only_where_a_gap_follows() -> None:
    known = Calibration(bound=0.006, copies=10)
    pairs = np.array([[0, 1], [0, 2], [3, 4], [3, 5], [6, 7]])
    crowd = np.array([0.004, 0.006, 0.004, 0.1, 0.0001], np.float32)
    # 1 and 2 are nearly as far from 0; 3 has one copy; 6 and 7 are the same in any case.
    crowd[1] = 0.0065
    assert copies_among(pairs, crowd, 8, known).tolist() == [False, False, True, False, True]


def test_copies_of_copies_are_one_group() -> None:
    pairs = np.array([[1, 2], [2, 5], [3, 4]])
    assert groups_of(pairs, 6).tolist() == [0, 1, 1, 3, 3, 1]


def test_pairs_are_those_of_a_full_search() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(2_300, 8)).astype(np.float32)  # more than one tile
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = np.triu(vectors @ vectors.T, 1)
    assert pairs_above(vectors, 0.97, 2_300).tolist() == np.argwhere(alike >= 0.97).tolist()
    few = pairs_above(vectors, 0.9, 1)
    nearest = (vectors @ vectors.T - 2 * np.eye(2_300)).argmax(axis=1)
    wanted = {tuple(sorted(pair)) for pair in enumerate(nearest.tolist())}
    close = {pair for pair in wanted if alike[pair] >= 0.9}
    assert {tuple(pair) for pair in few.tolist()} == close


def test_the_same_pixels_are_seen_through_the_encoding(tmp_path: Path) -> None:
    picture = drawing(4)
    names = ("one.png", "two.bmp", "three.tiff", "four.png")
    for name in names[:3]:
        picture.save(tmp_path / name)
    picture.convert("RGBA").save(tmp_path / names[3])
    digests = {pixel_digest(tmp_path / name) for name in names}
    assert len(digests) == 1
    picture.putpixel((3, 3), 254)
    picture.save(tmp_path / "five.png")
    assert pixel_digest(tmp_path / "five.png") not in digests


@pytest.fixture
def digits_and_copies(tmp_path: Path) -> list[Item]:
    """300 digits of many hands, and of ten of them a copy in another file, size or place."""
    files = []
    for number, levels in enumerate(load_digits().images[:300]):
        picture = Image.fromarray((levels * 255 / 16).astype(np.uint8)).resize((32, 32), 2)
        files.append(tmp_path / f"{number}.png")
        picture.save(files[-1])
    for number in range(10):
        picture = Image.open(files[number])
        if number % 2:
            picture = picture.resize((40, 40), Image.Resampling.BICUBIC)
        files.append(tmp_path / f"copy-{number}.{'bmp' if number % 2 == 0 else 'png'}")
        picture.save(files[-1])
    return [
        Item(number, hashlib.sha256(path.read_bytes()).hexdigest(), path)
        for number, path in enumerate(files)
    ]


def test_the_command_finds_the_copies_and_hardly_anything_else(
    tmp_path: Path, digits_and_copies: list[Item]
) -> None:
    write_items(tmp_path / "items.jsonl", digits_and_copies)
    out = tmp_path / "found.npz"
    command = [sys.executable, "-m", "active_learning.learning.find_duplicates"]
    places = [str(tmp_path / "items.jsonl"), str(out), "--feature-store", str(tmp_path / "store")]
    said = subprocess.run([*command, *places], check=True, capture_output=True, text=True).stdout
    last = json.loads(said.splitlines()[-1])
    assert last["event"] == "done" and last["skipped"] == 0
    with np.load(out) as found:
        rows = list(zip(found["ids"], found["group"], found["pixels"], strict=True))
    groups: dict[int, set[int]] = {}
    for item, group, _ in rows:
        groups.setdefault(int(group), set()).add(int(item))
    found_copies = [{number, 300 + number} in groups.values() for number in range(10)]
    assert sum(found_copies) >= 9
    assert len(groups) <= 12
    pixels = {int(item): int(code) for item, _, code in rows}
    assert all(pixels[number] == pixels[300 + number] != -1 for number in range(0, 10, 2))


def test_blank_paper_is_a_duplicate_only_to_the_last_pixel(tmp_path: Path) -> None:
    for name, level in (("a.png", 255), ("b.bmp", 255), ("c.png", 250)):
        Image.new("L", (32, 32), level).save(tmp_path / name)
    drawing(5).save(tmp_path / "d.png")
    items = [
        Item(number, f"{number:064x}", tmp_path / name)
        for number, name in enumerate(("a.png", "b.bmp", "c.png", "d.png"))
    ]
    write_items(tmp_path / "items.jsonl", items)
    out = tmp_path / "found.npz"
    command = [sys.executable, "-m", "active_learning.learning.find_duplicates"]
    subprocess.run([*command, str(tmp_path / "items.jsonl"), str(out)], check=True)
    with np.load(out) as found:
        assert found["ids"].tolist() == [0, 1]
