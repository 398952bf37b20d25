"""A release as a table: plain rows, a pandas or Arrow table, or a torch data set."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from labelhub.client.session import Client, connect
from labelhub.client.transport import LabelHubError, refusal

Json = dict[str, Any]


def load(
    label: str,
    *,
    project: int | None = None,
    url: str | None = None,
    token: str | None = None,
    cache: str | Path | None = None,
) -> Table:
    """Return a release by NAME@NUMBER; its list is kept in `cache`, under its hash.

    LABELHUB_URL and LABELHUB_TOKEN stand in for what is left out.
    """
    with connect(url, token) as client:
        release = client.release(label, project=project)
        folder = Path(cache) if cache else _cache_folder()
        path = folder / f"{_hash_of_list(release)}.jsonl"
        if not path.is_file():
            _fetch(client, release, path)
        return Table(release, path, url, token)


def _hash_of_list(release: Json) -> str:
    """Return the hash of the list as it is served: that of the release until items go from it."""
    return str(release.get("served_sha256") or release["sha256"])


def _cache_folder() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "labelhub"


def _fetch(client: Client, release: Json, path: Path) -> None:
    """Write the list aside, compare its hash with the release's, and give it its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".release-")
    try:
        with (
            os.fdopen(handle, "wb") as file,
            client.transport.http.stream("GET", f"releases/{release['id']}/items/") as answer,
        ):
            if answer.status_code >= 400:
                answer.read()
                raise refusal(answer)
            for piece in answer.iter_bytes(1 << 18):
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != _hash_of_list(release):
            raise LabelHubError("The list arrived with another SHA-256 than the release has.")
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


class Table:
    """The items of a release, in the order of their ids; without those taken down since."""

    def __init__(self, release: Json, path: Path, url: str | None, token: str | None) -> None:
        self.release, self.path = release, path
        self._url, self._token = url, token

    def __len__(self) -> int:
        gone = (self.release.get("taken_down") or {}).get("items", 0)
        return int(self.release["items"]) - int(gone)

    def __iter__(self) -> Iterator[Json]:
        with self.path.open(encoding="utf-8") as file:
            for row in map(json.loads, file):
                if "line_sha256" not in row:  # a tombstone has the hash of its line, and no label
                    yield row

    def split(self, name: str) -> list[Json]:
        """Return the rows of one split."""
        return [row for row in self if row["split"] == name]

    def to_pandas(self, columns: Sequence[str] | None = None) -> Any:
        """Return a pandas DataFrame, a row per item."""
        pandas = _extra("pandas", "pandas")
        return pandas.DataFrame([_kept(row, columns) for row in self])

    def to_arrow(self, columns: Sequence[str] | None = None) -> Any:
        """Return a pyarrow Table; documents (answer, distribution ...) are JSON texts in it."""
        arrow = _extra("pyarrow", "pyarrow")
        return arrow.Table.from_pylist([_flat(_kept(row, columns)) for row in self])

    def to_torch(
        self,
        split: str | None = None,
        *,
        transform: Callable[[Any], Any] | None = None,
        pictures: str | Path | None = None,
    ) -> Any:
        """Return a torch Dataset of (picture, row).

        Pictures are Pillow images, fetched when first asked for and kept in `pictures`, a folder.
        """
        _extra("torch", "torch")
        data = _extra("torch.utils.data", "torch")
        rows = list(self) if split is None else self.split(split)
        folder = Path(pictures) if pictures else self.path.parent / "pictures"
        return _torch_dataset(
            data.Dataset, rows, Pictures(folder, self._url, self._token), transform
        )


def _torch_dataset(base: Any, rows: list[Json], pictures: Pictures, transform: Any) -> Any:
    class ReleaseDataset(base):  # type: ignore[misc]
        """The items of a release with their pictures."""

        def __len__(self) -> int:
            return len(rows)

        def __getitem__(self, at: int) -> tuple[Any, Json]:
            picture = pictures.open(rows[at])
            return (transform(picture) if transform else picture), rows[at]

    return ReleaseDataset()


class Pictures:
    """Pictures of items, kept in a folder under the hash of their content."""

    def __init__(self, folder: Path, url: str | None, token: str | None) -> None:
        self.folder, self._url, self._token = folder, url, token

    def open(self, row: Json) -> Any:
        pillow = _extra("PIL.Image", "Pillow")
        return pillow.open(BytesIO(self.content(row)))

    def content(self, row: Json) -> bytes:
        path: Path = self.folder / row["sha256"]
        if path.is_file():
            return path.read_bytes()
        with connect(self._url, self._token) as client:
            item = client.transport.ask("GET", f"items/{row['item']}/")
            link = item["original_url"] or item["image_url"]
            answer = client.transport.send("GET", client.transport.address(link))
            if answer.status_code >= 400:
                raise refusal(answer)
        data: bytes = answer.content
        if hashlib.sha256(data).hexdigest() == row["sha256"]:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.{os.getpid()}")
            part.write_bytes(data)
            part.replace(path)
        return data


def _kept(row: Json, columns: Sequence[str] | None) -> Json:
    return row if columns is None else {name: row[name] for name in columns}


def _flat(row: Json) -> Json:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        for name, value in row.items()
    }


def _extra(module: str, package: str) -> Any:
    """Import an optional package; ImportError says how to get it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(f"this needs {package}: pip install {package}") from error
