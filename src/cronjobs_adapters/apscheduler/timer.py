"""A Scheduler over APScheduler 3: one date job for the alarm, one periodic job per round.

APScheduler is trusted to call at an instant, and with nothing else. Its jobs here only start tasks
of ours, which its limit on instances cannot refuse and its shutdown cannot cancel. It sleeps until
its next job as the clock stood when it fell asleep, and not at all again after an error between
stopping and starting its timer (apscheduler#1132); so a watch of ours pokes it.
"""

import asyncio
import logging
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger

from cronjobs_core.ports.scheduler import Wake
from cronjobs_core.ports.world import Clock

logger = logging.getLogger(__name__)

_ALARM: Final = "alarm"
_ROUND: Final = "round:"
_OPTIONS: Final[dict[str, Any]] = {
    "misfire_grace_time": None,  # the default drops what is a second late
    "coalesce": True,
    "max_instances": sys.maxsize,  # at the limit a job is dropped with a warning, not put off
    "replace_existing": True,
}


class ApschedulerTimer:
    """The timer of one event loop. `clock` must be the machine's: APScheduler knows no other.

    `watch` is the number of seconds between two looks of the watch. No sleep is longer, so a step
    of the clock is noticed within that time.
    """

    def __init__(self, clock: Clock, watch: float = 1.0) -> None:
        self._clock = clock
        self._look_each = watch
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._wake: Wake | None = None
        self._alarm: datetime | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._next_look: asyncio.TimerHandle | None = None
        self._stopped = False

    async def start(self, wake: Wake) -> None:
        if self._wake is not None or self._stopped:
            raise RuntimeError("the timer was started before")
        self._wake = wake
        self._scheduler.start()
        self._watch()

    def wake_at(self, instant: datetime | None) -> None:
        if not self._stopped:
            self._alarm = instant
            self._arm()

    def every(self, name: str, period: timedelta, call: Wake) -> None:
        if not self._stopped:
            job = f"{_ROUND}{name}"
            self._scheduler.add_job(
                self._begin, _Period(period), (job, call), id=job, name=name, **_OPTIONS
            )

    async def stop(self) -> None:
        """See the port. What calls this itself is not waited for."""
        self._stopped, self._alarm = True, None
        if self._next_look is not None:
            self._next_look.cancel()
        self._scheduler.remove_all_jobs()
        running = set(self._running.values()) - {asyncio.current_task()}
        if running:
            await asyncio.wait(running)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # it only asks the loop to shut it down

    def _arm(self) -> None:
        """Give APScheduler the alarm, or take it away."""
        if self._alarm is None:
            self._disarm()
            return
        ring = partial(self._ring, self._alarm)
        trigger = DateTrigger(self._alarm, UTC)
        self._scheduler.add_job(self._begin, trigger, (_ALARM, ring), id=_ALARM, **_OPTIONS)

    def _disarm(self) -> None:
        try:
            self._scheduler.remove_job(_ALARM)
        except JobLookupError:
            logger.debug("no alarm was set")

    async def _ring(self, instant: datetime) -> None:
        """Wake, unless the alarm was set anew since APScheduler began to call this."""
        if instant == self._alarm and self._wake is not None:
            self._alarm = None
            await self._wake()

    async def _begin(self, job: str, call: Wake) -> None:
        """Call in a task of our own; left out while the one before is running."""
        if job not in self._running and not self._stopped:
            self._running[job] = asyncio.create_task(self._run(job, call), name=job)

    async def _run(self, job: str, call: Wake) -> None:
        try:
            await call()
        except Exception:
            logger.exception("An error ended a call of the timer: %s", job)
        finally:
            del self._running[job]
            if job == _ALARM and self._alarm is not None:
                self._arm()  # it may have rung meanwhile, and was left out

    def _watch(self) -> None:
        """Put right what a step of the clock or an error in APScheduler may have left wrong."""
        self._next_look = asyncio.get_running_loop().call_later(self._look_each, self._watch)
        try:
            if self._alarm is not None and self._scheduler.get_job(_ALARM) is None:
                self._arm()
            self._bring_rounds_back()
            self._scheduler.wakeup()
        except Exception:
            logger.exception("The watch over the timer failed; it looks again")

    def _bring_rounds_back(self) -> None:
        """A round due later than in a period was left there by a clock that was set back."""
        now = self._clock.now()
        for job in self._scheduler.get_jobs():
            trigger = job.trigger
            if isinstance(trigger, _Period) and job.next_run_time > now + trigger.period:
                job.modify(next_run_time=now + trigger.period)


class _Period(BaseTrigger):  # type: ignore[misc] # apscheduler ships no types
    """Each `period`, on the beat; what was missed is left out.

    APScheduler's own interval trigger counts every beat that was missed, one by one, on the event
    loop: after a long sleep of the machine, or a first setting of its clock, for hours.
    """

    def __init__(self, period: timedelta) -> None:
        self.period = period

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        on_the_beat = now if previous is None else previous + self.period
        return on_the_beat if on_the_beat > now else now + self.period
