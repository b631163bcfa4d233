"""A process that stops or dies, seen from the one beside it."""

from cronjobs_core.domain.executions import ExecutionStatus, Reason
from cronjobs_core.testing.builders import a_job, an_execution
from house import START, House


async def test_stopping_process_leads_until_its_runs_have_ended(house: House) -> None:
    """A successor does not close as interrupted what its predecessor is still delivering."""
    other = House(neighbour=house)
    await house.start()
    await other.start()
    job = await house.job(await house.user())
    house.clock.tick(31)
    await house.scheduler.fire()
    await house.services.keep_schedule.stop_firing()
    await other.pass_time(1)
    assert not other.services.keep_schedule.health().is_leader
    await house.queue.drain()
    await house.services.keep_schedule.stop()
    await other.pass_time(1)
    assert other.services.keep_schedule.health().is_leader
    assert [run.status for run in await house.history(job.id)] == [ExecutionStatus.SUCCESS]


async def test_stopping_process_takes_nothing_on(house: House) -> None:
    """A job that is stored while the process stops is not put on its timetable any more."""
    await house.start()
    user = await house.user()
    await house.services.keep_schedule.stop_firing()
    await house.job(user)
    assert house.services.keep_schedule.health().scheduled_jobs == 0
    await house.pass_time(60)
    assert house.deliverer.runs == []


async def test_manual_run_of_a_dead_process_is_closed_when_its_time_is_over(house: House) -> None:
    """The leader that found it too young to be closed at its start closes it at a later round."""
    job = a_job(is_active=False)
    await house.stored_job(job)
    async with house.store.writing() as uow:
        await uow.executions.claim([an_execution(job_id=job.id, started_at=START)])
        await uow.commit()
    await house.start()
    (run,) = await house.history()
    assert run.status is ExecutionStatus.RUNNING
    await house.pass_time(60)
    (run,) = await house.history()
    assert (run.status, run.reason) == (ExecutionStatus.FAILED, Reason.INTERRUPTED)
