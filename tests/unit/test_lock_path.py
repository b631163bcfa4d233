"""Where the lock file belongs, for every form of database address."""

from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

from cronjobs_adapters.file_lock import default_lock_path

FILES = [
    ("sqlite:///x.db", "scheduler.lock"),
    ("sqlite:///./x.db", "scheduler.lock"),
    ("sqlite:///data/x.db", "data/scheduler.lock"),
    ("sqlite:///../data/x.db", "../data/scheduler.lock"),
    ("sqlite:////var/lib/cronjobs/x.db", "/var/lib/cronjobs/scheduler.lock"),
    ("sqlite+aiosqlite:///./data/x.db", "data/scheduler.lock"),
    ("sqlite+pysqlite:////var/lib/x.db", "/var/lib/scheduler.lock"),
    ("sqlite:///data/x.db?timeout=5&check_same_thread=false", "data/scheduler.lock"),
    ("sqlite:////var/with%20blank/x.db", "/var/with blank/scheduler.lock"),
    ("sqlite:////var/with blank/x.db", "/var/with blank/scheduler.lock"),
    ("sqlite:///file:data/x.db?uri=true", "data/scheduler.lock"),
    ("sqlite:///file:/var/lib/x.db?mode=rwc&uri=true", "/var/lib/scheduler.lock"),
    ("sqlite+aiosqlite:///file:///var/lib/x.db?uri=1", "/var/lib/scheduler.lock"),
    ("sqlite:///file://localhost/var/lib/x.db?uri=yes", "/var/lib/scheduler.lock"),
    ("sqlite:///file:/var/a%2520b/x.db?uri=true", "/var/a b/scheduler.lock"),
]

ELSEWHERE = [
    "sqlite://",
    "sqlite:///",
    "sqlite:///:memory:",
    "sqlite+aiosqlite:///:memory:?cache=shared",
    "sqlite:///file::memory:?cache=shared&uri=true",
    "sqlite:///file:/var/shared?mode=memory&cache=shared&uri=true",
    "postgresql://user:password@host:5432/database",
    "postgresql+psycopg:///database?host=/run/postgresql",
    "",
]


@pytest.mark.parametrize(("url", "expected"), FILES)
def test_the_lock_lies_next_to_the_database_file(url: str, expected: str) -> None:
    """Two processes with one SQLite file find one lock, wherever the file is."""
    assert default_lock_path(url) == Path(expected)


@pytest.mark.parametrize("url", [url for url, _ in FILES if "uri=" not in url])
def test_the_file_is_the_one_that_sqlalchemy_opens(url: str) -> None:
    """The address is read as the driver reads it, so the lock cannot be in another directory."""
    arguments, _ = SQLiteDialect_aiosqlite().create_connect_args(make_url(url))
    assert default_lock_path(url).resolve() == Path(arguments[0]).parent / "scheduler.lock"


@pytest.mark.parametrize("url", ELSEWHERE)
def test_without_a_file_the_lock_lies_in_the_working_directory(url: str) -> None:
    """A database in memory or on a server has no directory of its own."""
    assert default_lock_path(url) == Path("scheduler.lock")
