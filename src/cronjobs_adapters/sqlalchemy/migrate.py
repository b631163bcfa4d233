"""The schema, brought up to date by Alembic inside one transaction of ours."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from cronjobs_adapters.sqlalchemy.dialects import dialect_of
from cronjobs_adapters.sqlalchemy.errors import translated

HEAD: Final = "0002"
"""The revision that this code needs."""
_SCRIPTS: Final = Path(__file__).with_name("migrations")


async def upgrade(engine: AsyncEngine, to: str = HEAD) -> str:
    """Bring the schema to a revision and return it; nothing happens where it is there already.

    Of several processes that start at once one does the work and the others wait for it. Killed
    in the middle, the old schema is left untouched. Raises Unavailable as the store does.
    """
    with translated():
        async with engine.connect() as connection:
            found = await connection.run_sync(_revision)
        if found == to:
            return to
        await _migrate(engine, to)
    return to


async def _migrate(engine: AsyncEngine, to: str) -> None:
    async with engine.execution_options(**dialect_of(engine).migrating).connect() as connection:
        try:
            async with connection.begin():
                await connection.run_sync(_upgrade, to)
        finally:
            await connection.invalidate()  # its settings must not come back from the pool


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _upgrade(connection: Connection, to: str) -> None:
    """Alembic looks up the revision by itself, under the lock that this transaction holds.

    It is imported here because that takes a quarter of a second, which an up-to-date database
    does not need.
    """
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    command.upgrade(config, to)
