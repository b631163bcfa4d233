"""The last step of a run: its outcome and what is told of it, in one transaction.

Finished runs are committed in groups: while one group is being written the next one gathers, so
a burst costs a handful of commits, and a single run waits for nobody.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from cronjobs_core.domain.executions import Delivery, Execution, Run
from cronjobs_core.domain.notifications import Notice, run_finished
from cronjobs_core.ports.store import Store
from cronjobs_core.ports.telling import Tell
from cronjobs_core.ports.world import Clock

MAX_GROUP: Final = 500

_Waiting = tuple[Run, Execution, asyncio.Future[None]]


class RecordRuns:
    """Writes outcomes down. `to_everyone`: all users are told of every result."""

    def __init__(self, *, store: Store, clock: Clock, tell: Tell, to_everyone: bool) -> None:
        self._store = store
        self._clock = clock
        self._tell = tell
        self._to_everyone = to_everyone
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def record(self, run: Run, delivery: Delivery) -> Execution:
        """Store the outcome of `run` and return the finished execution once it is durable.

        An execution that was finished by somebody else meanwhile, or deleted with its job, is
        left as it is and nobody is told. Raises what the store raises.
        """
        finished = run.execution.finish(delivery, self._clock.now())
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((run, finished, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_groups())
        await done
        return finished

    async def _write_groups(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
                await self._write(group)
        finally:
            self._writer = None

    async def _write(self, group: Sequence[_Waiting]) -> None:
        try:
            async with self._store.writing() as uow:
                changed = await uow.executions.finish([finished for _, finished, _ in group])
                for run, finished, _ in group:
                    if finished.id in changed:
                        await self._tell(uow, self._notice(run, finished))
                await uow.commit()
        except Exception as error:  # noqa: BLE001 -- handed to each caller, who raises it
            for _, _, done in group:
                if not done.done():
                    done.set_exception(error)
            return
        for _, _, done in group:
            if not done.done():
                done.set_result(None)

    def _notice(self, run: Run, finished: Execution) -> Notice:
        return run_finished(finished, run.job_name, run.created_by, to_everyone=self._to_everyone)
