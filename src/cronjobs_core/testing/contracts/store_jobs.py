"""The repository of jobs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cronjobs_core.domain.errors import DuplicateJobName
from cronjobs_core.domain.executions import ExecutionStatus
from cronjobs_core.domain.jobs import ListedJob
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import (
    NOON,
    a_job,
    a_notification,
    a_user,
    an_audit_entry,
    an_execution,
)
from cronjobs_core.testing.contracts.store_case import StoreCase, committing, found, given, told

HOUR = timedelta(hours=1)


class JobsContract(StoreCase):
    """What `ports.job_repositories.Jobs` says of single jobs, a test for each sentence."""

    async def test_a_job_name_is_taken_once(self, store: Store) -> None:
        """Adding a job raises DuplicateJobName where another has its name, and names it."""
        await given(store, a_job(name="Nightly"))
        with pytest.raises(DuplicateJobName, match='"Nightly"'):
            await given(store, a_job(name="Nightly"))
        async with store.reading() as unit:
            assert await unit.jobs.count() == 1

    @pytest.mark.parametrize("other", ["nightly", "NIGHTLY", "Nightly ", " Nightly", "Nìghtly"])
    async def test_job_names_are_unique_to_the_letter(self, store: Store, other: str) -> None:
        """Names that differ in case, blanks or accents are different names."""
        first, second = a_job(name="Nightly"), a_job(name=other)
        await given(store, first, second)
        async with store.reading() as unit:
            assert await found(unit, first) == first
            assert await found(unit, second) == second

    async def test_getting_no_job(self, store: Store) -> None:
        """Getting a job that does not exist gives None."""
        await given(store, a_job())
        async with store.reading() as unit:
            assert await unit.jobs.get(a_job().id) is None

    async def test_a_listed_job_has_its_newest_start(self, store: Store) -> None:
        """A listed job comes with the newest `started_at` of its own executions."""
        job, other = a_job(), a_job()
        starts = [NOON, NOON + 2 * HOUR, NOON + HOUR]
        own = [an_execution(job_id=job.id, started_at=start) for start in starts]
        await given(store, job, other, *own)
        await given(store, an_execution(job_id=other.id, started_at=NOON + 9 * HOUR))
        async with store.reading() as unit:
            listed = await unit.jobs.get_listed(job.id)
        assert listed == ListedJob(job=job, last_execution_at=NOON + 2 * HOUR)

    async def test_a_listed_job_without_executions(self, store: Store) -> None:
        """A listed job that never ran has no last execution."""
        job = a_job()
        await given(store, job)
        async with store.reading() as unit:
            listed = await unit.jobs.get_listed(job.id)
        assert listed == ListedJob(job=job, last_execution_at=None)

    async def test_listing_no_job(self, store: Store) -> None:
        """Getting a listed job that does not exist gives None."""
        async with store.reading() as unit:
            assert await unit.jobs.get_listed(a_job().id) is None

    async def test_many_gives_those_that_exist(self, store: Store) -> None:
        """Those of the asked jobs that exist are given by id, and no others."""
        first, second, not_asked = a_job(), a_job(), a_job()
        await given(store, first, second, not_asked)
        async with store.reading() as unit:
            many = await unit.jobs.many([second.id, a_job().id, first.id])
            none = await unit.jobs.many([])
        assert many == {first.id: first, second.id: second}
        assert none == {}

    async def test_active_jobs(self, store: Store) -> None:
        """The active jobs are those with `is_active`."""
        first, paused, second = a_job(), a_job(is_active=False), a_job()
        await given(store, first, paused, second)
        async with store.reading() as unit:
            active = await unit.jobs.active()
        assert sorted(active, key=lambda job: job.id) == [first, second]

    async def test_counting_jobs(self, store: Store) -> None:
        """The count of jobs includes those that are not active."""
        jobs = [a_job(), a_job(is_active=False), a_job()]
        await given(store, *jobs)
        async with store.reading() as unit:
            assert await unit.jobs.count() == len(jobs)

    async def test_jobs_that_ended(self, store: Store) -> None:
        """Active jobs whose end date lies before the day are given by id; the day is not before."""
        day = date(2026, 3, 1)
        first, second = a_job(end_date=date(2026, 2, 28)), a_job(end_date=date(2025, 1, 1))
        on_the_day, endless = a_job(end_date=day), a_job(end_date=None)
        paused = a_job(end_date=date(2026, 2, 1), is_active=False)
        await given(store, second, on_the_day, first, endless, paused)
        async with store.reading() as unit:
            assert await unit.jobs.ended_before(day) == [first, second]

    async def test_whether_a_name_is_taken(self, store: Store) -> None:
        """A name is taken where a job has exactly this name."""
        await given(store, a_job(name="Nightly"))
        async with store.reading() as unit:
            assert await unit.jobs.name_taken("Nightly")
            assert not await unit.jobs.name_taken("nightly")
            assert not await unit.jobs.name_taken("Night")

    async def test_the_named_job_does_not_take_its_own_name(self, store: Store) -> None:
        """A name is not taken by the job that is named, but by any other."""
        job, other = a_job(name="Nightly"), a_job()
        await given(store, job, other)
        async with store.reading() as unit:
            assert not await unit.jobs.name_taken("Nightly", other_than=job.id)
            assert await unit.jobs.name_taken("Nightly", other_than=other.id)

    async def test_updating_a_job(self, store: Store) -> None:
        """An updated job stands in place of the one with its id, and of no other."""
        job, other = a_job(), a_job()
        changed = replace(
            a_job(name=job.name, cron_expression="*/5 * * * *", target_url=None, is_active=False),
            id=job.id,
            metadata={"branch": "next"},
            end_date=None,
            notification_emails=("a@example.com",),
            created_at=NOON - HOUR,
            updated_at=NOON + HOUR,
        )
        await given(store, job, other)
        async with committing(store) as unit:
            await unit.jobs.update(changed)
        async with store.reading() as unit:
            assert await unit.jobs.many([job.id, other.id]) == {job.id: changed, other.id: other}

    async def test_updating_a_job_that_is_gone(self, store: Store) -> None:
        """An update of a job that is gone leaves it gone."""
        job = a_job()
        async with committing(store) as unit:
            await unit.jobs.update(job)
        async with store.reading() as unit:
            assert await unit.jobs.get(job.id) is None
            assert await unit.jobs.count() == 0

    async def test_updating_to_a_taken_name(self, store: Store) -> None:
        """An update raises DuplicateJobName where another job has the name."""
        job, other = a_job(), a_job(name="Nightly")
        await given(store, job, other)
        with pytest.raises(DuplicateJobName, match='"Nightly"'):
            async with committing(store) as unit:
                await unit.jobs.update(replace(job, name="Nightly"))
        async with store.reading() as unit:
            assert await unit.jobs.get(job.id) == job

    async def test_deleting_a_job(self, store: Store) -> None:
        """A deleted job is gone, and with it its name and nothing else."""
        job, other = a_job(name="Nightly"), a_job()
        await given(store, job, other)
        async with committing(store) as unit:
            await unit.jobs.delete(job.id)
        async with store.reading() as unit:
            assert await found(unit, job) is None
            assert await found(unit, other) == other
            assert await unit.jobs.count() == 1
            assert not await unit.jobs.name_taken("Nightly")

    async def test_deleting_a_job_deletes_its_executions(self, store: Store) -> None:
        """The executions of a deleted job go with it; those of other jobs stay."""
        job, other = a_job(), a_job()
        await given(store, job, other)
        gone = an_execution(job_id=job.id)
        gone_too = an_execution(job_id=job.id, status=ExecutionStatus.SUCCESS)
        kept = an_execution(job_id=other.id)
        await given(store, gone, gone_too, kept)
        async with committing(store) as unit:
            await unit.jobs.delete(job.id)
        async with store.reading() as unit:
            assert await found(unit, gone) is None
            assert await found(unit, gone_too) is None
            assert await found(unit, kept) == kept

    async def test_notifications_outlive_their_job(self, store: Store) -> None:
        """Notifications about a deleted job and its executions stay and name nothing."""
        user, job, other = a_user(), a_job(), a_job()
        execution, others = an_execution(job_id=job.id), an_execution(job_id=other.id)
        await given(store, user, job, other, execution, others)
        about = a_notification(
            user_id=user.id, related_job_id=job.id, related_execution_id=execution.id
        )
        about_another = a_notification(
            user_id=user.id, related_job_id=other.id, related_execution_id=others.id
        )
        await given(store, about, about_another)
        async with committing(store) as unit:
            await unit.jobs.delete(job.id)
        async with store.reading() as unit:
            assert await told(unit, user.id) == [
                about_another,
                replace(about, related_job_id=None, related_execution_id=None),
            ]

    async def test_the_audit_log_outlives_its_job(self, store: Store) -> None:
        """Audit entries about a deleted job stay as they are."""
        job = a_job()
        entry = an_audit_entry(entity_id=job.id)
        await given(store, job, entry)
        async with committing(store) as unit:
            await unit.jobs.delete(job.id)
        async with store.reading() as unit:
            assert await found(unit, entry) == entry
