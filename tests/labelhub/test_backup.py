"""Backups: whole, beside ongoing writes, and restored only where nothing can be lost by mistake."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from labelhub.backup.run import FOLDERS, MADE_ANEW, NOT_KEPT
from tests.stack import ROOT
from tests.waiting import until

URL = os.environ.get("DATABASE_URL", "")
pytestmark = pytest.mark.slow

FILL = """
from tests import factories
from tests.pictures import png
from annotations.actions.release import request_release
from annotations.models import Item, Task
from labelhub import storage
project = factories.project(items=12, labelers=3, confidence=0.6)
for number, item in enumerate(project.dataset.items.all()):
    data = png(number)
    (original,) = storage.originals().save_many([data])
    (shown,) = storage.renditions().save_many([data])
    Item.objects.filter(pk=item.pk).update(
        sha256=original.sha256, renditions={"thumb": shown.sha256, "screen": shown.sha256})
for labeler in factories.labelers_of(project)[:2]:
    for _ in range(8):
        factories.vote(project, labeler, "7")
request_release(project=project, by=project.created_by, name="letters")
"""
FIGURES = """
from annotations.models import Annotation, Item, Release, Task
from labelhub.accounts.models import User
settled = Task.objects.filter(status="settled")
rows = [User.objects.all(), Item.objects.all(), Annotation.objects.all(), settled]
print(*[each.count() for each in rows], *Release.objects.values_list("sha256", flat=True))
"""
# A project with a model, features and a map of its pictures, all on real digits.
TRAIN = """
from tests import factories
from tests.active_learning.conftest import digits_dataset, trained
from active_learning.actions.dataset_map import draw_map
from active_learning.actions.features import compute_features
project = factories.project(
    on=digits_dataset(60), labelers=1, random_share=0, min_votes=1, confidence=0.5)
(labeler,) = factories.labelers_of(project)
for _ in range(25):
    seat = factories.lease(project, labeler)
    factories.vote(project, labeler, seat.task.item.known_label.value, seat=seat)
compute_features(dataset=project.dataset)
trained(project)
draw_map(dataset=project.dataset)
"""
# What a person and a worker do with it on the day after.
WORK = """
from tests import factories
from active_learning.actions.dataset_map import items_of, map_files
from active_learning.actions.score import score_items
from active_learning.models import DatasetMap, Score
from annotations.models import Annotation, Project
project = Project.objects.get(model_versions__serving=True)
scored = score_items(project=project)
(labeler,) = factories.labelers_of(project)
seat = factories.lease(project, labeler)
before = Annotation.objects.count()
factories.vote(project, labeler, "7", seat=seat)
drawn = DatasetMap.objects.get()
points = items_of(map_files(drawn.dataset_id).read(drawn.sha256))
predicted = set(Score.objects.values_list("predicted", flat=True)) <= set("0123456789")
print(scored.scored, predicted, Annotation.objects.count() - before, len(points))
"""
ADD = "from tests import factories; print(factories.user('newcomer').pk)"
LAST = "from labelhub.accounts.models import User; print(User.objects.order_by('pk').last().pk)"
WRITE = """
import uuid
from tests import factories
from annotations.actions.submit import revise_annotation
from annotations.models import Annotation, Project
project = Project.objects.get()
while True:
    person = factories.member(project, who=factories.user(uuid.uuid4().hex))
    vote = Annotation.objects.filter(current=True).order_by("?").first()
    revise_annotation(annotation_id=vote.pk, labeler=vote.labeler, answer={"choice": "7"},
                      version=vote.version, key=uuid.uuid4().hex)
"""


@dataclass
class Place:
    """An installation: a data folder and a database of its own."""

    folder: Path
    environment: dict[str, str]

    def manage(self, *arguments: str, fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode != 0) == fails, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def figures(self) -> str:
        return self.manage("shell", "-v", "0", "-c", FIGURES).strip().splitlines()[-1]


@pytest.fixture
def places(tmp_path: Path) -> Iterator[list[Place]]:
    """Two installations with the kind of database that the suite runs on; the first has data."""
    made, databases = [], []
    for name in ("here", "there"):
        folder = tmp_path / name
        folder.mkdir()
        url = ""
        if URL.startswith("postgres"):
            base, _, _ = URL.rpartition("/")
            databases.append(f"lh_backup_{os.getpid()}_{name}")
            url = f"{base}/{databases[-1]}"
            with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
                server.execute(f"CREATE DATABASE {databases[-1]}")
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "labelhub.settings.dev", "DATA_DIR": str(folder),
            "DATABASE_URL": url, "REDIS_URL": "", "PYTHONPATH": str(ROOT), "SECRET_KEY": "x" * 50,
        }  # fmt: skip
        made.append(Place(folder, environment))
    made[0].manage("migrate", "-v", "0")
    made[0].manage("shell", "-v", "0", "-c", FILL)
    yield made
    for name in databases:
        base, _, _ = URL.rpartition("/")
        with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def files(place: Place) -> set[str]:
    root = place.folder / "files"
    return {str(path.relative_to(root)) for path in root.rglob("*") if len(path.name) == 64}


def test_a_restored_backup_has_every_row_and_file_and_passes_the_check(
    places: list[Place], tmp_path: Path
) -> None:
    here, there = places
    archive = tmp_path / "all.tar"
    assert "All data fits together" in here.manage("check_data")
    here.manage("backup", str(archive))
    assert archive.stat().st_mode & 0o077 == 0
    before = here.figures()
    assert "Restored and checked" in there.manage("restore", str(archive))
    assert there.figures() == before
    assert files(there) == files(here) and len(files(here)) == 24
    assert "All data fits together" in there.manage("check_data")
    # Ids go on where they were: none is given twice.
    last = int(there.manage("shell", "-v", "0", "-c", LAST).split()[-1])
    assert int(there.manage("shell", "-v", "0", "-c", ADD).split()[-1]) == last + 1
    refused = there.manage("restore", str(archive), fails=True)
    assert "--replace" in refused and "accounts" in refused
    there.manage("restore", str(archive), "--replace")
    assert there.figures() == before
    leftovers = [path.name for path in there.folder.iterdir() if path.name.startswith(".")]
    assert leftovers == []


def contents(place: Place) -> dict[str, bytes]:
    """Every file that a backup is to hold, by its path in the data folder."""
    found = (path for name in FOLDERS for path in (place.folder / name).rglob("*"))
    return {
        str(path.relative_to(place.folder)): path.read_bytes()
        for path in found
        if path.is_file() and not path.name.startswith(".") and path.name not in NOT_KEPT
    }


def test_a_model_and_its_features_serve_on_where_they_were_restored(
    places: list[Place], tmp_path: Path
) -> None:
    here, there = places
    here.manage("shell", "-v", "0", "-c", TRAIN)
    archive = tmp_path / "all.tar"
    assert "Not in it: SECRET_KEY" in here.manage("backup", str(archive))
    before = contents(here)
    kinds = {path.split("/")[0] for path in before}
    assert {"files", "snapshots", "models", "features"} <= kinds
    here.folder.rename(tmp_path / "gone")  # nothing may be read from where it was
    there.manage("restore", str(archive))
    assert contents(there) == before
    words = there.manage("shell", "-v", "0", "-c", WORK).strip().splitlines()[-1]
    assert words == "35 True 1 60"


def test_every_folder_of_data_is_backed_up_or_told_to_be_made_anew() -> None:
    data = Path(settings.DATA_DIR)
    given = [getattr(settings, name) for name in dir(settings) if name.endswith(("_DIR", "_ROOT"))]
    folders = {Path(path).name for path in given if path and Path(path).parent == data}
    assert folders <= set(FOLDERS) | set(MADE_ANEW), folders
    assert set(FOLDERS) <= folders


def test_backups_beside_ongoing_votes_restore_to_data_that_fits_together(
    places: list[Place], tmp_path: Path
) -> None:
    here, there = places
    writer = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", WRITE],
        cwd=ROOT, env=here.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        before = here.figures()
        for number in range(2):
            until(lambda before=before: here.figures() != before, "it writes")
            here.manage("backup", str(tmp_path / f"{number}.tar"))
            before = here.figures()
        assert writer.poll() is None, "it wrote all the while"
    finally:
        writer.kill()
        writer.wait()
    seen = set()
    for number in range(2):
        there.manage("restore", str(tmp_path / f"{number}.tar"), "--replace")
        seen.add(there.figures())
        assert "All data fits together" in there.manage("check_data")
    assert len(seen) == 2, "the second has more than the first"


def test_what_is_no_whole_backup_changes_nothing(places: list[Place], tmp_path: Path) -> None:
    here, there = places
    archive = tmp_path / "all.tar"
    here.manage("backup", str(archive))
    data = archive.read_bytes()
    short, flipped, foreign = (
        tmp_path / name for name in ("short.tar", "flipped.tar", "other.tar")
    )
    short.write_bytes(data[: len(data) // 2])
    with tarfile.open(archive) as tar:
        picture = next(entry for entry in tar if entry.name.startswith("data/files/"))
    at = picture.offset_data + 3
    flipped.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    with tarfile.open(foreign, "w") as tar:
        tar.add(ROOT / "manage.py", "manage.py")
    text = tmp_path / "text.tar"
    text.write_text("no archive at all")
    for path, why in (
        (short, "ends early"),
        (flipped, "another SHA-256"),
        (foreign, "is not a backup of LabelHub"),
        (text, "is not a backup of LabelHub"),
        (tmp_path / "none.tar", "There is no file"),
    ):
        assert why in there.manage("restore", str(path), fails=True), path
    assert files(there) == set()


def test_the_check_names_what_does_not_fit(places: list[Place]) -> None:
    here, _ = places
    victims = sorted(path for path in (here.folder / "files").rglob("*") if len(path.name) == 64)
    victims[0].unlink()
    victims[1].write_bytes(b"something else")
    spoil = (
        "from annotations.models import *; "
        "t=Task.objects.filter(votes=2).first(); Task.objects.filter(pk=t.pk).update(votes=5); "
        "p=ReleasePart.objects.first(); import zlib; "
        "p.packed=zlib.compress(zlib.decompress(bytes(p.packed)).replace(b'\"7\"', b'\"1\"')); "
        "p.save()"
    )
    here.manage("shell", "-v", "0", "-c", spoil)
    found = here.manage("check_data", fails=True)
    assert victims[0].name in found and "is not in storage" in found
    assert victims[1].name in found and "other bytes" in found
    assert "counts 5 votes, and has 2" in found
    assert "release letters@1: its list has another SHA-256" in found
