"""Use cases that let the others go first, so that what they looked up may have changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from cronjobs_core.ports.store import Reading, Store, UnitOfWork


class _HasStore(Protocol):
    __dataclass_fields__: Any

    @property
    def store(self) -> Store: ...


UseCase = TypeVar("UseCase", bound=_HasStore)


class HesitantStore:
    """A store whose callers pause after they have read and before they write.

    Of calls that are made at once, all have read before the first one writes.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        """A unit that reads, and a pause."""
        async with self._store.reading() as view:
            yield view
        await asyncio.sleep(0)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        """A pause, and a unit that writes."""
        await asyncio.sleep(0)
        async with self._store.writing() as uow:
            yield uow

    async def ping(self) -> None:
        """Return if the store answers."""
        await self._store.ping()


def hesitant(use_case: UseCase) -> UseCase:
    """Return the use case over a hesitant store."""
    return replace(use_case, store=HesitantStore(use_case.store))
