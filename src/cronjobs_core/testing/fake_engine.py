"""Fakes of what drives runs: the timer, the election and the queue, each worked by hand."""
# ruff: noqa: D102 -- documented on the port

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cronjobs_core.domain.executions import Run
from cronjobs_core.ports.leadership import Term
from cronjobs_core.ports.queue import Consume
from cronjobs_core.ports.scheduler import Wake
from cronjobs_core.ports.world import Clock

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Round:
    """A housekeeping round of a ManualScheduler, next due at `due`."""

    period: timedelta
    call: Wake
    due: datetime


class ManualScheduler:
    """A timer that only looks at its clock when a test says so: `fire`, `run_round`, `run_due`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.alarm: datetime | None = None
        self.rounds: dict[str, Round] = {}
        self._wake: Wake | None = None
        self._stopped = False
        self._running: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    async def start(self, wake: Wake) -> None:
        if self._wake is not None or self._stopped:
            raise RuntimeError("the scheduler was started before")
        self._wake = wake

    def wake_at(self, instant: datetime | None) -> None:
        self.alarm = None if self._stopped else instant

    def every(self, name: str, period: timedelta, call: Wake) -> None:
        if not self._stopped:
            self.rounds[name] = Round(period, call, self.clock.now() + period)

    async def stop(self) -> None:
        self._stopped = True
        self.alarm = None
        self.rounds.clear()
        await self._idle.wait()

    async def fire(self) -> bool:
        """Wake if the alarm's instant has come, again while a new one has; whether it woke."""
        woke = False
        while self._wake is not None and self._has_come() and "" not in self._running:
            self.alarm = None
            woke = True
            await self._call("", self._wake)
        return woke

    async def run_round(self, name: str) -> None:
        """Run the round of this name now, unless it is running."""
        if name not in self._running:
            await self._call(name, self.rounds[name].call)

    async def run_due(self) -> None:
        """Do all that is due by the clock: the alarm, then each round once."""
        await self.fire()
        now = self.clock.now()
        for name, each in list(self.rounds.items()):
            if each.due <= now:
                each.due += each.period * ((now - each.due) // each.period + 1)
                await self.run_round(name)

    def _has_come(self) -> bool:
        return self.alarm is not None and self.alarm <= self.clock.now()

    async def _call(self, name: str, call: Wake) -> None:
        self._running.add(name)
        self._idle.clear()
        try:
            await call()
        except Exception:
            logger.exception("an error ended the call of %r", name or "wake")
        finally:
            self._running.discard(name)
            if not self._running:
                self._idle.set()


class MemoryElection:
    """One election in memory, with as many candidates as a test needs."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.leading: Term | None = None
        self.epoch = 0

    def candidate(self, owner: str) -> "MemoryLeadership":
        """A new candidate, whose terms bear the name `owner`."""
        return MemoryLeadership(self, owner)

    async def depose(self) -> None:
        """End the present term from outside, as the end of a lease does."""
        self.leading = None


class MemoryLeadership:
    """One candidate of a MemoryElection."""

    def __init__(self, election: MemoryElection, owner: str) -> None:
        self._election = election
        self._owner = owner
        self._term: Term | None = None

    async def acquire(self) -> Term | None:
        election = self._election
        if election.leading is None:
            election.epoch += 1
            since = election.clock.now()
            self._term = Term(owner=self._owner, epoch=election.epoch, since=since)
            election.leading = self._term
        return self._term if election.leading == self._term else None

    async def renew(self, term: Term) -> bool:
        return self._election.leading == term

    async def resign(self, term: Term) -> None:
        if self._election.leading == term:
            self._election.leading = None


class ImmediateQueue:
    """A queue that keeps what it was given in `runs` until a test calls `drain`."""

    def __init__(self, waiting: int = 10_000) -> None:
        self.runs: deque[Run] = deque()
        self._limit = waiting
        self._room = asyncio.Event()
        self._consume: Consume | None = None
        self._delivery: tuple[Run, asyncio.Task[None]] | None = None
        self._left: list[Run] | None = None

    async def start(self, consume: Consume) -> None:
        self._consume = consume

    async def hand_over(self, runs: Sequence[Run]) -> None:
        while self._left is None and len(self.runs) >= self._limit:
            self._room.clear()
            await self._room.wait()
        if self._left is not None:
            raise RuntimeError("the queue was stopped")
        self.runs.extend(runs)

    async def stop(self, grace: float) -> list[Run]:
        if self._left is None:
            self._left = list(self.runs)
            self.runs.clear()
            self._room.set()
            if self._delivery is not None:
                await self._end(*self._delivery, grace)
        return list(self._left)

    async def drain(self) -> None:
        """Deliver everything in order, one at a time."""
        while self.runs and self._consume is not None:
            run = self.runs.popleft()
            self._room.set()
            task = asyncio.ensure_future(_consumed(self._consume, run))
            self._delivery = run, task
            await asyncio.wait([task])
            self._delivery = None

    async def _end(self, run: Run, task: asyncio.Task[None], grace: float) -> None:
        done, _ = await asyncio.wait([task], timeout=grace)
        if not done and self._left is not None:
            task.cancel()
            self._left.insert(0, run)
            await asyncio.wait([task])


async def _consumed(consume: Consume, run: Run) -> None:
    try:
        await consume(run)
    except Exception:
        logger.exception("an error ended the delivery of execution %s", run.execution.id)
