"""Runs that an earlier process began and did not live to record."""

from collections.abc import Sequence
from dataclasses import dataclass
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
        schedule then has nobody left to finish it. Manual runs belong to the process that
        answers the request, which may be another one: they are left until their time is over.
        """
        closed = 0
        for where in self._abandoned():
            page = Page(1, CHUNK)
            async with self.store.reading() as view:
                found, _ = await view.executions.page(where, page)
            while found:
                closed += await self._end([one.execution for one in found])
                async with self.store.reading() as view:
                    found, _ = await view.executions.page(where, page)
        return closed

    async def close(self, runs: Sequence[Run]) -> None:
        """End runs that were claimed and will not be delivered any more, as this process stops."""
        if runs:
            await self._end([run.execution for run in runs])

    def _abandoned(self) -> tuple[ExecutionFilter, ExecutionFilter]:
        running = (ExecutionStatus.RUNNING.value,)
        manual_end = self.clock.now() - timedelta(seconds=self.manual_life)
        return (
            ExecutionFilter(statuses=running, trigger_type=TriggerType.SCHEDULED.value),
            ExecutionFilter(
                statuses=running, trigger_type=TriggerType.MANUAL.value, until=manual_end
            ),
        )

    async def _end(self, executions: Sequence[Execution]) -> int:
        lost = Delivery.failure(
            Reason.INTERRUPTED, "The service stopped during this run; its result is unknown."
        )
        now = self.clock.now()
        async with self.store.writing() as uow:
            ended = await uow.executions.finish([one.finish(lost, now) for one in executions])
            await uow.commit()
        return len(ended)
