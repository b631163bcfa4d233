"""The timer of tests does what a test tells it, and only then."""

from datetime import UTC, datetime, timedelta

import pytest

from cronjobs_core.testing.fakes import FixedClock, ManualScheduler

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)

pytestmark = pytest.mark.anyio


async def test_it_shows_its_alarm_and_fires_when_the_clock_has_passed_it() -> None:
    """A test reads the alarm, moves the clock, fires, and is told whether anything was due."""
    clock, woken = FixedClock(NOON), []
    scheduler = ManualScheduler(clock)

    async def wake() -> None:
        woken.append(clock.now())

    await scheduler.start(wake)
    scheduler.wake_at(NOON + timedelta(minutes=1))
    assert scheduler.alarm == NOON + timedelta(minutes=1)
    assert not await scheduler.fire()
    clock.tick(60)
    assert woken == []
    assert await scheduler.fire()
    assert woken == [NOON + timedelta(minutes=1)]
    assert scheduler.alarm is None


async def test_a_round_is_run_by_name() -> None:
    """A test need not let an hour pass to see an hourly round."""
    calls = []

    async def call() -> None:
        calls.append("hourly")

    scheduler = ManualScheduler(FixedClock(NOON))
    scheduler.every("hourly", timedelta(hours=1), call)
    assert scheduler.rounds["hourly"].period == timedelta(hours=1)
    await scheduler.run_round("hourly")
    assert calls == ["hourly"]
