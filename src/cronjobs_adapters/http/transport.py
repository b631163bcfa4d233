"""Connections that are kept for a moment: one per request in flight, the newest reused first.

The libraries' own pool looks at every connection on every request and halves the throughput at
fifty requests at a time; this one looks at what it takes.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Final

import httpcore2
import httpx2

from cronjobs_adapters.http.line import Line

_ERRORS: Final[dict[type[Exception], type[httpx2.TransportError]]] = {
    httpcore2.ConnectTimeout: httpx2.ConnectTimeout,
    httpcore2.ReadTimeout: httpx2.ReadTimeout,
    httpcore2.WriteTimeout: httpx2.WriteTimeout,
    httpcore2.ConnectError: httpx2.ConnectError,
    httpcore2.ReadError: httpx2.ReadError,
    httpcore2.WriteError: httpx2.WriteError,
    httpcore2.LocalProtocolError: httpx2.LocalProtocolError,
    httpcore2.RemoteProtocolError: httpx2.RemoteProtocolError,
}
_NO_BODY: Final = frozenset({204, 304})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """How many requests at once, how many idle connections, and for how many seconds."""

    in_flight: int = 500
    idle: int = 50
    keep_alive: float = 3.0


class PooledTransport(httpx2.AsyncBaseTransport):
    """Sends over connections that `backend` opens. Bodies of requests are bytes.

    A request is sent a second time in one case only: a reused connection ended before a byte came
    back, as it does when the far end closes it for idleness at that very moment.
    """

    def __init__(
        self,
        backend: httpcore2.AsyncNetworkBackend,
        ssl_context: ssl.SSLContext,
        limits: ConnectionLimits,
    ) -> None:
        self._backend = backend
        self._ssl_context = ssl_context
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.in_flight)
        self._idle: list[_Connection] = []  # the longest idle first
        self._sweeper: asyncio.Task[None] | None = None
        self._closed = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send, and give the answer as soon as its headers are there. Waits for a free slot.

        The caller closes the answer; one that was not read to its end takes its connection along.
        """
        wire_request = _wire_request(request)
        await self._slots.acquire()
        try:
            with _translated():
                connection, answer = await self._exchange(wire_request)
        except BaseException:
            self._slots.release()
            raise

        async def give_back() -> None:
            self._slots.release()
            await self._keep(connection, _ends_plainly(answer))

        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer, give_back)
        )

    async def _exchange(
        self, request: httpcore2.Request
    ) -> tuple["_Connection", httpcore2.Response]:
        reused = await self._take(request.url.origin)
        if reused is not None:
            try:
                return reused, await reused.send(request)
            except (httpcore2.NetworkError, httpcore2.RemoteProtocolError):
                if not reused.died_silently():
                    raise
        fresh = _Connection(request.url.origin, self._ssl_context, self._backend, self._limits)
        return fresh, await fresh.send(request)

    async def _take(self, origin: httpcore2.Origin) -> "_Connection | None":
        """The newest live idle connection to `origin`; dead ones on the way are closed."""
        while True:
            same = (one for one in reversed(self._idle) if one.origin == origin)
            connection = next(same, None)
            if connection is None:
                return None
            self._idle.remove(connection)
            if not connection.has_expired():
                return connection
            await connection.close()

    async def _keep(self, connection: "_Connection", ends_plainly: bool) -> None:
        if self._closed or not ends_plainly or not connection.is_idle():
            await connection.close()
            return
        self._idle.append(connection)
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = asyncio.create_task(self._sweep())
        if len(self._idle) > self._limits.idle:
            await self._idle.pop(0).close()

    async def _sweep(self) -> None:
        """Close what nobody came back for, so that no target holds a line of ours for long."""
        while self._idle:
            await asyncio.sleep(self._limits.keep_alive)
            expired = [one for one in self._idle if one.has_expired()]
            self._idle = [one for one in self._idle if one not in expired]
            for connection in expired:
                await connection.close()

    async def aclose(self) -> None:
        """Close the idle connections; those in flight are closed when their answer is."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.wait([self._sweeper])
        while self._idle:
            await self._idle.pop().close()


class _Connection:
    """One HTTP/1.1 connection and its line."""

    def __init__(
        self,
        origin: httpcore2.Origin,
        ssl_context: ssl.SSLContext,
        backend: httpcore2.AsyncNetworkBackend,
        limits: ConnectionLimits,
    ) -> None:
        self.origin = origin
        self._line = Line(backend)
        self._http = httpcore2.AsyncHTTPConnection(
            origin, ssl_context, limits.keep_alive, network_backend=self._line
        )
        self._received_before = 0
        self.is_idle = self._http.is_idle
        self.has_expired = self._http.has_expired

    async def send(self, request: httpcore2.Request) -> httpcore2.Response:
        self._received_before = self._line.received
        try:
            return await self._http.handle_async_request(request)
        except BaseException:
            await self.close()
            raise

    def died_silently(self) -> bool:
        """Whether the far end had gone before a byte of the last answer came."""
        return self._line.ended and self._line.received == self._received_before

    async def close(self) -> None:
        try:
            await self._http.aclose()
        finally:
            await self._line.cut()


class _Body(httpx2.AsyncByteStream):
    """The bytes of an answer as they come over the wire."""

    def __init__(
        self, answer: httpcore2.Response, give_back: Callable[[], Awaitable[None]]
    ) -> None:
        self._answer = answer
        self._give_back = give_back
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated():
            async with aclosing(self._answer.aiter_stream()) as parts:
                async for part in parts:
                    yield part

    async def aclose(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            await self._answer.aclose()
        finally:
            await self._give_back()


def _wire_request(request: httpx2.Request) -> httpcore2.Request:
    url = request.url
    if url.scheme not in {"http", "https"} or not url.host:
        raise httpx2.UnsupportedProtocol("only http and https URLs with a host can be called")
    return httpcore2.Request(
        request.method,
        httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.content,
        extensions=request.extensions,
    )


def _ends_plainly(answer: httpcore2.Response) -> bool:
    """Whether nothing can follow the answer on the wire.

    A 204 or 304 has no body whatever its headers say; where they promise one, some servers send
    it, and it would be taken for the beginning of the next answer.
    """
    if answer.status not in _NO_BODY:
        return True
    headers = {name.lower(): value for name, value in answer.headers}
    return b"transfer-encoding" not in headers and headers.get(b"content-length", b"0") == b"0"


@contextmanager
def _translated() -> Iterator[None]:
    """The lower library's errors as the upper one's, cause kept."""
    try:
        yield
    except tuple(_ERRORS) as error:
        raise _ERRORS[type(error)](str(error)) from error
