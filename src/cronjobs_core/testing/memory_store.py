"""A store in memory, for tests and trials: it keeps every promise of the port but durability.

A reading unit holds the tables that were committed last when it was opened; a writing unit works
on a copy of them, one writer at a time, and a commit puts the copy in their place.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cronjobs_core.domain.errors import Unavailable
from cronjobs_core.testing.memory_accounts import (
    MemoryPreferences,
    MemorySessions,
    MemoryUsers,
)
from cronjobs_core.testing.memory_executions import MemoryExecutions
from cronjobs_core.testing.memory_jobs import MemoryJobs
from cronjobs_core.testing.memory_records import (
    MemoryAuditLog,
    MemoryNotifications,
    MemorySlack,
    MemoryTaxonomy,
)
from cronjobs_core.testing.memory_tables import Tables


class MemoryStore:
    """Implements `ports.store.Store`.

    A writer waits up to `patience` seconds for the one before it. While `available` is False the
    store acts as one that is out of reach.
    """

    def __init__(self, *, patience: float = 5.0) -> None:
        self.available = True
        self.patience = patience
        self._committed = Tables(settled=True)
        self._writer = asyncio.Lock()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["MemoryUnit"]:
        """A unit on the rows as they are now."""
        await self.ping()
        yield MemoryUnit(self, self._committed)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator["MemoryUnit"]:
        """A unit on a copy of the rows, once the writer before it has ended."""
        await self.ping()
        await self._take_turn()
        try:
            yield MemoryUnit(self, self._committed.copy())
        finally:
            self._writer.release()

    async def ping(self) -> None:
        """Return while the store is available; raises Unavailable."""
        if not self.available:
            raise Unavailable("The store is out of reach.")

    async def publish(self, tables: Tables) -> None:
        """Put `tables` in place of the committed ones; raises Unavailable."""
        await self.ping()
        tables.settled = True
        self._committed = tables

    async def _take_turn(self) -> None:
        try:
            async with asyncio.timeout(self.patience):
                await self._writer.acquire()
        except TimeoutError as error:
            raise Unavailable("The store is locked.") from error


class MemoryUnit:
    """Implements `ports.store.UnitOfWork` on tables of its own, or `Reading` on settled ones."""

    def __init__(self, store: MemoryStore, tables: Tables) -> None:
        self._store = store
        self._tables = tables
        self.jobs = MemoryJobs(tables)
        self.executions = MemoryExecutions(tables)
        self.users = MemoryUsers(tables)
        self.sessions = MemorySessions(tables)
        self.preferences = MemoryPreferences(tables)
        self.slack = MemorySlack(tables)
        self.taxonomy = MemoryTaxonomy(tables)
        self.notifications = MemoryNotifications(tables)
        self.audit = MemoryAuditLog(tables)

    async def commit(self) -> None:
        """Make the unit's rows the store's; a second commit raises RuntimeError."""
        await self._store.publish(self._tables.writable())
