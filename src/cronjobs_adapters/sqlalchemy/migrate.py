"""The schema, brought up to date by Alembic inside one transaction of ours."""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cronjobs_adapters.sqlalchemy.dialects import SQLITE, dialect_of
from cronjobs_adapters.sqlalchemy.errors import translated
from cronjobs_adapters.sqlalchemy.legacy import Schema, adopt, recognise, revision_of
from cronjobs_adapters.sqlalchemy.legacy_survey import Survey
from cronjobs_adapters.sqlalchemy.read_only import read_only
from cronjobs_adapters.sqlalchemy.sqlite_files import back_up, keeps_wal
from cronjobs_core.domain.errors import Conflict

HEAD: Final = "0002"
"""The revision that this code needs."""
_FIRST: Final = "0001"
"""The revision whose tables are those of the previous backend."""
_SCRIPTS: Final = Path(__file__).with_name("migrations")
_REVISIONS: Final = frozenset(one.name[1:5] for one in (_SCRIPTS / "versions").glob("r*_*.py"))

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The revision that the database is at now.

    `taken_over` says what there was where it came from the previous backend, and `backup` where a
    copy of that is; None on PostgreSQL, which has tools of its own for that.
    """

    revision: str
    taken_over: Survey | None = None
    backup: Path | None = None


async def upgrade(engine: AsyncEngine, to: str = HEAD) -> str:
    """As `bring_up_to_date`; returns the revision."""
    return (await bring_up_to_date(engine, to)).revision


async def bring_up_to_date(engine: AsyncEngine, to: str = HEAD) -> Upgraded:
    """Bring the schema to a revision; nothing happens where it is there already.

    A database of the previous backend is taken over, a SQLite file after a copy of it was made.
    Of several processes that start at once one does the work and the others wait for it. Killed
    in the middle, the old schema is left untouched. Raises Conflict for tables that are neither
    ours nor that backend's, and Unavailable as the store does.
    """
    with translated():
        if dialect_of(engine) is SQLITE:
            await asyncio.to_thread(_check_file, engine.url)
        async with engine.connect() as connection:
            found = await connection.run_sync(revision_of)
        if found == to:
            return Upgraded(to)
        upgraded = await _migrate(engine, to)
    if upgraded.taken_over is not None:
        backup = str(upgraded.backup or "")
        logger.info("took over the previous backend's database", extra={"backup": backup})
    return upgraded


def _check_file(url: URL) -> None:
    """Refuse a foreign file before it is opened for writing, which would change its format."""
    path = Path(str(url.database))
    if not path.exists() or keeps_wal(path):
        return
    with read_only(url) as connection:
        _known(connection)


def _known(connection: Connection) -> Schema:
    schema = recognise(connection)
    revision = revision_of(connection)
    if revision is not None and revision not in _REVISIONS:
        raise _unknown(f"is at revision {revision!r}, which this version does not know")
    if schema is Schema.FOREIGN:
        raise _unknown("holds tables that are neither this service's nor the previous backend's")
    return schema


def _unknown(what: str) -> Conflict:
    message = f"The database {what}. Nothing was changed; name another in DATABASE_URL."
    return Conflict("Unknown database", message)


async def _migrate(engine: AsyncEngine, to: str) -> Upgraded:
    async with engine.execution_options(**dialect_of(engine).migrating).connect() as connection:
        try:
            async with connection.begin():
                return await _migrate_alone(connection, to)
        finally:
            await connection.invalidate()  # its settings must not come back from the pool


async def _migrate_alone(connection: AsyncConnection, to: str) -> Upgraded:
    """Do it under the lock that the transaction holds: only now it is sure what there is."""
    if await connection.run_sync(_known) is not Schema.PREVIOUS:
        await connection.run_sync(_alembic, to)
        return Upgraded(to)
    backup = None
    if dialect_of(connection.engine) is SQLITE:
        backup = await asyncio.to_thread(back_up, Path(str(connection.engine.url.database)))
    taken_over = await connection.run_sync(_take_over, to)
    return Upgraded(to, taken_over, backup)


def _take_over(connection: Connection, to: str) -> Survey:
    found = adopt(connection, partial(_alembic, connection, _FIRST))
    _alembic(connection, to)
    return found


def _alembic(connection: Connection, to: str) -> None:
    """Let Alembic look up the revision by itself and go on from there.

    It is imported here because that takes a quarter of a second, which an up-to-date database
    does not need.
    """
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    command.upgrade(config, to)
