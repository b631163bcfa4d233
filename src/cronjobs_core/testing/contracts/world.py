"""What a Clock and a NewId must do."""

from datetime import timedelta
from itertools import pairwise
from typing import Final

import anyio
import pytest

from cronjobs_core.ports.world import Clock, NewId
from cronjobs_core.testing.contracts.backend import OnAsyncio

MANY: Final = 10_000
ID_LENGTH: Final = 36


class ClockContract(OnAsyncio):
    """Override the fixture `clock`, and `let_time_pass` where real time does not move the clock."""

    @pytest.fixture
    def clock(self) -> Clock:
        """Override it: the clock under test."""
        raise NotImplementedError("override the fixture `clock`")

    async def let_time_pass(self, clock: Clock) -> None:
        """Return when `clock` has gone on."""
        del clock
        await anyio.sleep(0.01)

    def test_the_present_is_aware_and_in_utc(self, clock: Clock) -> None:
        """`now` says its zone, and that is UTC."""
        assert clock.now().utcoffset() == timedelta(0)

    @pytest.mark.anyio
    async def test_the_present_moves_on(self, clock: Clock) -> None:
        """`now` is later after time has passed."""
        before = clock.now()
        await self.let_time_pass(clock)
        assert clock.now() > before

    @pytest.mark.anyio
    async def test_durations_are_measured_in_seconds(self, clock: Clock) -> None:
        """The difference of two `monotonic` is about the time between them."""
        wall, before = clock.now(), clock.monotonic()
        await self.let_time_pass(clock)
        passed = (clock.now() - wall).total_seconds()
        assert clock.monotonic() - before == pytest.approx(passed, abs=0.5)
        assert clock.monotonic() > before

    def test_monotonic_never_goes_back(self, clock: Clock) -> None:
        """Of many readings none is smaller than the one before."""
        readings = [clock.monotonic() for _ in range(MANY)]
        assert all(first <= second for first, second in pairwise(readings))


class NewIdContract:
    """Override the fixtures `new_id` and `elsewhere`."""

    @pytest.fixture
    def new_id(self) -> NewId:
        """Override it: the generator under test."""
        raise NotImplementedError("override the fixture `new_id`")

    @pytest.fixture
    def elsewhere(self) -> NewId:
        """Override it: a second generator, as another process would have it."""
        raise NotImplementedError("override the fixture `elsewhere`")

    def test_an_id_has_36_characters(self, new_id: NewId) -> None:
        """Columns and paths are made for texts of this length."""
        assert {len(new_id()) for _ in range(MANY)} == {ID_LENGTH}

    def test_no_id_returns(self, new_id: NewId, elsewhere: NewId) -> None:
        """Neither one generator nor two together return an id twice."""
        ids = [each() for _ in range(MANY) for each in (new_id, elsewhere)]
        assert len(set(ids)) == 2 * MANY
