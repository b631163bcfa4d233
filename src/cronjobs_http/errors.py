"""From errors to answers: the one place that knows HTTP status codes (contract 1.1)."""

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cronjobs_adapters.system import new_uuid
from cronjobs_core.domain.errors import (
    AccountTaken,
    Conflict,
    CronjobsError,
    Forbidden,
    InvalidAccount,
    InvalidFields,
    InvalidInput,
    NotFound,
    NotLeader,
    RoleRequired,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)

logger = logging.getLogger(__name__)

_STATUS: Final[tuple[tuple[type[CronjobsError], int], ...]] = (
    (InvalidInput, 400),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooManyRequests, 429),
    (Unavailable, 503),
)
_WITH_DETAIL: Final = (
    AccountTaken,
    InvalidAccount,
    InvalidFields,
    NotLeader,
    RoleRequired,
    Unauthenticated,
)
"""Errors whose message stands under `detail` too, where clients of the previous API read it."""


def install_error_handlers(app: FastAPI, *, expose_details: bool) -> None:
    """Answer every error in the contract's shape; `expose_details` puts the text of a bug in it."""
    app.add_exception_handler(CronjobsError, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _of_the_framework)
    app.add_middleware(CatchBugs, expose_details=expose_details)


def body_of(error: CronjobsError) -> dict[str, Any]:
    """The JSON body for an error: `error`, then `message` where there is one, then the rest."""
    body: dict[str, Any] = {"error": error.error}
    if error.message is not None:
        body["message"] = error.message
    if isinstance(error, _WITH_DETAIL):
        body["detail"] = error.message or error.error
    return body | dict(error.extra)


async def _known(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CronjobsError)  # noqa: S101 -- what it is registered for
    status = next(code for group, code in _STATUS if isinstance(error, group))
    headers: dict[str, str] = {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyRequests | Unavailable):
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    return JSONResponse(body_of(error), status, headers)


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    """What FastAPI refuses: 400, never 422, which the frontend takes for a dead session (C-01)."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- what it is registered for
    details = {
        ".".join(str(part) for part in one["loc"][1:]) or "body": str(one["msg"])
        for one in error.errors()
    }
    return await _known(request, InvalidFields(details))


async def _of_the_framework(request: Request, error: Exception) -> JSONResponse:
    """Unknown routes, methods and oversized bodies: the framework's answer in our shape."""
    assert isinstance(error, HTTPException)  # noqa: S101 -- what it is registered for
    text = str(error.detail)
    body = {"error": text, "message": text, "detail": text}
    headers: Mapping[str, str] | None = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": ", ".join(sorted(_methods(request)))}
    return JSONResponse(body, error.status_code, headers)


def _methods(request: Request) -> set[str]:
    """All methods of the path: the framework names those of the first route that has it.

    A path that is one route's own is not one more id of another's.
    """
    found = {"own": set[str](), "by pattern": set[str]()}
    path = request.url.path
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(path):
            found["own" if route.path == path else "by pattern"] |= route.methods
    return found["own"] or found["by pattern"]


class CatchBugs:
    """The outermost handler: an error that nobody expected is logged once, with an id.

    The id is in the answer; the error's text only where the operator exposes it.
    """

    def __init__(self, app: ASGIApp, *, expose_details: bool) -> None:
        self._app = app
        self._expose_details = expose_details

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on and answer 500 where it raises before it has answered."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            error_id = new_uuid()
            logger.exception("unexpected error", extra={"error_id": error_id})
            if started or scope["type"] != "http":
                raise
            text = str(error) if self._expose_details else "An unexpected error occurred."
            body = {"error": "Internal server error", "message": text, "error_id": error_id}
            await JSONResponse(body, 500)(scope, receive, send)
