"""Configuration from the environment and `.env`: the one table of what an operator may set.

No Django here: the supervisor, the settings and gunicorn read the same values.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, its default as text, and what it means."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable(
        "SECRET_KEY",
        "",
        "Signs cookies and links. Needed in production; made on first run otherwise.",
    ),
    Variable("HOST", "127.0.0.1", "Address the web server listens on."),
    Variable("PORT", "8000", "Port the web server listens on."),
    Variable("PUBLIC_URL", "", "Address people type, such as https://label.example.org."),
    Variable(
        "ALLOWED_HOSTS", "", "Host names answered, separated by commas; from PUBLIC_URL if empty."
    ),
    Variable(
        "DATABASE_URL", "", "postgres://user:password@host:port/name; SQLite in DATA_DIR if empty."
    ),
    Variable("REDIS_URL", "", "redis://host:port/0 as the job broker; files in DATA_DIR if empty."),
    Variable("DATA_DIR", "var", "Folder of database, images, models and exports."),
    Variable(
        "SHARED_STORAGE", "", "s3://bucket/prefix or /folder that machines share; none if empty."
    ),
    Variable("CACHE_MAX_BYTES", "50000000000", "Bytes kept in DATA_DIR of what is shared."),
    Variable("WEB_WORKERS", "1", "Web server processes."),
    Variable("WEB_THREADS", "8", "Threads in each web server process."),
    Variable("WORKER_CONCURRENCY", "1", "Jobs that a worker runs at the same time."),
    Variable("UPLOAD_MAX_BYTES", "2000000000", "Largest upload in bytes."),
    Variable(
        "IMPORT_FOLDERS", "", "Server folders to import from, as NAME=/path, separated by commas."
    ),
    Variable("IMPORT_BUCKETS", "", "S3 buckets to import from; credentials as for the AWS tools."),
    Variable("IMPORT_URLS", "off", "on: lists of addresses are fetched, from public machines."),
    Variable(
        "IMPORT_NETWORKS", "", "Private networks that addresses may lie in, such as 10.1.0.0/16."
    ),
    Variable(
        "WEBHOOK_NETWORKS", "", "Private networks that webhooks may lead into, such as 10.1.0.0/16."
    ),
    Variable(
        "WEIGHTS_FOLDER", "", "Folder of safetensors files that the recipe `external` may use."
    ),
    Variable("ACCESS_LOG_DAYS", "365", "Days for which it is kept who was sent which original."),
    Variable("TRAIN_CPU_SECONDS", "600", "CPU seconds that one training run may use."),
    Variable(
        "PRETRAIN_CPU_SECONDS",
        "60",
        "CPU seconds for learning a dataset's features without labels.",
    ),
    Variable("LOG_LEVEL", "WARNING", "DEBUG, INFO, WARNING or ERROR."),
    Variable("ADMIN_USERNAME", "admin", "Name of the first admin, made on first run."),
)
DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


class EnvError(ValueError):
    """A variable has a value that cannot be used; the message names it and says why."""


def read_dotenv(path: Path) -> dict[str, str]:
    """Return the `NAME=value` lines of a file; `#` comments and quotes are understood."""
    if not path.is_file():
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip().removeprefix("export ").strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise EnvError(f"{path.name} line {number} is not NAME=value: {line!r}")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        values[name.strip()] = value
    return values


def load_dotenv(path: Path | None = None) -> None:
    """Put the values of `.env` into the environment, where they are not set already."""
    for name, value in read_dotenv(path or BASE_DIR / ".env").items():
        os.environ.setdefault(name, value)


def text(name: str) -> str:
    """Return a variable, or its default where it is unset or empty."""
    return os.environ.get(name, "").strip() or DEFAULTS[name]


def integer(name: str, *, least: int = 0) -> int:
    """Return a variable as a whole number of at least `least`."""
    value = text(name)
    try:
        number = int(value)
    except ValueError as error:
        raise EnvError(f"{name} must be a whole number, not {value!r}.") from error
    if number < least:
        raise EnvError(f"{name} must be at least {least}, not {number}.")
    return number


def switch(name: str) -> bool:
    """Return whether a variable is on."""
    value = text(name).lower()
    if value not in ("on", "off"):
        raise EnvError(f"{name} must be on or off, not {value!r}.")
    return value == "on"


def folders(name: str) -> dict[str, Path]:
    """Return comma-separated NAME=/path pairs; a path alone goes by its last part."""
    found: dict[str, Path] = {}
    for word in words(name):
        title, equals, place = word.partition("=")
        path = Path(place if equals else word).expanduser()
        if not path.is_absolute() or not (title if equals else path.name):
            raise EnvError(f"{name} holds {word!r}, which is not NAME=/absolute/path.")
        found[title.strip() if equals else path.name] = path
    return found


def folder(name: str) -> Path | None:
    """Return one absolute path, None where the variable is empty."""
    if not text(name):
        return None
    path = Path(text(name)).expanduser()
    if not path.is_absolute():
        raise EnvError(f"{name} holds {text(name)!r}, which is not an absolute path.")
    return path


def shared_storage(place: str) -> dict[str, object] | None:
    """Return Django's settings of the storage that machines share, None where there is none."""
    if not place:
        return None
    if place.startswith("s3://"):
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        if not bucket:
            raise EnvError(f"SHARED_STORAGE names no bucket: {place!r}; it is s3://BUCKET/PREFIX.")
        options: dict[str, object] = {"bucket": bucket, "prefix": prefix}
        return {"BACKEND": "labelhub.backends.S3Storage", "OPTIONS": options}
    if not Path(place).is_absolute():
        raise EnvError(
            f"SHARED_STORAGE must be s3://BUCKET/PREFIX or an absolute path, not {place!r}."
        )
    return {"BACKEND": "labelhub.backends.FolderStorage", "OPTIONS": {"location": place}}


def networks(name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Return comma-separated networks such as 10.1.0.0/16."""
    try:
        return tuple(ipaddress.ip_network(word) for word in words(name))
    except ValueError as error:
        raise EnvError(f"{name} holds what is no network: {error}.") from error


def words(name: str) -> list[str]:
    """Return a comma-separated variable as a list."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def data_dir() -> Path:
    """Return the data folder, absolute."""
    path = Path(text("DATA_DIR")).expanduser()
    return path if path.is_absolute() else BASE_DIR / path


def database(url: str, data: Path) -> dict[str, object]:
    """Return Django's database settings for a URL; SQLite in the data folder if it is empty."""
    if not url or url.startswith("sqlite:"):
        name = (
            unquote(url.removeprefix("sqlite:").removeprefix("//").removeprefix("/")) if url else ""
        )
        if url.startswith("sqlite:////"):
            name = "/" + name.lstrip("/")
        return _sqlite(Path(name) if name else data / "db.sqlite3")
    return _postgresql(url)


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "labelhub.sqlite",
        "NAME": str(path if path.is_absolute() else BASE_DIR / path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise EnvError(
            f"DATABASE_URL must start with postgres:// or sqlite:///, not {parts.scheme}://."
        )
    if not parts.path.strip("/"):
        raise EnvError("DATABASE_URL names no database; it ends with /NAME.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Statements are prepared once per connection: planning the queue's would take longer than
        # running them.
        "OPTIONS": {"connect_timeout": 5, "server_side_binding": True, "prepare_threshold": 3},
    }
