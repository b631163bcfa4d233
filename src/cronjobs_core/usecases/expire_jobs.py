"""End dates: a job that has passed its own is paused, and its people are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.notifications import auto_paused
from cronjobs_core.domain.schedule import today
from cronjobs_core.ports.store import Store, UnitOfWork
from cronjobs_core.ports.telling import Note, Tell
from cronjobs_core.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireJobs:
    """The one way in which an end date takes effect, wherever it is noticed."""

    store: Store
    clock: Clock
    zone: ZoneInfo
    note: Note
    tell: Tell

    async def pause(self, job_ids: Sequence[JobId]) -> list[Job]:
        """Pause those of the jobs that are active and past their end date; returns them."""
        async with self.store.writing() as uow:
            jobs = await uow.jobs.many(job_ids)
            paused = await self._pause(uow, list(jobs.values()), name_team=False)
            await uow.commit()
        return paused

    async def pause_all(self) -> list[Job]:
        """Pause every active job that is past its end date; returns them."""
        now = self.clock.now()
        tomorrow = today(now, self.zone) + timedelta(days=1)  # for zones east of the scheduler's
        async with self.store.reading() as view:
            ended = await view.jobs.ended_before(tomorrow)
        if not any(job.is_expired(now, self.zone) for job in ended):
            return []
        async with self.store.writing() as uow:
            paused = await self._pause(uow, await uow.jobs.ended_before(tomorrow), name_team=True)
            await uow.commit()
        return paused

    async def _pause(self, uow: UnitOfWork, jobs: list[Job], *, name_team: bool) -> list[Job]:
        now = self.clock.now()
        paused = [
            job.pause(now) for job in jobs if job.is_active and job.is_expired(now, self.zone)
        ]
        before = {job.id: job for job in jobs}
        for job in paused:
            await uow.jobs.update(job)
            await self.note(uow, None, "job.auto_pause", before[job.id], job)
            await self.tell(uow, auto_paused(job, name_team=name_team))
        return paused
