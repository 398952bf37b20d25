"""The recipe for lines: learns a few by heart, repeats by seed, goes on after a kill."""

import dataclasses
import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from active_learning.learning import line_reader, predictor, text_metrics, text_odds
from active_learning.learning.artifact import DESCRIPTION, Artifact
from active_learning.learning.ctc import Reading, decode, needed_columns
from active_learning.learning.datasets.snapshot import Item
from active_learning.learning.errors import ArtifactInvalid, Cancelled, CannotTrain
from active_learning.learning.line_reader import LineReader
from active_learning.learning.lines import LinePreparation
from active_learning.learning.recipes.base import Event, Run
from active_learning.learning.recipes.line_crnn import LineCrnn
from active_learning.learning.text_confidence import TextConfidence, fit_confidence
from tests.active_learning.learning.material import line_items, lines_snapshot

RECIPE = LineCrnn(fewest=350)


@dataclass(frozen=True)
class Trained:
    """One training on 12 lines, with 4 others for each of validation and holdout."""

    items: tuple[Item, ...]
    artifact: Artifact
    folder: Path
    events: tuple[Event, ...]

    @property
    def reader(self) -> LineReader:
        return RECIPE.open(Artifact.load(self.folder))


def everything(folder: Path) -> list[Item]:
    return [
        *line_items(folder, 12),
        *line_items(folder, 4, 12, "validation"),
        *line_items(folder, 4, 16, "holdout"),
    ]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("lines")
    items, events = everything(folder), list[Event]()
    artifact = RECIPE.fit(lines_snapshot(items), Run(seed=1, report=events.append))
    artifact.save(folder / "artifact")
    return Trained(tuple(items), artifact, folder / "artifact", tuple(events))


def texts(reader: LineReader, items: Sequence[Item]) -> list[str]:
    return [reading.text for reading in reader.read_files([item.file for item in items])]


def test_it_learns_a_few_lines_by_heart(trained: Trained) -> None:
    known = trained.items[:12]
    assert texts(trained.reader, known) == [item.text for item in known]
    assert trained.artifact.metrics["train"]["cer"] == 0
    assert trained.artifact.metrics["holdout"]["count"] == 4


def test_the_same_seed_gives_the_same_bytes(trained: Trained, tmp_path: Path) -> None:
    RECIPE.fit(lines_snapshot(list(trained.items)), Run(seed=1)).save(tmp_path / "again")
    for path in trained.folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_a_killed_training_goes_on_to_the_same_weights(trained: Trained, tmp_path: Path) -> None:
    seen = 0

    def after_a_while() -> bool:
        nonlocal seen
        seen += 1
        return seen > 120

    snapshot = lines_snapshot(list(trained.items))
    with pytest.raises(Cancelled):
        RECIPE.fit(snapshot, Run(seed=1, checkpoint_folder=tmp_path, should_stop=after_a_while))
    events: list[Event] = []
    resumed = RECIPE.fit(snapshot, Run(seed=1, checkpoint_folder=tmp_path, report=events.append))
    assert any("resumed" in event.data.get("message", "") for event in events)
    for name, tensor in trained.artifact.tensors.items():
        assert (resumed.tensors[name] == tensor).all()


def test_a_line_reads_the_same_alone_and_in_company(trained: Trained) -> None:
    files = [item.file for item in trained.items]
    together = trained.reader.read_files(files)
    for file, reading in zip(files, together, strict=True):
        (alone,) = trained.reader.read_files([file])
        assert alone.text == reading.text
        assert alone.confidence == pytest.approx(reading.confidence, abs=1e-5)


def test_every_character_says_how_sure_it_is(trained: Trained) -> None:
    (reading,) = trained.reader.read_files([trained.items[0].file])
    assert len(reading.characters) == len(reading.text)
    assert all(0 < sure <= 1 for sure in reading.characters)
    assert 0 <= trained.reader.confidence.chance(reading) <= 1


def test_what_cannot_be_learned_is_left_out_and_said(tmp_path: Path) -> None:
    items = line_items(tmp_path, 8)
    items[1].file.write_bytes(b"not a picture")
    items[2] = dataclasses.replace(items[2], text="a text much longer than its picture" * 9)
    items[3] = dataclasses.replace(items[3], text="")
    items[4] = dataclasses.replace(items[4], weight=0.0)
    events: list[Event] = []
    artifact = LineCrnn(fewest=25).fit(lines_snapshot(items), Run(report=events.append))
    assert artifact.metrics["train"]["count"] == 4
    said = " ".join(event.data.get("message", "") for event in events)
    assert "item 1 is left out" in said
    assert "item 2 is left out: its text is longer than its picture" in said


@pytest.mark.parametrize("kept", ["none", "blank", "unreadable"])
def test_nothing_to_learn_is_said_plainly(kept: str, tmp_path: Path) -> None:
    items = line_items(tmp_path, 3)
    if kept == "none":
        items = []
    elif kept == "blank":
        items = [dataclasses.replace(item, text=" ") for item in items]
    else:
        items = [dataclasses.replace(item, file=tmp_path / "absent.png") for item in items]
    with pytest.raises(CannotTrain, match="training item"):
        RECIPE.fit(lines_snapshot(items), Run())


@pytest.mark.parametrize(
    "change",
    [
        {"classes": ("ab", "c")},
        {"classes": ("1", "2")},
        {"config": {}},
        {"config": {"lines": {"height": 40, "margin": 3, "widest": 10**9}}},
        {"config": {"lines": LinePreparation().to_json(), "calibration": [1, float("nan"), 2]}},
    ],
)
def test_a_foreign_description_is_refused(trained: Trained, change: dict[str, object]) -> None:
    with pytest.raises(ArtifactInvalid):
        RECIPE.open(dataclasses.replace(trained.artifact, **change))  # type: ignore[arg-type]
    assert (trained.folder / DESCRIPTION).is_file()


def test_the_predictor_alone_prints_text(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, torn = trained.items[0], tmp_path / "torn.png"
    torn.write_bytes(b"not a picture")
    assert predictor.main([str(trained.folder), str(first.file), str(torn)]) == 1
    said, refused = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert said["text"] == first.text
    assert len(said["characters"]) == len(first.text or "")
    assert refused["error"]["code"] == "image_unreadable"


def test_a_reader_is_no_classifier(trained: Trained) -> None:
    with pytest.raises(ArtifactInvalid, match="line_crnn"):
        predictor.Predictor.open(trained.folder)


def test_surer_readings_are_said_to_be_right_more_often() -> None:
    readings = [Reading("ab", 0.5 + n / 100, (0.5 + n / 100,) * 2) for n in range(50)]
    fitted = fit_confidence(readings, [n > 20 for n in range(50)])
    assert fitted.chance(readings[45]) > 0.8 > 0.2 > fitted.chance(readings[2])
    assert TextConfidence.from_json(fitted.to_json()) == fitted
    assert fit_confidence(readings[:5], [True] * 5) == TextConfidence()


def test_error_rates_count_edits_over_all_lines() -> None:
    figures = text_metrics.report(["abc", "de fg"], ["abd", "de  fg"])
    assert figures["cer"] == pytest.approx(1 / 8)
    assert (figures["wer"], figures["accuracy"]) == (pytest.approx(1 / 3), 0.5)
    assert text_metrics.report([], [])["count"] == 0


def test_blank_paper_reads_as_nothing(trained: Trained) -> None:
    strip = LinePreparation().strip(np.ones((50, 200), np.float32))
    assert strip.shape[0] == LinePreparation().height
    (reading,) = trained.reader.read_strips([strip])
    assert len(reading.characters) == len(reading.text)


def test_the_best_path_collapses_repeats_and_blanks() -> None:
    path = [1, 1, 0, 1, 2, 2, 0]
    logits = np.full((len(path), 3), -9, np.float32)
    logits[np.arange(len(path)), path] = 9
    assert decode(logits, ("l", "o")).text == "llo"
    assert decode(np.zeros((0, 3), np.float32), ("l", "o")).text == ""
    assert needed_columns([1, 1, 2]) == 4


def test_chances_of_texts_add_up_to_those_of_all_paths() -> None:
    logits = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    by_text: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(3), repeat=3):
        text = tuple(code for code, _ in itertools.groupby(path) if code)
        by_text[text] = by_text.get(text, 0.0) + math.exp(sum(logs[range(3), path]))
    found = line_reader._log_chances(logits, [*by_text, (1, 1, 1)])
    assert np.exp(found[:-1]) == pytest.approx(list(by_text.values()), abs=1e-6)
    assert found[-1] == -np.inf  # equal neighbours need a column between


def test_what_a_line_says_is_likelier_than_what_others_say(trained: Trained) -> None:
    known = trained.items[:12]
    texts = [item.text or "" for item in known]
    found = trained.reader.log_chances([item.file for item in known], [texts] * len(known))
    assert [texts[int(row.argmax())] for row in found] == texts
    assert all((row <= 0).all() for row in found)


def test_swapped_texts_are_doubted_and_find_their_place(trained: Trained) -> None:
    known = trained.items[:12]
    given = [item.text or "" for item in known]
    given[2], given[7] = given[7], given[2]
    rest = [np.array([one for one in range(12) if one != place]) for place in range(12)]
    found = text_odds.weigh(trained.reader, [item.file for item in known], given, rest)
    assert set(np.argsort(-found.score)[:2].tolist()) == {2, 7}
    assert (found.best[2], found.best[7]) == (7, 2)
    assert (found.score > text_odds.SUSPECT).sum() == 2
    alone = text_odds.weigh(trained.reader, [known[0].file], ["999"], [np.zeros(0, np.int64)])
    assert (alone.score.tolist(), alone.best.tolist()) == ([0.0], [0])
