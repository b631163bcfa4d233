"""A SQLite database as a file: read without touching it, and copied."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

_HEADER: Final = 20
_FORMAT: Final = slice(18, 20)
_WAL: Final = b"\x02\x02"
_PAGES: Final = 4096


def keeps_wal(path: Path) -> bool:
    """Whether the file is in WAL mode; a file that is missing or empty is in none."""
    try:
        with path.open("rb") as file:
            return file.read(_HEADER)[_FORMAT] == _WAL
    except FileNotFoundError:
        return False


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, and makes no file either.

    A file in WAL mode without its log is open nowhere; as SQLite would make a log even to read
    it, it is then taken for one that nobody can change.
    """
    options = "mode=ro"
    if keeps_wal(path) and not Path(f"{path}-wal").exists():
        options = "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)


def back_up(path: Path) -> Path:
    """Copy the database as it was last committed; returns the copy's path, which is beside it.

    The copy is for its owner alone and replaces nothing; its name bears the present UTC time. It
    is complete as soon as it has that name.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
        (now,) = source.execute("SELECT strftime('%Y%m%dT%H%M%SZ')").fetchone()
        copy = _unused(f"{path}.before-cronjobs-{now}")
        part = Path(f"{copy}.part")
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(part)) as target:
            source.backup(target, pages=_PAGES)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, whatever the source has
    return part.rename(copy)


def _unused(stem: str) -> Path:
    path, count = Path(f"{stem}.bak"), 1
    while path.exists() or Path(f"{path}.part").exists():
        count += 1
        path = Path(f"{stem}-{count}.bak")
    return path
