# ruff: noqa: D102 -- documented on the port
"""Executions of the store in memory; what each method does is said on the port."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from cronjobs_core.domain.executions import (
    Execution,
    ExecutionFilter,
    ExecutionStatus,
    ListedExecution,
    Statistics,
)
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.domain.paging import Page
from cronjobs_core.testing.memory_tables import Tables, as_stored, cut


@dataclass(frozen=True, slots=True)
class MemoryExecutions:
    """Implements `ports.job_repositories.Executions`."""

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
