"""Databases of the previous backend, each test with its own copy."""

import shutil
from pathlib import Path

import pytest

from legacy_database import MESSY, build_postgres, build_sqlite
from postgres import PostgresServer


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file with rows of every shape."""
    return build_sqlite(tmp_path_factory.mktemp("legacy") / "template.db", MESSY)


@pytest.fixture
def old_file(template: Path, tmp_path: Path) -> Path:
    """Give a SQLite file with rows of every shape, to be changed."""
    return shutil.copy(template, tmp_path / "old.db")


@pytest.fixture
def good_file(tmp_path: Path) -> Path:
    """Give a SQLite file with what the backend itself wrote."""
    return build_sqlite(tmp_path / "good.db")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path, postgres_server: PostgresServer) -> str:
    """Give the address of a database with what the backend itself wrote."""
    if request.param == "sqlite":
        return f"sqlite:///{build_sqlite(tmp_path / 'good.db')}"
    address = postgres_server.url(postgres_server.create_database())
    build_postgres(address)
    return address
