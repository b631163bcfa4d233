# ruff: noqa: D102 -- documented on the port
"""Jobs and executions of the store in memory; what each method does is said on the port."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean

from cronjobs_core.domain.errors import DuplicateJobName
from cronjobs_core.domain.executions import (
    Execution,
    ExecutionFilter,
    ExecutionStatus,
    ListedExecution,
    Statistics,
)
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.domain.jobs import Job, ListedJob
from cronjobs_core.domain.paging import Page
from cronjobs_core.testing.memory_tables import Tables, as_stored, cut, without_dangling


@dataclass(frozen=True, slots=True)
class MemoryJobs:
    """Implements `ports.store.Jobs`."""

    tables: Tables

    async def add(self, job: Job) -> None:
        await self._store(job)

    async def get(self, job_id: JobId) -> Job | None:
        return self.tables.jobs.get(job_id)

    async def get_listed(self, job_id: JobId) -> ListedJob | None:
        job = self.tables.jobs.get(job_id)
        return None if job is None else self._listed([job])[0]

    async def list_all(self) -> list[ListedJob]:
        by_id = sorted(self.tables.jobs.values(), key=lambda job: job.id)
        return self._listed(sorted(by_id, key=lambda job: job.created_at, reverse=True))

    async def many(self, job_ids: Collection[JobId]) -> dict[JobId, Job]:
        return {one: self.tables.jobs[one] for one in job_ids if one in self.tables.jobs}

    async def active(self) -> list[Job]:
        return [job for job in self.tables.jobs.values() if job.is_active]

    async def count(self) -> int:
        return len(self.tables.jobs)

    async def ended_before(self, day: date) -> list[Job]:
        ended = (job for job in await self.active() if job.end_date and job.end_date < day)
        return sorted(ended, key=lambda job: job.id)

    async def name_taken(self, name: str, *, other_than: JobId | None = None) -> bool:
        return any(job.name == name and job.id != other_than for job in self.tables.jobs.values())

    async def update(self, job: Job) -> None:
        if job.id in self.tables.writable().jobs:
            await self._store(job)

    async def delete(self, job_id: JobId) -> None:
        tables = self.tables.writable()
        tables.jobs.pop(job_id, None)
        for one in [one for one in tables.executions.values() if one.job_id == job_id]:
            del tables.executions[one.id]
        for told in tables.notifications.values():
            tables.notifications[told.id] = without_dangling(tables, told)

    async def _store(self, job: Job) -> None:
        jobs = self.tables.writable().jobs
        if await self.name_taken(job.name, other_than=job.id):
            raise DuplicateJobName(job.name)
        jobs[job.id] = as_stored(job)

    def _listed(self, jobs: Iterable[Job]) -> list[ListedJob]:
        newest: dict[JobId, datetime] = {}
        for one in self.tables.executions.values():
            newest[one.job_id] = max(one.started_at, newest.get(one.job_id, one.started_at))
        return [ListedJob(job=job, last_execution_at=newest.get(job.id)) for job in jobs]


@dataclass(frozen=True, slots=True)
class MemoryExecutions:
    """Implements `ports.store.Executions`."""

    tables: Tables

    async def claim(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        tables = self.tables.writable()
        taken = {(one.job_id, one.scheduled_for) for one in tables.executions.values()}
        claimed: set[ExecutionId] = set()
        for one in executions:
            occurrence = (one.job_id, one.scheduled_for)
            lost = one.scheduled_for is not None and occurrence in taken
            if one.job_id in tables.jobs and not lost:
                taken.add(occurrence)
                claimed.add(one.id)
                tables.executions[one.id] = as_stored(one)
        return claimed

    async def get(self, execution_id: ExecutionId) -> ListedExecution | None:
        execution = self.tables.executions.get(execution_id)
        return None if execution is None else self._listed(execution)

    async def finish(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        rows = self.tables.writable().executions
        finished: set[ExecutionId] = set()
        for one in executions:
            if one.id in rows and not rows[one.id].is_finished:
                rows[one.id] = as_stored(one)
                finished.add(one.id)
        return finished

    async def running_jobs(self, job_ids: Collection[JobId]) -> set[JobId]:
        running = {one.job_id for one in self.tables.executions.values() if not one.is_finished}
        return running.intersection(job_ids)

    async def page(self, where: ExecutionFilter, page: Page) -> tuple[list[ListedExecution], int]:
        found = self._matching(where)
        found.sort(key=lambda one: (one.started_at, one.id), reverse=True)
        return [self._listed(one) for one in cut(found, page)], len(found)

    async def statistics(self, where: ExecutionFilter) -> Statistics:
        found = self._matching(where)
        counts = Counter(one.status for one in found)
        successes = [one for one in found if one.status is ExecutionStatus.SUCCESS]
        return Statistics(
            **{status.value: counts[status] for status in ExecutionStatus},
            average_of_successes=_average_duration(successes),
            average_of_all=_average_duration(found),
        )

    def _matching(self, where: ExecutionFilter) -> list[Execution]:
        return [one for one in self.tables.executions.values() if _matches(one, where)]

    def _listed(self, execution: Execution) -> ListedExecution:
        job = self.tables.jobs[execution.job_id]
        return ListedExecution(execution=execution, job_name=job.name, github_repo=job.github_repo)


def _matches(one: Execution, where: ExecutionFilter) -> bool:
    return (
        where.job_id in {None, one.job_id}
        and (not where.statuses or one.status in where.statuses)
        and where.trigger_type in {None, one.trigger_type}
        and where.execution_type in {None, one.execution_type}
        and (where.since is None or one.started_at >= where.since)
        and (where.until is None or one.started_at < where.until)
    )


def _average_duration(executions: Iterable[Execution]) -> float | None:
    durations = [one.duration_seconds for one in executions if one.duration_seconds is not None]
    return fmean(durations) if durations else None
