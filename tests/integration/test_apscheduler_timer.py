"""The real timer when APScheduler or the machine's clock does not do its part (T23, T28, T59)."""
# ruff: noqa: ASYNC110, ASYNC251 -- a blocked loop is what one test is about; others poll in real time

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import anyio.lowlevel
import apscheduler
import pytest
from apscheduler.triggers.base import BaseTrigger

import cronjobs_adapters.apscheduler
from cronjobs_adapters.apscheduler import ApschedulerTimer
from cronjobs_adapters.apscheduler.timer import _Period
from cronjobs_adapters.system import SystemClock

SECOND = timedelta(seconds=1)
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)

pytestmark = pytest.mark.anyio


class Wakes:
    """Something to be called that notes when."""

    def __init__(self) -> None:
        self.at: list[datetime] = []

    async def __call__(self) -> None:
        self.at.append(SystemClock().now())

    async def until(self, count: int) -> None:
        """Return when it was called so often."""
        with anyio.fail_after(5):
            while len(self.at) < count:
                await anyio.sleep(0.005)


@pytest.fixture
def wakes() -> Wakes:
    """Give what the timer of the test calls."""
    return Wakes()


@pytest.fixture
async def timer(wakes: Wakes) -> AsyncIterator[ApschedulerTimer]:
    """Give a timer that is started, and stop it."""
    timer = ApschedulerTimer(SystemClock(), watch=0.3)
    await timer.start(wakes)
    yield timer
    await timer.stop()


def inside(timer: ApschedulerTimer) -> Any:
    """Return the scheduler of APScheduler, to be disturbed."""
    return timer._scheduler  # noqa: SLF001 -- what these tests are about


async def test_our_package_does_not_hide_the_library() -> None:
    """Inside a package of the same name, `import apscheduler` means APScheduler."""
    assert apscheduler.version.startswith("3.")
    assert apscheduler.__file__ != cronjobs_adapters.apscheduler.__file__


async def test_it_wakes_on_time(timer: ApschedulerTimer, wakes: Wakes) -> None:
    """Never early, and mostly within a few hundredths of a second."""
    late = []
    for number in range(1, 11):
        instant = SystemClock().now() + timedelta(milliseconds=50)
        timer.wake_at(instant)
        await wakes.until(number)
        late.append((wakes.at[-1] - instant).total_seconds())
    assert min(late) >= 0
    assert sorted(late)[5] < 0.05


async def test_a_blocked_event_loop_delays_an_alarm_and_does_not_lose_it(
    timer: ApschedulerTimer, wakes: Wakes
) -> None:
    """APScheduler's own grace of a second would drop what is later than that."""
    timer.wake_at(SystemClock().now() + timedelta(milliseconds=10))
    time.sleep(1.3)
    await wakes.until(1)


async def test_an_error_inside_apscheduler_does_not_put_it_to_sleep_for_ever(
    timer: ApschedulerTimer, wakes: Wakes
) -> None:
    """Its timer is not set again after an error (apscheduler#1132); the watch sets it."""

    class Poison(BaseTrigger):  # type: ignore[misc]
        """Due once, and broken when APScheduler asks for the time after that."""

        asked = 0

        def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
            self.asked += 1
            if previous is not None and self.asked == 2:
                raise LookupError("no next time")
            return now + SECOND / 20 if previous is None else None

    errors: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: errors.append(context))
    poison = Poison()
    inside(timer).add_job(asyncio.sleep, poison, (0,), id="poison")
    timer.wake_at(SystemClock().now() + timedelta(milliseconds=100))
    await wakes.until(1)
    assert [type(each["exception"]) for each in errors] == [LookupError]


async def test_an_alarm_that_apscheduler_has_dropped_is_given_again(
    timer: ApschedulerTimer, wakes: Wakes
) -> None:
    """What was promised does not depend on the memory of a library."""
    timer.wake_at(SystemClock().now() + timedelta(milliseconds=200))
    inside(timer).remove_all_jobs()
    await wakes.until(1)


async def test_a_round_goes_on_when_the_clock_is_set_back(timer: ApschedulerTimer) -> None:
    """To APScheduler, such a step looks as if the round were due an hour later."""
    calls = Wakes()
    timer.every("round", SECOND / 10, calls)
    await calls.until(1)
    later = SystemClock().now() + timedelta(hours=1)
    inside(timer).get_job("round:round").modify(next_run_time=later)
    await calls.until(len(calls.at) + 2)


async def test_a_round_after_years_of_sleep_is_called_once(timer: ApschedulerTimer) -> None:
    """A machine whose clock was first set by the network has billions of beats to leave out."""
    calls = Wakes()
    timer.every("round", SECOND, calls)
    began = time.monotonic()
    inside(timer).get_job("round:round").modify(next_run_time=datetime(1970, 1, 1, tzinfo=UTC))
    await calls.until(1)
    await anyio.sleep(0.2)
    assert len(calls.at) == 1
    assert time.monotonic() - began < 1


async def test_an_alarm_far_ahead_is_no_trouble(timer: ApschedulerTimer, wakes: Wakes) -> None:
    """A job of the next leap year, or of the last year that a date can have, just waits (T26)."""
    for days in (25, 50, 365 * 4, 365 * 7000):
        timer.wake_at(SystemClock().now() + timedelta(days=days))
        await anyio.sleep(0.01)
    assert wakes.at == []
    timer.wake_at(SystemClock().now())
    await wakes.until(1)


async def test_many_alarms_in_one_breath_are_one(timer: ApschedulerTimer, wakes: Wakes) -> None:
    """An import of a thousand jobs sets the alarm a thousand times and wakes once or twice."""
    for _ in range(1000):
        timer.wake_at(SystemClock().now())
    await wakes.until(1)
    await anyio.sleep(0.05)
    assert len(wakes.at) <= 2


@pytest.fixture
async def unwatched(wakes: Wakes) -> AsyncIterator[ApschedulerTimer]:
    """Give a timer whose watch does not look, so that nothing is put right by it."""
    timer = ApschedulerTimer(SystemClock(), watch=60)
    await timer.start(wakes)
    yield timer
    await timer.stop()


@pytest.mark.parametrize("turns", range(8))
async def test_an_alarm_is_not_lost_beside_one_that_just_rings(
    unwatched: ApschedulerTimer, wakes: Wakes, turns: int
) -> None:
    """Whatever APScheduler is at, a second alarm wakes once more or takes the first one's place."""
    unwatched.wake_at(SystemClock().now() - SECOND)
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()
    before = len(wakes.at)
    unwatched.wake_at(SystemClock().now())
    await wakes.until(before + 1)


@pytest.mark.parametrize("turns", range(8))
async def test_an_alarm_is_taken_away_until_the_last_moment(
    unwatched: ApschedulerTimer, wakes: Wakes, turns: int
) -> None:
    """A timer that has begun to ring and is told not to does not wake."""
    unwatched.wake_at(SystemClock().now())
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()
    before = len(wakes.at)
    unwatched.wake_at(None)
    await anyio.sleep(0.02)
    assert len(wakes.at) == before


@pytest.mark.parametrize("turns", range(8))
async def test_it_stops_quietly_at_any_moment(
    wakes: Wakes, caplog: pytest.LogCaptureFixture, turns: int
) -> None:
    """An orderly stop leaves no error in the log, whatever was about to happen."""
    timer = ApschedulerTimer(SystemClock())
    await timer.start(wakes)
    timer.every("round", SECOND / 1000, wakes)
    await wakes.until(1)
    timer.wake_at(SystemClock().now())
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()
    await timer.stop()
    before = len(wakes.at)
    await anyio.sleep(0.01)
    assert len(wakes.at) == before
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []


async def test_what_wakes_may_stop_the_timer() -> None:
    """A leader that has lost its term stops from inside and does not wait for itself."""
    timer, stopped = ApschedulerTimer(SystemClock()), anyio.Event()

    async def wake() -> None:
        await timer.stop()
        stopped.set()

    await timer.start(wake)
    timer.wake_at(SystemClock().now())
    with anyio.fail_after(2):
        await stopped.wait()


async def test_a_stopped_timer_cannot_be_started() -> None:
    """One timer is one life of the service."""
    timer = ApschedulerTimer(SystemClock())
    await timer.stop()
    with pytest.raises(RuntimeError):
        await timer.start(Wakes())


async def test_nothing_of_a_stopped_timer_stays_on_the_loop(
    wakes: Wakes, caplog: pytest.LogCaptureFixture
) -> None:
    """No task and no watch keeps a service from ending."""
    timer = ApschedulerTimer(SystemClock(), watch=0.05)
    before = asyncio.all_tasks()
    await timer.start(wakes)
    timer.wake_at(SystemClock().now())
    timer.every("round", SECOND / 100, wakes)
    await wakes.until(3)
    await timer.stop()
    assert not inside(timer).running
    await anyio.lowlevel.checkpoint()
    assert asyncio.all_tasks() == before
    count = len(wakes.at)
    await anyio.sleep(0.2)
    assert len(wakes.at) == count
    assert "watch" not in caplog.text


def test_a_period_keeps_the_beat_and_leaves_out_what_was_missed() -> None:
    """Late calls do not shift the beat; after a gap it begins anew."""
    every = _Period(10 * SECOND)
    assert every.get_next_fire_time(None, NOON) == NOON + 10 * SECOND
    assert every.get_next_fire_time(NOON, NOON + 3 * SECOND) == NOON + 10 * SECOND
    assert every.get_next_fire_time(NOON, NOON + 10 * SECOND) == NOON + 20 * SECOND
    assert every.get_next_fire_time(NOON, NOON + 95 * SECOND) == NOON + 105 * SECOND
