"""A small HTTP server on loopback that keeps what it was sent; subclasses say what it answers."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request. Header names are lower-case; `connection` numbers the connections from 1."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


class SocketServer:
    """Listens from entry to exit of its block; `requests` is its log."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self.port = port
        self.reached = asyncio.Event()
        self._host = host
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()

    def url(self, path: str, host: str | None = None) -> str:
        """Return the address of `path` here, by another name of this host where one is given."""
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://{host or self._host}:{self.port}{path}"

    async def answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        """Answer the request; return whether the connection stays open."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._accept, self._host, self.port, ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer, self.connections))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
    ) -> None:
        try:
            with suppress(asyncio.IncompleteReadError, OSError):
                while await self._one(reader, writer, connection):
                    await writer.drain()
        except asyncio.CancelledError:
            writer.transport.abort()  # a polite end of TLS would wait for the client's
            raise
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        request = Received(
            method=method, path=path, headers=headers, body=body, connection=connection
        )
        self.requests.append(request)
        self.reached.set()
        return await self.answer(request, writer)


def response(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return an answer with its length; underscores in header names stand for hyphens."""
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def open_files() -> int:
    """Return how many files and sockets this process holds."""
    return len(list(Path("/proc/self/fd").iterdir()))


def closed_port() -> int:
    """Return a port of loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def port_that_never_accepts() -> Iterator[int]:
    """Give a port whose queue of connections is full: a further one hangs, as behind a firewall."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


@contextmanager
def port_that_never_speaks() -> Iterator[int]:
    """Give a port where connections are taken and nothing is ever read or said."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield int(listener.getsockname()[1])
