"""Creating, changing, deleting and reading jobs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from cronjobs_core.domain import notifications
from cronjobs_core.domain.errors import job_not_found
from cronjobs_core.domain.fields import Fields, is_one_line
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.job_form import Surroundings, changed_job_values, new_job_values
from cronjobs_core.domain.jobs import Job, JobQuery, JobView, ListedJob
from cronjobs_core.domain.masking import shown_job
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.policy import Action, authorise, authorise_on
from cronjobs_core.domain.schedule import today
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.domain.taxonomy import Directory
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import Reading, Store
from cronjobs_core.ports.telling import Note, Tell
from cronjobs_core.ports.world import Clock, NewId

JobsChanged = Callable[[Sequence[JobId]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageJobs:
    """The life of a job.

    `note` and `tell` write audit and notifications within the unit of work; `changed` is told
    after the commit of every job whose plan may be another.
    """

    store: Store
    clock: Clock
    new_id: NewId
    zone: ZoneInfo
    targets: TargetRules
    note: Note
    tell: Tell
    changed: JobsChanged

    async def find(
        self, actor: Actor, query: JobQuery, page: Page | None = None
    ) -> tuple[list[JobView], int]:
        """The jobs that match, all or one page, in the order asked for; and how many match."""
        authorise(actor, Action.READ)
        async with self.store.reading() as view:
            listed, total = await view.jobs.find(query, page)
        now = self.clock.now()
        return [_shown(one.view(now, self.zone), actor) for one in listed], total

    async def get(self, actor: Actor, job_id: JobId) -> JobView:
        """One job; raises NotFound."""
        authorise(actor, Action.READ)
        async with self.store.reading() as view:
            listed = await view.jobs.get_listed(job_id)
        if listed is None:
            raise job_not_found(job_id)
        return _shown(listed.view(self.clock.now(), self.zone), actor)

    async def check_access(self, actor: Actor, action: Action, job_id: JobId) -> None:
        """Raise as the action itself would for this actor and job, without doing it.

        Role before existence, existence before ownership (decision 0.10).
        """
        authorise(actor, action)
        async with self.store.reading() as view:
            await _owned(view, actor, action, job_id)

    async def create(self, actor: Actor, fields: Fields) -> JobView:
        """Store a new job of the actor's; raises InvalidInput before anything is written."""
        authorise(actor, Action.CREATE_JOB)
        now = self.clock.now()
        async with self.store.writing() as uow:
            values = new_job_values(fields, await self._surroundings(uow, fields, None))
            job = Job(
                id=JobId(self.new_id()),
                created_by=actor.user_id,
                created_at=now,
                updated_at=now,
                **values,
            )
            await uow.jobs.add(job)
            await self.note(uow, actor, "job.create", None, job)
            await self.tell(uow, notifications.job_created(job, actor))
            await uow.commit()
        await self.changed([job.id])
        return ListedJob(job=job, last_execution_at=None).view(self.clock.now(), self.zone)

    async def change(self, actor: Actor, job_id: JobId, fields: Fields) -> JobView:
        """Change what the request names; raises NotFound, NotYours, InvalidInput."""
        authorise(actor, Action.UPDATE_JOB)
        async with self.store.writing() as uow:
            before = await _owned(uow, actor, Action.UPDATE_JOB, job_id)
            around = await self._surroundings(uow, fields, before)
            after = before.change(changed_job_values(before, fields, around), self.clock.now())
            await uow.jobs.update(after)
            await self.note(uow, actor, "job.update", before, after)
            await self.tell(uow, notifications.job_changed(before, after, actor))
            listed = await uow.jobs.get_listed(job_id)
            await uow.commit()
        await self.changed([job_id])
        if listed is None:
            raise job_not_found(job_id)
        return listed.view(self.clock.now(), self.zone)

    async def delete(self, actor: Actor, job_id: JobId) -> Job:
        """Remove the job and its history, and return what it was; raises NotFound, NotYours."""
        authorise(actor, Action.DELETE_JOB)
        async with self.store.writing() as uow:
            job = await _owned(uow, actor, Action.DELETE_JOB, job_id)
            await uow.jobs.delete(job_id)
            await self.note(uow, actor, "job.delete", job, None)
            await self.tell(uow, notifications.job_deleted(job, actor))
            await uow.commit()
        await self.changed([job_id])
        return job

    async def _surroundings(self, uow: Reading, fields: Fields, job: Job | None) -> Surroundings:
        name = fields.get("name")
        other_than = job.id if job is not None else None
        taken = (
            isinstance(name, str)
            and is_one_line(name)
            and await uow.jobs.name_taken(name.strip(), other_than=other_than)
        )
        return Surroundings(
            name_taken=taken,
            categories=Directory(await uow.taxonomy.categories()),
            teams=Directory(await uow.taxonomy.pic_teams()),
            targets=self.targets,
            today=today(self.clock.now(), self.zone),
        )


def _shown(view: JobView, actor: Actor) -> JobView:
    job = shown_job(view.job, actor)
    return view if job is view.job else replace(view, job=job)


async def _owned(view: Reading, actor: Actor, action: Action, job_id: JobId) -> Job:
    job = await view.jobs.get(job_id)
    if job is None:
        raise job_not_found(job_id)
    authorise_on(actor, action, job.created_by)
    return job
