"""The store: units of work on an engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cronjobs_adapters.sqlalchemy.accounts import SqlPreferences, SqlSessions, SqlUsers
from cronjobs_adapters.sqlalchemy.audit import SqlAuditLog
from cronjobs_adapters.sqlalchemy.dialects import PATIENCE, dialect_of, waiting
from cronjobs_adapters.sqlalchemy.errors import translated
from cronjobs_adapters.sqlalchemy.executions import SqlExecutions
from cronjobs_adapters.sqlalchemy.jobs import SqlJobs
from cronjobs_adapters.sqlalchemy.notifications import SqlNotifications
from cronjobs_adapters.sqlalchemy.slack import SqlSlack
from cronjobs_adapters.sqlalchemy.taxonomy import SqlTaxonomy
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.errors import Unavailable


class SqlReading:
    """Implements `ports.store.Reading`."""

    def __init__(self, transaction: Transaction) -> None:
        self.jobs = SqlJobs(transaction)
        self.executions = SqlExecutions(transaction)
        self.users = SqlUsers(transaction)
        self.sessions = SqlSessions(transaction)
        self.preferences = SqlPreferences(transaction)
        self.slack = SqlSlack(transaction)
        self.taxonomy = SqlTaxonomy(transaction)
        self.notifications = SqlNotifications(transaction)
        self.audit = SqlAuditLog(transaction)


class SqlUnitOfWork(SqlReading):
    """Implements `ports.store.UnitOfWork`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._transaction = Transaction(connection, writes=True)
        super().__init__(self._transaction)

    async def commit(self) -> None:
        self._transaction.require_writing()
        with translated():
            await self._connection.commit()
        self._transaction.settle()


class SqlStore:
    """Implements `ports.store.Store`. One store serves one event loop; `patience` is in seconds."""

    def __init__(self, engine: AsyncEngine, *, patience: float = PATIENCE) -> None:
        dialect = dialect_of(engine)
        self._engine = engine
        self._reading = engine.execution_options(**dialect.reading)
        self._turn = asyncio.Lock() if dialect.writes_alone else None
        self._patience = patience

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlReading]:
        async with _connected(self._reading) as connection:
            yield SqlReading(Transaction(connection, writes=False))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SqlUnitOfWork]:
        async with AsyncExitStack() as stack:
            engine = self._engine
            if self._turn is not None:
                left = await stack.enter_async_context(_turn(self._turn, self._patience))
                engine = engine.execution_options(**waiting(left))
            yield SqlUnitOfWork(await stack.enter_async_context(_connected(engine)))

    async def ping(self) -> None:
        async with self.reading() as unit:
            await unit.jobs.name_taken("")

    async def close(self) -> None:
        """Close all connections. A unit that is opened later opens new ones."""
        await self._engine.dispose()


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection; what was not committed in the end is rolled back."""
    stack = AsyncExitStack()
    with translated():
        connection = await stack.enter_async_context(engine.connect())
    try:
        yield connection
    finally:
        with suppress(Unavailable), translated():  # a connection that broke is rolled back too
            await stack.aclose()


@asynccontextmanager
async def _turn(lock: asyncio.Lock, patience: float) -> AsyncIterator[float]:
    """The right to write, in the order of asking, and the patience that is left, in seconds.

    SQLite lets those who wait for its lock try again now and then, and one may be unlucky for
    long; inside one process we can do better.
    """
    time = asyncio.get_running_loop().time
    end = time() + patience
    try:
        async with asyncio.timeout_at(end):
            await lock.acquire()
    except TimeoutError as error:
        raise Unavailable("The database is busy. Try again later.") from error
    try:
        yield max(0, end - time())
    finally:
        lock.release()
