"""Databases with our schema for tests: made once, then copied or emptied for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import delete

from cronjobs_adapters.sqlalchemy import SqlStore, make_engine, upgrade
from cronjobs_adapters.sqlalchemy.tables import metadata

PATIENT = 5.0


@asynccontextmanager
async def opened(url: str, patience: float = PATIENT) -> AsyncIterator[SqlStore]:
    """Give a store on the database, and close it in the end."""
    store = SqlStore(make_engine(url, patience=patience), patience=patience)
    try:
        yield store
    finally:
        await store.close()


def migrate(url: str) -> None:
    """Bring the database's schema up to date."""

    async def run() -> None:
        engine = make_engine(url)
        await upgrade(engine)
        await engine.dispose()

    asyncio.run(run())


def sqlite_copy(template: Path, directory: Path) -> str:
    """Copy the migrated file into the test's directory and return the copy's URL."""
    return f"sqlite:///{shutil.copy(template, directory / 'store.db')}"


async def empty(url: str) -> None:
    """Remove every row: far quicker than another database for each test."""
    engine = make_engine(url)
    async with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(delete(table))
    await engine.dispose()
