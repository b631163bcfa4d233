"""What an ExecutionQueue must do."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import anyio
import anyio.lowlevel
import pytest

from cronjobs_core.domain.executions import Run
from cronjobs_core.domain.targets import Webhook
from cronjobs_core.ports.queue import Consume, ExecutionQueue
from cronjobs_core.testing.builders import an_execution
from cronjobs_core.testing.contracts.backend import OnAsyncio

MakeQueue = Callable[[int], ExecutionQueue]

ROOMY: Final = 10_000
MANY: Final = 200
LONG: Final = 30.0
GRACE: Final = 0.05


def a_run() -> Run:
    """A run of its own."""
    return Run(
        execution=an_execution(),
        job_name="A job",
        target=Webhook(url="https://hooks.example.com/run"),
        metadata={},
        deadline=10.0,
    )


class ExecutionQueueContract(OnAsyncio):
    """Override the fixture `make_queue`, and `work` where a queue does not work by itself.

    `patience` is the number of seconds after which a test has failed. `moment` is how long, in
    seconds, a test looks on before it believes that nothing happens.
    """

    patience: float = 10.0
    moment: float = 0.03

    @pytest.fixture
    def make_queue(self) -> MakeQueue:
        """Override it: makes a queue in which about so many runs may wait."""
        raise NotImplementedError("override the fixture `make_queue`")

    async def work(self, queue: ExecutionQueue) -> None:
        """Let `queue` deliver what is waiting in it; nothing to do where it does so by itself."""
        del queue

    @pytest.mark.anyio
    async def test_each_run_is_delivered_once_and_in_order(self, make_queue: MakeQueue) -> None:
        """Runs of several calls are begun in the order in which they came, each once."""
        runs = [a_run() for _ in range(MANY)]
        begun: list[Run] = []

        async def consume(run: Run) -> None:
            begun.append(run)
            await anyio.lowlevel.checkpoint()

        async with self.working(make_queue(ROOMY), consume) as queue:
            for start in range(0, MANY, 40):
                await queue.hand_over(runs[start : start + 40])
            await self.until(queue, lambda: len(begun) >= MANY)
        assert begun == runs

    @pytest.mark.anyio
    async def test_an_error_ends_one_delivery_only(
        self, make_queue: MakeQueue, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An error is logged with the execution's id, and the rest go on, however many fail."""
        runs = [a_run() for _ in range(MANY)]
        begun: list[Run] = []

        async def consume(run: Run) -> None:
            begun.append(run)
            if run is not runs[-1]:
                raise OSError("the far end is on fire")

        async with self.working(make_queue(ROOMY), consume) as queue:
            await queue.hand_over(runs)
            await self.until(queue, lambda: len(begun) >= MANY)
        assert begun == runs
        for run in runs[:-1]:
            assert caplog.text.count(run.execution.id) == 1
        assert runs[-1].execution.id not in caplog.text

    @pytest.mark.anyio
    async def test_handing_over_waits_while_too_many_wait(self, make_queue: MakeQueue) -> None:
        """Back-pressure: a full queue takes no more until it has delivered."""
        gate = anyio.Event()
        begun: list[Run] = []

        async def consume(run: Run) -> None:
            begun.append(run)
            await gate.wait()

        taken: list[int] = []

        async def fill(queue: ExecutionQueue) -> None:
            for number in range(MANY):
                await queue.hand_over([a_run()])
                taken.append(number)

        async with (
            self.working(make_queue(1), consume) as queue,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(fill, queue)
            await self.until_quiet(taken)
            assert len(taken) < MANY
            gate.set()
            await self.until(queue, lambda: len(begun) >= MANY)
        assert len(taken) == MANY

    @pytest.mark.anyio
    async def test_a_stopped_queue_takes_nothing(self, make_queue: MakeQueue) -> None:
        """Whoever hands over too late is told so."""
        async with self.working(make_queue(ROOMY), never) as queue:
            assert await queue.stop(LONG) == []
            with pytest.raises(RuntimeError):
                await queue.hand_over([a_run()])

    @pytest.mark.anyio
    async def test_who_waits_for_room_is_told_of_the_stop(self, make_queue: MakeQueue) -> None:
        """A call that was waiting ends with the same error, and what it held was not taken."""
        runs = [a_run() for _ in range(MANY)]
        refused: list[Run] = []

        async def fill(queue: ExecutionQueue) -> None:
            for run in runs:
                try:
                    await queue.hand_over([run])
                except RuntimeError:
                    refused.append(run)

        async with (
            self.working(make_queue(1), never) as queue,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(fill, queue)
            await anyio.sleep(self.moment)
            left = await queue.stop(0)
        assert refused
        assert left + refused == runs

    @pytest.mark.anyio
    async def test_what_is_being_delivered_may_end_in_the_grace(
        self, make_queue: MakeQueue
    ) -> None:
        """Stopping waits for a delivery that ends in time, and no longer than for that."""
        ended: list[Run] = []
        begun = anyio.Event()

        async def consume(run: Run) -> None:
            begun.set()
            await anyio.sleep(self.moment)
            ended.append(run)

        run = a_run()
        async with self.working(make_queue(ROOMY), consume) as queue, self.delivering(queue, [run]):
            await begun.wait()
            assert await queue.stop(LONG) == []
            assert ended == [run]

    @pytest.mark.anyio
    async def test_after_the_grace_a_delivery_is_cancelled(self, make_queue: MakeQueue) -> None:
        """Its run comes back first, then those that waited, in order; none is begun any more."""
        runs = [a_run() for _ in range(MANY)]
        begun: list[Run] = []
        cancelled: list[Run] = []

        async def consume(run: Run) -> None:
            begun.append(run)
            try:
                await anyio.sleep(LONG)
            finally:
                cancelled.append(run)

        async with self.working(make_queue(ROOMY), consume) as queue, self.delivering(queue, runs):
            await self.until(queue, lambda: bool(begun), work=False)
            left = await queue.stop(GRACE)
            busy = list(begun)
            await anyio.sleep(self.moment)
        assert left == runs
        assert begun == busy
        assert sorted(map(key, cancelled)) == sorted(map(key, busy))

    @pytest.mark.anyio
    async def test_stopping_twice_is_as_good_as_once(self, make_queue: MakeQueue) -> None:
        """The second call changes nothing and returns the same."""
        run = a_run()
        async with self.working(make_queue(ROOMY), never) as queue, self.delivering(queue, [run]):
            await anyio.sleep(self.moment)
            first = await queue.stop(0)
            assert first == [run]
            assert await queue.stop(LONG) == first

    @asynccontextmanager
    async def working(
        self, queue: ExecutionQueue, consume: Consume
    ) -> AsyncIterator[ExecutionQueue]:
        """Start `queue`, stop it at the end, all within `patience`."""
        with anyio.fail_after(self.patience):
            await queue.start(consume)
            yield queue
            await queue.stop(0)

    @asynccontextmanager
    async def delivering(self, queue: ExecutionQueue, runs: Sequence[Run]) -> AsyncIterator[None]:
        """Let the queue deliver `runs` while the block goes on."""
        await queue.hand_over(runs)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.work, queue)
            yield

    async def until(
        self, queue: ExecutionQueue, reached: Callable[[], bool], *, work: bool = True
    ) -> None:
        """Return when `reached` says so, letting the queue work meanwhile."""
        while not reached():
            if work:
                await self.work(queue)
            await anyio.sleep(0.001)

    async def until_quiet(self, seen: Sequence[object]) -> None:
        """Return when nothing has been added to `seen` for a moment."""
        before = -1
        while before != len(seen):
            before = len(seen)
            await anyio.sleep(self.moment)


async def never(run: Run) -> None:
    """A delivery that does not end by itself."""
    del run
    await anyio.sleep_forever()


def key(run: Run) -> str:
    """What tells runs apart."""
    return run.execution.id
