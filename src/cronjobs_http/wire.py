"""The base of what goes over the wire: models, instants, and the reading of JSON bodies."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.json_text import parse_json


def utc_text(instant: datetime) -> str:
    """The instant as the contract writes it: UTC, milliseconds, `Z`."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[: -len('+00:00')]}Z"


_DATE_TIME = WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization")

Instant = Annotated[datetime, PlainSerializer(utc_text, return_type=str), _DATE_TIME]
"""An instant in an answer; see `utc_text`."""

NaiveUtc = Annotated[
    datetime,
    PlainSerializer(
        lambda instant: instant.astimezone(UTC).replace(tzinfo=None).isoformat(), return_type=str
    ),
]
"""An instant in an answer that the contract writes in UTC and without an offset."""

LocalInstant = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str), _DATE_TIME]
"""An instant in an answer that keeps the scheduler's offset."""


_MOMENT = "A date, which is one of UTC, or an ISO 8601 instant."
Since = Annotated[str | None, Query(alias="from", max_length=64, description=_MOMENT)]
Until = Annotated[
    str | None, Query(max_length=64, description=f"{_MOMENT} Excluded, but a date is whole.")
]
"""The bounds of a list, as `DateRange.parse` reads them."""


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
        return parse_json(body)
    except InvalidInput:
        raise
    except ValueError as error:
        raise InvalidInput("Invalid JSON") from error


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput("Invalid payload", "JSON body must be an object.")
    return value
