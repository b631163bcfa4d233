"""The HTTP server process: signals, exit code and the words at its start."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

REQUEST_GRACE = 15
"""Seconds that open requests get when the process is told to stop."""


class Server(uvicorn.Server):
    """uvicorn that exits with 0 when told to stop, and at once when told twice.

    `ready` is called when the port is open.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start the application, open the port, say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

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
    return Server(config, ready)
