"""Outcomes are written in groups."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from cronjobs_core.domain.errors import Unavailable
from cronjobs_core.domain.executions import Execution, Run
from cronjobs_core.testing.builders import a_job, an_execution
from cronjobs_core.testing.fake_deliverer import ACCEPTED
from cronjobs_core.testing.memory_store import MemoryStore, MemoryUnit
from cronjobs_core.usecases.notify import Notify
from cronjobs_core.usecases.record_runs import RecordRuns
from house import House


class CountingStore(MemoryStore):
    """Counts the writing units that were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.written = 0

    def writing(self) -> AbstractAsyncContextManager[MemoryUnit]:
        """See the port."""
        self.written += 1
        return super().writing()


async def _claimed(store: MemoryStore, count: int) -> list[Run]:
    job = a_job()
    executions = [an_execution(job_id=job.id) for _ in range(count)]
    async with store.writing() as uow:
        await uow.jobs.add(job)
        await uow.executions.claim(executions)
        await uow.commit()
    return [_run(one) for one in executions]


def _run(execution: Execution) -> Run:
    return Run(execution=execution, job_name="x", target=None, metadata={}, deadline=10)


def _recorder(house: House, store: MemoryStore) -> RecordRuns:
    tell = Notify(clock=house.clock, new_id=house.new_id).tell
    return RecordRuns(store=store, clock=house.clock, tell=tell, to_everyone=False)


async def test_burst_costs_a_handful_of_commits(house: House) -> None:
    """A thousand runs that end together are durable after a few commits, each in its place."""
    store = CountingStore()
    runs = await _claimed(store, 1000)
    before = store.written
    recorder = _recorder(house, store)
    finished = await asyncio.gather(*(recorder.record(run, ACCEPTED) for run in runs))
    assert store.written - before <= 5
    assert [one.id for one in finished] == [run.execution.id for run in runs]
    async with store.reading() as view:
        stored = [await view.executions.get(run.execution.id) for run in runs]
    assert [one.execution for one in stored if one is not None] == finished


async def test_trouble_with_the_store_reaches_each_caller(house: House) -> None:
    """Whoever waits for a group that could not be written hears of it; the next group works."""
    store = MemoryStore()
    runs = await _claimed(store, 3)
    recorder = _recorder(house, store)
    store.available = False
    results = await asyncio.gather(
        *(recorder.record(run, ACCEPTED) for run in runs), return_exceptions=True
    )
    assert [type(one) for one in results] == [Unavailable] * 3
    store.available = True
    assert (await recorder.record(runs[0], ACCEPTED)).is_finished


async def test_caller_that_gives_up_does_not_disturb_the_others(house: House) -> None:
    """A cancelled waiter leaves its outcome recorded and its neighbours served."""
    store = MemoryStore()
    first, second = await _claimed(store, 2)
    recorder = _recorder(house, store)
    impatient = asyncio.ensure_future(recorder.record(first, ACCEPTED))
    patient = asyncio.ensure_future(recorder.record(second, ACCEPTED))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).is_finished
    with pytest.raises(asyncio.CancelledError):
        await impatient
    async with store.reading() as view:
        stored = await view.executions.get(first.execution.id)
    assert stored is not None
    assert stored.execution.is_finished
