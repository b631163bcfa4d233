"""Units that want the same at once wait for each other, neither for ever nor in a circle."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from cronjobs_adapters.sqlalchemy import SqlStore
from cronjobs_core.domain.errors import DuplicateJobName, Unavailable
from cronjobs_core.domain.users import Role, User
from cronjobs_core.testing.builders import a_job, an_admin
from cronjobs_core.testing.contracts.store_case import committing, given
from databases import opened

PATIENCE = 1.0


async def test_waiting_for_the_turn_and_for_the_lock_share_one_patience(sqlite_url: str) -> None:
    """While another process holds the lock every writer gives up in time, whenever it came."""

    async def wait(store: SqlStore) -> float:
        time = asyncio.get_running_loop().time
        start = time()
        with pytest.raises(Unavailable):
            await given(store, a_job())
        return time() - start

    async with (
        opened(sqlite_url) as other,
        opened(sqlite_url, patience=PATIENCE) as here,
        other.writing() as holder,
    ):
        await holder.jobs.add(a_job())
        first = asyncio.create_task(wait(here))
        await asyncio.sleep(PATIENCE / 2)
        second = await wait(here)  # its turn comes when half of its patience is gone
    assert await first < PATIENCE * 1.4
    assert second < PATIENCE * 1.4


async def test_a_connection_that_had_to_hurry_is_patient_again(sqlite_url: str) -> None:
    """After a writer that had little time left the next one on its connection waits in full."""
    async with opened(sqlite_url) as other, opened(sqlite_url, patience=PATIENCE) as here:
        first = here.writing()
        await first.__aenter__()
        second = asyncio.create_task(given(here, a_job()))
        await asyncio.sleep(PATIENCE * 0.7)
        await first.__aexit__(None, None, None)
        await second
        async with other.writing() as holder:
            await holder.jobs.add(a_job())
            third = asyncio.create_task(given(here, a_job()))
            await asyncio.sleep(PATIENCE * 0.6)
            await holder.commit()
        await third


async def test_admins_who_would_remove_each_other_do_not_wait_in_a_circle(store: SqlStore) -> None:
    """Of two units that each read one of the last two admins and count, one demotes, one does not.

    Were the accounts locked one by one, each would hold the one that the other waits for.
    """
    admins = [an_admin(), an_admin()]
    await given(store, *admins)
    both_have_read = asyncio.Barrier(2)

    async def demote(admin: User) -> int:
        async with committing(store) as unit:
            read = await unit.users.get(admin.id)
            assert read is not None
            with suppress(TimeoutError, asyncio.BrokenBarrierError):  # SQLite lets one in alone
                async with asyncio.timeout(0.3):
                    await both_have_read.wait()
            count = await unit.users.active_admins()
            if count > 1:
                await unit.users.update(replace(read, role=Role.USER))
        return count

    async with asyncio.timeout(20):
        counts = await asyncio.gather(*(demote(admin) for admin in admins))
    assert sorted(counts) == [1, 2]


async def test_many_jobs_lose_to_a_name_that_is_taken_meanwhile(store: SqlStore) -> None:
    """Of two units that store many jobs, one name in common, one stores all, the other none."""
    batches = [[a_job() for _ in range(50)] + [a_job(name="wanted by both")] for _ in range(2)]

    async def add(number: int) -> str:
        try:
            async with committing(store) as unit:
                await unit.jobs.add_many(batches[number])
                await asyncio.sleep(0.05)  # PostgreSQL lets the other begin before this one is seen
        except DuplicateJobName as error:
            return str(error)
        return "added"

    outcomes = await asyncio.gather(add(0), add(1))
    winner = outcomes.index("added")
    assert '"wanted by both"' in outcomes[1 - winner]
    async with store.reading() as unit:
        assert await unit.jobs.count() == len(batches[winner])
        assert len(await unit.jobs.many([job.id for job in batches[winner]])) == 51


async def test_thousands_of_jobs_are_stored_together_or_not_at_all(store: SqlStore) -> None:
    """More jobs than a statement has variables for are all stored, or none for the last name."""
    jobs = [a_job() for _ in range(3_000)]
    async with committing(store) as unit:
        with pytest.raises(DuplicateJobName, match=f'"{jobs[7].name}"'):
            await unit.jobs.add_many([*jobs, a_job(name=jobs[7].name)])
        assert await unit.jobs.count() == 0
        await unit.jobs.add_many(jobs)
    async with store.reading() as unit:
        assert await unit.jobs.count() == len(jobs)
