"""The PostgreSQL that integration tests run against is real, recent and private to each test."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine


@pytest.fixture
async def connection(postgres_url: str) -> AsyncIterator[AsyncConnection]:
    """Give an open connection to the test's database."""
    engine = create_async_engine(postgres_url)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def test_the_server_is_postgresql_reached_through_async_psycopg(
    connection: AsyncConnection,
) -> None:
    """The fixture's address works with SQLAlchemy's async engine, and a real server answers."""
    assert connection.dialect.driver == "psycopg"
    version = await connection.scalar(text("SHOW server_version_num"))
    assert int(version) >= 150_000


async def test_the_server_speaks_unicode_and_keeps_its_distance_from_utc(
    connection: AsyncConnection,
) -> None:
    """Text is UTF-8; the server's zone is not UTC, so a query that leans on it is found out."""
    assert await connection.scalar(text("SHOW server_encoding")) == "UTF8"
    assert await connection.scalar(text("SHOW timezone")) == "Asia/Kathmandu"


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_two_tests_do_not_see_each_others_tables(
    connection: AsyncConnection, turn: str
) -> None:
    """Each test begins without tables: the same name can be created and committed in both."""
    tables = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert (await connection.execute(tables)).all() == []
    await connection.execute(text("CREATE TABLE mark (turn text)"))
    await connection.execute(text("INSERT INTO mark VALUES (:turn)"), {"turn": turn})
    await connection.commit()
    assert await connection.scalar(text("SELECT turn FROM mark")) == turn
