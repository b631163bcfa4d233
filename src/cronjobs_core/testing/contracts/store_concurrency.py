"""Units of work side by side: nothing is lost, nothing happens twice, readers never wait."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final

from cronjobs_core.domain.errors import DuplicateJobName
from cronjobs_core.domain.executions import Delivery, Execution
from cronjobs_core.domain.jobs import Job
from cronjobs_core.ports.store import Store, UnitOfWork
from cronjobs_core.testing.builders import NOON, a_job, a_user, an_execution
from cronjobs_core.testing.contracts.store_case import (
    Result,
    StoreCase,
    all_at_once,
    committing,
    given,
)

CROWD: Final = 20
"""How many do the same thing at once."""


class ConcurrencyContract(StoreCase):
    """What stands in the module docstring of `ports.store` about several units at once."""

    async def test_no_update_is_lost(self, store: Store) -> None:
        """Of units that read, change and store one job, each sees what those before it stored."""
        job = a_job(metadata={"count": 0})
        await given(store, job)

        async def increment() -> None:
            async with committing(store) as unit:
                read = await unit.jobs.get(job.id)
                assert read is not None
                await asyncio.sleep(0)  # gives way where nothing else makes the others wait
                changed = read.change({"metadata": {"count": read.metadata["count"] + 1}}, NOON)
                await unit.jobs.update(changed)

        await self._crowd(increment)
        async with store.reading() as unit:
            kept = await unit.jobs.get(job.id)
        assert kept is not None
        assert kept.metadata == {"count": CROWD}

    async def test_the_second_writer_waits_for_the_first(self, store: Store) -> None:
        """Of two writing units that change the same thing one waits for the other."""
        job = a_job(name="as it was")
        await given(store, job)
        _, waited = await self._rename_twice(store, job, commit_first=True)
        assert waited, "the second unit ended while the first was open"

    async def test_the_second_writer_sees_what_the_first_committed(self, store: Store) -> None:
        """The second of two writing units sees what the first committed."""
        job = a_job(name="as it was")
        await given(store, job)
        name, _ = await self._rename_twice(store, job, commit_first=True)
        assert name == "as it was, by the first, by the second"

    async def test_a_writer_that_gives_up_lets_the_next_one_in(self, store: Store) -> None:
        """The unit that waited goes on from the old state where the first was rolled back."""
        job = a_job(name="as it was")
        await given(store, job)
        name, _ = await self._rename_twice(store, job, commit_first=False)
        assert name == "as it was, by the second"

    async def test_one_of_many_claims_wins(self, store: Store) -> None:
        """Of parallel claims of one occurrence one wins; losing to another is no error."""
        job = a_job()
        await given(store, job)

        async def claim() -> int:
            async with committing(store) as unit:
                one = an_execution(job_id=job.id, scheduled_for=NOON)
                claimed = await unit.executions.claim([one])
                await asyncio.sleep(0)
            return len(claimed)

        assert sum(await self._crowd(claim)) == 1

    async def test_one_of_many_outcomes_wins(self, store: Store) -> None:
        """Of parallel outcomes for one execution one is stored."""
        job = a_job()
        execution = an_execution(job_id=job.id)
        await given(store, job, execution)
        outcomes = [
            execution.finish(Delivery(succeeded=True, output=f"{number}"), NOON)
            for number in range(CROWD)
        ]

        async def finish(outcome: Execution) -> bool:
            async with committing(store) as unit:
                stored = await unit.executions.finish([outcome])
                await asyncio.sleep(0)
            return bool(stored)

        turns = iter(outcomes)
        won = await self._crowd(lambda: finish(next(turns)))
        assert sum(won) == 1
        async with store.reading() as unit:
            kept = await unit.executions.get(execution.id)
        assert kept is not None
        assert kept.execution == outcomes[won.index(True)]

    async def test_one_of_many_jobs_gets_the_name(self, store: Store) -> None:
        """Of parallel adds of one name one is stored, the rest raise DuplicateJobName."""

        async def add() -> str:
            try:
                async with committing(store) as unit:
                    await unit.jobs.add(a_job(name="wanted by all"))
                    await asyncio.sleep(0)
            except DuplicateJobName:
                return "refused"
            return "added"

        outcomes = await self._crowd(add)
        assert sorted(outcomes) == ["added"] + ["refused"] * (CROWD - 1)

    async def test_a_reader_keeps_its_state(self, store: Store) -> None:
        """A reading unit sees one state of the store from its first read to its end."""
        job = a_job()
        await given(store, job)
        async with asyncio.timeout(self.patience), store.reading() as reader:
            before = await reader.jobs.get(job.id)
            await given(store, a_job(), a_user())
            await _rename(store, job, ", later")
            assert await reader.jobs.get(job.id) == before
            assert await reader.jobs.count() == 1
            assert await reader.users.count() == 0

    async def test_a_reader_does_not_wait_for_a_writer(self, store: Store) -> None:
        """A reading unit never waits for a writer, and reads what was committed before."""
        job = a_job()
        await given(store, job)
        async with store.writing() as writer:
            await writer.jobs.update(replace(job, name="not yet"))
            async with asyncio.timeout(self.patience), store.reading() as reader:
                assert await reader.jobs.get(job.id) == job
            await writer.commit()

    async def test_a_reader_opened_after_a_commit_sees_it(self, store: Store) -> None:
        """A reading unit that begins after a commit sees it."""
        job = a_job()
        async with store.reading() as earlier:
            assert await earlier.jobs.count() == 0
            await given(store, job)
            async with store.reading() as later:
                assert await later.jobs.get(job.id) == job

    async def _crowd(self, act: Callable[[], Coroutine[Any, Any, Result]]) -> list[Result]:
        """What each of the crowd got, all having acted at the same time."""
        return await all_at_once([act] * CROWD, self.patience)

    async def _rename_twice(
        self, store: Store, job: Job, *, commit_first: bool
    ) -> tuple[str, bool]:
        """Rename the job in a unit, and in a second one that begins while the first is open.

        Returns the name that the second stored, and whether it waited for the first.
        """
        async with (
            asyncio.timeout(self.patience),
            asyncio.TaskGroup() as group,
            store.writing() as first,
        ):
            await _lengthen(first, job, ", by the first")
            second = group.create_task(_rename(store, job, ", by the second"))
            await asyncio.wait([second], timeout=self.moment)
            waited = not second.done()
            if commit_first:
                await first.commit()
        return second.result(), waited


async def _rename(store: Store, job: Job, addition: str) -> str:
    async with committing(store) as unit:
        return await _lengthen(unit, job, addition)


async def _lengthen(unit: UnitOfWork, job: Job, addition: str) -> str:
    """Read the job, store it with a longer name, and return that name."""
    read = await unit.jobs.get(job.id)
    assert read is not None
    await unit.jobs.update(replace(read, name=read.name + addition))
    return read.name + addition
