"""Repositories of jobs in memory that have one fault each.

The docstring says what a repository does wrong; `caught_by` names the test whose sentence it
breaks.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from cronjobs_core.domain.errors import DuplicateJobName
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import Job, JobOrder, JobQuery, ListedJob
from cronjobs_core.domain.paging import Page
from cronjobs_core.testing.memory_jobs import MemoryJobs


class CutsInstants(MemoryJobs):
    """Jobs lose the fraction of a second."""

    caught_by = "test_instants_come_back_to_the_microsecond"

    async def add(self, job: Job) -> None:
        await super().add(replace(job, created_at=job.created_at.replace(microsecond=0)))


class SortsTuples(MemoryJobs):
    """The addresses of a job come back in another order."""

    caught_by = "test_tuples_come_back_equal"

    async def add(self, job: Job) -> None:
        addresses = tuple(sorted(job.notification_emails))
        await super().add(replace(job, notification_emails=addresses))


class ComparesNamesWithoutCase(MemoryJobs):
    """Names that differ in case are taken for the same."""

    caught_by = "test_job_names_are_unique_to_the_letter"

    async def name_taken(self, name: str, *, other_than: JobId | None = None) -> bool:
        return any(
            job.name.lower() == name.lower() and job.id != other_than
            for job in self.tables.jobs.values()
        )


class EndsTooEarly(MemoryJobs):
    """A job counts as ended on its last day."""

    caught_by = "test_jobs_that_ended"

    async def ended_before(self, day: date) -> list[Job]:
        return await super().ended_before(day + timedelta(days=1))


class BringsJobsBack(MemoryJobs):
    """An update stores a job that was deleted."""

    caught_by = "test_updating_a_job_that_is_gone"

    async def update(self, job: Job) -> None:
        await self.add(job)


class KeepsExecutions(MemoryJobs):
    """The executions of a deleted job stay."""

    caught_by = "test_deleting_a_job_deletes_its_executions"

    async def delete(self, job_id: JobId) -> None:
        kept = dict(self.tables.executions)
        await super().delete(job_id)
        self.tables.executions.update(kept)


class DeletesNotifications(MemoryJobs):
    """The notifications about a deleted job go with it."""

    caught_by = "test_notifications_outlive_their_job"

    async def delete(self, job_id: JobId) -> None:
        await super().delete(job_id)
        for told in list(self.tables.notifications.values()):
            if told.related_job_id is None:
                del self.tables.notifications[told.id]


class ListsTheOldestFirst(MemoryJobs):
    """The list of jobs is the wrong way round."""

    caught_by = "test_without_a_wish_the_newest_job_is_first"

    async def find(self, query: JobQuery, page: Page | None = None) -> tuple[list[ListedJob], int]:
        return await super().find(replace(query, descending=not query.descending), page)


class TakesTextsForPatterns(MemoryJobs):
    """A per cent sign in a search stands for any text."""

    caught_by = "test_a_query_finds_the_jobs_that_match"

    async def find(self, query: JobQuery, page: Page | None = None) -> tuple[list[ListedJob], int]:
        start = query.search and query.search.split("%")[0]
        return await super().find(replace(query, search=start), page)


class SortsCapitalsFirst(MemoryJobs):
    """Names are sorted with regard to case."""

    caught_by = "test_jobs_are_sorted_as_asked"

    async def find(self, query: JobQuery, page: Page | None = None) -> tuple[list[ListedJob], int]:
        listed, total = await super().find(query, page)
        if query.sort_by is JobOrder.NAME:
            listed.sort(key=lambda one: one.job.name, reverse=query.descending)
        return listed, total


class ListsNullFirst(MemoryJobs):
    """Downwards, jobs without an end date come before those that have one."""

    caught_by = "test_jobs_are_sorted_downwards_as_asked"

    async def find(self, query: JobQuery, page: Page | None = None) -> tuple[list[ListedJob], int]:
        listed, total = await super().find(query, page)
        if query.sort_by is JobOrder.END_DATE and query.descending:
            listed.sort(key=lambda one: one.job.end_date is not None)
        return listed, total


class TurnsTheIdsRound(MemoryJobs):
    """Downwards, jobs that sort alike are listed by id descending."""

    caught_by = "test_jobs_that_sort_alike_are_listed_by_id"

    async def find(self, query: JobQuery, page: Page | None = None) -> tuple[list[ListedJob], int]:
        listed, total = await super().find(replace(query, descending=False), page)
        return listed[::-1] if query.descending else listed, total


class CountsThePageOfJobs(MemoryJobs):
    """The total is the number of jobs on the page."""

    caught_by = "test_pages_of_jobs_follow_each_other"

    async def find(self, query: JobQuery, page: Page | None = None) -> tuple[list[ListedJob], int]:
        listed, _ = await super().find(query, page)
        return listed, len(listed)


class StoresSomeOfMany(MemoryJobs):
    """Of many jobs those before the one that is refused are stored."""

    caught_by = "test_of_many_jobs_all_are_stored_or_none"

    async def add_many(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            await self.add(job)


class OverlooksRepeatedNames(MemoryJobs):
    """Names are compared with those that are stored, and not with each other."""

    caught_by = "test_many_jobs_with_a_repeated_name_are_refused"

    async def add_many(self, jobs: Sequence[Job]) -> None:
        for name in await self.names_taken([job.name for job in jobs]):
            raise DuplicateJobName(name)
        self.tables.writable().jobs.update({job.id: job for job in jobs})


class MovesActiveJobsOnly(MemoryJobs):
    """Paused jobs stay in their category."""

    caught_by = "test_the_jobs_of_a_slug_are_moved"

    async def move_to_category(self, old: str, new: str) -> int:
        paused = [job for job in self.tables.jobs.values() if not job.is_active]
        moved = await super().move_to_category(old, new)
        self.tables.jobs.update({job.id: job for job in paused})
        return moved
