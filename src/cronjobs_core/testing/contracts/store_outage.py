"""A store that cannot answer says so."""

import asyncio
from dataclasses import replace

import pytest

from cronjobs_core.domain.errors import Unavailable
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import a_job
from cronjobs_core.testing.contracts.store_case import StoreCase, committing, given


class OutageContract(StoreCase):
    """What stands in the module docstring of `ports.store` about Unavailable.

    It needs two more fixtures. That a store which is full raises Unavailable is for the adapter's
    own tests: there is no way to fill any store.
    """

    @pytest.fixture
    def unreachable_store(self) -> Store:
        """Override it: a store whose far end does not answer."""
        raise NotImplementedError("override the fixture `unreachable_store`")

    @pytest.fixture
    def impatient_store(self) -> Store:
        """Override it: an empty store that waits a second for a lock at most."""
        raise NotImplementedError("override the fixture `impatient_store`")

    async def test_ping_of_a_store_out_of_reach(self, unreachable_store: Store) -> None:
        """Ping raises Unavailable where the store does not answer."""
        async with asyncio.timeout(self.patience):
            with pytest.raises(Unavailable):
                await unreachable_store.ping()

    async def test_reading_a_store_out_of_reach(self, unreachable_store: Store) -> None:
        """Reading a store that is out of reach raises Unavailable."""
        async with asyncio.timeout(self.patience):
            with pytest.raises(Unavailable):
                async with unreachable_store.reading() as unit:
                    await unit.jobs.count()

    async def test_writing_to_a_store_out_of_reach(self, unreachable_store: Store) -> None:
        """Writing to a store that is out of reach raises Unavailable."""
        async with asyncio.timeout(self.patience):
            with pytest.raises(Unavailable):
                await given(unreachable_store, a_job())

    async def test_a_writer_does_not_wait_for_ever(self, impatient_store: Store) -> None:
        """A unit that waits too long for another raises Unavailable; the other goes on."""
        job = a_job()
        changed, late = replace(job, name="in time"), replace(job, name="too late")
        await given(impatient_store, job)
        async with asyncio.timeout(self.patience), impatient_store.writing() as first:
            await first.jobs.update(changed)
            with pytest.raises(Unavailable):
                async with committing(impatient_store) as second:
                    await second.jobs.update(late)
            await first.commit()
        async with impatient_store.reading() as unit:
            assert await unit.jobs.get(job.id) == changed
