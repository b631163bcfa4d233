"""An execution queue inside one process: a pool of asyncio tasks."""

import asyncio
import logging
from collections.abc import Sequence

from cronjobs_core.domain.executions import Run
from cronjobs_core.ports.queue import Consume

logger = logging.getLogger(__name__)


class InProcessQueue:
    """Delivers `concurrency` runs at a time, each worker one; nothing survives the process.

    `hand_over` waits while `waiting` runs or more are waiting, then takes all it is given: a call
    that is refused has left nothing behind. Runs may be handed over before the start.
    """

    def __init__(self, concurrency: int = 50, waiting: int = 10_000) -> None:
        if concurrency < 1 or waiting < 1:
            raise ValueError("concurrency and waiting must be at least 1")
        self._concurrency = concurrency
        self._limit = waiting
        self._waiting: asyncio.Queue[Run] = asyncio.Queue()
        self._room = asyncio.Event()
        self._turn = asyncio.Lock()
        self._workers: list[asyncio.Task[None]] = []
        self._busy: dict[int, Run] = {}  # by the worker's number, in the order in which they began
        self._stopping: asyncio.Task[list[Run]] | None = None

    async def start(self, consume: Consume) -> None:
        """See the port. A second start, or one after a stop, raises RuntimeError."""
        if self._workers or self._stopping is not None:
            raise RuntimeError("the queue was started before")
        for number in range(self._concurrency):
            work = self._work(number, consume)
            self._workers.append(asyncio.create_task(work, name=f"execution-worker-{number}"))

    async def hand_over(self, runs: Sequence[Run]) -> None:
        async with self._turn:  # first come, first served, also among callers that wait for room
            while self._waiting.qsize() >= self._limit and self._stopping is None:
                self._room.clear()
                await self._room.wait()
            if self._stopping is not None:
                raise RuntimeError("the queue was stopped")
            for run in runs:
                self._waiting.put_nowait(run)

    async def stop(self, grace: float) -> list[Run]:
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(grace), name="execution-queue-stop")
            self._room.set()
        return list(await asyncio.shield(self._stopping))

    async def _stop(self, grace: float) -> list[Run]:
        left = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
        busy = {self._workers[number] for number in self._busy}
        for idle in set(self._workers) - busy:
            idle.cancel()
        if busy:
            _, late = await asyncio.wait(busy, timeout=grace)
            for worker in late:
                worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        return [*self._busy.values(), *left]

    async def _work(self, number: int, consume: Consume) -> None:
        """Deliver one run after the other. A run that is cancelled stays in `_busy`."""
        while self._stopping is None:
            run = await self._waiting.get()
            self._room.set()
            self._busy[number] = run
            await _deliver(consume, run, self._workers[number])
            del self._busy[number]


async def _deliver(consume: Consume, run: Run, worker: asyncio.Task[None]) -> None:
    """Call `consume`; whatever it raises is logged, unless this worker itself is cancelled."""
    try:
        await consume(run)
    except asyncio.CancelledError:
        if worker.cancelling():
            raise
        logger.exception("The delivery of execution %s was cancelled from inside", run.execution.id)
    except Exception:
        logger.exception("An error ended the delivery of execution %s", run.execution.id)
