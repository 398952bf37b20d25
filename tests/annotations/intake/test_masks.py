"""Masks: regions of class numbers or colours become outlines that draw them again."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from annotations.exporters.masks import filled
from annotations.intake.checking import CheckerPool
from annotations.intake.formats.masks import is_mask
from annotations.intake.outlines import outlines_of, trace_mask
from annotations.intake.refusals import Refusal
from tests.pictures import encoded, png
from tests.trees import told, tree

SIZE = (120, 80)


def drawn(*shapes: tuple[str, Any, int]) -> Image.Image:
    image = Image.new("L", SIZE, 0)
    for kind, place, value in shapes:
        getattr(ImageDraw.Draw(image), kind)(place, fill=value)
    return image


def redrawn(outlines: list[list[list[float]]]) -> Any:
    out = np.zeros(SIZE[::-1], bool)
    for points in outlines:
        out |= filled(points, *SIZE)
    return out


RING = [("ellipse", (10, 10, 90, 70), 1), ("ellipse", (30, 25, 60, 50), 0)]


@pytest.mark.parametrize(
    ("shapes", "regions", "likeness"),
    [
        ([("rectangle", (10, 10, 40, 30), 1)], 1, 1.0),
        ([("rectangle", (0, 0, 119, 79), 1)], 1, 1.0),
        ([("point", (5, 5), 1)], 1, 1.0),
        ([("line", (5, 5, 100, 37), 1)], 1, 0.9),
        ([("polygon", [(10, 10), (100, 20), (80, 70)], 1)], 1, 0.97),
        ([("rectangle", (2, 2, 9, 9), 1), ("rectangle", (10, 10, 19, 19), 1)], 1, 1.0),
        ([("rectangle", (2, 2, 9, 9), 1), ("rectangle", (12, 10, 19, 19), 1)], 2, 1.0),
        (RING, 1, 0.97),
        ([*RING, ("ellipse", (40, 30, 50, 45), 1)], 2, 0.96),
    ],
)
def test_an_outline_draws_its_region_again(
    shapes: list[Any], regions: int, likeness: float
) -> None:
    region = np.asarray(drawn(*shapes)) > 0
    outlines = outlines_of(region)
    again = redrawn(outlines)
    assert len(outlines) == regions
    assert np.sum(region & again) / np.sum(region | again) >= likeness


def test_any_region_is_followed_to_its_end() -> None:
    draw = np.random.default_rng(5)
    for share in (0.2, 0.5, 0.8):
        region = draw.random(SIZE[::-1]) < share
        again = redrawn(outlines_of(region))
        assert np.mean(region != again) < 0.12  # the steps of noise are taken off


def test_few_points_do_for_a_smooth_edge() -> None:
    (points,) = outlines_of(np.asarray(drawn(("ellipse", (5, 5, 110, 75), 1))) > 0)
    assert len(points) < 40


def traced(image: Image.Image) -> Any:
    return json.loads(trace_mask(encoded(image)))


def test_palettes_numbers_and_colours_are_told_apart() -> None:
    image = drawn(("rectangle", (10, 10, 40, 30), 3))
    palette = image.convert("P")
    deep = Image.fromarray(np.asarray(image).astype(np.uint16) * 300)
    for mask, value in ((image, 3), (palette, 3), (deep, 900)):
        said = traced(mask)
        assert (said["indexed"], [region["value"] for region in said["regions"]]) == (True, [value])
    colour = Image.new("RGB", SIZE)
    ImageDraw.Draw(colour).rectangle((10, 10, 40, 30), fill=(255, 128, 0))
    assert (traced(colour)["indexed"], traced(colour)["regions"][0]["value"]) == (False, 0xFF8000)


def test_a_photograph_is_no_mask() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (80, 120, 3), dtype=np.uint8)
    with pytest.raises(Refusal, match="no mask"):
        trace_mask(encoded(Image.fromarray(noise)))
    with CheckerPool(processes=1) as pool, pytest.raises(Refusal):
        pool.trace(b"\x89PNG\r\n\x1a\n but not really")


@pytest.mark.parametrize(
    ("path", "yes"),
    [
        ("masks/a.png", True),
        ("VOC/SegmentationClass/2007.png", True),
        ("images/a.png", False),
        ("masks.png", False),
        ("masks/a.jpg", False),
    ],
)
def test_a_folder_tells_masks_from_pictures(path: str, yes: bool) -> None:
    assert is_mask(path) == yes


def read(masks: dict[str, Image.Image], **others: bytes) -> tuple[dict[str, Any], list[str]]:
    files: dict[str, bytes] = {f"images/p{n}.png": png(n, *SIZE) for n in range(3)}
    made = tree(files)
    for name, image in masks.items():
        made.add_other(name, trace_mask(encoded(image)))
    for name, data in others.items():
        made.add_other(name.replace("__", "."), data)
    records, problems = told(made, "masks")
    found = {r.picture.path: r.answers["polygons"]["polygons"] for r in records}
    return found, [problem.refusal.detail for problem in problems]


def labels(found: dict[str, Any], name: str) -> list[str]:
    return [part["label"] for part in found[f"images/{name}.png"]]


TWO = (("rectangle", (10, 10, 40, 30), 1), ("rectangle", (50, 10, 90, 30), 2))


def test_classes_go_by_the_list_and_the_border_of_voc_is_passed_over() -> None:
    mask = drawn(*TWO, ("rectangle", (100, 10, 110, 30), 255))
    for listed in (
        {"classes__json": b'{"0": "", "1": "cat", "2": "dog"}'},
        {"classes__json": b'{"cat": 1, "dog": 2}'},
        {"classes__txt": b"background\ncat\ndog\n"},
    ):
        found, problems = read({"masks/p0_mask.png": mask}, **listed)
        assert (labels(found, "p0"), problems) == (["cat", "dog"], [])
    found, problems = read({"masks/p0.png": mask}, classes__json=b'{"1": "cat"}')
    assert (labels(found, "p0"), len(problems)) == (["cat"], 1)
    assert "class 2" in problems[0]


def test_colours_go_by_the_labelmap() -> None:
    colour = Image.new("RGB", SIZE)
    ImageDraw.Draw(colour).rectangle((10, 10, 40, 30), fill=(128, 0, 0))
    found, problems = read(
        {"SegmentationClass/p1.png": colour}, labelmap__txt=b"# label:color\nface:128,0,0::\n"
    )
    assert (labels(found, "p1"), problems) == (["face"], [])
    found, _ = read({"masks/p1.png": colour})
    assert labels(found, "p1") == ["object"]


def test_a_mask_without_its_picture_or_of_another_size_is_refused() -> None:
    _, problems = read({"masks/p7.png": drawn(*TWO)})
    assert "No picture of this name" in problems[0]
    _, problems = read({"masks/p0.png": Image.new("L", (10, 10))})
    assert problems == ["The mask has 10x10 pixels, its picture 120x80."]


def test_an_empty_mask_says_that_there_is_nothing() -> None:
    found, problems = read({"masks/p2.png": Image.new("L", SIZE)})
    assert (labels(found, "p2"), problems) == ([], [])
    out = io.BytesIO()
    Image.new("1", SIZE).save(out, "PNG")
    assert json.loads(trace_mask(out.getvalue()))["regions"] == []
