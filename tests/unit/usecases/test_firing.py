"""From the timetable to the recorded run."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cronjobs_core.domain.executions import (
    Delivery,
    ExecutionStatus,
    Reason,
    TriggerType,
)
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.targets import Webhook
from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import a_job, an_execution
from house import START, House

NINE = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
"""09:00 in Tokyo, half a minute after the house starts."""
MINUTE = timedelta(minutes=1)


async def test_job_fires_on_the_minute_and_is_recorded(house: House) -> None:
    """An every-minute job reaches its target once a minute, with the planned instant exact."""
    await house.start()
    user = await house.user()
    job = await house.job(user)
    await house.pass_time(30.2)
    await house.pass_time(60)
    runs = await house.history(job.id)
    assert [run.scheduled_for for run in runs] == [NINE, NINE + MINUTE]
    assert {run.status for run in runs} == {ExecutionStatus.SUCCESS}
    assert [run.response_status for run in runs] == [200, 200]
    assert runs[0].started_at == START + timedelta(seconds=30.2)
    delivered = house.deliverer.runs
    assert [run.metadata for run in delivered] == [{"kind": "nightly"}] * 2
    assert len({run.idempotency_key for run in delivered}) == 2


async def test_ten_jobs_on_one_minute_make_ten_runs(house: House) -> None:
    """Jobs that are due together all run."""
    await house.start()
    user = await house.user()
    for number in range(10):
        await house.job(user, name=f"Job {number}")
    await house.pass_time(31)
    assert len(house.deliverer.runs) == 10
    assert len({run.job_id for run in await house.history()}) == 10


async def test_failed_run_says_why_and_is_told_to_those_involved(house: House) -> None:
    """A failure is recorded with its reason and told to the creator and active admins only."""
    await house.start()
    creator, admin, other = (
        await house.user(),
        await house.user(Role.ADMIN),
        await house.user(),
    )
    job = await house.job(creator)
    text = "Webhook returned status 500"
    failure = Delivery.failure(Reason.HTTP_STATUS, text, status=500)
    house.deliverer.script(Webhook(url=job.target_url or ""), failure)
    await house.pass_time(31)
    (run,) = await house.history(job.id)
    assert (run.status, run.reason, run.error_message) == ("failed", "http_status", text)
    for person in (creator, admin):
        assert (await house.messages(person.user_id))[-1].message == (
            f'Job "Nightly report" failed: {text}'
        )
    assert [one.title for one in await house.messages(other.user_id)] == ["New Job Created"]


async def test_results_go_to_everyone_where_the_operator_asks() -> None:
    """NOTIFY_RUN_RESULTS=all tells every active user of every run."""
    house = House(tell_everyone_of_runs=True)
    await house.start()
    creator, other = await house.user(), await house.user()
    await house.job(creator)
    await house.pass_time(31)
    assert (await house.messages(other.user_id))[-1].title == "Job Completed"


async def test_paused_and_deleted_jobs_do_not_fire(house: House) -> None:
    """Once the change is answered, nothing fires: not even what was due in that moment."""
    await house.start()
    user = await house.user()
    paused = await house.job(user, name="paused")
    deleted = await house.job(user, name="deleted")
    house.clock.tick(30)
    await house.services.manage_jobs.change(user, paused.id, {"is_active": False})
    await house.services.manage_jobs.delete(user, deleted.id)
    await house.pass_time(120)
    assert house.deliverer.runs == []
    assert await house.history() == []


async def test_change_never_fires_by_itself(house: House) -> None:
    """Editing, pausing and resuming between two due minutes runs nothing."""
    await house.start()
    user = await house.user()
    job = await house.job(user, cron_expression="0 12 * * *")
    for change in ({"name": "x"}, {"is_active": False}, {"is_active": True}):
        await house.services.manage_jobs.change(user, job.id, change)
        await house.pass_time(60)
    assert house.deliverer.runs == []


async def test_edit_in_the_due_moment_neither_loses_nor_doubles_the_run(house: House) -> None:
    """A job that is edited at the minute, before its wake-up, still fires exactly once."""
    await house.start()
    user = await house.user()
    job = await house.job(user)
    house.clock.tick(30)
    await house.services.manage_jobs.change(user, job.id, {"cron_expression": "*/1 * * * *"})
    await house.pass_time(0)
    assert [run.scheduled_for for run in await house.history(job.id)] == [NINE]


async def test_job_past_its_end_date_is_paused_and_its_people_are_told(house: House) -> None:
    """The day after the end date the job is off, its creator and the admins know, nothing ran."""
    await house.start()
    creator, admin = await house.user(), await house.user(Role.ADMIN)
    job = await house.job(creator, cron_expression="0 12 * * *", end_date="2026-11-25")
    await house.pass_time(timedelta(hours=3, minutes=1))
    await house.pass_time(timedelta(days=1))
    assert [run.scheduled_for for run in await house.history(job.id)] == [NINE + timedelta(hours=3)]
    view = await house.services.manage_jobs.get(creator, job.id)
    assert not view.job.is_active
    for person in (creator, admin):
        told = [one for one in await house.messages(person.user_id) if "auto-paused" in one.title]
        (message,) = [one.message for one in told]
        assert message == (
            'Job "Nightly report" passed its end_date (2026-11-25 JST) and was auto-paused. '
            "PIC Team: payments"
        )
    assert "job.auto_pause" in await house.audited()


async def test_end_date_that_moved_back_unseen_is_noticed_when_the_job_is_due(
    house: House,
) -> None:
    """A job whose stored end date has passed is paused instead of run, even before any round."""
    await house.start()
    creator = await house.user()
    job = await house.job(creator)
    async with house.store.writing() as uow:  # another process, past our timetable
        await uow.jobs.update(job.change({"end_date": date(2026, 11, 1)}, START))
        await uow.commit()
    house.clock.tick(31)
    await house.scheduler.fire()
    assert await house.history() == []
    assert not (await house.services.manage_jobs.get(creator, job.id)).job.is_active


async def test_clock_set_back_repeats_nothing(house: House) -> None:
    """Minutes that have run stay silent until the clock has passed them again."""
    await house.start()
    job = await house.job(await house.user())
    await house.pass_time(31)
    house.clock.set(START - timedelta(hours=1))
    await house.scheduler.run_due()
    await house.pass_time(timedelta(hours=1, seconds=31))
    await house.pass_time(60)
    assert [run.scheduled_for for run in await house.history(job.id)] == [NINE, NINE + MINUTE]


async def test_clock_that_jumps_ahead_runs_the_newest_and_records_the_rest(house: House) -> None:
    """After a stall one run makes up for all; every minute left out is in the history as missed."""
    await house.start()
    job = await house.job(await house.user())
    await house.pass_time(timedelta(hours=3))
    runs = sorted(await house.history(job.id), key=lambda run: run.scheduled_for or NINE)
    assert len(runs) == 180
    assert {run.status for run in runs[:-1]} == {ExecutionStatus.MISSED}
    assert {run.reason for run in runs[:-1]} == {Reason.LATE}
    assert runs[-1].status == ExecutionStatus.SUCCESS
    assert len(house.deliverer.runs) == 1


async def test_occurrence_beyond_the_window_is_missed(house: House) -> None:
    """A run that would start later than the misfire window is recorded, not made up for."""
    await house.start()
    job = await house.job(await house.user(), cron_expression="0 9 * * *")
    await house.pass_time(timedelta(minutes=10))
    (run,) = await house.history(job.id)
    assert (run.status, run.scheduled_for) == (ExecutionStatus.MISSED, NINE)
    assert house.deliverer.runs == []


async def test_poison_row_stops_nobody(house: House) -> None:
    """A stored cron text that is none is counted and left out; the others fire."""
    admin = await house.user(Role.ADMIN)
    await house.stored_job(a_job(cron_expression="61 25 * * *"))
    await house.start()
    await house.job(admin)
    report = await house.services.keep_schedule.resync(admin)
    assert (report.invalid_cron, report.scheduled_now, report.db_jobs_total) == (1, 1, 2)
    await house.pass_time(31)
    assert len(house.deliverer.runs) == 1


async def test_store_out_of_reach_delays_the_run(house: House) -> None:
    """What was due while the store was out of reach runs when it is back, within the window."""
    await house.start()
    job = await house.job(await house.user())
    house.store.available = False
    await house.pass_time(31)
    assert house.deliverer.runs == []
    house.store.available = True
    await house.pass_time(2)
    (run,) = await house.history(job.id)
    assert (run.status, run.scheduled_for) == (ExecutionStatus.SUCCESS, NINE)


async def test_rows_left_running_by_a_dead_process_are_closed_at_the_next_start(
    house: House,
) -> None:
    """After a crash nothing is running for ever: such runs end as failed, interrupted."""
    user = await house.user()
    job = a_job(created_by=user.user_id, is_active=False)
    await house.stored_job(job)
    left = an_execution(job_id=job.id, scheduled_for=NINE - MINUTE, started_at=START)
    manual = an_execution(job_id=job.id, started_at=START)
    async with house.store.writing() as uow:
        await uow.executions.claim([left, manual])
        await uow.commit()
    await house.start()
    by_id = {run.id: run for run in await house.history()}
    assert (by_id[left.id].status, by_id[left.id].reason) == ("failed", "interrupted")
    assert by_id[manual.id].status == "running", "another process may be at it"


async def test_deleted_while_running_ends_quietly(house: House) -> None:
    """A job that is deleted during its run leaves no row, and nobody hears of a result."""
    await house.start()
    user = await house.user()
    job = await house.job(user)
    house.clock.tick(31)
    await house.scheduler.fire()
    await house.services.manage_jobs.delete(user, job.id)
    await house.queue.drain()
    assert await house.history() == []
    assert (await house.messages(user.user_id))[-1].title == "Job Deleted"


async def test_run_by_hand_takes_its_overrides_and_tells_who_started_it(house: House) -> None:
    """A manual run uses the caller's metadata, ends in the answer and is recorded as theirs."""
    await house.start()
    creator, admin = await house.user(), await house.user(Role.ADMIN)
    job = await house.job(creator)
    run = await house.services.run_jobs.by_hand(admin, job.id, {"metadata": {"kind": "trial"}})
    assert (run.status, run.trigger_type) == (ExecutionStatus.SUCCESS, TriggerType.MANUAL)
    assert (run.scheduled_for, run.triggered_by) == (None, admin.user_id)
    assert house.deliverer.runs[0].metadata == {"kind": "trial"}
    assert (await house.services.manage_jobs.get(creator, job.id)).job.metadata == {
        "kind": "nightly"
    }


async def test_expired_job_cannot_be_run_by_hand(house: House) -> None:
    """Running an expired job by hand pauses it, writes no execution and says so."""
    user = await house.user()
    job = a_job(created_by=user.user_id, end_date=date(2026, 11, 1))
    await house.stored_job(job)
    with pytest.raises(ValueError, match="passed its end_date and was auto-paused"):
        await house.services.run_jobs.by_hand(user, job.id, {})
    assert await house.history() == []
    assert not (await house.services.manage_jobs.get(user, job.id)).job.is_active


async def test_job_without_target_cannot_be_run_by_hand(house: House) -> None:
    """A stored job that names nothing to call is refused before a row is written."""
    user = await house.user()
    job = a_job(created_by=user.user_id, target_url=None)
    await house.stored_job(job)
    with pytest.raises(ValueError, match="no valid target configuration"):
        await house.services.run_jobs.by_hand(user, job.id, {})
    with pytest.raises(LookupError):
        await house.services.run_jobs.by_hand(user, JobId("nowhere"), {})
    assert await house.history() == []


async def test_undelivered_runs_are_recorded_when_the_process_stops(house: House) -> None:
    """What was claimed and not delivered before the stop ends as interrupted, not as running."""
    await house.start()
    job = await house.job(await house.user())
    house.clock.tick(31)
    await house.scheduler.fire()
    await house.services.keep_schedule.stop()
    left = await house.queue.stop(0)
    await house.services.recover_runs.close(left)
    (run,) = await house.history(job.id)
    assert (run.status, run.reason) == ("failed", "interrupted")
