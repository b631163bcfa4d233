"""A store on SQLite whose statements can be looked at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from cronjobs_adapters.sqlalchemy import SqlStore, make_engine

OWN = ("BEGIN", "PRAGMA", "EXPLAIN")


@dataclass(frozen=True)
class Watched:
    """A store on SQLite, and the statements that it sent."""

    store: SqlStore
    engine: AsyncEngine
    sent: list[tuple[str, Any]]

    async def plan(self, number: int = -1) -> str:
        """How SQLite runs a statement that was sent, by default the last one."""
        statement, parameters = self.sent[number]
        async with self.engine.connect() as connection:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(row.detail for row in rows)


@asynccontextmanager
async def watched_store(url: str) -> AsyncIterator[Watched]:
    """Give a store that tells which statements it sends, but for those around them."""
    engine = make_engine(url)
    sent: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if not statement.startswith(OWN):
            sent.append((statement, parameters))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield Watched(SqlStore(engine), engine, sent)
    await engine.dispose()
