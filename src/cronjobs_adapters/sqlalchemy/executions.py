"""The history."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update

from cronjobs_adapters.sqlalchemy.rows import columns, from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import RUNNING, job_executions, jobs
from cronjobs_adapters.sqlalchemy.transaction import Read, Transaction
from cronjobs_core.domain.executions import (
    Execution,
    ExecutionFilter,
    ExecutionStatus,
    ListedExecution,
    Statistics,
)
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.domain.paging import Page

_OCCURRENCE: Final = ("job_id", "scheduled_for")
_RUNS: Final = job_executions.c
_LISTED: Final = select(
    *columns(Execution), jobs.c.name.label("job_name"), jobs.c.github_repo.label("github_repo")
).join_from(job_executions, jobs)


@dataclass(frozen=True, slots=True)
class SqlExecutions:
    """Implements `ports.job_repositories.Executions`."""

    transaction: Transaction

    async def claim(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        self.transaction.require_writing()
        there = await self.transaction.held(jobs.c.id, {one.job_id for one in executions})
        rows = [to_row(one) for one in executions if one.job_id in there]
        stored = await self.transaction.insert_absent(job_executions, _OCCURRENCE, rows)
        return {ExecutionId(one) for one in stored}

    async def get(self, execution_id: ExecutionId) -> ListedExecution | None:
        wanted = _LISTED.where(_RUNS.id == execution_id)
        row = await self.transaction.row(wanted, lock=job_executions)
        return None if row is None else _listed(row)

    async def finish(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        self.transaction.require_writing()
        running = select(_RUNS.id).where(_RUNS.status == RUNNING)
        outcomes = {one.id: one for one in reversed(executions)}  # the first outcome counts
        rows = await self.transaction.rows_among(running, _RUNS.id, outcomes, lock=job_executions)
        finished = [outcomes[row.id] for row in rows]
        if finished:
            change = update(job_executions).where(_RUNS.id == bindparam("wanted"))
            values = [{"wanted": one.id, **to_row(one)} for one in finished]
            await self.transaction.write(change, values)
        return {one.id for one in finished}

    async def running_jobs(self, job_ids: Collection[JobId]) -> set[JobId]:
        running = select(_RUNS.job_id).where(_RUNS.status == RUNNING).distinct()
        rows = await self.transaction.rows_among(running, _RUNS.job_id, job_ids)
        return {row.job_id for row in rows}

    async def page(self, where: ExecutionFilter, page: Page) -> tuple[list[ListedExecution], int]:
        conditions = _conditions(where)
        order = (_RUNS.started_at.desc(), _RUNS.id.desc())
        listed = _LISTED.where(*conditions).order_by(*order)
        rows = await self.transaction.rows(listed.limit(page.size).offset(page.offset))
        total = await self.transaction.count(job_executions, *conditions)
        return [_listed(row) for row in rows], total

    async def statistics(self, where: ExecutionFilter) -> Statistics:
        row = await self.transaction.row(_STATISTICS.where(*_conditions(where)))
        return Statistics() if row is None else Statistics(**row._asdict())


def _statistics() -> Select[*tuple[object, ...]]:
    """One row with a column for each field of Statistics."""
    counts = [
        func.count().filter(_RUNS.status == status).label(status.value)
        for status in ExecutionStatus
    ]
    succeeded = _RUNS.status == ExecutionStatus.SUCCESS
    duration = _RUNS.duration_seconds
    return select(
        *counts,
        func.avg(duration).filter(succeeded).label("average_of_successes"),
        func.avg(duration).label("average_of_all"),
    )


_STATISTICS: Final = _statistics()


def _conditions(where: ExecutionFilter) -> list[ColumnElement[bool]]:
    """What the filter asks for; a field that is None or empty asks for nothing."""
    asked = {
        _RUNS.job_id: where.job_id,
        _RUNS.trigger_type: where.trigger_type,
        _RUNS.execution_type: where.execution_type,
    }
    conditions = [column == value for column, value in asked.items() if value is not None]
    if where.statuses:
        conditions.append(_RUNS.status.in_(where.statuses))
    if where.since is not None:
        conditions.append(_RUNS.started_at >= where.since)
    if where.until is not None:
        conditions.append(_RUNS.started_at < where.until)
    return conditions


def _listed(row: Read) -> ListedExecution:
    return ListedExecution(
        execution=from_row(Execution, row),
        job_name=row.job_name,
        github_repo=row.github_repo,
    )
