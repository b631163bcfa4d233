"""The history: lists, single executions, statistics and runs by hand (contract 4.6, 4.10)."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from cronjobs_core.domain.executions import (
    Execution,
    ExecutionFilter,
    ExecutionStatus,
    ListedExecution,
    Reason,
    TriggerType,
)
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.domain.overrides import MAX_TOKEN
from cronjobs_core.domain.paging import MAX_PAGE, DateRange, Page
from cronjobs_core.domain.targets import MAX_GITHUB_NAME, MAX_URL
from cronjobs_http.access import JsonBodyDep, MayExecuteJobs, MayRead, ServicesDep
from cronjobs_http.openapi import documented_body
from cronjobs_http.wire import Instant, Since, Until, WireModel

router = APIRouter(tags=["executions"])

MAX_LIMIT = 200


class ExecutionOut(WireModel):
    """An execution. `scheduled_for` is null for runs by hand; durations are in seconds."""

    id: str
    job_id: str
    status: ExecutionStatus
    trigger_type: TriggerType
    scheduled_for: Instant | None
    started_at: Instant
    completed_at: Instant | None
    duration_seconds: float | None
    execution_type: str | None
    target: str | None
    response_status: int | None
    error_message: str | None
    output: str | None
    reason: Reason | None
    attempt: int
    triggered_by: str | None
    github_run: dict[str, Any] | None = None


class ListedExecutionOut(ExecutionOut):
    """An execution with the name and repository of its job."""

    job_name: str
    github_repo: str | None

    @classmethod
    def of(cls, listed: ListedExecution) -> "ListedExecutionOut":
        """The wire form of a listed execution."""
        shown = ExecutionOut.model_validate(listed.execution)
        return cls(**shown.model_dump(), job_name=listed.job_name, github_repo=listed.github_repo)


class ExecutionPage(WireModel):
    """One page, newest first; `total` counts everything that matches."""

    executions: list[ListedExecutionOut]
    total: int
    page: int
    limit: int
    total_pages: int


class ExecutionAnswer(WireModel):
    """One execution."""

    execution: ListedExecutionOut


class StatisticsOut(WireModel):
    """Counts over all jobs or one. Skipped and missed occurrences are no part of the total."""

    total_executions: int
    successful_executions: int
    failed_executions: int
    running_executions: int
    skipped_executions: int
    missed_executions: int
    success_rate: float
    average_duration_seconds: float
    range: dict[str, Instant | None]


class JobRef(WireModel):
    """A job's id and name."""

    id: str
    name: str


class JobExecutionAnswer(WireModel):
    """One execution of a job."""

    job: JobRef
    execution: ExecutionOut


class JobExecutions(WireModel):
    """The newest executions of a job; `total_executions` counts everything that matches."""

    job_id: str
    job_name: str
    total_executions: int
    executions: list[ExecutionOut]


class JobStatisticsOut(WireModel):
    """Counts of one job. The average is over successes, in seconds; null where there is none."""

    total_executions: int
    success_count: int
    failed_count: int
    running_count: int
    skipped_count: int
    missed_count: int
    success_rate: float
    average_duration_seconds: float | None


class JobStatisticsAnswer(WireModel):
    """The statistics of a job and its newest execution."""

    job_id: str
    job_name: str
    statistics: JobStatisticsOut
    latest_execution: ExecutionOut | None


class JobTriggered(WireModel):
    """A job was run by hand; the execution is finished, whatever its outcome."""

    message: str = "Job triggered successfully"
    job_id: str
    execution_id: str
    execution: ExecutionOut


class ExecuteIn(BaseModel):
    """What this one run does differently; nothing of it is stored."""

    metadata: dict[str, Any] | None = Field(None, description="Also read as `inputs`.")
    target_url: str | None = Field(None, max_length=MAX_URL, description="Of webhook jobs.")
    dispatch_url: str | None = Field(None, max_length=MAX_URL, description="Of GitHub jobs.")
    github_owner: str | None = Field(None, max_length=MAX_GITHUB_NAME)
    github_repo: str | None = Field(None, max_length=MAX_GITHUB_NAME)
    github_workflow_name: str | None = Field(None, max_length=MAX_GITHUB_NAME)
    github_token: str | None = Field(None, max_length=MAX_TOKEN, description="Never stored.")


Text = Annotated[str | None, Query(max_length=200)]


async def narrowed(
    *,
    status: Annotated[str | None, Query(description="One or a comma-separated list.")] = None,
    trigger_type: Text = None,
    execution_type: Text = None,
    since: Since = None,
    to: Until = None,
) -> ExecutionFilter:
    """The executions that a query asks for; raises InvalidInput for a senseless date range."""
    bounds = DateRange.parse(since, to)
    statuses = [part.strip() for part in (status or "").split(",")]
    return ExecutionFilter(
        statuses=tuple(one for one in statuses if one),
        trigger_type=trigger_type or None,
        execution_type=execution_type or None,
        since=bounds.since,
        until=bounds.until,
    )


Narrowed = Annotated[ExecutionFilter, Depends(narrowed)]


async def narrowed_by_job(where: Narrowed, job_id: Text = None) -> ExecutionFilter:
    """The same, for lists over all jobs."""
    return replace(where, job_id=JobId(job_id)) if job_id else where


NarrowedByJob = Annotated[ExecutionFilter, Depends(narrowed_by_job)]
PageNumber = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@router.get("/executions")
async def list_executions(
    actor: MayRead, core: ServicesDep, where: NarrowedByJob, page: PageNumber = 1, limit: int = 20
) -> ExecutionPage:
    """List executions of all jobs, newest first; `limit` is clamped to 1..200."""
    wanted = Page(page, _clamped(limit))
    found, total = await core.read_executions.page(actor, where, wanted)
    return ExecutionPage(
        executions=[ListedExecutionOut.of(one) for one in found],
        total=total,
        page=wanted.number,
        limit=wanted.size,
        total_pages=wanted.count(total),
    )


@router.get("/executions/statistics")
async def statistics(actor: MayRead, core: ServicesDep, where: NarrowedByJob) -> StatisticsOut:
    """Count executions by outcome."""
    found = await core.read_executions.statistics(actor, where)
    return StatisticsOut(
        total_executions=found.total,
        successful_executions=found.success,
        failed_executions=found.failed,
        running_executions=found.running,
        skipped_executions=found.skipped,
        missed_executions=found.missed,
        success_rate=found.success_rate,
        average_duration_seconds=round(found.average_of_all or 0.0, 2),
        range={"from": where.since, "to": where.until},
    )


@router.get("/executions/{execution_id}")
async def get_execution(execution_id: str, actor: MayRead, core: ServicesDep) -> ExecutionAnswer:
    """Read an execution."""
    found = await core.read_executions.get(actor, ExecutionId(execution_id))
    return ExecutionAnswer(execution=ListedExecutionOut.of(found))


@router.get("/jobs/{job_id}/executions")
async def list_executions_of_job(
    job_id: str, actor: MayRead, core: ServicesDep, where: Narrowed, limit: int = 50
) -> JobExecutions:
    """List the newest executions of a job; `limit` is clamped to 1..200."""
    history = await core.read_executions.of_job(actor, JobId(job_id), where, _clamped(limit))
    return JobExecutions(
        job_id=history.job.id,
        job_name=history.job.name,
        total_executions=history.total,
        executions=[_shown(one) for one in history.executions],
    )


@router.get("/jobs/{job_id}/executions/stats")
async def statistics_of_job(job_id: str, actor: MayRead, core: ServicesDep) -> JobStatisticsAnswer:
    """Count the executions of a job by outcome."""
    found = await core.read_executions.statistics_of_job(actor, JobId(job_id))
    counts = found.statistics
    average = counts.average_of_successes
    return JobStatisticsAnswer(
        job_id=found.job.id,
        job_name=found.job.name,
        statistics=JobStatisticsOut(
            total_executions=counts.total,
            success_count=counts.success,
            failed_count=counts.failed,
            running_count=counts.running,
            skipped_count=counts.skipped,
            missed_count=counts.missed,
            success_rate=counts.success_rate,
            average_duration_seconds=None if average is None else round(average, 2),
        ),
        latest_execution=_shown(found.latest) if found.latest is not None else None,
    )


@router.get("/jobs/{job_id}/executions/{execution_id}")
async def get_execution_of_job(
    job_id: str, execution_id: str, actor: MayRead, core: ServicesDep
) -> JobExecutionAnswer:
    """Read an execution of a job."""
    job, execution = await core.read_executions.one_of_job(
        actor, JobId(job_id), ExecutionId(execution_id)
    )
    return JobExecutionAnswer(job=JobRef.model_validate(job), execution=_shown(execution))


@router.post("/jobs/{job_id}/execute", openapi_extra=documented_body(ExecuteIn, required=False))
async def execute_job(
    job_id: str, actor: MayExecuteJobs, body: JsonBodyDep, core: ServicesDep
) -> JobTriggered:
    """Run a job now and answer when the run has ended."""
    await core.run_jobs.check_by_hand(actor, JobId(job_id))
    execution = await core.run_jobs.by_hand(actor, JobId(job_id), await body.read_optional())
    return JobTriggered(
        job_id=execution.job_id, execution_id=execution.id, execution=_shown(execution)
    )


def _shown(execution: Execution) -> ExecutionOut:
    return ExecutionOut.model_validate(execution)


def _clamped(limit: int) -> int:
    return max(1, min(limit, MAX_LIMIT))
