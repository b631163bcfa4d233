"""Repositories in memory that have one fault each.

The docstring says what a repository does wrong; `caught_by` names the test whose sentence it
breaks.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from cronjobs_core.domain.errors import AccountTaken, CronjobsError
from cronjobs_core.domain.executions import Execution, ExecutionFilter, ListedExecution, Statistics
from cronjobs_core.domain.ids import ExecutionId, JobId, UserId
from cronjobs_core.domain.jobs import Job, ListedJob
from cronjobs_core.domain.notifications import Audience, Notification
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.taxonomy import Category
from cronjobs_core.domain.users import User
from cronjobs_core.testing.memory_jobs import MemoryExecutions, MemoryJobs
from cronjobs_core.testing.memory_repositories import (
    MemoryNotifications,
    MemoryTaxonomy,
    MemoryUsers,
)


class CutsInstants(MemoryJobs):
    """Jobs lose the fraction of a second."""

    caught_by = "test_instants_come_back_to_the_microsecond"

    async def add(self, job: Job) -> None:
        await super().add(replace(job, created_at=job.created_at.replace(microsecond=0)))


class KeepsZones(MemoryUsers):
    """Users come back with their instants in the zone in which they were given."""

    caught_by = "test_instants_come_back_in_utc"

    async def add(self, user: User) -> None:
        await super().add(user)
        self.tables.users[user.id] = user


class TrimsTexts(MemoryNotifications):
    """Texts lose the blanks at their ends."""

    caught_by = "test_texts_come_back_unchanged"

    async def add(self, notifications: Sequence[Notification]) -> None:
        await super().add([replace(one, message=one.message.strip()) for one in notifications])


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


class ListsTheOldestFirst(MemoryJobs):
    """The list of jobs is the wrong way round."""

    caught_by = "test_the_list_has_the_newest_job_first"

    async def list_all(self) -> list[ListedJob]:
        return sorted(await super().list_all(), key=lambda one: (one.job.created_at, one.job.id))


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


class AcceptsAnOccurrenceTwice(MemoryExecutions):
    """A claim takes an occurrence that has an execution."""

    caught_by = "test_a_claim_stores_free_occurrences"

    async def claim(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        claimed: set[ExecutionId] = set()
        for one in executions:
            planned = one.scheduled_for
            claimed |= await super().claim([replace(one, scheduled_for=None)])
            if one.id in claimed:
                self.tables.executions[one.id] = replace(one, scheduled_for=planned)
        return claimed


class RaisesOnALostRace(MemoryExecutions):
    """A claim that loses is an error."""

    caught_by = "test_losing_is_no_error"

    async def claim(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        claimed = await super().claim(executions)
        if executions and not claimed:
            raise CronjobsError("occurrence taken")
        return claimed


class RefusesManualRuns(MemoryExecutions):
    """A job may run by hand only once at a time."""

    caught_by = "test_manual_runs_are_never_refused"

    async def claim(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        busy = await self.running_jobs({one.job_id for one in executions})
        return await super().claim(
            [one for one in executions if one.scheduled_for or one.job_id not in busy]
        )


class OverwritesOutcomes(MemoryExecutions):
    """A second outcome replaces the first."""

    caught_by = "test_a_finished_execution_is_left_as_it_is"

    async def finish(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        rows = self.tables.writable().executions
        known = [one for one in executions if one.id in rows]
        rows.update({one.id: one for one in known})
        return {one.id for one in known}


class CountsThePageOnly(MemoryExecutions):
    """The total is the number of what stands on the page."""

    caught_by = "test_every_page_has_the_total"

    async def page(self, where: ExecutionFilter, page: Page) -> tuple[list[ListedExecution], int]:
        listed, _ = await super().page(where, page)
        return listed, len(listed)


class IncludesTheEndOfARange(MemoryExecutions):
    """A range holds the instant at which it ends."""

    caught_by = "test_a_page_holds_what_matches"

    async def page(self, where: ExecutionFilter, page: Page) -> tuple[list[ListedExecution], int]:
        until = where.until and where.until + timedelta(microseconds=1)
        return await super().page(replace(where, until=until), page)


class CountsSkippedAsFailed(MemoryExecutions):
    """Statistics hold what was skipped against the job."""

    caught_by = "test_statistics_count_every_status_apart"

    async def statistics(self, where: ExecutionFilter) -> Statistics:
        counted = await super().statistics(where)
        return replace(counted, failed=counted.failed + counted.skipped, skipped=0)


class AveragesOverFailures(MemoryExecutions):
    """The average of successes includes failures."""

    caught_by = "test_averages_are_of_successes_and_of_all"

    async def statistics(self, where: ExecutionFilter) -> Statistics:
        counted = await super().statistics(where)
        return replace(counted, average_of_successes=counted.average_of_all)


class TellsTheAddressFirst(MemoryUsers):
    """Where both are taken, the address is told."""

    caught_by = "test_a_taken_user_name_is_told_first"

    async def add(self, user: User) -> None:
        if any(one.email == user.email for one in self.tables.users.values()):
            raise AccountTaken("Email")
        await super().add(user)


class LooksLoginsUpToTheLetter(MemoryUsers):
    """A login in other letters finds nobody."""

    caught_by = "test_a_login_is_a_user_name"

    async def by_login(self, login: str) -> User | None:
        known = {name for one in self.tables.users.values() for name in (one.username, one.email)}
        return await super().by_login(login) if login in known else None


class TellsThoseWhoLeft(MemoryUsers):
    """Users that are not active are told as well."""

    caught_by = "test_everyone_is_every_active_user"

    async def in_audience(self, audience: Audience) -> list[UserId]:
        return (
            sorted(self.tables.users) if audience.everyone else await super().in_audience(audience)
        )


class HidesInactiveCategories(MemoryTaxonomy):
    """Categories that are not active are left out."""

    caught_by = "test_categories_are_listed_by_name"

    async def categories(self) -> list[Category]:
        return [one for one in await super().categories() if one.is_active]


class CountsEverybodys(MemoryNotifications):
    """The total counts the notifications of all users."""

    caught_by = "test_notifications_are_the_users_own"

    async def of_user(self, user_id: UserId, page: Page) -> tuple[list[Notification], int]:
        own, _ = await super().of_user(user_id, page)
        return own, len(self.tables.notifications)
