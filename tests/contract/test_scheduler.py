"""Timers keep the contract of the scheduler."""

from datetime import UTC, datetime

import pytest

from cronjobs_adapters.apscheduler import ApschedulerTimer
from cronjobs_adapters.system import SystemClock
from cronjobs_core.ports.scheduler import Scheduler
from cronjobs_core.testing.contracts.scheduler import SchedulerContract
from cronjobs_core.testing.fakes import FixedClock, ManualScheduler

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class TestApschedulerTimer(SchedulerContract):
    """The real timer in real time."""

    @pytest.fixture
    def scheduler(self) -> Scheduler:
        return ApschedulerTimer(SystemClock())


class TestManualScheduler(SchedulerContract):
    """The timer of tests."""

    @pytest.fixture
    def scheduler(self) -> Scheduler:
        return ManualScheduler(FixedClock(NOON))

    def now(self, scheduler: Scheduler) -> datetime:
        assert isinstance(scheduler, ManualScheduler)
        return scheduler.clock.now()

    async def pass_time(self, scheduler: Scheduler, seconds: float) -> None:
        """Let time pass in small steps, as a clock does."""
        assert isinstance(scheduler, ManualScheduler)
        assert isinstance(scheduler.clock, FixedClock)
        await scheduler.run_due()
        for _ in range(round(seconds * 100)):
            scheduler.clock.tick(0.01)
            await scheduler.run_due()
