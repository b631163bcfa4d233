"""The schema is brought up to date once, wholly, and with all rows kept."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, DateTime, bindparam, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from cronjobs_adapters.sqlalchemy import SqlStore, make_engine, upgrade
from cronjobs_adapters.sqlalchemy.tables import metadata
from cronjobs_core.domain.errors import Unavailable
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.testing.builders import NOON, an_execution

OLD_ROWS = """
INSERT INTO users (id, username, email, password_hash, is_active, created_at, updated_at)
VALUES ('u', 'anna', 'anna@example.com', 'x', true, :at, :at);
INSERT INTO jobs (id, name, cron_expression, job_metadata, enable_email_notifications,
  notify_on_success, created_by, is_active, created_at, updated_at)
VALUES ('j', 'nightly', '0 3 * * *', '[1]', false, false, 'u', true, :at, :at);
INSERT INTO job_executions (id, job_id, status, trigger_type, started_at)
VALUES ('e', 'j', 'success', 'scheduled', :at);
INSERT INTO notifications (id, user_id, title, message, type, related_job_id,
  related_execution_id, is_read, created_at)
VALUES ('n', 'u', 't', 'm', 'info', 'j', 'e', false, :at);
INSERT INTO user_ui_preferences (id, user_id, created_at, updated_at) VALUES ('p', 'u', :at, :at)
"""
UPGRADE = """
import asyncio, sys
from cronjobs_adapters.sqlalchemy import make_engine, upgrade
async def main():
    engine = make_engine(sys.argv[1])
    print(await upgrade(engine), "alembic" in sys.modules)
    await engine.dispose()
asyncio.run(main())
"""


@pytest.fixture
async def new(new_url: str) -> AsyncIterator[AsyncEngine]:
    """Give an engine on a database without any table."""
    engine = make_engine(new_url)
    yield engine
    await engine.dispose()


async def test_the_upgraded_schema_is_the_one_that_the_code_uses(new: AsyncEngine) -> None:
    """Alembic finds no difference between an upgraded database and the tables in the code."""
    await upgrade(new)
    async with new.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_upgrading_twice_changes_nothing(new: AsyncEngine) -> None:
    """The second upgrade returns the same revision and leaves the database alone."""
    assert await upgrade(new) == await upgrade(new) == "0002"


async def test_the_previous_backends_rows_are_kept(new: AsyncEngine) -> None:
    """A database of the previous backend is upgraded with its rows and what they refer to."""
    await upgrade(new, "0001")
    await _insert_old_rows(new)
    await upgrade(new)
    await _assert_old_rows_work(new)


async def test_references_without_a_name_are_upgraded(tmp_path: Path) -> None:
    """A SQLite database whose constraints bear no names, as the previous backend's, is upgraded."""
    engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    for statement in await _first_schema_without_names(tmp_path):
        await _execute(engine, statement)
    await _execute(engine, "INSERT INTO alembic_version VALUES ('0001')")
    await _insert_old_rows(engine)
    await upgrade(engine)
    await _assert_old_rows_work(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_an_upgrade_that_fails_leaves_the_old_schema(new: AsyncEngine) -> None:
    """Where an upgrade fails in the middle, nothing of it stays, and references are still kept."""
    await upgrade(new, "0001")
    await _execute(new, "CREATE TABLE audit_log (id INTEGER)")
    with pytest.raises((Unavailable, ProgrammingError)):
        await upgrade(new)
    async with new.connect() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
        columns = await connection.run_sync(lambda one: inspect(one).get_columns("job_executions"))
        assert "scheduled_for" not in {column["name"] for column in columns}
        if new.dialect.name == "sqlite":
            assert await connection.scalar(text("PRAGMA foreign_keys")) == 1


async def test_processes_that_start_at_once_upgrade_once(new_url: str) -> None:
    """Of several processes that start at once on a new database all find it up to date."""
    async with asyncio.timeout(60):
        outcomes = await asyncio.gather(*(_upgrade_in_a_process(new_url) for _ in range(4)))
    assert [outcome.split()[0] for outcome in outcomes] == ["0002"] * 4


async def test_an_up_to_date_database_does_not_load_alembic(url: str) -> None:
    """Start-up on a database that is up to date does not pay for importing Alembic."""
    async with asyncio.timeout(60):
        assert await _upgrade_in_a_process(url) == "0002 False"


def _differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


async def _execute(engine: AsyncEngine, statement: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(statement))


async def _insert_old_rows(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for statement in OLD_ROWS.split(";"):
            insert = text(statement).bindparams(bindparam("at", type_=DateTime))
            await connection.execute(insert, {"at": NOON.replace(tzinfo=None)})


async def _assert_old_rows_work(engine: AsyncEngine) -> None:
    store = SqlStore(engine)
    async with store.reading() as unit:
        job = await unit.jobs.get_listed(JobId("j"))
        listed = await unit.executions.get(ExecutionId("e"))
    assert job is not None
    assert job.job.created_by == "u"
    assert job.job.metadata == {}
    assert job.last_execution_at == NOON
    assert listed is not None
    assert (listed.execution.attempt, listed.execution.scheduled_for) == (1, None)
    await _assert_one_execution_for_an_occurrence(store)
    await _assert_deletions_take_what_they_should(engine)


async def _assert_one_execution_for_an_occurrence(store: SqlStore) -> None:
    async with store.writing() as unit:
        twice = [an_execution(job_id="j", scheduled_for=NOON) for _ in range(2)]
        assert await unit.executions.claim(twice) == {twice[0].id}


async def _assert_deletions_take_what_they_should(engine: AsyncEngine) -> None:
    await _execute(engine, "DELETE FROM users")
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT created_by FROM jobs"))).all() == [(None,)]
        for table in ("user_ui_preferences", "notifications"):
            assert await connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608
    await _execute(engine, "DELETE FROM jobs")
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM job_executions")) == 0


async def _first_schema_without_names(directory: Path) -> list[str]:
    engine = make_engine(f"sqlite:///{directory / 'named.db'}")
    await upgrade(engine, "0001")
    async with engine.connect() as connection:
        found = await connection.scalars(text("SELECT sql FROM sqlite_master WHERE sql <> ''"))
        statements = [re.sub(r"CONSTRAINT \w+ ", "", one) for one in found]
    await engine.dispose()
    return statements


async def _upgrade_in_a_process(url: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", UPGRADE, url, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode().strip()
