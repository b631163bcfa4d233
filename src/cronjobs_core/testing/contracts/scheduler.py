"""What a Scheduler must do."""

from datetime import datetime, timedelta
from typing import Final

import anyio
import anyio.lowlevel
import pytest

from cronjobs_core.ports.scheduler import Scheduler, Wake
from cronjobs_core.testing.contracts.scheduler_case import Calls, SchedulerCase

SOON: Final = 0.05
MOMENT: Final = 0.05
PERIOD: Final = timedelta(seconds=0.05)
DAY: Final = timedelta(days=1)
MANY: Final = 20
TURNS: Final = 6
TWICE: Final = 2


class SchedulerContract(SchedulerCase):
    """Override what SchedulerCase names."""

    @pytest.mark.anyio
    async def test_it_wakes_when_the_instant_has_come(self, scheduler: Scheduler) -> None:
        """Not before, not much later, and once."""
        woken: list[datetime] = []

        async def wake() -> None:
            woken.append(self.now(scheduler))

        async with self.started(scheduler, wake):
            instant = self.in_(scheduler, SOON)
            scheduler.wake_at(instant)
            await self.until(scheduler, lambda: bool(woken))
            await self.pass_time(scheduler, MOMENT)
        assert len(woken) == 1
        assert instant <= woken[0] <= instant + timedelta(seconds=self.late)

    @pytest.mark.anyio
    async def test_an_alarm_that_was_set_before_the_start_counts(
        self, scheduler: Scheduler
    ) -> None:
        """What came before the start wakes after it, not earlier."""
        calls = Calls()
        scheduler.wake_at(self.in_(scheduler, 0.0))
        await self.pass_time(scheduler, MOMENT)
        assert calls.count == 0
        async with self.started(scheduler, calls):
            await self.until(scheduler, lambda: calls.count == 1)

    @pytest.mark.anyio
    async def test_a_second_start_is_an_error(self, scheduler: Scheduler) -> None:
        """There is one `wake`."""
        async with self.started(scheduler, Calls()):
            with pytest.raises(RuntimeError):
                await scheduler.start(Calls())

    @pytest.mark.anyio
    async def test_a_new_alarm_replaces_the_one_before(self, scheduler: Scheduler) -> None:
        """Earlier or later than the old one: the new one alone counts."""
        calls = Calls()
        async with self.started(scheduler, calls):
            scheduler.wake_at(self.in_(scheduler, SOON))
            scheduler.wake_at(self.now(scheduler) + DAY)
            await self.pass_time(scheduler, SOON + MOMENT)
            assert calls.count == 0
            scheduler.wake_at(self.in_(scheduler, SOON))
            await self.until(scheduler, lambda: calls.count == 1)

    @pytest.mark.anyio
    async def test_none_takes_the_alarm_away(self, scheduler: Scheduler) -> None:
        """With nothing to do it sleeps."""
        calls = Calls()
        async with self.started(scheduler, calls):
            scheduler.wake_at(self.in_(scheduler, SOON))
            scheduler.wake_at(None)
            scheduler.wake_at(None)
            await self.pass_time(scheduler, SOON + MOMENT)
        assert calls.count == 0

    @pytest.mark.anyio
    @pytest.mark.parametrize("ago", [timedelta(0), timedelta(seconds=30), 400 * DAY])
    async def test_a_past_instant_wakes_at_once(self, scheduler: Scheduler, ago: timedelta) -> None:
        """However long ago it is, and once; an alarm cannot be too old."""
        calls = Calls()
        async with self.started(scheduler, calls):
            scheduler.wake_at(self.now(scheduler) - ago)
            await self.until(scheduler, lambda: calls.count > 0)
            await self.pass_time(scheduler, MOMENT)
        assert calls.count == 1

    @pytest.mark.anyio
    async def test_no_alarm_is_lost_that_is_set_in_a_wake(self, scheduler: Scheduler) -> None:
        """Set to a past instant from inside, again and again, each wakes."""
        calls = Calls()

        async def wake() -> None:
            await calls()
            scheduler.wake_at(self.now(scheduler) if calls.count < MANY else None)

        async with self.started(scheduler, wake):
            scheduler.wake_at(self.now(scheduler))
            await self.until(scheduler, lambda: calls.count == MANY)
            await self.pass_time(scheduler, MOMENT)
        assert calls.count == MANY

    @pytest.mark.anyio
    async def test_an_alarm_that_comes_during_a_wake_follows_it(self, scheduler: Scheduler) -> None:
        """An instant that passes while `wake` runs wakes right afterwards: never twice at once."""
        calls = Calls()
        returned: list[datetime] = []

        async def wake() -> None:
            async with calls.entered():
                if calls.count == 1:
                    scheduler.wake_at(self.in_(scheduler, SOON))
                    await self.pass_time(scheduler, SOON + MOMENT)
                returned.append(self.now(scheduler))

        async with self.started(scheduler, wake):
            scheduler.wake_at(self.now(scheduler))
            await self.until(scheduler, lambda: len(returned) > 1)
            await self.pass_time(scheduler, MOMENT)
        assert returned[1] - returned[0] <= timedelta(seconds=self.late)
        assert calls.count == TWICE
        assert calls.most_at_once == 1

    @pytest.mark.anyio
    async def test_an_error_ends_one_wake_only(
        self, scheduler: Scheduler, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It is logged; an alarm that was set before it was raised still wakes, and so do later."""
        calls = Calls()

        async def wake() -> None:
            await calls()
            if calls.count == 1:
                scheduler.wake_at(self.now(scheduler))
            raise LookupError("the timetable is on fire")

        async with self.started(scheduler, wake):
            scheduler.wake_at(self.now(scheduler))
            await self.until(scheduler, lambda: calls.count == TWICE)
            scheduler.wake_at(self.now(scheduler))
            await self.until(scheduler, lambda: calls.count == TWICE + 1)
        assert "the timetable is on fire" in caplog.text

    @pytest.mark.anyio
    async def test_a_round_is_called_each_period(self, scheduler: Scheduler) -> None:
        """The first time after one period, not at once; and it keeps its pace."""
        calls: list[datetime] = []

        async def call() -> None:
            calls.append(self.now(scheduler))

        async with self.started(scheduler, Calls()):
            begin = self.now(scheduler)
            scheduler.every("round", PERIOD, call)
            await self.until(scheduler, lambda: len(calls) == TURNS)
        assert calls[0] >= begin + PERIOD
        assert TURNS * PERIOD <= calls[-1] - begin < 2 * TURNS * PERIOD

    @pytest.mark.anyio
    async def test_the_same_name_replaces_the_round(self, scheduler: Scheduler) -> None:
        """Rounds of one name do not add up; rounds of other names stay."""
        old, new, other = Calls(), Calls(), Calls()
        async with self.started(scheduler, Calls()):
            scheduler.every("round", PERIOD, old)
            scheduler.every("other", PERIOD, other)
            scheduler.every("round", PERIOD, new)
            await self.until(scheduler, lambda: new.count > 0 and other.count > 0)
            await self.pass_time(scheduler, PERIOD.total_seconds())
        assert old.count == 0

    @pytest.mark.anyio
    async def test_a_round_that_still_runs_is_left_out(self, scheduler: Scheduler) -> None:
        """A slow round is not run twice at once, does not pile up, and comes again."""
        calls = Calls()
        after = anyio.Event()

        async def call() -> None:
            async with calls.entered():
                if calls.count == 1:
                    await self.pass_time(scheduler, TURNS * PERIOD.total_seconds())
                    after.set()

        async with self.started(scheduler, Calls()):
            scheduler.every("round", PERIOD, call)
            await self.until(scheduler, after.is_set)
            assert calls.count <= TWICE  # one more may have been due just now
            await self.until(scheduler, lambda: calls.count > TWICE)
        assert calls.most_at_once == 1

    @pytest.mark.anyio
    async def test_an_error_ends_one_turn_of_a_round_only(
        self, scheduler: Scheduler, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It is logged; the round comes again, and the alarm is none the worse."""
        calls, wakes = Calls(), Calls()

        async def call() -> None:
            await calls()
            raise LookupError("the broom is on fire")

        async with self.started(scheduler, wakes):
            scheduler.every("round", PERIOD, call)
            await self.until(scheduler, lambda: calls.count > 1)
            scheduler.wake_at(self.now(scheduler))
            await self.until(scheduler, lambda: wakes.count == 1)
        assert "the broom is on fire" in caplog.text

    @pytest.mark.anyio
    async def test_after_a_stop_nothing_is_called(self, scheduler: Scheduler) -> None:
        """Neither what was set before nor what is set afterwards."""
        calls = Calls()
        async with self.started(scheduler, calls):
            scheduler.wake_at(self.in_(scheduler, SOON))
            scheduler.every("round", PERIOD, calls)
            await scheduler.stop()
            scheduler.wake_at(self.now(scheduler))
            scheduler.every("other", PERIOD, calls)
            await self.pass_time(scheduler, SOON + MOMENT)
        assert calls.count == 0

    @pytest.mark.anyio
    async def test_stopping_waits_for_what_is_running(self, scheduler: Scheduler) -> None:
        """Alarm and rounds may end what they are at."""
        begun, gate = [anyio.Event(), anyio.Event()], anyio.Event()
        ended: list[str] = []

        def call(number: int, name: str) -> Wake:
            async def work() -> None:
                begun[number].set()
                await gate.wait()
                await anyio.lowlevel.checkpoint()
                ended.append(name)

            return work

        async with (
            self.started(scheduler, call(0, "alarm")),
            anyio.create_task_group() as tasks,
        ):
            scheduler.every("round", PERIOD, call(1, "round"))
            scheduler.wake_at(self.in_(scheduler, 0.0))
            tasks.start_soon(self.pass_time, scheduler, 0.0)
            await begun[0].wait()
            tasks.start_soon(self.pass_time, scheduler, PERIOD.total_seconds())
            await begun[1].wait()
            tasks.start_soon(open_later, gate)
            await scheduler.stop()
            assert sorted(ended) == ["alarm", "round"]

    @pytest.mark.anyio
    async def test_stopping_twice_is_as_good_as_once(self, scheduler: Scheduler) -> None:
        """Also where it was never started."""
        async with self.started(scheduler, Calls()):
            await scheduler.stop()
            await scheduler.stop()

    @pytest.mark.anyio
    async def test_one_that_was_never_started_can_be_stopped(self, scheduler: Scheduler) -> None:
        """A service that fails while it starts stops everything it has."""
        await scheduler.stop()


async def open_later(gate: anyio.Event) -> None:
    """Open `gate` when others have had several turns."""
    for _ in range(5):
        await anyio.lowlevel.checkpoint()
    gate.set()
