"""All that differs between SQLite and PostgreSQL.

SQLite is held by one writer at a time, who takes the lock at BEGIN (IMMEDIATE): a transaction
that starts by reading and then writes would fail at once, whatever the timeout, when another
wrote in between. Readers see one snapshot (WAL, DEFERRED) and wait for nobody.

`synchronous = FULL` syncs the log at each commit. NORMAL would lose the last commits in a power
failure: runs that were sent and answered would be sent again, and the record is the product.

PostgreSQL readers get the same snapshot from REPEATABLE READ; writers stay at READ COMMITTED and
lock the rows that they read in order to change them (see `transaction`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
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
_WAIT: Final = "wait_for_lock"
_STEP: Final = 100
"""Milliseconds to which waiting is rounded up, so that connections are seldom told anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One database. `writing`, `reading` and `migrating` are execution options of a transaction.

    `writes_alone`: there is one writing transaction at a time. `clash_aborts`: a statement that
    is refused ends the transaction, unless a savepoint is before it. `hold_accounts` lets other
    transactions wait that send the same.
    """

    driver: str
    writes_alone: bool
    clash_aborts: bool
    hold_accounts: str | None = None
    on_connect: tuple[str, ...] = ()
    writing: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    migrating: Mapping[str, Any] = field(default_factory=dict)


SQLITE: Final = Dialect(
    driver="sqlite+aiosqlite",
    writes_alone=True,
    clash_aborts=False,
    on_connect=(
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
    ),
    writing={_BEGIN: ("BEGIN IMMEDIATE",)},
    reading={_BEGIN: ("BEGIN DEFERRED",)},
    # A table that is rebuilt is dropped in between, which must not take what refers to it along,
    # nor fail for the views that show it.
    migrating={
        _WAIT: _MIGRATION_PATIENCE * 1000,
        _BEGIN: (
            "PRAGMA foreign_keys = OFF",
            "PRAGMA legacy_alter_table = ON",
            "BEGIN IMMEDIATE",
        ),
    },
)

POSTGRESQL: Final = Dialect(
    driver="postgresql+psycopg",
    writes_alone=False,
    clash_aborts=True,
    hold_accounts="SELECT pg_advisory_xact_lock(4919, 2)",
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
    options = connection.get_execution_options()
    wait = options.get(_WAIT)
    if wait != connection.info.get(_WAIT):
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait}")
        connection.info[_WAIT] = wait
    for statement in options.get(_BEGIN, ()):
        connection.exec_driver_sql(statement)


def waiting(seconds: float) -> dict[str, int]:
    """Options of a transaction that waits this long for the lock of SQLite."""
    return {_WAIT: ceil(seconds * 1000 / _STEP) * _STEP}


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
    arrays = [
        func.unnest(bindparam(one.key, type_=ARRAY(one.type, dimensions=1))) for one in columns
    ]
    insert = postgresql.insert(table).from_select(columns, select(*arrays))
    values = {one.key: [row[one.key] for row in rows] for one in columns}
    return insert.on_conflict_do_nothing(index_elements=key), values


def upsert(
    dialect_name: str, table: Table, key: str, row: Mapping[str, Any], kept: Collection[str]
) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that instead changes the row of the same `key`, but for its `kept` columns."""
    insert: sqlite.Insert | postgresql.Insert = (
        sqlite.insert(table) if dialect_name == "sqlite" else postgresql.insert(table)
    ).values(row)
    changed = {name: insert.excluded[name] for name in row if name not in {key, *kept}}
    return insert.on_conflict_do_update(index_elements=[key], set_=changed)


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
