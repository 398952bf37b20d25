"""The environment: what an operator may set, and what happens when it is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labelhub import env

ROOT = Path(__file__).resolve().parents[2]


def test_the_readme_names_every_variable_and_no_other() -> None:
    table = (ROOT / "README.md").read_text().split("| Variable |")[1].split("\n\n")[0]
    first_cells = [row.split(" | ")[0] for row in table.splitlines()]
    named = {name for cell in first_cells for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert named == {variable.name for variable in env.VARIABLES}


def test_a_database_url_becomes_settings() -> None:
    values = env.database("postgres://lena:p%40ss@db.local:5433/hub", Path("/data"))
    assert (values["USER"], values["PASSWORD"]) == ("lena", "p@ss")
    assert (values["HOST"], values["PORT"], values["NAME"]) == ("db.local", "5433", "hub")
    assert env.database("", Path("/data"))["NAME"] == "/data/db.sqlite3"
    assert env.database("sqlite:////tmp/x.db", Path("/data"))["NAME"] == "/tmp/x.db"


@pytest.mark.parametrize("url", ["mysql://x/y", "postgres://host", "nonsense"])
def test_a_database_that_cannot_be_used_is_named(url: str) -> None:
    with pytest.raises(env.EnvError, match="DATABASE_URL"):
        env.database(url, Path("/data"))


def test_a_number_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(env.EnvError, match="PORT must be a whole number"):
        env.integer("PORT")


def test_dotenv_is_read_and_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# words\nexport PORT=81\nNAME='a b'\n\n")
    assert env.read_dotenv(file) == {"PORT": "81", "NAME": "a b"}
    file.write_text("PORT 81\n")
    with pytest.raises(env.EnvError, match="line 1"):
        env.read_dotenv(file)
