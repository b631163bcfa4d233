"""The engine: where the database is, and how connections to it are opened."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cronjobs_adapters.sqlalchemy.dialects import (
    DIALECTS,
    PATIENCE,
    SQLITE,
    Dialect,
    begin,
    waiting,
)
from cronjobs_adapters.sqlalchemy.folding import FUNCTION, fold

_FORMS: Final = "use sqlite:///path/to/file or postgresql://user@host/database"


def make_engine(url: str, *, patience: float = PATIENCE) -> AsyncEngine:
    """An engine for a database URL; nothing is opened or created before its first connection.

    `sqlite:` and `postgresql:` (or `postgres:`) URLs are taken with any driver or none: the driver
    is ours. A relative SQLite path starts at the working directory of this moment. Directory
    and file of a SQLite database are created where they are missing, the file for its owner alone.
    `patience` is in seconds.

    Raises ValueError for another database, and for SQLite in memory.
    """
    address = address_of(url)
    dialect = DIALECTS[address.get_backend_name()]
    engine = create_async_engine(
        address,
        connect_args=_connect_args(dialect, address, patience),
        execution_options={**dialect.writing, **_waiting(dialect, patience)},
        hide_parameters=True,  # they hold password hashes, and errors end in logs
        pool_timeout=patience,
    )

    def create(*_: Any) -> None:
        if dialect is SQLITE:
            _create_file(Path(str(address.database)))

    def prepare(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for statement in dialect.on_connect:
            cursor.execute(statement)
        cursor.close()
        if dialect is SQLITE:
            connection.create_function(FUNCTION, 1, fold, deterministic=True)

    event.listen(engine.sync_engine, "do_connect", create)
    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def address_of(url: str) -> URL:
    """The URL with our driver, or ValueError. No error shows the text: a password may be in it."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise ValueError(f"this is no database URL; {_FORMS}") from None
    backend = address.get_backend_name()
    if backend not in DIALECTS:
        raise ValueError(f"{backend} is not supported; {_FORMS}")
    address = address.set(drivername=DIALECTS[backend].driver)
    return _in_file(address) if DIALECTS[backend] is SQLITE else address


def _in_file(address: URL) -> URL:
    database = address.database or ":memory:"
    if database == ":memory:" or database.startswith("file:") or "mode" in address.query:
        raise ValueError(f"a SQLite database must be a plain file; {_FORMS}")
    return address.set(database=str(Path(database).absolute()))


def _connect_args(dialect: Dialect, address: URL, patience: float) -> dict[str, Any]:
    """What the driver is told beside the URL; options of the URL's own come later and win."""
    if dialect is SQLITE:  # without an isolation level the driver sends no BEGIN of its own
        return {"isolation_level": None, "timeout": patience}
    options = f"-c lock_timeout={round(patience * 1000)} {address.query.get('options', '')}"
    return {"connect_timeout": max(2, round(patience)), "options": options.strip()}


def _waiting(dialect: Dialect, patience: float) -> dict[str, int]:
    return waiting(patience) if dialect is SQLITE else {}


def _create_file(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)
