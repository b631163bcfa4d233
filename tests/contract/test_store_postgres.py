"""The store on PostgreSQL keeps the contract of stores."""

from collections.abc import AsyncIterator

import pytest

from cronjobs_adapters.sqlalchemy import SqlStore
from cronjobs_core.testing.contracts.store import OutageContract, StoreContract
from databases import empty, migrate, opened
from postgres import PostgresServer


@pytest.fixture(scope="session")
def database(postgres_server: PostgresServer) -> str:
    """Give the address of a migrated database of this process."""
    url = postgres_server.url(postgres_server.create_database())
    migrate(url)
    return url


@pytest.fixture
async def url(database: str) -> str:
    """Give the address of a migrated, empty database."""
    await empty(database)
    return database


class TestPostgresStore(StoreContract):
    """Everything that every store has to keep."""

    @pytest.fixture
    async def store(self, url: str) -> AsyncIterator[SqlStore]:
        """Give an empty store."""
        async with opened(url) as store:
            yield store


class TestPostgresStoreInTrouble(OutageContract):
    """What a store in trouble says."""

    @pytest.fixture
    async def unreachable_store(self) -> AsyncIterator[SqlStore]:
        """Give a store at an address where nobody listens."""
        async with opened("postgresql://nobody@127.0.0.1:1/nowhere") as store:
            yield store

    @pytest.fixture
    async def impatient_store(self, url: str) -> AsyncIterator[SqlStore]:
        """Give an empty store that waits for a lock a moment only."""
        async with opened(url, patience=0.2) as store:
            yield store
