"""The base of what goes over the wire: models, instants, and the reading of JSON bodies."""

import json
import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NoReturn

from fastapi import Request
from pydantic import BaseModel, ConfigDict, PlainSerializer

from cronjobs_core.domain.errors import InvalidInput

MAX_DEPTH: Final = 20
MAX_INTEGER: Final = 2**63 - 1
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def utc_text(instant: datetime) -> str:
    """The instant as the contract writes it: UTC, milliseconds, `Z`."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[: -len('+00:00')]}Z"


Instant = Annotated[datetime, PlainSerializer(utc_text, return_type=str)]
"""An instant in an answer; see `utc_text`."""

NaiveUtc = Annotated[
    datetime,
    PlainSerializer(
        lambda instant: instant.astimezone(UTC).replace(tzinfo=None).isoformat(), return_type=str
    ),
]
"""An instant in an answer that the contract writes in UTC and without an offset."""

LocalInstant = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str)]
"""An instant in an answer that keeps the scheduler's offset."""


class WireModel(BaseModel):
    """Base of all answers; built from entities by attribute."""

    model_config = ConfigDict(from_attributes=True)


class JsonBody:
    """A JSON body that is read when the route has come to it (contract 1.1)."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def require_type(self) -> None:
        """Raise E-CT unless the content type says JSON."""
        if "application/json" not in self._request.headers.get("content-type", "").lower():
            raise InvalidInput("Content-Type must be application/json")

    async def read(self) -> dict[str, Any]:
        """The body as an object; raises E-CT, E-JSON or E-OBJ."""
        self.require_type()
        return _object(_parsed(await self._request.body()))

    async def read_optional(self) -> dict[str, Any]:
        """The same, or {} where there is no body: body-less calls need no type."""
        return await self.read() if await self._request.body() else {}

    async def read_leniently(self) -> dict[str, Any]:
        """The body as an object, or {} where it is empty or `null`, whatever its type says.

        The frontend sends the four bytes `null` on refresh.
        """
        body = await self._request.body()
        value = _parsed(body) if body.strip() else None
        return {} if value is None else _object(value)


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object; raises E-CT, E-JSON or E-OBJ."""
    return await JsonBody(request).read()


def _parsed(body: bytes) -> object:
    try:
        value: object = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("Invalid JSON") from error
    _check(value, MAX_DEPTH)
    return value


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput("Invalid payload", "JSON body must be an object.")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check(value: object, depth: int) -> None:
    """Refuse what databases do not store alike, and what no sensible client sends."""
    match value:
        case str() if _UNSTORABLE.search(value):
            raise InvalidInput("Invalid JSON", "Texts must not hold NUL or lone surrogates.")
        case float() if not math.isfinite(value):  # 1e400 is read as infinity
            raise InvalidInput("Invalid JSON", "Numbers must be finite.")
        case int() if abs(value) > MAX_INTEGER:
            raise InvalidInput("Invalid JSON", "Integers must fit in 64 bits.")
        case dict() | list() if depth == 0:
            raise InvalidInput("Invalid JSON", f"Nesting deeper than {MAX_DEPTH} levels.")
        case dict():
            for key, inner in value.items():
                _check(key, depth - 1)
                _check(inner, depth - 1)
        case list():
            for inner in value:
                _check(inner, depth - 1)
        case _:
            pass
