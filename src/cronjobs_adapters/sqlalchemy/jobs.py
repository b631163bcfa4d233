"""The jobs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from cronjobs_adapters.sqlalchemy.folding import Folded, holds
from cronjobs_adapters.sqlalchemy.rows import columns, from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import job_executions, jobs
from cronjobs_adapters.sqlalchemy.transaction import Read, Transaction
from cronjobs_core.domain.errors import DuplicateJobName
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import Job, JobOrder, JobQuery, ListedJob
from cronjobs_core.domain.paging import Page

# One look into the index (job_id, started_at) for each job, however long its history is.
_NEWEST: Final = (
    select(func.max(job_executions.c.started_at))
    .where(job_executions.c.job_id == jobs.c.id)
    .scalar_subquery()
)
_JOBS: Final = select(*columns(Job))
_LISTED: Final = select(*columns(Job), _NEWEST.label("last_execution_at"))
_SEARCHED: Final = (
    jobs.c.name,
    jobs.c.target_url,
    jobs.c.github_repo,
    jobs.c.github_workflow_name,
)
_SORTED: Final[Mapping[JobOrder, ColumnElement[Any]]] = {
    JobOrder.CREATED_AT: jobs.c.created_at,
    JobOrder.UPDATED_AT: jobs.c.updated_at,
    JobOrder.NAME: Folded(jobs.c.name),
    JobOrder.CATEGORY: Folded(jobs.c.category),
    JobOrder.PIC_TEAM: Folded(jobs.c.pic_team),
    JobOrder.END_DATE: jobs.c.end_date,
    JobOrder.LAST_EXECUTION_AT: _NEWEST,
}


@dataclass(frozen=True, slots=True)
class SqlJobs:
    """Implements `ports.job_repositories.Jobs`."""

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

    async def find(self, query: JobQuery, page: Page | None = None) -> tuple[list[ListedJob], int]:
        conditions, order = _conditions(query), _order(query)
        if page is None:
            found = await self.transaction.rows(_LISTED.where(*conditions).order_by(*order))
            return [_listed(row) for row in found], len(found)
        # The page first: SQLite would look up the newest start of every job before it sorts.
        ids = select(jobs.c.id).where(*conditions).order_by(*order)
        some = ids.limit(page.size).offset(page.offset).correlate(None)
        found = await self.transaction.rows(_LISTED.where(jobs.c.id.in_(some)).order_by(*order))
        total = await self.transaction.count(jobs, *conditions)
        return [_listed(row) for row in found], total

    async def many(self, job_ids: Collection[JobId]) -> dict[JobId, Job]:
        rows = await self.transaction.rows_among(_JOBS, jobs.c.id, job_ids, lock=jobs)
        return {row.id: from_row(Job, row) for row in rows}

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
        return row is not None and row.id != other_than

    async def names_taken(self, names: Collection[str]) -> set[str]:
        rows = await self.transaction.rows_among(select(jobs.c.name), jobs.c.name, names)
        return {row.name for row in rows}

    async def add_many(self, new: Sequence[Job]) -> None:
        async with self.transaction.all_or_none():
            rows = [to_row(job) for job in new]
            stored = await self.transaction.insert_absent(jobs, ("name",), rows)
            refused = next((job for job in new if job.id not in stored), None)
            if refused is not None:
                raise DuplicateJobName(refused.name)

    async def move_to_category(self, old: str, new: str) -> int:
        change = update(jobs).where(jobs.c.category == old).values(category=new)
        return await self.transaction.write(change)

    async def move_to_pic_team(self, old: str, new: str) -> int:
        change = update(jobs).where(jobs.c.pic_team == old).values(pic_team=new)
        return await self.transaction.write(change)

    async def update(self, job: Job) -> None:
        change = update(jobs).where(jobs.c.id == job.id).values(to_row(job))
        clashes = {jobs.c.name: DuplicateJobName(job.name)}
        await self.transaction.write(change, clashes=clashes)

    async def delete(self, job_id: JobId) -> None:
        await self.transaction.write(delete(jobs).where(jobs.c.id == job_id))


def _conditions(query: JobQuery) -> list[ColumnElement[bool]]:
    """What the query asks for; a field that is None asks for nothing."""
    asked = {
        jobs.c.category: query.category,
        jobs.c.pic_team: query.pic_team,
        jobs.c.is_active: query.is_active,
    }
    conditions = [column == value for column, value in asked.items() if value is not None]
    if query.search:
        conditions.append(or_(*(holds(column, query.search) for column in _SEARCHED)))
    return conditions


def _order(query: JobQuery) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    by = _SORTED[query.sort_by]
    return (by.desc() if query.descending else by.asc()).nulls_last(), jobs.c.id.asc()


def _listed(row: Read) -> ListedJob:
    return ListedJob(job=from_row(Job, row), last_execution_at=row[-1])
