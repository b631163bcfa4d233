"""The way from a claim to its delivery."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from cronjobs_core.domain.executions import Run

Consume = Callable[[Run], Awaitable[None]]


class ExecutionQueue(Protocol):
    """Takes claimed runs and has each delivered once, in the order in which they came.

    How many are delivered at a time, and where, is the adapter's business.
    """

    async def start(self, consume: Consume) -> None:
        """Begin to call `consume` for each run. An error it raises is logged; the rest go on."""
        ...

    async def hand_over(self, runs: Sequence[Run]) -> None:
        """Take `runs`; waits while too many are waiting. Raises RuntimeError once stopped."""
        ...

    async def stop(self, grace: float) -> list[Run]:
        """Take no more; give what is being delivered up to `grace` seconds, then cancel it.

        Returns the runs that were taken and not delivered. Twice is as good as once.
        """
        ...
