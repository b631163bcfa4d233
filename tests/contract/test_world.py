"""Clocks and generators of ids keep the contract of the world's ports."""

from datetime import UTC, datetime, timedelta

import pytest

from cronjobs_adapters.system import SystemClock, new_uuid
from cronjobs_core.ports.world import Clock, NewId
from cronjobs_core.testing.contracts.world import ClockContract, NewIdContract
from cronjobs_core.testing.fakes import CountingIds, FixedClock

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class TestSystemClock(ClockContract):
    """The machine's clock."""

    @pytest.fixture
    def clock(self) -> Clock:
        return SystemClock()


class TestFixedClock(ClockContract):
    """The clock of tests."""

    @pytest.fixture
    def clock(self) -> Clock:
        return FixedClock(NOON)

    async def let_time_pass(self, clock: Clock) -> None:
        assert isinstance(clock, FixedClock)
        clock.tick(2.5)


class TestNewUuid(NewIdContract):
    """Random ids."""

    @pytest.fixture
    def new_id(self) -> NewId:
        return new_uuid

    @pytest.fixture
    def elsewhere(self) -> NewId:
        return new_uuid


class TestCountingIds(NewIdContract):
    """The ids of tests."""

    @pytest.fixture
    def new_id(self) -> NewId:
        return CountingIds()

    @pytest.fixture
    def elsewhere(self) -> NewId:
        return CountingIds(series=1)


def test_a_fixed_clock_that_is_set_back_goes_on_measuring() -> None:
    """Durations survive an operator who sets the clock, as they do on a real machine."""
    clock = FixedClock(NOON)
    clock.tick(timedelta(seconds=5))
    clock.set(NOON - timedelta(days=1))
    clock.tick(2)
    assert clock.now() == NOON - timedelta(days=1) + timedelta(seconds=2)
    assert clock.monotonic() == 7.0


def test_a_fixed_clock_stands_still() -> None:
    """A test that does not move it sees one instant."""
    clock = FixedClock(NOON)
    assert {clock.now() for _ in range(100)} == {NOON}
    assert {clock.monotonic() for _ in range(100)} == {0.0}


def test_counted_ids_can_be_foretold() -> None:
    """The same test sees the same ids each time."""
    ids = CountingIds()
    assert [ids(), ids()] == [
        "00000000-0000-4000-8000-000000000001",
        "00000000-0000-4000-8000-000000000002",
    ]
