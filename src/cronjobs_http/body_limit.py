"""The largest body that is read, by counted bytes, as a sender need not say how many come (S44)."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TOO_LARGE: Final = "Content Too Large"


class BodyLimit:
    """Refuses a body of more than `limit` bytes with 413 as soon as a route reads it.

    The error is raised where the body is read: whoever may not call the route is told that first,
    and the answer has the shape of all others. `larger` gives single paths a limit of their own.
    """

    def __init__(self, app: ASGIApp, *, limit: int, larger: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, counting what is received."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], self._limit)
        declared = Headers(scope=scope).get("content-length", "")
        size = 0

        async def counted() -> Message:
            nonlocal size
            if declared.isdecimal() and int(declared) > limit:
                raise HTTPException(413, _TOO_LARGE)
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise HTTPException(413, _TOO_LARGE)
            return message

        await self._app(scope, counted, send)
