"""The timer: it wakes, it does not plan."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

Wake = Callable[[], Awaitable[None]]


class Scheduler(Protocol):
    """One alarm for the timetable and one per housekeeping round.

    What is called runs on the event loop; an error it raises is logged and ends that call only.
    """

    async def start(self, wake: Wake) -> None:
        """Begin; from now on `wake` is called when an instant given to `wake_at` has come.

        A second start raises RuntimeError.
        """
        ...

    def wake_at(self, instant: datetime | None) -> None:
        """Set the alarm to `instant` (UTC) in place of the one before; None sets none.

        An instant that is past, or that passes while `wake` runs, wakes as soon as `wake` has
        returned: no alarm is lost, and `wake` never runs twice at once.
        """
        ...

    def every(self, name: str, period: timedelta, call: Wake) -> None:
        """Call `call` each `period` from now on, the first time after one period.

        The same `name` replaces the round before. A round that is still running when it is due
        again is left out once.
        """
        ...

    async def stop(self) -> None:
        """End every alarm and round, and wait for what is running; twice is as good as once."""
        ...
