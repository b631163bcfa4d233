"""Runs that an earlier process began and did not live to record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from cronjobs_core.domain.executions import (
    Delivery,
    Execution,
    ExecutionFilter,
    ExecutionStatus,
    Reason,
    Run,
    TriggerType,
)
from cronjobs_core.domain.paging import Page
from cronjobs_core.ports.store import Store
from cronjobs_core.ports.world import Clock

CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverRuns:
    """Sees to it that nothing is marked running for ever.

    `manual_life` is how long a manual run can be alive, in seconds.
    """

    store: Store
    clock: Clock
    manual_life: float

    async def close_interrupted(self) -> int:
        """End what an earlier process left running as failed (`interrupted`); returns how many.

        To be called while leading and before anything is claimed: whatever is marked running on
        schedule then has nobody left to finish it.
        """
        scheduled = await self._close(ExecutionFilter(trigger_type=TriggerType.SCHEDULED.value))
        return scheduled + await self.close_overdue()

    async def close_overdue(self) -> int:
        """End manual runs that are still marked running when their time is over; returns how many.

        They belong to the process that answers the request, which may be another one than the
        leader, so nothing but their age tells that nobody will finish them.
        """
        end = self.clock.now() - timedelta(seconds=self.manual_life)
        return await self._close(ExecutionFilter(trigger_type=TriggerType.MANUAL.value, until=end))

    async def close(self, runs: Sequence[Run]) -> None:
        """End runs that were claimed and will not be delivered any more, as this process stops."""
        if runs:
            await self._end([run.execution for run in runs])

    async def _close(self, where: ExecutionFilter) -> int:
        running = replace(where, statuses=(ExecutionStatus.RUNNING.value,))
        closed = 0
        while found := await self._first(running):
            closed += await self._end(found)
        return closed

    async def _first(self, where: ExecutionFilter) -> list[Execution]:
        async with self.store.reading() as view:
            found, _ = await view.executions.page(where, Page(1, CHUNK))
        return [one.execution for one in found]

    async def _end(self, executions: Sequence[Execution]) -> int:
        lost = Delivery.failure(
            Reason.INTERRUPTED, "The service stopped during this run; its result is unknown."
        )
        now = self.clock.now()
        async with self.store.writing() as uow:
            ended = await uow.executions.finish([one.finish(lost, now) for one in executions])
            await uow.commit()
        return len(ended)
