"""Lines of writing -> text: the CNN + BiLSTM + CTC recipe."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Generator, Tensor
from torch.nn import functional

from active_learning.learning import text_metrics
from active_learning.learning.artifact import Artifact
from active_learning.learning.augmentation import dropout, random_ink, random_line
from active_learning.learning.ctc import BLANK, Reading, needed_columns
from active_learning.learning.datasets.snapshot import Item, Snapshot
from active_learning.learning.device import training_device, use_one_thread
from active_learning.learning.errors import ArtifactInvalid, CannotTrain, ImageUnreadable
from active_learning.learning.line_reader import WIDTHS, LineReader, like_widths, pad
from active_learning.learning.lines import LinePreparation, Strip
from active_learning.learning.networks.line_crnn import (
    HIDDEN,
    STRIDE,
    columns_of,
    initialise,
)
from active_learning.learning.networks.line_crnn import (
    LineCrnn as Network,
)
from active_learning.learning.pictures import bring
from active_learning.learning.recipes.base import CALIBRATION, Event, Run, lineage
from active_learning.learning.text_confidence import TextConfidence, fit_confidence
from active_learning.learning.training_loop import Loop
from active_learning.learning.transforms import Preparation

LIBRARIES = ("numpy", "torch", "pillow", "safetensors", "rapidfuzz")
LINES = "lines"  # where an artifact's config keeps the preparation of lines
BATCH = 12
POOLED = 4  # batches drawn at once, so that lines of like width come together
EPOCHS = 40
FEWEST_STEPS, MOST_STEPS = 600, 6000
PEAK_RATE = 2.5e-3
DECAY = 1e-2
DROPOUT = 0.1
AUXILIARY = 0.3
CURRICULUM = 0.08  # share of the steps in which long lines wait
VALIDATED = 200  # lines that are read after every epoch


@dataclass(frozen=True)
class Lines:
    """Readable lines with their texts as codes, longest text last."""

    items: tuple[Item, ...]
    strips: tuple[Strip, ...]
    codes: tuple[tuple[int, ...], ...]
    weights: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.items)

    def first(self, count: int) -> "Lines":
        """About `count` of them, evenly over short and long."""
        every = slice(None, None, max(1, -(-len(self) // count)))
        return Lines(self.items[every], self.strips[every], self.codes[every], self.weights[every])


@dataclass(frozen=True)
class LineCrnn:
    """Transcription of words and lines in one hand or many."""

    name: str = "line_crnn"
    task_types: frozenset[str] = field(default_factory=lambda: frozenset({"transcription"}))
    fewest: int = FEWEST_STEPS

    def fit(self, snapshot: Snapshot, run: Run) -> Artifact:
        use_one_thread()
        preparation = LinePreparation()
        alphabet = alphabet_of(snapshot.part("train"))
        train = load_lines(snapshot, "train", preparation, alphabet, run)
        if not len(train):
            raise CannotTrain("no training item can be read: transcribe some lines first")
        network = Network(len(alphabet))
        initialise(network, run.seed)
        reader = LineReader(preparation, network.to(training_device()), alphabet)
        validation = load_lines(snapshot, "validation", preparation, alphabet, run)
        run.stop_if_asked()
        steps = self._train(reader, train, validation, snapshot, run)
        holdout = load_lines(snapshot, "holdout", preparation, alphabet, run)
        artifact = Artifact(
            recipe=self.name,
            task_type=snapshot.task_type,
            classes=alphabet,
            preparation=Preparation(),
            config={"network": self.name, "steps": steps, LINES: preparation.to_json()},
            tensors={name: t.cpu().numpy() for name, t in network.state_dict().items()},
            lineage=lineage(snapshot, run.seed, LIBRARIES),
        )
        return measure_reader(
            artifact, reader, {"train": train, "validation": validation, "holdout": holdout}, run
        )

    def open(self, artifact: Artifact) -> LineReader:
        """Check names and shapes of the weights (ArtifactInvalid) and make them read."""
        use_one_thread()
        if any(len(character) != 1 for character in artifact.classes):
            raise ArtifactInvalid("the alphabet holds more than single characters")
        preparation = LinePreparation.from_json(artifact.config.get(LINES))
        network = Network(len(artifact.classes))
        artifact.expect({name: tuple(t.shape) for name, t in network.state_dict().items()})
        network.load_state_dict(
            {name: torch.from_numpy(tensor.copy()) for name, tensor in artifact.tensors.items()}
        )
        network.to(training_device()).eval()
        confidence = TextConfidence.from_json(artifact.config.get(CALIBRATION))
        return LineReader(preparation, network, artifact.classes, confidence)

    def _train(
        self, reader: LineReader, train: Lines, validation: Lines, snapshot: Snapshot, run: Run
    ) -> int:
        wanted = EPOCHS * len(train) // BATCH
        made_of = lineage(snapshot, run.seed, LIBRARIES)
        loop = Loop(
            reader.network,
            run,
            made_of | {"recipe": self.name} | reader.preparation.to_json(),
            steps=min(max(wanted, self.fewest), MOST_STEPS),
            peak_rate=PEAK_RATE,
            decay=DECAY,
            epoch_steps=min(max(len(train) // BATCH, 25), 100),
        )
        lesson = Lesson(reader, train, loop)

        def validate() -> tuple[float | None, float | None]:
            if not len(validation):
                return None, None
            some = validation.first(VALIDATED)
            return lesson.loss_on(some), 1 - _report(reader.read_strips(some.strips), some)["cer"]

        loop.train(lesson, validate)
        return loop.step


class Lesson:
    """One training step on a batch of lines of like width; callable as the loop wants it."""

    def __init__(self, reader: LineReader, train: Lines, loop: Loop) -> None:
        self.reader, self.train, self.loop = reader, train, loop

    def __call__(self, step: int, generator: Generator) -> tuple[Tensor, float | None]:
        chosen = self._draw(step, generator)
        batch, lengths = pad([self.train.strips[index] for index in chosen], STRIDE)
        views = random_ink(random_line(batch, generator), generator)
        columns = self.reader.network.columns(views.to(self.reader.device))
        mask = torch.ones((len(chosen), int(lengths.max()), 2 * HIDDEN))
        keep = dropout(mask, DROPOUT, generator).to(self.reader.device)
        logits = self.reader.network.read(columns, lengths, keep)
        aside = self.reader.network.auxiliary(columns).transpose(1, 2)
        codes = [self.train.codes[index] for index in chosen]
        shares = torch.tensor([self.train.weights[index] for index in chosen])
        main = ctc_losses(logits, lengths, codes)
        helping = ctc_losses(aside, lengths, codes)
        losses = main + AUXILIARY * helping
        return (losses * shares).sum() / shares.sum(), None

    def _draw(self, step: int, generator: Generator) -> list[int]:
        """Lines of like width from a random handful; early on the handful is of short texts."""
        begun = min(1.0, step / max(CURRICULUM * self.loop.steps, 1))
        known = max(math.ceil((0.3 + 0.7 * begun) * len(self.train)), min(BATCH, len(self.train)))
        handful = torch.randperm(known, generator=generator)[: BATCH * POOLED].tolist()
        handful.sort(key=lambda index: (self.train.strips[index].shape[1], index))
        last = max(len(handful) - BATCH, 0)
        start = int(torch.randint(last + 1, (1,), generator=generator))
        return handful[start : start + BATCH]

    def loss_on(self, part: Lines) -> float:
        """Mean loss of a part, without any change of the views."""
        network, total, count = self.reader.network, 0.0, 0
        network.eval()
        for chosen in like_widths(part.strips):
            batch, lengths = pad([part.strips[index] for index in chosen], WIDTHS)
            with torch.inference_mode():
                logits = network(batch.to(self.reader.device), lengths)
            losses = ctc_losses(logits, lengths, [part.codes[index] for index in chosen])
            total, count = total + float(losses.sum()), count + len(chosen)
        return total / count


def ctc_losses(logits: Tensor, lengths: Tensor, codes: Sequence[Sequence[int]]) -> Tensor:
    """(n, columns, 1 + characters) logits -> (n,) losses per character, on the CPU.

    There the order of additions is fixed, hence the bytes of the weights.
    """
    targets = torch.tensor([code for row in codes for code in row], dtype=torch.long)
    sizes = torch.tensor([len(row) for row in codes], dtype=torch.long)
    logs = functional.log_softmax(logits.cpu(), dim=2).transpose(0, 1)
    losses = functional.ctc_loss(
        logs, targets, lengths, sizes, blank=BLANK, reduction="none", zero_infinity=True
    )
    return losses / sizes.clamp(min=1)


def alphabet_of(items: Sequence[Item]) -> tuple[str, ...]:
    """Every character of the texts, in the order of code points."""
    texts = (text_metrics.plain(item.text or "") for item in items)
    return tuple(sorted({character for text in texts for character in text}))


def load_lines(
    snapshot: Snapshot, role: str, preparation: LinePreparation, alphabet: Sequence[str], run: Run
) -> Lines:
    """The readable lines of a role, shortest text first; the log names those left out.

    Lines of the training part whose text does not fit into their columns are left out too.
    """
    code = {character: number for number, character in enumerate(alphabet, start=1)}
    rows = []
    bring([item.file for item in snapshot.part(role)])
    for item in snapshot.part(role):
        text = text_metrics.plain(item.text or "")
        if not text or item.weight <= 0:
            continue
        try:
            strip = preparation.read(item.file)
        except ImageUnreadable as error:
            run.log(f"item {item.id} is left out: {error}")
            continue
        codes = tuple(code[character] for character in text if character in code)
        if role == "train" and needed_columns(codes) > columns_of(torch.tensor(strip.shape[1])):
            run.log(f"item {item.id} is left out: its text is longer than its picture")
            continue
        rows.append((item, strip, codes, item.weight))
    rows.sort(key=lambda row: (len(row[2]), row[0].id))
    items, strips, codes_, shares = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Lines(items, strips, codes_, shares)


def measure_reader(
    artifact: Artifact, reader: LineReader, parts: dict[str, Lines], run: Run
) -> Artifact:
    """Calibrate on the validation part, then fill in and report the figures of every part."""
    readings = {role: reader.read_strips(part.strips) for role, part in parts.items()}
    confidence = fit_confidence(
        readings["validation"], right_ones(readings["validation"], parts["validation"])
    )
    artifact.config[CALIBRATION] = confidence.to_json()
    for role, part in parts.items():
        chances = [confidence.chance(reading) for reading in readings[role]]
        figures = _report(readings[role], part)
        figures["ece"] = text_metrics.calibration_error(chances, right_ones(readings[role], part))
        artifact.metrics[role] = figures
    run.report(Event("metrics", artifact.metrics))
    return artifact


def right_ones(readings: Sequence[Reading], part: Lines) -> list[bool]:
    """Whether each reading is the very text."""
    pairs = zip(readings, part.items, strict=True)
    return [text_metrics.plain(one.text) == text_metrics.plain(i.text or "") for one, i in pairs]


def _report(readings: Sequence[Reading], part: Lines) -> dict[str, Any]:
    truth = [item.text or "" for item in part.items]
    return text_metrics.report([reading.text for reading in readings], truth)
