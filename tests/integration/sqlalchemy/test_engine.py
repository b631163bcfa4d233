"""The engine finds the database by every form of its address, and opens it safely."""

import asyncio
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from cronjobs_adapters.sqlalchemy import SqlStore, make_engine
from cronjobs_core.domain.errors import Unavailable
from cronjobs_core.domain.jobs import Job
from cronjobs_core.testing.builders import NOON, a_job
from databases import opened

WRITES: Final = 400
WRITERS: Final = 8


@pytest.mark.parametrize(
    ("url", "driver", "database"),
    [
        ("sqlite:////var/lib/cron.db", "aiosqlite", "/var/lib/cron.db"),
        ("sqlite+aiosqlite:////var/lib/cron.db", "aiosqlite", "/var/lib/cron.db"),
        ("sqlite+pysqlite:////var/lib/cron.db", "aiosqlite", "/var/lib/cron.db"),
        ("postgresql://anna:pw@db:5433/cron", "psycopg", "cron"),
        ("postgres://anna:pw@db:5433/cron", "psycopg", "cron"),
        ("postgresql+psycopg2://anna:pw@db:5433/cron", "psycopg", "cron"),
        ("postgresql+asyncpg://anna:pw@db:5433/cron", "psycopg", "cron"),
    ],
)
def test_every_form_of_an_address_is_understood(url: str, driver: str, database: str) -> None:
    """Addresses are taken with any driver or none; user, host and port stay as they are."""
    engine = make_engine(url)
    assert (engine.driver, engine.url.database) == (driver, database)
    if driver == "psycopg":
        found = (engine.url.username, engine.url.password, engine.url.host, engine.url.port)
        assert found == ("anna", "pw", "db", 5433)


def test_a_relative_path_starts_where_the_process_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative SQLite path is resolved at once: a later change of directory changes nothing."""
    monkeypatch.chdir(tmp_path)
    engine = make_engine("sqlite:///data/cron.db")
    assert engine.url.database == str(tmp_path / "data" / "cron.db")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:///:memory:",
        "sqlite:///file:x?mode=memory&cache=shared&uri=true",
        "sqlite:///x?mode=memory",
        "mysql://anna:s3cret@db/cron",
        "anna:s3cret@db/cron",
        "",
    ],
)
def test_other_databases_are_refused_without_showing_the_address(url: str) -> None:
    """SQLite in memory and other databases are refused; the message shows no password."""
    with pytest.raises(ValueError, match="use sqlite:///path/to/file or postgresql://") as caught:
        make_engine(url)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_nothing_is_created_before_the_first_connection(tmp_path: Path) -> None:
    """An engine that is made and not used leaves no file behind."""
    await make_engine(f"sqlite:///{tmp_path}/data/cron.db").dispose()
    assert _modes(tmp_path) == {}


async def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Directory and file are created, the file and its log readable by their owner only."""
    engine = make_engine(f"sqlite:///{tmp_path}/new/data/cron.db")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE mark (x INTEGER)"))
        modes = _modes(tmp_path / "new" / "data")
    await engine.dispose()
    assert modes == {"cron.db": 0o600, "cron.db-wal": 0o600, "cron.db-shm": 0o600}


async def test_the_mode_of_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    """A file that an operator opened to a group stays open to it."""
    path = tmp_path / "cron.db"
    path.touch(0o640)
    path.chmod(0o640)
    async with opened(f"sqlite:///{path}") as store:
        with pytest.raises(Unavailable):
            await store.ping()
    assert _modes(tmp_path)["cron.db"] == 0o640


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)],
)
async def test_sqlite_is_set_up_to_keep_what_it_promised(
    sqlite_url: str, pragma: str, value: Any
) -> None:
    """Every connection writes a synced log, keeps references, and waits for locks."""
    engine = make_engine(sqlite_url)
    async with engine.connect() as connection:
        assert await connection.scalar(text(f"PRAGMA {pragma}")) == value
    await engine.dispose()


@pytest.mark.parametrize("processes", [1, 2])
async def test_concurrent_changes_lose_nothing(url: str, processes: int) -> None:
    """400 changes by 8 tasks, in one process or as if in two, are all there; none fails."""
    job = a_job(metadata={"count": 0})
    async with opened(url) as first, opened(url) as second:
        await _add(first, job)
        stores = [first, second][:processes]
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for number in range(WRITERS):
                group.create_task(_count(stores[number % processes], job, WRITES // WRITERS))
        async with first.reading() as unit:
            kept = await unit.jobs.get(job.id)
    assert kept is not None
    assert kept.metadata == {"count": WRITES}


async def test_a_reader_does_not_wait_for_the_writer_of_another_process(url: str) -> None:
    """While another process has written and not committed, reading works as before."""
    async with opened(url) as here, opened(url, patience=0.2) as there:
        await _add(here, a_job())
        async with here.writing() as writer:
            await writer.jobs.add(a_job())
            async with there.reading() as reader:
                assert await reader.jobs.count() == 1
            await writer.commit()


async def test_a_lock_held_by_another_process_is_waited_for_and_then_reported(
    sqlite_url: str,
) -> None:
    """While another process holds SQLite's lock for too long a write raises Unavailable."""
    async with opened(sqlite_url) as here, opened(sqlite_url, patience=0.2) as there:
        async with here.writing() as writer:
            await writer.jobs.add(a_job())
            with pytest.raises(Unavailable):
                await _add(there, a_job())
        await _add(there, a_job())


async def test_a_unit_that_is_cancelled_is_undone(store: SqlStore) -> None:
    """A unit that is cancelled in the middle stores nothing, and the next one is not kept out."""
    reached = asyncio.Event()

    async def hang() -> None:
        async with store.writing() as unit:
            await unit.jobs.add(a_job())
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await _add(store, a_job())
    async with store.reading() as unit:
        assert await unit.jobs.count() == 1


async def test_more_readers_than_connections_take_turns(store: SqlStore) -> None:
    """More readers at once than the pool has connections all get their turn."""
    await _add(store, a_job())

    async def count() -> int:
        async with store.reading() as unit:
            return await unit.jobs.count()

    async with asyncio.timeout(20):
        assert await asyncio.gather(*(count() for _ in range(60))) == [1] * 60


def _modes(directory: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()}


async def _add(store: SqlStore, job: Job) -> None:
    async with store.writing() as unit:
        await unit.jobs.add(job)
        await unit.commit()


async def _count(store: SqlStore, job: Job, times: int) -> None:
    for _ in range(times):
        async with store.writing() as unit:
            read = await unit.jobs.get(job.id)
            assert read is not None
            counted = {"metadata": {"count": read.metadata["count"] + 1}}
            await unit.jobs.update(read.change(counted, NOON))
            await unit.commit()
