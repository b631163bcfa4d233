"""The HTTP server process: signals, exit code and the words at its start."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from socket import socket
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

from cronjobs_http.container import MANUAL_DEADLINE

REQUEST_GRACE: Final = int(MANUAL_DEADLINE) + 3
"""Seconds that open requests get when the process is told to stop: a run by hand ends in them."""
TICK: Final = 0.1
"""Seconds between two looks for a second signal."""


class Server(uvicorn.Server):
    """uvicorn that exits with 0 when told to stop, and at once when told twice.

    `ready` is called when the port is open, `wind_down` when the process is told to stop.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        wind_down: Callable[[], Awaitable[object]],
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._wind_down = wind_down

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start the application, open the port, say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Let requests and deliveries end, both at once so that their graces do not add up."""
        ending = asyncio.gather(self._wind_down(), super().shutdown(sockets))
        while not ending.done():
            await asyncio.wait({ending}, timeout=TICK)
            if self.force_exit:
                ending.cancel()
        with suppress(asyncio.CancelledError):
            await ending

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle SIGINT and SIGTERM without raising them again afterwards (decision 0.20)."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in order; at the second signal stop at once."""
        if self.should_exit:
            self.force_exit = True
        super().handle_exit(sig, frame)


def make_server(app: FastAPI, host: str, port: int, ready: Callable[[], None]) -> Server:
    """A server for `app` that leaves logging as it is configured."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=REQUEST_GRACE,
    )
    return Server(config, ready, app.state.wind_down)
