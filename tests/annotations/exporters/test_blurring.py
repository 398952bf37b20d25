"""Blurring: what must not be seen is a mosaic in the pixels, on real faces too."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from annotations.exporters.blurring import PICTURE_CELLS, REGION_CELLS, REGIONS, REST, Blur, blurred
from tests.pictures import encoded, opened

Box = tuple[int, int, int, int]  # x, y, width, height
KEPT = {"label": "face", "x": 10, "y": 12, "width": 20, "height": 16}


def noise(mode: str = "RGB", size: tuple[int, int] = (96, 64)) -> Image.Image:
    """A picture no two neighbouring pixels of which are alike."""
    values = bytes(
        (x * 37 + y * 91 + x * y * 7) % 251 for y in range(size[1]) for x in range(size[0])
    )
    return Image.frombytes("L", size, values).convert(mode)


def colours(picture: Image.Image) -> int:
    return len(picture.getcolors(1 << 20) or [])


def test_a_region_keeps_no_more_than_its_few_means() -> None:
    hidden = blurred(noise(), {"boxes": [KEPT]}, Blur(REGIONS))
    inside = hidden.crop((7, 10, 33, 30))
    assert colours(inside) <= REGION_CELLS**2
    assert hidden.crop((40, 0, 96, 64)).tobytes() == noise().crop((40, 0, 96, 64)).tobytes()


def test_the_rest_is_hidden_and_the_box_stays_as_it_is() -> None:
    hidden = blurred(noise(), {"boxes": [KEPT]}, Blur(REST))
    place = (10, 12, 30, 28)
    assert hidden.crop(place).tobytes() == noise().crop(place).tobytes()
    assert colours(hidden.crop((31, 0, 96, 64))) <= PICTURE_CELLS**2


@pytest.mark.parametrize(
    "answer",
    [
        {"polygons": [{"label": "face", "points": [[10, 12], [30, 12], [20, 30]]}]},
        {"instances": [{"label": "face", "points": {"a": [15, 20, 2], "b": [25, 20, 1]}}]},
        {"instances": [{"label": "face", "points": {"a": [20, 20, 2], "b": [0, 0, 0]}}]},
    ],
)
def test_outlines_and_points_are_hidden_with_what_lies_around_them(answer: dict[str, Any]) -> None:
    hidden = blurred(noise(), answer, Blur(REGIONS))
    assert colours(hidden.crop((16, 16, 24, 24))) <= 9
    assert hidden.crop((60, 0, 96, 64)).tobytes() == noise().crop((60, 0, 96, 64)).tobytes()


def test_a_label_says_which_regions_count() -> None:
    answer = {"boxes": [KEPT, {**KEPT, "label": "passer-by", "x": 60}]}
    hidden = blurred(noise(), answer, Blur(REGIONS, "passer-by"))
    assert hidden.crop((0, 0, 50, 64)).tobytes() == noise().crop((0, 0, 50, 64)).tobytes()
    assert colours(hidden.crop((60, 12, 80, 28))) <= REGION_CELLS**2


def test_what_is_not_decided_is_hidden_whole() -> None:
    assert colours(blurred(noise(), None, Blur(REGIONS))) <= PICTURE_CELLS**2
    assert blurred(noise(), {"boxes": []}, Blur(REGIONS)).tobytes() == noise().tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "YCbCr"])
def test_every_kind_of_picture_can_be_hidden_and_saved(mode: str) -> None:
    source = noise("I").convert(mode) if mode == "I;16" else noise(mode)
    hidden = blurred(source, {"boxes": [KEPT]}, Blur(REGIONS))
    assert colours(hidden.crop((10, 12, 30, 28)).convert("L")) <= REGION_CELLS**2
    kind = "TIFF" if mode in ("CMYK", "I", "YCbCr") else "PNG"
    saved = opened(encoded(hidden, kind))
    assert saved.size == source.size
    assert saved.mode == mode or not mode.startswith("I")


# ------------------------------------------------------------------------------- real faces


@pytest.fixture
def find_faces() -> Callable[[Image.Image], list[Box]]:
    """A detector of faces that a person trained for nothing else (local binary patterns)."""
    data, feature = pytest.importorskip("skimage.data"), pytest.importorskip("skimage.feature")
    numpy = pytest.importorskip("numpy")
    cascade = feature.Cascade(data.lbp_frontal_face_cascade_filename())

    def find(picture: Image.Image) -> list[Box]:
        found = cascade.detect_multi_scale(
            numpy.asarray(picture.convert("L")), 1.2, 1, (24, 24), (300, 300)
        )
        return [(face["c"], face["r"], face["width"], face["height"]) for face in found]

    return find


@pytest.fixture
def faces(shared_data: Path) -> list[tuple[Image.Image, list[dict[str, Any]]]]:
    """The photographs of dlib's examples with their boxes."""
    folder = shared_data / "domain" / "dlib_faces"
    if not folder.is_dir():
        pytest.skip("the photographs (../shared/data/domain/dlib_faces) are not here")
    found = []
    for node in ET.parse(folder / "training.xml").iter("image"):
        boxes = [
            {"label": "face", "x": int(box.attrib["left"]), "y": int(box.attrib["top"])}
            | {name: int(box.attrib[name]) for name in ("width", "height")}
            for box in node.iter("box")
        ]
        found.append((Image.open(folder / node.attrib["file"]).convert("RGB"), boxes))
    return found


def overlap(face: Box, box: dict[str, Any]) -> float:
    """Intersection over union."""
    across = min(face[0] + face[2], box["x"] + box["width"]) - max(face[0], box["x"])
    down = min(face[1] + face[3], box["y"] + box["height"]) - max(face[1], box["y"])
    shared = max(across, 0) * max(down, 0)
    return shared / (face[2] * face[3] + box["width"] * box["height"] - shared)


def test_no_face_is_found_where_it_was_hidden(
    faces: list[tuple[Image.Image, list[dict[str, Any]]]],
    find_faces: Callable[[Image.Image], list[Box]],
) -> None:
    before = after = 0
    for picture, boxes in faces:
        hidden = opened(encoded(blurred(picture, {"boxes": boxes}, Blur(REGIONS)), "JPEG"))
        for count, shown in enumerate((picture, hidden)):
            found = find_faces(shown)
            hit = sum(any(overlap(face, box) > 0.3 for face in found) for box in boxes)
            before, after = (before + hit, after) if count == 0 else (before, after + hit)
    assert before >= 10
    assert after == 0


def test_no_face_is_found_outside_the_box_that_is_kept(
    faces: list[tuple[Image.Image, list[dict[str, Any]]]],
    find_faces: Callable[[Image.Image], list[Box]],
) -> None:
    kept_faces = 0
    for picture, boxes in faces:
        # A face with its surroundings, as a detector wants to see it.
        kept = max(boxes, key=lambda box: box["width"])
        wide = {**kept, "x": kept["x"] - 15, "y": kept["y"] - 15}
        wide |= {"width": kept["width"] + 30, "height": kept["height"] + 30}
        hidden = blurred(picture, {"boxes": [wide]}, Blur(REST))
        for face in find_faces(hidden):
            assert overlap(face, kept) > 0.2
            kept_faces += 1
    assert kept_faces >= 1


def test_the_bytes_are_smaller_than_what_they_hide(
    faces: list[tuple[Image.Image, list[dict[str, Any]]]],
) -> None:
    picture, _ = faces[0]
    whole = encoded(picture, "PNG")
    out = io.BytesIO()
    blurred(picture, None, Blur(REST)).save(out, "PNG")
    assert len(out.getvalue()) < len(whole) / 20
