"""A target that misbehaves on demand: the first part of the path says how, the rest how much."""

import asyncio
import gzip
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any
from urllib.parse import unquote

from servers.sockets import Received, SocketServer, response

Mode = Callable[[list[str], asyncio.StreamWriter], Awaitable[bool]]

FOREVER = 3600
CHUNK = b"x" * 65_536


class HostileServer(SocketServer):
    """Answers by `MODES`; `raw` holds answers that tests write byte by byte, under `/raw/<name>`.

    `/once` answers and then closes at the next request of the same connection without a word,
    as a server does that gives up an idle connection; `/once-then-half` says half a status line.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.raw: dict[str, bytes] = {}
        self._spent: dict[int, bytes] = {}

    async def answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        """Answer as the path says."""
        if request.connection in self._spent:
            writer.write(self._spent[request.connection])
            return False
        mode, *arguments = request.path.partition("?")[0][1:].split("/")
        if mode in {"once", "once-then-half"}:
            self._spent[request.connection] = b"HTTP/1.1 2" if mode == "once-then-half" else b""
            mode = "ok"
        if mode == "raw":
            writer.write(self.raw[arguments[0]])
            return True
        return await MODES[mode](arguments, writer)


async def _ok(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(response(200, b"ok"))
    return True


async def _ok_and_close(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(response(200, b"ok", Connection="close"))
    return False


async def _ok_then_408(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(response(200, b"ok"))
    await writer.drain()
    await asyncio.sleep(0.02)
    writer.write(response(408, b"too slow"))
    return True


async def _status(arguments: list[str], writer: asyncio.StreamWriter) -> bool:
    status = int(arguments[0])
    writer.write(response(status, b"" if status in {204, 304} else b"status " + b"%d" % status))
    return True


async def _blackhole(_: list[str], __: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(FOREVER)
    return False


async def _reset(_: list[str], writer: asyncio.StreamWriter) -> bool:
    _send_reset(writer)
    return False


async def _reset_after_headers(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    await asyncio.sleep(0.05)  # a reset overtakes what is on its way
    _send_reset(writer)
    return False


async def _hang_up(_: list[str], __: asyncio.StreamWriter) -> bool:
    return False


async def _drip(arguments: list[str], writer: asyncio.StreamWriter) -> bool:
    size, interval = int(arguments[0]), float(arguments[1])
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    return await _repeat(writer, b"x" * size, interval)


async def _drip_headers(arguments: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    return await _repeat(writer, b"X-More: 1\r\n", float(arguments[0]))


async def _endless(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    return await _repeat(writer, b"10000\r\n" + CHUNK + b"\r\n")


async def _tiny_chunks(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    return await _repeat(writer, b"1\r\nx\r\n" * 4096)


async def _continues(_: list[str], writer: asyncio.StreamWriter) -> bool:
    return await _repeat(writer, b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 0.001)


async def _big(arguments: list[str], writer: asyncio.StreamWriter) -> bool:
    size = int(arguments[0])
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
    for _ in range(size // len(CHUNK)):
        writer.write(CHUNK)
        await writer.drain()
    return True


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(50 * 1024 * 1024), compresslevel=9)


async def _gzip_bomb(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(response(200, _bomb(), Content_Encoding="gzip"))
    return True


async def _break_tls(_: list[str], writer: asyncio.StreamWriter) -> bool:
    record = b"\x17\x03\x03\x00\x20" + bytes(32)  # past the encryption, so it deciphers to nothing
    os.write(writer.get_extra_info("socket").fileno(), record)
    await asyncio.sleep(FOREVER)
    return False


async def _redirect(arguments: list[str], writer: asyncio.StreamWriter) -> bool:
    status, location = int(arguments[0]), unquote("/".join(arguments[1:]))
    writer.write(response(status, b"moved", Location=location))
    return True


async def _late(arguments: list[str], writer: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(float(arguments[0]))
    return await _ok([], writer)


async def _half_then_hang(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
    await asyncio.sleep(FOREVER)
    return False


async def _half_then_close(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
    return False


async def _bad_headers(_: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\nok")
    return False


async def _long_header(arguments: list[str], writer: asyncio.StreamWriter) -> bool:
    writer.write(response(200, b"ok", X_Long="x" * int(arguments[0])))
    return False


async def _many_headers(arguments: list[str], writer: asyncio.StreamWriter) -> bool:
    lines = b"".join(b"X-Header-%d: value\r\n" % number for number in range(int(arguments[0])))
    writer.write(b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 2\r\n\r\nok")
    return False


async def _repeat(writer: asyncio.StreamWriter, part: bytes, interval: float = 0) -> bool:
    while True:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(interval)


def _send_reset(writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


MODES: dict[str, Mode] = {
    "ok": _ok,
    "ok-and-close": _ok_and_close,
    "ok-then-408": _ok_then_408,
    "status": _status,
    "blackhole": _blackhole,
    "reset": _reset,
    "reset-after-headers": _reset_after_headers,
    "hang-up": _hang_up,
    "drip": _drip,
    "drip-headers": _drip_headers,
    "endless": _endless,
    "tiny-chunks": _tiny_chunks,
    "continues": _continues,
    "big": _big,
    "gzip-bomb": _gzip_bomb,
    "break-tls": _break_tls,
    "redirect": _redirect,
    "late": _late,
    "half-then-hang": _half_then_hang,
    "half-then-close": _half_then_close,
    "bad-headers": _bad_headers,
    "long-header": _long_header,
    "many-headers": _many_headers,
}
