"""The move is made once, wholly or not at all, and there is a way back."""

import asyncio
import multiprocessing
import shutil
import signal
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from cronjobs_adapters.sqlalchemy import make_engine, upgrade
from cronjobs_adapters.sqlalchemy.migrate import Upgraded, bring_up_to_date
from cronjobs_core.domain.errors import Conflict, Unavailable
from databases import migrate
from legacy_database import (
    DDL,
    GOOD,
    HOOK_JOB,
    MESSY,
    build_postgres,
    build_sqlite,
    migrate_observed,
)

RUNS = 2_000
KILLS = 10
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["alembic.command"])


def _bring(url: str) -> Upgraded:
    async def run() -> Upgraded:
        engine = make_engine(url)
        try:
            return await bring_up_to_date(engine)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def _counts(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT count(*) FROM {}".format
        return {name: connection.execute(query(name)).fetchone()[0] for name in GOOD}


def _revision(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as connection:
        try:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        except sqlite3.OperationalError:
            return None


def test_the_second_upgrade_changes_nothing(old_file: Path) -> None:
    """After the move an upgrade finds nothing to do and makes no second copy."""
    first = _bring(f"sqlite:///{old_file}")
    dump = _dump(old_file)
    second = _bring(f"sqlite:///{old_file}")
    assert first.taken_over is not None
    assert (second.taken_over, second.backup) == (None, None)
    assert _dump(old_file) == dump
    assert len(list(old_file.parent.glob("*.bak"))) == 1


def test_the_backup_is_the_database_as_it_was(old_file: Path) -> None:
    """The copy beside the file holds all that was there, and is for its owner alone."""
    before = _dump(old_file)
    backup = _bring(f"sqlite:///{old_file}").backup
    assert backup is not None
    assert backup.parent == old_file.parent
    assert backup.name.startswith("old.db.before-cronjobs-")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert _dump(backup) == before


def test_the_way_back_leads_here_again(old_file: Path) -> None:
    """With the backup put in the file's place the move can be made again, beside the first copy."""
    first = _bring(f"sqlite:///{old_file}")
    assert first.backup is not None
    moved = _dump(old_file)
    shutil.copy(first.backup, old_file)
    second = _bring(f"sqlite:///{old_file}")
    assert second.backup is not None
    assert second.backup != first.backup
    assert _dump(old_file) == moved


@pytest.mark.parametrize(
    "ddl",
    ["CREATE TABLE users (id INTEGER)", "CREATE TABLE films (title TEXT)"],
)
def test_a_foreign_file_is_refused_and_left_as_it_is(tmp_path: Path, ddl: str) -> None:
    """Tables that are nobody's we know: an error that says so, and not one byte is changed."""
    file = build_sqlite(tmp_path / "foreign.db", ddl=[ddl], tables={})
    before = file.read_bytes()
    with pytest.raises(Conflict, match="neither this service's nor the previous backend's"):
        _bring(f"sqlite:///{file}")
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_a_revision_of_the_future_is_refused(tmp_path: Path) -> None:
    """A database of a later version is not touched by this one."""
    file = tmp_path / "later.db"
    migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Conflict, match="revision '9999', which this version does not know"):
        _bring(f"sqlite:///{file}")


def test_a_foreign_postgres_is_refused(postgres_url: str) -> None:
    """On PostgreSQL foreign tables are refused the same way."""
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE films (title TEXT)")
    with pytest.raises(Conflict, match="Nothing was changed"):
        _bring(postgres_url)


def test_on_postgres_what_depends_on_a_table_is_named(postgres_url: str) -> None:
    """A view over an old table keeps it from being made anew; the error names it."""
    build_postgres(postgres_url)
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE VIEW busy AS SELECT job_id FROM job_executions")
    with pytest.raises(Conflict, match="view busy depends on table job_executions"):
        _bring(postgres_url)
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (len(GOOD["jobs"]),)


def test_on_postgres_no_copy_is_made(postgres_url: str) -> None:
    """The move works there too, all rows arrive, and nothing claims to be a backup."""
    build_postgres(postgres_url)
    done = _bring(postgres_url)
    assert done.backup is None
    assert done.taken_over is not None
    assert done.taken_over.counts == {name: len(rows) for name, rows in GOOD.items()}
    assert done.taken_over.problems == []


def test_missing_tables_and_indexes_are_made(tmp_path: Path) -> None:
    """An older version without the later tables and without an index is taken over as well."""
    late = ("slack_settings", "user_notification_preferences", "user_ui_preferences")
    ddl = [one for one in DDL if not any(name in one for name in (*late, "ix_job_executions"))]
    rows = {name: rows for name, rows in GOOD.items() if name not in late}
    file = build_sqlite(tmp_path / "old.db", ddl=ddl, tables=rows)
    _bring(f"sqlite:///{file}")
    assert _counts(file) == {name: len(rows.get(name, ())) for name in GOOD}


def test_what_is_not_of_that_backend_stays(tmp_path: Path) -> None:
    """Columns, tables and views that somebody added are there afterwards, with their values."""
    file = build_sqlite(tmp_path / "old.db")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute('ALTER TABLE jobs ADD COLUMN "cost center" INTEGER NOT NULL DEFAULT 7')
        connection.execute("ALTER TABLE jobs ADD COLUMN odd")
        connection.execute("UPDATE jobs SET odd = 'x' WHERE id = ?", [HOOK_JOB])
        connection.execute("CREATE TABLE audit_log (note TEXT REFERENCES jobs (id))")
        connection.execute("CREATE TABLE notes (note TEXT, job TEXT REFERENCES jobs (id))")
        connection.execute("INSERT INTO notes VALUES ('mine', ?)", [HOOK_JOB])
        connection.execute("CREATE VIEW names AS SELECT name FROM jobs")
    _bring(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        wanted = 'SELECT "cost center", odd FROM jobs WHERE id = ?'
        assert connection.execute(wanted, [HOOK_JOB]).fetchall() == [(7, "x")]
        assert connection.execute("SELECT * FROM notes").fetchall() == [("mine", HOOK_JOB)]
        assert connection.execute("SELECT count(*) FROM names").fetchone() == (len(GOOD["jobs"]),)
        assert connection.execute("SELECT count(*) FROM legacy_audit_log").fetchone() == (0,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_processes_that_start_at_once_move_once(old_file: Path) -> None:
    """Of two processes one makes the move, and there is one copy."""
    engines = [make_engine(f"sqlite:///{old_file}") for _ in range(2)]
    async with asyncio.timeout(60):
        assert await asyncio.gather(*map(upgrade, engines)) == ["0002", "0002"]
    for engine in engines:
        await engine.dispose()
    assert len(list(old_file.parent.glob("*.bak"))) == 1


def test_a_move_that_fails_leaves_the_old_tables(old_file: Path) -> None:
    """Where a later step fails, here for a table in its way, the old tables and rows are there."""
    with closing(sqlite3.connect(old_file)) as connection, connection:
        connection.execute("CREATE TABLE _alembic_tmp_job_executions (id TEXT)")
    before = _dump(old_file)
    with pytest.raises(Unavailable):
        _bring(f"sqlite:///{old_file}")
    assert _dump(old_file) == before


def test_killed_in_the_middle_it_is_old_or_new(tmp_path: Path) -> None:
    """Killed at any moment the file holds the old schema or the new one, and a retry succeeds."""
    template = build_sqlite(tmp_path / "template.db", MESSY)
    _lengthen(template, RUNS)
    before = _counts(template)
    duration = _killed(shutil.copy(template, tmp_path / "whole.db"), 60)
    after = _counts(tmp_path / "whole.db")
    states = []
    for attempt in range(KILLS):
        file = Path(shutil.copy(template, tmp_path / f"{attempt}.db"))
        _killed(file, duration * attempt / KILLS)
        states.append(_revision(file))
        assert states[-1] in {None, "0002"}
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert _counts(file) == (before if states[-1] is None else after)
        _bring(f"sqlite:///{file}")
        assert (_revision(file), _counts(file)) == ("0002", after)
    assert None in states


def _killed(file: Path, after: float) -> float:
    """Upgrade in a process that is killed after so many seconds; returns how long it took."""
    observer, observed = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=migrate_observed, args=(observed, f"sqlite:///{file}"))
    process.start()
    assert observer.poll(60)
    start = time.perf_counter()
    process.join(after)
    process.kill()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return time.perf_counter() - start


def _lengthen(file: Path, runs: int) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        values = ((f"run-{n}", HOOK_JOB, "success", "scheduled") for n in range(runs))
        connection.executemany(
            "INSERT INTO job_executions (id, job_id, status, trigger_type, started_at)"
            " VALUES (?, ?, ?, ?, '2025-01-01 00:00:00')",
            values,
        )
