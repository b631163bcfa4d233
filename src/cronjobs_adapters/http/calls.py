"""One call over HTTP: a total deadline, a bounded answer, and a sentence for every failure.

The transport is used without an `httpx2.AsyncClient` on top: a client adds a cookie jar, redirects
and proxies from the environment, and none of them may take part here (S33, T41).
"""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx2

from cronjobs_adapters.http.guard import BlockedTarget
from cronjobs_core.domain.executions import MAX_OUTPUT, Reason, storable

MAX_BODY: Final = 64 * 1024
"""Bytes of an answer that are read; what is longer is cut off with its connection."""

_MAX_DECODED: Final = 8 * MAX_OUTPUT
"""Bytes that hold the text that is kept in any charset; so many parts of an answer hold it too."""
_MAX_LOCATION: Final = 300
_CHARSETS: Final = re.compile(  # Python knows more, and some of them are no charsets
    r"utf-?(8|16|32)(le|be)?|us-ascii|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]"
    r"|shift_jis|euc-(jp|kr)|iso-2022-jp|gb(2312|k|18030)|big5",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `text` is its first 1,000 characters, fit to be stored, without a mark.

    `location` is where a redirect points, without user-info, query and fragment.
    """

    status: int
    text: str
    location: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 200 to 299."""
        return 200 <= self.status <= 299  # noqa: PLR2004 -- the classes of statuses


class CallFailed(Exception):
    """No answer, or none that can be used; `cause` is for people and holds no secret."""

    def __init__(self, reason: Reason, cause: str) -> None:
        super().__init__(cause)
        self.reason = reason
        self.cause = cause


@asynccontextmanager
async def total_deadline(seconds: float) -> AsyncIterator[None]:
    """Give the block `seconds` of wall-clock time in all; raises CallFailed when they are over."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        cause = (
            f"no complete answer within {seconds:g} seconds; "
            "the target may have received the request"
        )
        raise CallFailed(Reason.TIMEOUT, cause) from None


class Caller:
    """Makes single calls through `transport`, under a name of our own."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, user_agent: str) -> None:
        self._transport = transport
        self._own_headers = {
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "User-Agent": user_agent,
        }

    async def call(
        self,
        method: str,
        url: httpx2.URL | str,
        headers: Mapping[str, str],
        content: bytes = b"",
        *,
        secret: str = "",
    ) -> Answer:
        """Send once and read the answer; `secret` is blotted out of its text.

        Raises CallFailed for everything that the target, the network or the arguments do.
        """
        request = _request(method, url, {**self._own_headers, **headers}, content)
        try:
            response = await self._transport.handle_async_request(request)
            try:
                body = await _read(response)
            finally:
                await response.aclose()
        except httpx2.TransportError as error:
            raise _failure(error) from error
        return Answer(
            status=response.status_code,
            text=_text(response, body, secret),
            location=_location(response),
        )

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


def _request(
    method: str, url: httpx2.URL | str, headers: Mapping[str, str], content: bytes
) -> httpx2.Request:
    try:
        return httpx2.Request(method, url, headers=headers, content=content)
    except (httpx2.InvalidURL, ValueError):  # their texts quote what may be secret
        raise CallFailed(Reason.INVALID_TARGET, "the request cannot be formed") from None


async def _read(response: httpx2.Response) -> bytes:
    body = bytearray()
    number = 0
    async with aclosing(response.aiter_raw()) as parts:
        async for part in parts:
            body += part
            number += 1
            if len(body) > MAX_BODY or number == _MAX_DECODED:
                break
    return bytes(body[:MAX_BODY])


def _text(response: httpx2.Response, body: bytes, secret: str) -> str:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if body and encoding not in {"", "identity"}:
        # Asked for plain text; a few kilobytes may unpack to gigabytes (C055).
        note = f"[compressed answer ({encoding[:40]}), not unpacked]"
        return storable(note, MAX_OUTPUT) or ""
    text = _decoded(body[:_MAX_DECODED], response.charset_encoding or "utf-8")
    if secret:  # before the cut, which could leave a part of it
        text = text.replace(secret, "***")
    return storable(text, MAX_OUTPUT) or ""


def _decoded(body: bytes, charset: str) -> str:
    """`body` as text; a charset that the web does not know, or that is misnamed, is UTF-8."""
    try:
        name = charset if _CHARSETS.fullmatch(charset) else "utf-8"
        return body.decode(name, errors="replace")
    except LookupError:
        return body.decode("utf-8", errors="replace")


def _location(response: httpx2.Response) -> str | None:
    try:
        parts = urlsplit(response.headers.get("Location", ""))
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    shown = parts._replace(netloc=host, query="", fragment="").geturl()[:_MAX_LOCATION]
    return "".join(one for one in shown if one.isprintable()) or None


def _failure(error: httpx2.TransportError) -> CallFailed:
    match error:
        case BlockedTarget():
            return CallFailed(Reason.BLOCKED_TARGET, str(error))
        case httpx2.LocalProtocolError() | httpx2.UnsupportedProtocol():
            return CallFailed(Reason.INVALID_TARGET, "the request cannot be formed")
        case httpx2.RemoteProtocolError() if _is_malformed(error):
            cause = "the answer is cut short or is not valid HTTP"
            return CallFailed(Reason.BAD_RESPONSE, cause)
        case _:
            return CallFailed(Reason.CONNECTION, _network_cause(error))


def _is_malformed(error: Exception) -> bool:
    """Whether bytes were refused; where the far end left without any, the error has no cause."""
    return error.__cause__ is not None and error.__cause__.__cause__ is not None


def _network_cause(error: BaseException) -> str:
    """The first cause that tells people something; the libraries' texts quote addresses."""
    for one in _causes(error):
        match one:
            case ssl.SSLCertVerificationError():
                return f"the certificate was not accepted: {one.verify_message}"
            case ssl.SSLError():
                return f"TLS failed: {one.reason}"
            case socket.gaierror() | UnicodeError():
                return "the host name could not be resolved"
            case OSError(errno=int(number)):
                return os.strerror(number).lower()
            case _:
                continue
    return "the target closed the connection without an answer"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
