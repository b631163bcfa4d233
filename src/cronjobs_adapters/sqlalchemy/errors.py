"""What the drivers raise, translated into the core's errors in this one place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Column, Index, UniqueConstraint
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeout,
)

from cronjobs_adapters.sqlalchemy.dialects import refers_to_nothing, violated
from cronjobs_adapters.sqlalchemy.tables import metadata
from cronjobs_core.domain.errors import Conflict, CronjobsError, Unavailable

Clashes = Mapping[Column[str], CronjobsError]
"""The error to raise for another row with the same value, by unique column."""

_UNREACHABLE: Final = "The database cannot be reached, is locked or is full. Try again later."
_BROKEN: Final = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})
_NO_TABLE: Final = "42P01"


def _columns() -> dict[str, str]:
    """Column ("table.column") by the name of the constraint or index that makes it unique."""
    return {
        str(one.name): str(next(iter(one.columns)))
        for table in metadata.tables.values()
        for one in (*table.constraints, *table.indexes)
        if isinstance(one, UniqueConstraint) or (isinstance(one, Index) and one.unique)
    }


_UNIQUE: Final = _columns()


@contextmanager
def translated(clashes: Clashes | None = None) -> Iterator[None]:
    """Raise the core's errors for those of the driver, which stay their causes.

    Unavailable: out of reach, locked for too long, full, broken, or without our tables. The error
    given in `clashes`: its column must be unique and is not. Conflict: what a row refers to is
    gone. Anything else is a fault of ours and passes as it is.
    """
    try:
        yield
    except IntegrityError as error:
        refusal = _refusal(error, clashes or {})
        if refusal is None:
            raise
        raise refusal from error
    except (DBAPIError, PoolTimeout, OSError) as error:
        if isinstance(error, DBAPIError) and not _is_outage(error):
            raise
        raise Unavailable(_UNREACHABLE) from error


def _refusal(error: IntegrityError, clashes: Clashes) -> CronjobsError | None:
    if refers_to_nothing(error):
        return Conflict("Conflict", "Something that this refers to does not exist any more.")
    name = violated(error)
    by_column = {str(column): refusal for column, refusal in clashes.items()}
    return by_column.get(_UNIQUE.get(name, name))


def _is_outage(error: DBAPIError) -> bool:
    cause: Any = error.orig
    return (
        error.connection_invalidated
        or isinstance(error, OperationalError | InterfaceError)
        or getattr(cause, "sqlite_errorname", None) in _BROKEN
        or getattr(cause, "sqlstate", None) == _NO_TABLE
    )
