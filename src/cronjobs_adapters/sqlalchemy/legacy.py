"""Taking over a database of the previous backend.

Its nine tables (contract section 9) were made by `create_all`: without names for constraints,
without migrations, and on SQLite without foreign keys that hold. So the tables are not repaired
but made anew, and their rows are converted into them, all in the transaction of the migration.
Columns and tables that are not of that backend stay.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Inspector,
    MetaData,
    String,
    Table,
    Text,
    column,
    insert,
    inspect,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError, SAWarning
from sqlalchemy.types import NullType, TypeEngine

from cronjobs_adapters.sqlalchemy.legacy_columns import TABLES, Read, day, flag, instant
from cronjobs_adapters.sqlalchemy.legacy_columns import text as read_text
from cronjobs_adapters.sqlalchemy.legacy_rows import Outcome, outcomes
from cronjobs_adapters.sqlalchemy.legacy_survey import Survey
from cronjobs_core.domain.errors import Conflict

VERSION_TABLE: Final = "alembic_version"
_ESSENTIAL: Final[Mapping[str, frozenset[str]]] = {
    "users": frozenset({"id", "username", "email", "password_hash", "role"}),
    "jobs": frozenset({"id", "name", "cron_expression", "is_active"}),
}
_OURS_TOO: Final = ("user_sessions", "audit_log")
_NEEDED_BY_OTHERS: Final = "2BP01"
_TYPES: Final[Mapping[Read, TypeEngine[Any]]] = {
    instant: DateTime(),
    day: Date(),
    flag: Boolean(),
}

legacy_rows: Final = Table(
    "legacy_rows",
    MetaData(),
    Column("table_name", String(100), nullable=False),
    Column("row_id", Text),
    Column("problem", Text, nullable=False),
    Column("content", Text, nullable=False),
)
"""What had no place in its table, or was changed beyond its form: as it was, as JSON.

It is made only where there is such a row.
"""


class Schema(Enum):
    """Whose tables a database holds."""

    NONE = auto()
    OURS = auto()
    PREVIOUS = auto()
    FOREIGN = auto()


def recognise(connection: Connection) -> Schema:
    """Look whose tables these are; nothing is changed."""
    inspector = inspect(connection)
    tables = set(inspector.get_table_names())
    if VERSION_TABLE in tables and revision_of(connection) is not None:
        return Schema.OURS
    if not tables - {VERSION_TABLE}:
        return Schema.NONE
    if all(name in tables and _has(inspector, name, *_ESSENTIAL[name]) for name in _ESSENTIAL):
        return Schema.PREVIOUS
    return Schema.FOREIGN


def revision_of(connection: Connection) -> str | None:
    """The revision that the database says it is at, or None."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def survey(connection: Connection) -> Survey:
    """Read all rows of the previous backend as `adopt` would, and change nothing."""
    _read_any_bytes(connection)
    found = Survey()
    for name in _present(connection):
        for chunk in outcomes(connection, name, name):
            found.add(chunk)
    return found


def adopt(connection: Connection, create: Callable[[], None]) -> Survey:
    """Put the rows of the previous backend into tables that `create` makes anew.

    The caller's transaction must be the only one that writes.
    """
    _read_any_bytes(connection)
    present = _present(connection)
    additions = {name: _additions(connection, name) for name in present}
    _set_aside(connection, present)
    create()
    found = Survey()
    for name in present:
        _extend(connection, name, additions[name])
        for chunk in outcomes(connection, name, _aside(name)):
            _store(connection, name, chunk)
            found.add(chunk)
        _fill_additions(connection, name, tuple(additions[name]))
        connection.execute(text(f"DROP TABLE {_aside(name)}"))
    return found


def _has(inspector: Inspector, name: str, *columns: str) -> bool:
    with catch_warnings():
        simplefilter("ignore", SAWarning)  # a column of an unknown type
        return set(columns) <= {one["name"] for one in inspector.get_columns(name)}


def _present(connection: Connection) -> list[str]:
    tables = inspect(connection).get_table_names()
    return [name for name in TABLES if name in tables]


def _read_any_bytes(connection: Connection) -> None:
    """Text that is no UTF-8 must not end the reading of a SQLite database."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.text_factory = read_text


def _aside(name: str) -> str:
    return f"legacy_{name}"


def _set_aside(connection: Connection, present: Sequence[str]) -> None:
    """Copy the tables into temporary ones and drop them, the last to refer first.

    A table of somebody else's that bears a name of ours gets another.
    """
    for name in reversed(present):
        copy = f"CREATE TEMPORARY TABLE {_aside(name)} AS SELECT * FROM {name}"  # noqa: S608
        connection.execute(text(copy))
        _drop(connection, name)
    for name in set(_OURS_TOO) & set(inspect(connection).get_table_names()):
        connection.execute(text(f"ALTER TABLE {name} RENAME TO {_aside(name)}"))


def _drop(connection: Connection, name: str) -> None:
    try:
        connection.execute(text(f"DROP TABLE {name}"))
    except DBAPIError as error:
        cause: Any = error.orig
        if getattr(cause, "sqlstate", None) != _NEEDED_BY_OTHERS:
            raise
        detail = cause.diag.message_detail
        message = f"Something else depends on the table {name}, remove that first: {detail}."
        raise Conflict("Table in use", message) from error


def _additions(connection: Connection, name: str) -> dict[str, str]:
    """The columns that the previous backend did not have, with their types."""
    with catch_warnings():
        simplefilter("ignore", SAWarning)
        columns = inspect(connection).get_columns(name)
    types = {one["name"]: one["type"] for one in columns if one["name"] not in TABLES[name]}
    return {
        quoted: (Text() if isinstance(kind, NullType) else kind).compile(connection.dialect)
        for quoted, kind in ((_quote(connection, key), kind) for key, kind in types.items())
    }


def _extend(connection: Connection, name: str, additions: Mapping[str, str]) -> None:
    for quoted, kind in additions.items():
        connection.execute(text(f"ALTER TABLE {name} ADD COLUMN {quoted} {kind}"))


def _fill_additions(connection: Connection, name: str, additions: Sequence[str]) -> None:
    if additions:
        values = ", ".join(f"{one} = old.{one}" for one in additions)
        fill = f"UPDATE {name} SET {values} FROM {_aside(name)} AS old WHERE old.id = {name}.id"  # noqa: S608
        connection.execute(text(fill))


def _quote(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _store(connection: Connection, name: str, found: Sequence[Outcome]) -> None:
    fields = TABLES[name].items()
    typed = [column(key, _TYPES.get(one.read, NullType())) for key, one in fields]
    kept = [one.row for one in found if one.kept]
    if kept:
        connection.execute(insert(table(name, *typed)), kept)
    changed = [_original(one) for one in found if one.problems]
    if changed:
        legacy_rows.create(connection, checkfirst=True)
        connection.execute(insert(legacy_rows), changed)


def _original(one: Outcome) -> dict[str, Any]:
    stored = one.stored.get("id")
    return {
        "table_name": one.table,
        "row_id": None if stored is None else str(stored),
        "problem": "; ".join(one.problems),
        "content": json.dumps(dict(one.stored), default=str),
    }
