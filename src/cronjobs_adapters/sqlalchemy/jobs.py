"""The jobs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import RowMapping, delete, func, insert, select, update

from cronjobs_adapters.sqlalchemy.rows import from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import job_executions, jobs
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.errors import DuplicateJobName
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import Job, ListedJob

# One look into the index (job_id, started_at) for each job, however long its history is.
_NEWEST: Final = (
    select(func.max(job_executions.c.started_at))
    .where(job_executions.c.job_id == jobs.c.id)
    .scalar_subquery()
)
_JOBS: Final = select(jobs)
_LISTED: Final = select(jobs, _NEWEST.label("last_execution_at"))


@dataclass(frozen=True, slots=True)
class SqlJobs:
    """Implements `ports.store.Jobs`."""

    transaction: Transaction

    async def add(self, job: Job) -> None:
        clashes = {jobs.c.name: DuplicateJobName(job.name)}
        await self.transaction.write(insert(jobs), to_row(job), clashes=clashes)

    async def get(self, job_id: JobId) -> Job | None:
        row = await self.transaction.row(_JOBS.where(jobs.c.id == job_id), lock=jobs)
        return None if row is None else from_row(Job, row)

    async def get_listed(self, job_id: JobId) -> ListedJob | None:
        row = await self.transaction.row(_LISTED.where(jobs.c.id == job_id), lock=jobs)
        return None if row is None else _listed(row)

    async def list_all(self) -> list[ListedJob]:
        order = (jobs.c.created_at.desc(), jobs.c.id)
        return [_listed(row) for row in await self.transaction.rows(_LISTED.order_by(*order))]

    async def many(self, job_ids: Collection[JobId]) -> dict[JobId, Job]:
        rows = await self.transaction.rows_among(_JOBS, jobs.c.id, job_ids, lock=jobs)
        return {row["id"]: from_row(Job, row) for row in rows}

    async def active(self) -> list[Job]:
        rows = await self.transaction.rows(_JOBS.where(jobs.c.is_active))
        return [from_row(Job, row) for row in rows]

    async def count(self) -> int:
        return await self.transaction.count(jobs)

    async def ended_before(self, day: date) -> list[Job]:
        ended = _JOBS.where(jobs.c.is_active, jobs.c.end_date < day).order_by(jobs.c.id)
        return [from_row(Job, row) for row in await self.transaction.rows(ended, lock=jobs)]

    async def name_taken(self, name: str, *, other_than: JobId | None = None) -> bool:
        row = await self.transaction.row(select(jobs.c.id).where(jobs.c.name == name))
        return row is not None and row["id"] != other_than

    async def update(self, job: Job) -> None:
        change = update(jobs).where(jobs.c.id == job.id).values(to_row(job))
        clashes = {jobs.c.name: DuplicateJobName(job.name)}
        await self.transaction.write(change, clashes=clashes)

    async def delete(self, job_id: JobId) -> None:
        await self.transaction.write(delete(jobs).where(jobs.c.id == job_id))


def _listed(row: RowMapping) -> ListedJob:
    return ListedJob(job=from_row(Job, row), last_execution_at=row["last_execution_at"])
