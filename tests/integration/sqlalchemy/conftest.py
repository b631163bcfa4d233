"""Stores on both databases, for what the published contract does not ask."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cronjobs_adapters.sqlalchemy import SqlStore, make_engine
from databases import empty, migrate, opened, sqlite_copy
from postgres import PostgresServer

BOTH = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SQLite file, closed."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_database(postgres_server: PostgresServer) -> str:
    """Give the address of a migrated PostgreSQL database of this process."""
    url = postgres_server.url(postgres_server.create_database())
    migrate(url)
    return url


@pytest.fixture
def sqlite_url(template: Path, tmp_path: Path) -> str:
    """Give the address of a migrated, empty SQLite database."""
    return sqlite_copy(template, tmp_path)


@pytest.fixture(params=BOTH)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=BOTH)
def which_url(request: pytest.FixtureRequest) -> str:
    """Give the address of a migrated database; `url` empties it."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_database"
    return str(request.getfixturevalue(name))


@pytest.fixture
async def url(which_url: str) -> str:
    """Give the address of a migrated, empty database."""
    await empty(which_url)
    return which_url


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    """Give an empty store."""
    async with opened(url) as store:
        yield store


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Give an engine on the database of `store`."""
    engine = make_engine(url)
    yield engine
    await engine.dispose()
