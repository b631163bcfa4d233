"""The store on SQLite keeps the contract of stores."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cronjobs_adapters.sqlalchemy import SqlStore
from cronjobs_core.testing.contracts.store import OutageContract, StoreContract
from databases import migrate, opened, sqlite_copy


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated database file, closed."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


class TestSqliteStore(StoreContract):
    """Everything that every store has to keep."""

    @pytest.fixture
    async def store(self, template: Path, tmp_path: Path) -> AsyncIterator[SqlStore]:
        """Give an empty store."""
        async with opened(sqlite_copy(template, tmp_path)) as store:
            yield store


class TestSqliteStoreInTrouble(OutageContract):
    """What a store in trouble says."""

    @pytest.fixture
    async def unreachable_store(self, tmp_path: Path) -> AsyncIterator[SqlStore]:
        """Give a store whose directory is a file."""
        (tmp_path / "file").touch()
        async with opened(f"sqlite:///{tmp_path}/file/store.db") as store:
            yield store

    @pytest.fixture
    async def impatient_store(self, template: Path, tmp_path: Path) -> AsyncIterator[SqlStore]:
        """Give an empty store that waits for a writer a moment only."""
        async with opened(sqlite_copy(template, tmp_path), patience=0.2) as store:
            yield store
