"""Column types: what entities hold, as the previous backend's tables keep it.

SQLite takes any text in any column. What a type cannot read stands for something harmless, as one
bad row must not hide the good ones. Types of which a list of jobs reads thousands of values have a
short cut for the usual ones (`result_processor`).
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Date, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from cronjobs_core.domain.executions import storable

Words = TypeVar("Words", bound=StrEnum)
Value = TypeVar("Value")

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SURROGATE = re.compile(r"\\ud[89a-f]", re.IGNORECASE)
_LONE = re.compile("[\ud800-\udfff]")


def _or_else(read: Callable[[Any], Value], otherwise: Value) -> Callable[[Any], Value]:
    """The reader of a column, with the value that stands for what it cannot read."""

    def tolerant(value: Any) -> Value:
        try:
            return read(value)
        except (TypeError, ValueError):
            return otherwise

    return tolerant


class Key(TypeDecorator[str]):
    """A short text by which rows are found.

    What no database takes (NUL, lone surrogates) becomes U+FFFD: to look for it finds nothing,
    and does not fail. `bytewise` sorts by bytes, whatever the locale of the server.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int, *, bytewise: bool = False) -> None:
        super().__init__(length)
        self.length = length
        self.bytewise = bytewise

    def load_dialect_impl(self, dialect: Dialect) -> String:
        c_locale = self.bytewise and dialect.name == "postgresql"
        return String(self.length, collation="C" if c_locale else None)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return _takeable(value)


def identifier() -> Key:
    """The type of ids."""
    return Key(36, bytewise=True)


def _takeable(text: str | None) -> str | None:
    return None if text is None else storable(str(text), len(text))


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as naive UTC to the microsecond; a naive one raises ValueError.

    What is none reads as the beginning of 1970: ended, expired, long ago.
    """

    impl = DateTime
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        read = super().result_processor(dialect, coltype)
        if read is None or dialect.name != "sqlite":
            return read and _or_else(read, _LONG_AGO)
        return _quick_instant(_or_else(read, _LONG_AGO))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


def _quick_instant(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The reader of a text as SQLite has it; what is no such text is left to `read`."""

    def quick(value: Any) -> Any:
        if value is None:
            return None
        try:
            return datetime.fromisoformat(value + "+00:00")
        except (TypeError, ValueError):
            return read(value)

    return quick


class Day(TypeDecorator[date]):
    """A calendar day; what is none reads as None."""

    impl = Date
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        read = super().result_processor(dialect, coltype)
        return read and _or_else(read, None)


class JsonObject(TypeDecorator[Mapping[str, Any]]):
    """A JSON object as ASCII text, so that any character of its strings can be stored.

    What is no object (null, other JSON, text that is no JSON) reads as an empty one, what cannot
    be written as JSON again (NaN, infinity) as null, a lone surrogate as U+FFFD.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str:
        del dialect
        return json.dumps(dict(value or {}))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        del dialect, coltype
        return _json_object


def _json_object(text: Any) -> dict[str, Any]:
    if not text or text == "{}":
        return {}
    try:
        content = _JSON.decode(text)
    except (TypeError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return _storable(content) if _SURROGATE.search(str(text)) else content


def _nothing(_: str) -> None:
    """NaN or infinity, by name."""


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if abs(number) != float("inf") else None


_JSON: Final = json.JSONDecoder(parse_constant=_nothing, parse_float=_finite)


def _storable(value: Any) -> Any:
    """JSON without lone surrogates, which no answer could carry."""
    match value:
        case str():
            return _LONE.sub("\ufffd", value)
        case list():
            return [_storable(one) for one in value]
        case dict():
            return {_storable(key): _storable(one) for key, one in value.items()}
        case _:
            return value


class Switches(JsonObject):
    """A JSON object of booleans; whatever else an old database holds there is left out."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        del dialect, coltype
        return _booleans


def _booleans(text: Any) -> dict[str, bool]:
    return {key: value for key, value in _json_object(text).items() if isinstance(value, bool)}


class Addresses(TypeDecorator[tuple[str, ...]]):
    """E-mail addresses joined by commas; texts that would not survive that, as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        del dialect
        if not value:
            return None
        joined = ",".join(value)
        return joined if _split(joined) == value else json.dumps(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        del dialect, coltype
        return _split


def _split(text: str | None) -> tuple[str, ...]:
    if not text:
        return ()
    listed = _listed(text) if text.startswith("[") else None
    if listed is not None:
        return tuple(listed)
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _listed(text: str) -> list[str] | None:
    try:
        listed = json.loads(text)
    except ValueError:
        return None
    return listed if all(isinstance(one, str) for one in listed) else None


class Word(TypeDecorator[Words], Generic[Words]):
    """One of the words of an enumeration, stored as it is; an unknown one reads as `otherwise`."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[Words], length: int, otherwise: Words) -> None:
        super().__init__(length)
        self.words = words
        self.length = length
        self.otherwise = otherwise

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return _takeable(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Words | None:
        del dialect
        try:
            return None if value is None else self.words(value)
        except ValueError:
            return self.otherwise
