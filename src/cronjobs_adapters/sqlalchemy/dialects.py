"""All that differs between SQLite and PostgreSQL.

SQLite is held by one writer at a time, who takes the lock at BEGIN (IMMEDIATE): a transaction
that starts by reading and then writes would fail at once, whatever the timeout, when another
wrote in between. Readers see one snapshot (WAL, DEFERRED) and wait for nobody.

`synchronous = FULL` syncs the log at each commit. NORMAL would lose the last commits in a power
failure: runs that were sent and answered would be sent again, and the record is the product.

PostgreSQL readers get the same snapshot from REPEATABLE READ; writers stay at READ COMMITTED and
lock the rows that they read in order to change them (see `transaction`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Insert, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

Rows = Sequence[Mapping[str, Any]]

PATIENCE: Final = 5.0
"""Seconds for which a unit waits for its turn, for a connection and for each lock."""
_MIGRATION_PATIENCE: Final = 60
_BEGIN: Final = "begin_with"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One database. `writing`, `reading` and `migrating` are execution options of a transaction."""

    driver: str
    writes_alone: bool
    on_connect: tuple[str, ...] = ()
    writing: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    migrating: Mapping[str, Any] = field(default_factory=dict)


SQLITE: Final = Dialect(
    driver="sqlite+aiosqlite",
    writes_alone=True,
    on_connect=(
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
    ),
    writing={_BEGIN: ("BEGIN IMMEDIATE",)},
    reading={_BEGIN: ("BEGIN DEFERRED",)},
    # A table that is rebuilt is dropped in between, which must not take what refers to it along.
    migrating={
        _BEGIN: (
            "PRAGMA foreign_keys = OFF",
            f"PRAGMA busy_timeout = {_MIGRATION_PATIENCE * 1000}",
            "BEGIN IMMEDIATE",
        )
    },
)

POSTGRESQL: Final = Dialect(
    driver="postgresql+psycopg",
    writes_alone=False,
    reading={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    migrating={
        _BEGIN: (
            f"SET LOCAL lock_timeout = '{_MIGRATION_PATIENCE}s'",
            "SELECT pg_advisory_xact_lock(4919, 1)",
        )
    },
)

DIALECTS: Final = {"sqlite": SQLITE, "postgres": POSTGRESQL, "postgresql": POSTGRESQL}


def dialect_of(engine: AsyncEngine) -> Dialect:
    """The dialect of an engine."""
    return DIALECTS[engine.dialect.name]


def begin(connection: Connection) -> None:
    """Open a transaction in the way that the connection's options ask for."""
    for statement in connection.get_execution_options().get(_BEGIN, ()):
        connection.exec_driver_sql(statement)


def insert_absent(
    dialect_name: str, table: Table, key: tuple[str, ...], rows: Rows
) -> tuple[Insert, Rows | Mapping[str, Any]]:
    """An INSERT that leaves out rows whose `key` is there already, and its parameters.

    PostgreSQL takes one array for each column: its driver needs a hundred milliseconds to read a
    statement with a parameter for each value of 500 rows.
    """
    if dialect_name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=key), rows
    columns = [table.c[name] for name in rows[0]]
    arrays = [func.unnest(bindparam(one.key, type_=ARRAY(one.type))) for one in columns]
    insert = postgresql.insert(table).from_select(columns, select(*arrays))
    values = {one.key: [row[one.key] for row in rows] for one in columns}
    return insert.on_conflict_do_nothing(index_elements=key), values


def violated(error: IntegrityError) -> str:
    """What a row clashed with: "table.column" (SQLite) or the name of a constraint."""
    cause: Any = error.orig
    if hasattr(cause, "sqlite_errorname"):
        return str(cause).removeprefix("UNIQUE constraint failed: ")
    return str(cause.diag.constraint_name)


def refers_to_nothing(error: IntegrityError) -> bool:
    """Whether a row was refused because what it refers to does not exist."""
    cause: Any = error.orig
    if hasattr(cause, "sqlite_errorname"):
        return bool(cause.sqlite_errorname == "SQLITE_CONSTRAINT_FOREIGNKEY")
    return bool(cause.sqlstate == "23503")
