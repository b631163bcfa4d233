"""What the database holds, to show that a request changed nothing."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any

from sqlalchemy import select

from api import Api
from cronjobs_adapters.sqlalchemy.tables import metadata

Contents = dict[str, list[tuple[Any, ...]]]


@contextmanager
def connected(api: Api, *, mode: str = "ro") -> Iterator[sqlite3.Connection]:
    """Give a connection to the application's database, past the application."""
    file = api.container.engine().url.database
    with closing(sqlite3.connect(f"file:{file}?mode={mode}", uri=True)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        yield connection


def contents(api: Api) -> Contents:
    """Return every row of every table."""
    with connected(api) as connection:
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY id").fetchall()  # noqa: S608
            for name in metadata.tables
        }


@asynccontextmanager
async def unchanged(api: Api) -> AsyncIterator[None]:
    """Fail if the block changes anything that is stored."""
    before = contents(api)
    yield
    assert contents(api) == before


async def rows(api: Api, table: str) -> list[dict[str, Any]]:
    """Return the rows of one table by column, in the order of their ids."""
    statement = select(metadata.tables[table]).order_by("id")
    async with api.container.engine().connect() as connection:
        found = (await connection.execute(statement)).mappings().all()
    return [dict(row) for row in found]
