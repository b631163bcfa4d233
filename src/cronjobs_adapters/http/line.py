"""One connection's line to the network: what came back over it, and an end that is certain."""

import ssl
from collections.abc import Iterable
from typing import Any, Final

import httpcore2

_MOUTHFUL: Final = 8 * 1024
"""Bytes per read: thousands of tiny chunks in one read are parsed without a pause for others."""


class Line(httpcore2.AsyncNetworkBackend):
    """A backend for a single connection, opened through `backend`.

    `received` counts the bytes that came back (inside TLS), `ended` tells that the far end is
    gone: together they tell a connection that died while idle from one that died while answering.
    """

    def __init__(self, backend: httpcore2.AsyncNetworkBackend) -> None:
        self.received = 0
        self.ended = False
        self._backend = backend
        self._tcp: httpcore2.AsyncNetworkStream | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the backend's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Open the line."""
        self._tcp = await self._backend.connect_tcp(
            host, port, timeout, local_address, socket_options
        )
        return _Watched(self._tcp, self)

    async def cut(self) -> None:
        """Close the socket, whatever stands on top of it; also half-way through a handshake."""
        if self._tcp is not None:
            await self._tcp.aclose()


class _Watched(httpcore2.AsyncNetworkStream):
    """A stream that keeps its line's books."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream, line: Line) -> None:
        self._stream = stream
        self._line = line

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            data = await self._stream.read(min(max_bytes, _MOUTHFUL), timeout)
        except httpcore2.NetworkError:
            self._line.ended = True
            raise
        except OSError as error:  # TLS that breaks after the handshake
            raise httpcore2.ReadError("the connection broke") from error
        self._line.received += len(data)
        self._line.ended = not data
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        try:
            await self._stream.write(buffer, timeout)
        except OSError as error:
            raise httpcore2.WriteError("the connection broke") from error

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- the stream's signature
    ) -> httpcore2.AsyncNetworkStream:
        try:
            inner = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except ValueError as error:  # a name that TLS cannot carry
            raise httpcore2.ConnectError("the host name cannot be used with TLS") from error
        return _Watched(inner, self._line)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
