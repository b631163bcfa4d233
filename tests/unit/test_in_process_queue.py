"""The pool of one process: its width, its cost, and deliveries that misbehave."""

import asyncio

import anyio
import pytest

from cronjobs_adapters.queues.in_process import InProcessQueue
from cronjobs_core.domain.executions import Run
from cronjobs_core.testing.contracts.queue import a_run

pytestmark = pytest.mark.anyio


async def nothing(run: Run) -> None:
    """Deliver at once."""
    del run


async def test_so_many_are_delivered_at_a_time_and_no_more() -> None:
    """The width of the pool is what the operator set, and all of it is used."""
    queue, gate = InProcessQueue(concurrency=7), anyio.Event()
    inside, most = 0, 0

    async def consume(run: Run) -> None:
        nonlocal inside, most
        del run
        inside += 1
        most = max(most, inside)
        await gate.wait()
        inside -= 1

    await queue.start(consume)
    await queue.hand_over([a_run() for _ in range(50)])
    await anyio.wait_all_tasks_blocked()
    assert inside == 7
    gate.set()
    await anyio.wait_all_tasks_blocked()
    assert (inside, most) == (0, 7)
    assert await queue.stop(0) == []


async def test_waiting_runs_cost_no_tasks() -> None:
    """Ten thousand runs in one minute are a list, not ten thousand tasks."""
    queue = InProcessQueue(concurrency=5)

    async def consume(run: Run) -> None:
        del run
        await anyio.sleep_forever()

    before = len(asyncio.all_tasks())
    await queue.start(consume)
    await queue.hand_over([a_run()] * 10_000)
    await anyio.wait_all_tasks_blocked()
    assert len(asyncio.all_tasks()) == before + 5
    assert len(await queue.stop(0)) == 10_000
    assert len(asyncio.all_tasks()) == before


async def test_a_worker_survives_a_cancellation_from_inside(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A library that lets its own cancellation escape does not narrow the pool."""
    queue, runs = InProcessQueue(concurrency=1), [a_run(), a_run()]
    begun: list[Run] = []

    async def consume(run: Run) -> None:
        begun.append(run)
        if len(begun) == 1:
            raise asyncio.CancelledError

    await queue.start(consume)
    await queue.hand_over(runs)
    await anyio.wait_all_tasks_blocked()
    assert begun == runs
    assert runs[0].execution.id in caplog.text
    assert await queue.stop(0) == []


async def test_runs_may_come_before_the_start_and_stay_when_there_is_none() -> None:
    """Nothing that was handed over is forgotten, whatever the order of starting and stopping."""
    early, never = InProcessQueue(), InProcessQueue()
    run = a_run()
    delivered: list[Run] = []

    async def consume(run: Run) -> None:
        delivered.append(run)

    await early.hand_over([run])
    await early.start(consume)
    await anyio.wait_all_tasks_blocked()
    assert delivered == [run]
    assert await early.stop(0) == []
    await never.hand_over([run])
    assert await never.stop(0) == [run]


async def test_a_refused_call_has_left_nothing_behind() -> None:
    """All of a call is taken or none, so whoever is refused knows what to do with its runs."""
    queue = InProcessQueue(concurrency=1, waiting=2)
    first, second = [a_run(), a_run(), a_run()], [a_run(), a_run()]
    refused: list[Run] = []

    async def hand_over() -> None:
        try:
            await queue.hand_over(second)
        except RuntimeError:
            refused.extend(second)

    await queue.hand_over(first)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hand_over)
        await anyio.wait_all_tasks_blocked()
        assert await queue.stop(0) == first
    assert refused == second


async def test_who_waits_for_room_is_not_overtaken() -> None:
    """A call that comes when room has just been made queues up behind the one that waits."""
    queue = InProcessQueue(concurrency=2, waiting=1)
    first, second, third = a_run(), a_run(), a_run()
    begun: list[Run] = []

    async def consume(run: Run) -> None:
        begun.append(run)
        if run is first:
            await queue.hand_over([third])

    await queue.hand_over([first])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(queue.hand_over, [second])
        await anyio.wait_all_tasks_blocked()
        await queue.start(consume)
    await anyio.wait_all_tasks_blocked()
    assert begun == [first, second, third]
    assert await queue.stop(0) == []


async def test_two_callers_of_stop_get_the_same_answer() -> None:
    """The second of two signals to stop waits for the first and learns the same."""
    queue, run = InProcessQueue(concurrency=1), a_run()
    answers: list[list[Run]] = []

    async def consume(run: Run) -> None:
        del run
        await anyio.sleep_forever()

    async def stop() -> None:
        answers.append(await queue.stop(0.02))

    await queue.start(consume)
    await queue.hand_over([run])
    await anyio.wait_all_tasks_blocked()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop)
        tasks.start_soon(stop)
    assert answers == [[run], [run]]


async def test_it_starts_once() -> None:
    """A second pool beside the first would deliver in no order."""
    queue = InProcessQueue()
    await queue.start(nothing)
    with pytest.raises(RuntimeError):
        await queue.start(nothing)
    await queue.stop(0)
    with pytest.raises(RuntimeError):
        await queue.start(nothing)


@pytest.mark.parametrize(("concurrency", "waiting"), [(0, 1), (1, 0), (-1, 1)])
async def test_a_pool_without_room_cannot_be_made(concurrency: int, waiting: int) -> None:
    """A queue that would never deliver is an error of configuration."""
    with pytest.raises(ValueError, match="at least 1"):
        InProcessQueue(concurrency, waiting)
