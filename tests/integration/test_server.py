"""How the server ends, whatever its application is still at."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from cronjobs_http.server import Server, make_server
from servers.sockets import closed_port

LIMIT = 20.0
"""Seconds after which an end counts as not coming."""


@asynccontextmanager
async def running_server(
    winding_down: asyncio.Event,
) -> AsyncIterator[tuple[Server, asyncio.Task[None]]]:
    """Give a server whose deliveries never end, while it runs."""
    app, ready = FastAPI(), asyncio.Event()

    async def wind_down() -> None:
        winding_down.set()
        await asyncio.Event().wait()

    app.state.wind_down = wind_down
    server = make_server(app, "127.0.0.1", closed_port(), ready.set)
    task = asyncio.create_task(server._serve())  # noqa: SLF001 -- without taking over the signals
    await asyncio.wait_for(ready.wait(), LIMIT)
    yield server, task


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
async def test_second_signal_ends_the_wait_for_deliveries(second: signal.Signals) -> None:
    """After the first signal deliveries have their time; at the second the server ends."""
    winding_down = asyncio.Event()
    async with running_server(winding_down) as (server, task):
        server.handle_exit(signal.SIGTERM, None)
        await asyncio.wait_for(winding_down.wait(), LIMIT)
        await asyncio.sleep(0.3)
        assert not task.done()
        server.handle_exit(second, None)
        await asyncio.wait_for(task, LIMIT)
