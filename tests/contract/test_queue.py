"""Queues keep the contract of the execution queue."""

import pytest

from cronjobs_adapters.queues.in_process import InProcessQueue
from cronjobs_core.ports.queue import ExecutionQueue
from cronjobs_core.testing.contracts.queue import ExecutionQueueContract, MakeQueue
from cronjobs_core.testing.fakes import ImmediateQueue


@pytest.mark.parametrize("concurrency", [1, 3, 50])
class TestInProcessQueue(ExecutionQueueContract):
    """The pool of one process, narrow and wide."""

    @pytest.fixture
    def make_queue(self, concurrency: int) -> MakeQueue:
        return lambda waiting: InProcessQueue(concurrency, waiting)


class TestImmediateQueue(ExecutionQueueContract):
    """The queue of tests."""

    @pytest.fixture
    def make_queue(self) -> MakeQueue:
        return ImmediateQueue

    async def work(self, queue: ExecutionQueue) -> None:
        assert isinstance(queue, ImmediateQueue)
        await queue.drain()
