"""Reading the history."""

from dataclasses import dataclass, replace

from cronjobs_core.domain.errors import execution_not_found, job_not_found
from cronjobs_core.domain.executions import (
    Execution,
    ExecutionFilter,
    ListedExecution,
    Statistics,
)
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.masking import shown_execution
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import Reading, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHistory:
    """The newest executions of a job, and how many match in all."""

    job: Job
    executions: list[Execution]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatistics:
    """The outcomes of a job, and its newest execution."""

    job: Job
    statistics: Statistics
    latest: Execution | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadExecutions:
    """Lists, single executions and statistics, for every role."""

    store: Store

    async def page(
        self, actor: Actor, where: ExecutionFilter, page: Page
    ) -> tuple[list[ListedExecution], int]:
        """One page of everything that matches, newest first; and the total."""
        authorise(actor, Action.READ)
        async with self.store.reading() as view:
            found, total = await view.executions.page(where, page)
        return [_shown(one, actor) for one in found], total

    async def get(self, actor: Actor, execution_id: ExecutionId) -> ListedExecution:
        """One execution; raises NotFound."""
        authorise(actor, Action.READ)
        async with self.store.reading() as view:
            found = await view.executions.get(execution_id)
        if found is None:
            raise execution_not_found(execution_id)
        return _shown(found, actor)

    async def statistics(self, actor: Actor, where: ExecutionFilter) -> Statistics:
        """Counts and averages over everything that matches; zeros for an unknown job."""
        authorise(actor, Action.READ)
        async with self.store.reading() as view:
            return await view.executions.statistics(where)

    async def of_job(
        self, actor: Actor, job_id: JobId, where: ExecutionFilter, limit: int
    ) -> JobHistory:
        """The newest `limit` executions of a job that match; raises NotFound for the job."""
        authorise(actor, Action.READ)
        async with self.store.reading() as view:
            job = await _job(view, job_id)
            found, total = await view.executions.page(replace(where, job_id=job_id), Page(1, limit))
        executions = [shown_execution(one.execution, actor) for one in found]
        return JobHistory(job=job, executions=executions, total=total)

    async def one_of_job(
        self, actor: Actor, job_id: JobId, execution_id: ExecutionId
    ) -> tuple[Job, Execution]:
        """One execution of a job; raises NotFound for either."""
        authorise(actor, Action.READ)
        async with self.store.reading() as view:
            job = await _job(view, job_id)
            found = await view.executions.get(execution_id)
        if found is None or found.execution.job_id != job_id:
            raise execution_not_found(execution_id, job_id)
        return job, shown_execution(found.execution, actor)

    async def statistics_of_job(self, actor: Actor, job_id: JobId) -> JobStatistics:
        """The outcomes of a job; raises NotFound."""
        authorise(actor, Action.READ)
        where = ExecutionFilter(job_id=job_id)
        async with self.store.reading() as view:
            job = await _job(view, job_id)
            statistics = await view.executions.statistics(where)
            newest, _ = await view.executions.page(where, Page(1, 1))
        latest = shown_execution(newest[0].execution, actor) if newest else None
        return JobStatistics(job=job, statistics=statistics, latest=latest)


def _shown(listed: ListedExecution, actor: Actor) -> ListedExecution:
    execution = shown_execution(listed.execution, actor)
    return listed if execution is listed.execution else replace(listed, execution=execution)


async def _job(view: Reading, job_id: JobId) -> Job:
    job = await view.jobs.get(job_id)
    if job is None:
        raise job_not_found(job_id)
    return job
