"""What every test of a Scheduler needs: the scheduler, its time, and something to be called."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import anyio
import anyio.lowlevel
import pytest

from cronjobs_core.ports.scheduler import Scheduler, Wake
from cronjobs_core.testing.contracts.backend import OnAsyncio

STEP: Final = 0.01


class SchedulerCase(OnAsyncio):
    """Override the fixture `scheduler`; `now` and `pass_time` as well where time is not real.

    `late` is by how many seconds an alarm may be late on a machine that is busy with tests.
    """

    patience: float = 10.0
    late: float = 0.25

    @pytest.fixture
    def scheduler(self) -> Scheduler:
        """Override it, as a plain or an async fixture: one that was not started."""
        raise NotImplementedError("override the fixture `scheduler`")

    def now(self, scheduler: Scheduler) -> datetime:
        """The present as `scheduler` sees it."""
        del scheduler
        return datetime.now(UTC)

    async def pass_time(self, scheduler: Scheduler, seconds: float) -> None:
        """Let so much time pass, and `scheduler` do what is due meanwhile."""
        del scheduler
        await anyio.sleep(seconds)

    @asynccontextmanager
    async def started(self, scheduler: Scheduler, wake: Wake) -> AsyncIterator[None]:
        """Start `scheduler`, stop it at the end, all within `patience`."""
        with anyio.fail_after(self.patience):
            await scheduler.start(wake)
            try:
                yield
            finally:
                await scheduler.stop()

    async def until(self, scheduler: Scheduler, reached: Callable[[], bool]) -> None:
        """Let time pass until `reached` says so."""
        while not reached():
            await self.pass_time(scheduler, STEP)
            await anyio.lowlevel.checkpoint()  # or a fake would never see that patience has ended

    def in_(self, scheduler: Scheduler, seconds: float) -> datetime:
        """The instant so many seconds from now."""
        return self.now(scheduler) + timedelta(seconds=seconds)


class Calls:
    """Something to be called that counts."""

    def __init__(self) -> None:
        self.count = 0
        self.most_at_once = 0
        self._inside = 0

    async def __call__(self) -> None:
        """Count one more."""
        self.count += 1

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Count one more, and how many are inside at once."""
        await self()
        self._inside += 1
        self.most_at_once = max(self.most_at_once, self._inside)
        try:
            yield
        finally:
            self._inside -= 1
