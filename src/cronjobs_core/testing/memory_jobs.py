# ruff: noqa: D102 -- documented on the port
"""Jobs of the store in memory; what each method does is said on the port."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cronjobs_core.domain.errors import DuplicateJobName
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import Job, JobOrder, JobQuery, ListedJob
from cronjobs_core.domain.paging import Page
from cronjobs_core.testing.memory_tables import Tables, as_stored, cut, without_dangling


@dataclass(frozen=True, slots=True)
class MemoryJobs:
    """Implements `ports.job_repositories.Jobs`."""

    tables: Tables

    async def add(self, job: Job) -> None:
        await self._store(job)

    async def get(self, job_id: JobId) -> Job | None:
        return self.tables.jobs.get(job_id)

    async def get_listed(self, job_id: JobId) -> ListedJob | None:
        job = self.tables.jobs.get(job_id)
        return None if job is None else self._listed([job])[0]

    async def find(self, query: JobQuery, page: Page | None = None) -> tuple[list[ListedJob], int]:
        matching = [job for job in self.tables.jobs.values() if _matches(job, query)]
        found = _in_order(self._listed(matching), query)
        return (found if page is None else cut(found, page)), len(found)

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

    async def names_taken(self, names: Collection[str]) -> set[str]:
        return {job.name for job in self.tables.jobs.values()}.intersection(names)

    async def add_many(self, jobs: Sequence[Job]) -> None:
        taken = {job.name for job in self.tables.writable().jobs.values()}
        for job in jobs:
            if job.name in taken:
                raise DuplicateJobName(job.name)
            taken.add(job.name)
        self.tables.jobs.update({job.id: as_stored(job) for job in jobs})

    async def move_to_category(self, old: str, new: str) -> int:
        jobs = self.tables.writable().jobs
        moved = [replace(job, category=new) for job in jobs.values() if job.category == old]
        jobs.update({job.id: job for job in moved})
        return len(moved)

    async def move_to_pic_team(self, old: str, new: str) -> int:
        jobs = self.tables.writable().jobs
        moved = [replace(job, pic_team=new) for job in jobs.values() if job.pic_team == old]
        jobs.update({job.id: job for job in moved})
        return len(moved)

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


def _matches(job: Job, query: JobQuery) -> bool:
    searched = (job.name, job.target_url, job.github_repo, job.github_workflow_name)
    wanted = (query.search or "").lower()
    return (
        any(wanted in text.lower() for text in searched if text is not None)
        and query.category in {None, job.category}
        and query.pic_team in {None, job.pic_team}
        and query.is_active in {None, job.is_active}
    )


def _in_order(listed: Iterable[ListedJob], query: JobQuery) -> list[ListedJob]:
    """By id, then (stable) by what was asked for, those without it at the end."""
    found = sorted(listed, key=lambda one: one.job.id)
    present = [one for one in found if _sort_value(one, query.sort_by) is not None]
    absent = [one for one in found if _sort_value(one, query.sort_by) is None]
    present.sort(key=lambda one: _sort_value(one, query.sort_by), reverse=query.descending)
    return present + absent


def _sort_value(listed: ListedJob, order: JobOrder) -> Any:
    if order is JobOrder.LAST_EXECUTION_AT:
        return listed.last_execution_at
    value = getattr(listed.job, order.value)
    return value.lower() if isinstance(value, str) else value
