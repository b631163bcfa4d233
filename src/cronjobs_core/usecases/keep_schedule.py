"""The leader's work: the timetable true to the store, and every due occurrence fired."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronjobs_core.domain.errors import InvalidCronExpression, NotLeader, Unavailable
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.timetable import Occurrence, Timetable
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.leadership import Leadership, Term
from cronjobs_core.ports.scheduler import Scheduler
from cronjobs_core.ports.store import Store
from cronjobs_core.ports.world import Clock

LEADERSHIP_PERIOD: Final = timedelta(seconds=1)
RETRY_AFTER_TROUBLE: Final = timedelta(seconds=1)

Fire = Callable[[Sequence[Occurrence]], Awaitable[None]]
PauseExpired = Callable[[], Awaitable[Sequence[Job]]]
Close = Callable[[], Awaitable[int]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResyncReport:
    """What a reconciliation found and did (contract 4.14). `ran_at` is UTC."""

    ran_at: datetime
    db_jobs_total: int
    db_jobs_active: int
    scheduled_now: int
    scheduled_added: int
    scheduled_removed: int
    expired_auto_paused: int
    invalid_cron: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerStatus:
    """The scheduler of this process. `last_resync_at` is UTC, None before the first."""

    running: bool
    is_leader: bool
    scheduled_jobs: int
    last_resync_at: datetime | None


class KeepSchedule:
    """Leads where it can; while leading it keeps the timetable and fires what is due.

    `period` is the time between two full reconciliations. The write of another process is felt
    at the next of them, the writes of this one at once (`refresh`).
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        zone: ZoneInfo,
        scheduler: Scheduler,
        leadership: Leadership,
        period: timedelta,
        fire: Fire,
        pause_expired: PauseExpired,
        close_interrupted: Close,
        close_overdue: Close,
    ) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._scheduler = scheduler
        self._leadership = leadership
        self._period = period
        self._fire = fire
        self._pause_expired = pause_expired
        self._close_interrupted = close_interrupted
        self._close_overdue = close_overdue
        self._timetable = Timetable()
        self._entering = asyncio.Lock()  # from reading the store to entering what was read
        self._unclaimed: list[Occurrence] = []
        self._term: Term | None = None
        self._running = False
        self._last_resync_at: datetime | None = None
        self._trouble: str | None = None

    async def start(self) -> None:
        """Begin to stand for leadership, and lead at once where nobody else does."""
        await self._scheduler.start(self._wake)
        self._running = True
        self._scheduler.every("leadership", LEADERSHIP_PERIOD, self._stand)
        self._scheduler.every("reconcile", self._period, self._reconcile_if_leading)
        await self._stand()

    async def stop_firing(self) -> None:
        """Fire nothing more, but lead on: nobody may take the runs of this process for lost."""
        await self._scheduler.stop()
        self._running = False
        self._timetable.clear()

    async def stop(self) -> None:
        """Fire nothing more and let another lead; twice is as good as once."""
        await self.stop_firing()
        term, self._term = self._term, None
        if term is not None:
            await self._leadership.resign(term)

    def status(self, actor: Actor) -> SchedulerStatus:
        """How the scheduler of this process stands; for admins."""
        authorise(actor, Action.MANAGE_SCHEDULER)
        return self.health()

    def health(self) -> SchedulerStatus:
        """The same for anybody: it names no job."""
        return SchedulerStatus(
            running=self._running,
            is_leader=self._term is not None,
            scheduled_jobs=len(self._timetable),
            last_resync_at=self._last_resync_at,
        )

    async def resync(self, actor: Actor) -> ResyncReport:
        """Reconcile now, for an admin; raises NotLeader where this process does not lead."""
        authorise(actor, Action.MANAGE_SCHEDULER)
        if self._term is None or not self._running:
            raise NotLeader
        return await self._reconcile()

    async def refresh(self, job_ids: Sequence[JobId]) -> None:
        """Enter the jobs as they are now; does nothing while another process leads.

        What fell due a moment ago under the old plan is still fired. Trouble with the store is
        logged and mended by the next reconciliation: the change itself has been committed.
        """
        if self._term is None or not self._running:
            return
        async with self._entering:
            self._collect_due()
            try:
                async with self._store.reading() as view:
                    jobs = await view.jobs.many(job_ids)
            except Unavailable:
                logger.warning("timetable not refreshed, the store is unavailable", exc_info=True)
                return
            for job_id in job_ids:
                self._enter(job_id, jobs.get(job_id))
            self._arm()

    async def _stand(self) -> None:
        """Take the lead where it is free, give it up where it is lost."""
        if self._term is None:
            self._term = await self._acquired()
            if self._term is not None:
                await self._begin_term(self._term)
        elif not await self._leadership.renew(self._term):
            logger.warning("leadership lost", extra={"epoch": self._term.epoch})
            self._term = None
            self._timetable.clear()

    async def _acquired(self) -> Term | None:
        """A term, or None; trouble with the election is logged when it begins, not each second."""
        try:
            term = await self._leadership.acquire()
        except Unavailable as problem:
            if str(problem) != self._trouble:
                logger.exception("no scheduler here: it cannot stand for leadership")
            self._trouble = str(problem)
            return None
        self._trouble = None
        return term

    async def _begin_term(self, term: Term) -> None:
        logger.info("leading", extra={"owner": term.owner, "epoch": term.epoch})
        try:
            interrupted = await self._close_interrupted()
            if interrupted:
                logger.warning("closed interrupted runs", extra={"count": interrupted})
            await self._reconcile()
        except Unavailable:
            logger.warning("the store is unavailable, trying again", exc_info=True)
            self._term = None
            await self._leadership.resign(term)

    async def _reconcile_if_leading(self) -> None:
        if self._term is None:
            return
        try:
            await self._reconcile()
        except Unavailable:
            logger.warning("not reconciled, the store is unavailable", exc_info=True)

    async def _reconcile(self) -> ResyncReport:
        """Make the timetable what the store says, touching only what differs."""
        await self._close_overdue()
        paused = await self._pause_expired()
        async with self._entering:
            self._collect_due()
            async with self._store.reading() as view:
                active = await view.jobs.active()
                total = await view.jobs.count()
            entered = [self._enter(job.id, job) for job in active]
            gone = set(self._timetable) - {job.id for job in active}
            for job_id in gone:
                self._timetable.drop(job_id)
            self._arm()
        self._last_resync_at = self._clock.now()
        return ResyncReport(
            ran_at=self._last_resync_at,
            db_jobs_total=total,
            db_jobs_active=len(active),
            scheduled_now=len(self._timetable),
            scheduled_added=entered.count(_ADDED),
            scheduled_removed=len(gone),
            expired_auto_paused=len(paused),
            invalid_cron=entered.count(_INVALID),
        )

    def _enter(self, job_id: JobId, job: Job | None) -> str:
        """Put the job on the timetable or take it off; an unchanged plan is left untouched."""
        if job is None or not job.is_active:
            self._timetable.drop(job_id)
            return _LEFT
        try:
            schedule = job.schedule(self._zone)
        except InvalidCronExpression as problem:
            self._timetable.drop(job_id)
            logger.warning("job not scheduled: %s", problem, extra={"job_id": job_id})
            return _INVALID
        before = self._timetable.schedule_of(job_id)
        if before == schedule:
            return _LEFT
        self._timetable.put(job_id, schedule, self._clock.now())
        return _LEFT if before is not None else _ADDED

    def _collect_due(self) -> None:
        self._unclaimed.extend(self._timetable.pop_due(self._clock.now()))

    async def _wake(self) -> None:
        """Fire what is due. What could not be claimed is tried again a moment later."""
        if self._term is None:
            return
        self._collect_due()
        due, self._unclaimed = self._unclaimed, []
        try:
            if due:
                await self._fire(due)
        except Unavailable:
            logger.warning("nothing claimed, the store is unavailable", exc_info=True)
            self._unclaimed = due + self._unclaimed
            self._scheduler.wake_at(self._clock.now() + RETRY_AFTER_TROUBLE)
        else:
            self._arm()

    def _arm(self) -> None:
        """Set the alarm to the next occurrence: to now where some wait to be claimed."""
        waiting = self._clock.now() if self._unclaimed else None
        self._scheduler.wake_at(waiting or self._timetable.next_instant())


_ADDED: Final = "added"
_INVALID: Final = "invalid"
_LEFT: Final = "left"
