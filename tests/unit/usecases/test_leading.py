"""Leadership, the timetable and its reports."""

import asyncio
from datetime import timedelta

import pytest

from cronjobs_core.domain.errors import NotLeader, RoleRequired
from cronjobs_core.domain.jobs import JobQuery
from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import a_job
from cronjobs_core.testing.memory_jobs import MemoryJobs
from house import House


async def test_one_of_two_processes_fires(house: House) -> None:
    """Two processes on one store: the leader fires, the other keeps quiet."""
    other = House(neighbour=house)
    await house.start()
    await other.start()
    await house.job(await house.user())
    house.clock.tick(31)
    for one in (other, house):
        await one.scheduler.run_due()
        await one.queue.drain()
    assert (len(house.deliverer.runs), len(other.deliverer.runs)) == (1, 0)


async def test_job_made_through_another_process_fires_after_reconciliation(house: House) -> None:
    """A write through a process that does not lead is felt at the leader's next round."""
    other = House(neighbour=house)
    await house.start()
    await other.start()
    await other.job(await other.user())
    await house.pass_time(60)
    await house.pass_time(60)
    assert len(house.deliverer.runs) == 1


async def test_successor_takes_over_within_seconds(house: House) -> None:
    """When the leader stops, the other process leads at its next try and fires on."""
    other = House(neighbour=house)
    await house.start()
    await other.start()
    await house.job(await house.user())
    await house.services.keep_schedule.stop()
    await other.pass_time(1)
    assert other.services.keep_schedule.health().is_leader
    await other.pass_time(30)
    assert len(other.deliverer.runs) == 1


async def test_lost_leadership_stops_firing(house: House) -> None:
    """A leader that was deposed fires nothing more."""
    await house.start()
    await house.job(await house.user())
    await house.election.depose()
    other = House(neighbour=house)
    await other.services.keep_schedule.start()
    await house.pass_time(1)
    assert not house.services.keep_schedule.health().is_leader
    await house.pass_time(31)
    assert house.deliverer.runs == []


async def test_resync_reports_what_it_did(house: House) -> None:
    """The report counts what was added, removed and paused; an unchanged plan is not touched."""
    admin = await house.user(Role.ADMIN)
    await house.start()
    gone = await house.job(admin, name="gone")
    async with house.store.writing() as uow:
        await uow.jobs.delete(gone.id)
        await uow.jobs.add(a_job())
        await uow.jobs.add(a_job(is_active=False))
        await uow.jobs.add(a_job(end_date=house.clock.now().date() - timedelta(days=9)))
        await uow.commit()
    report = await house.services.keep_schedule.resync(admin)
    assert (report.db_jobs_total, report.db_jobs_active, report.scheduled_now) == (3, 1, 1)
    assert (report.scheduled_added, report.scheduled_removed) == (1, 1)
    assert report.expired_auto_paused == 1
    again = await house.services.keep_schedule.resync(admin)
    assert (again.scheduled_added, again.scheduled_removed, again.expired_auto_paused) == (0, 0, 0)


async def test_resync_belongs_to_admins_and_the_leader(house: House) -> None:
    """Others are refused by role; a process that does not lead says so."""
    admin, user = await house.user(Role.ADMIN), await house.user()
    with pytest.raises(RoleRequired):
        await house.services.keep_schedule.resync(user)
    with pytest.raises(RoleRequired):
        house.services.keep_schedule.status(user)
    with pytest.raises(NotLeader):
        await house.services.keep_schedule.resync(admin)


async def test_status_tells_how_the_process_stands(house: House) -> None:
    """Before the start nothing runs; afterwards the leader shows its jobs and last round."""
    admin = await house.user(Role.ADMIN)
    before = house.services.keep_schedule.status(admin)
    assert (before.running, before.is_leader, before.last_resync_at) == (False, False, None)
    await house.start()
    await house.job(admin)
    after = house.services.keep_schedule.status(admin)
    assert (after.running, after.is_leader, after.scheduled_jobs) == (True, True, 1)
    assert after.last_resync_at == house.clock.now()


async def test_start_with_the_store_out_of_reach_leads_as_soon_as_it_is_back(
    house: House,
) -> None:
    """A process that starts before its database leads when the database answers."""
    house.store.available = False
    await house.start()
    assert not house.services.keep_schedule.health().is_leader
    house.store.available = True
    await house.pass_time(1)
    assert house.services.keep_schedule.health().is_leader


async def test_write_survives_trouble_with_the_timetable(house: House) -> None:
    """A job that was stored is answered as stored even if the timetable could not be read again."""
    await house.start()
    user = await house.user()
    await house.job(user)
    house.store.available = False
    await house.services.keep_schedule.refresh([])
    await house.pass_time(60)
    house.store.available = True
    _, total = await house.services.manage_jobs.find(user, JobQuery())
    assert total == 1


async def test_job_made_during_a_reconciliation_stays_on_the_timetable(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round that read the store before a job was stored does not take it off again."""
    await house.start()
    admin = await house.user(Role.ADMIN)
    has_read, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow_count(_: MemoryJobs) -> int:
        has_read.set()
        await may_go_on.wait()
        return 0

    with monkeypatch.context() as slow:
        slow.setattr(MemoryJobs, "count", slow_count)
        round_ = asyncio.ensure_future(house.services.keep_schedule.resync(admin))
        await has_read.wait()
        creation = asyncio.ensure_future(house.job(admin))
        for _ in range(100):
            await asyncio.sleep(0)
        may_go_on.set()
        await round_
        await creation
    await house.pass_time(31)
    assert len(house.deliverer.runs) == 1
