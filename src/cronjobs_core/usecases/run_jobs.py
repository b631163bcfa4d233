"""Running jobs, by schedule and by hand: claim, deliver, record.

No transaction stays open while a target is called: the claim is committed before, the outcome
is recorded after.
"""

from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from cronjobs_core.domain.errors import JobExpired, MissingTarget, job_not_found
from cronjobs_core.domain.executions import (
    MAX_TARGET,
    Delivery,
    Execution,
    ExecutionStatus,
    Reason,
    Run,
    TriggerType,
    storable,
)
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.misfires import MisfirePolicy
from cronjobs_core.domain.overrides import Overrides
from cronjobs_core.domain.policy import Action, authorise, authorise_on
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.domain.timetable import Occurrence
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.queue import ExecutionQueue
from cronjobs_core.ports.store import Store
from cronjobs_core.ports.targets import Deliverer
from cronjobs_core.ports.telling import Note
from cronjobs_core.ports.world import Clock, NewId

CHUNK: Final = 500

Record = Callable[[Run, Delivery], Awaitable[Execution]]
PauseExpired = Callable[[Sequence[JobId]], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRules:
    """The operator's choices. Deadlines are in seconds and cover a whole delivery.

    A manual run ends inside the request, below the 30 seconds that the frontend waits.
    """

    deadline: float = 10.0
    manual_deadline: float = 10.0
    misfires: MisfirePolicy = field(default_factory=MisfirePolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJobs:
    """Claims occurrences, delivers them and has their outcome recorded."""

    store: Store
    clock: Clock
    new_id: NewId
    zone: ZoneInfo
    targets: TargetRules
    rules: RunRules
    queue: ExecutionQueue
    deliverer: Deliverer
    record: Record
    note: Note
    pause_expired: PauseExpired

    async def fire(self, due: Sequence[Occurrence]) -> None:
        """Claim the occurrences, in chunks, and hand them to the queue.

        Jobs are taken as they are now: one that is gone or paused leaves no trace, one that is
        past its end date is paused and its people are told. Late occurrences follow the misfire
        policy. One that was claimed before is left alone.
        """
        missed = self.rules.misfires.missed(due, self.clock.now())
        for start in range(0, len(due), CHUNK):
            runs, expired = await self._claim(due[start : start + CHUNK], missed)
            await self.queue.hand_over(runs)
            if expired:
                await self.pause_expired(expired)

    async def deliver(self, run: Run) -> None:
        """Call the target of a claimed run and record what came of it."""
        await self.record(run, await self.deliverer.deliver(run))

    async def by_hand(self, actor: Actor, job_id: JobId, fields: Fields) -> Execution:
        """Run a job now, with the overrides in `fields`, and return the finished execution.

        Raises NotFound, NotYours, JobExpired (the job is paused then), InvalidInput, MissingTarget.
        """
        authorise(actor, Action.EXECUTE_JOB)
        run = await self._begin_by_hand(actor, job_id, fields)
        return await self.record(run, await self.deliverer.deliver(run))

    async def check_by_hand(self, actor: Actor, job_id: JobId) -> None:
        """Raise as `by_hand` does before it looks at the overrides."""
        authorise(actor, Action.EXECUTE_JOB)
        async with self.store.reading() as view:
            job = await view.jobs.get(job_id)
        if job is None:
            raise job_not_found(job_id)
        authorise_on(actor, Action.EXECUTE_JOB, job.created_by)
        if job.is_expired(self.clock.now(), self.zone):
            await self.pause_expired([job_id])
            raise JobExpired("This job has passed its end_date and was auto-paused.")

    async def _claim(
        self, due: Sequence[Occurrence], missed: Container[Occurrence]
    ) -> tuple[list[Run], list[JobId]]:
        """Store the executions of one chunk; returns the runs won and the expired jobs."""
        now = self.clock.now()
        async with self.store.writing() as uow:
            jobs = await uow.jobs.many({one.job_id for one in due})
            active = {job.id: job for job in jobs.values() if job.is_active}
            expired = [job.id for job in active.values() if job.is_expired(now, self.zone)]
            for job_id in expired:
                del active[job_id]
            executions = [
                self._missed(one, now)
                if one in missed
                else self._begin(active[one.job_id], now, scheduled_for=one.scheduled_for)
                for one in due
                if one.job_id in active
            ]
            won = await uow.executions.claim(executions)
            await uow.commit()
        runs = [
            self._run(active[one.job_id], one)
            for one in executions
            if one.id in won and not one.is_finished
        ]
        return runs, expired

    def _missed(self, occurrence: Occurrence, now: datetime) -> Execution:
        return Execution.not_run(
            ExecutionStatus.MISSED,
            Reason.LATE,
            id=ExecutionId(self.new_id()),
            job_id=occurrence.job_id,
            scheduled_for=occurrence.scheduled_for,
            at=now,
        )

    def _begin(self, job: Job, now: datetime, *, scheduled_for: datetime | None) -> Execution:
        target = job.target
        return Execution(
            id=ExecutionId(self.new_id()),
            job_id=job.id,
            status=ExecutionStatus.RUNNING,
            trigger_type=TriggerType.SCHEDULED if scheduled_for else TriggerType.MANUAL,
            scheduled_for=scheduled_for,
            started_at=now,
            execution_type=target.kind if target is not None else None,
            target=storable(str(target), MAX_TARGET) if target is not None else None,
        )

    def _run(self, job: Job, execution: Execution) -> Run:
        return Run(
            execution=execution,
            job_name=job.name,
            target=job.target,
            metadata=job.metadata,
            deadline=self.rules.deadline,
            created_by=job.created_by,
        )

    async def _begin_by_hand(self, actor: Actor, job_id: JobId, fields: Fields) -> Run:
        await self.check_by_hand(actor, job_id)
        now = self.clock.now()
        async with self.store.writing() as uow:
            job = await uow.jobs.get(job_id)
            if job is None:
                raise job_not_found(job_id)
            overrides = Overrides.read(job, fields, self.targets)
            if overrides.target is None:
                raise MissingTarget("Job has no valid target configuration to execute.")
            execution = replace(
                self._begin(job, now, scheduled_for=None),
                execution_type=overrides.target.kind,
                target=storable(str(overrides.target), MAX_TARGET),
                triggered_by=actor.user_id,
            )
            await uow.executions.claim([execution])
            await self.note(uow, actor, "job.execute", job, job)
            await uow.commit()
        return Run(
            execution=execution,
            job_name=job.name,
            target=overrides.target,
            metadata=overrides.metadata,
            deadline=self.rules.manual_deadline,
            created_by=job.created_by,
            github_token=overrides.github_token,
        )
