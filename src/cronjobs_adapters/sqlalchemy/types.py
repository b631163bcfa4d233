"""Column types: what entities hold, as the previous backend's tables keep it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from cronjobs_core.domain.executions import storable

Words = TypeVar("Words", bound=StrEnum)


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
    """An aware instant, stored as naive UTC to the microsecond; a naive one raises ValueError."""

    impl = DateTime
    cache_ok = True

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


class JsonObject(TypeDecorator[Mapping[str, Any]]):
    """A JSON object as ASCII text, so that any character of its strings can be stored.

    What is no object (null, other JSON, text that is no JSON) reads as an empty one: one bad row
    of an old database must not hide the good ones.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str:
        del dialect
        return json.dumps(dict(value or {}))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Any]:
        del dialect
        try:
            content = json.loads(value or "{}")
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}


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

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        del dialect
        return _split(value or "")


def _split(text: str) -> tuple[str, ...]:
    if text.startswith("["):
        return tuple(json.loads(text))
    return tuple(one.strip() for one in text.split(",") if one.strip())


class Word(TypeDecorator[Words], Generic[Words]):
    """One of the words of an enumeration, stored as it is; an unknown one raises ValueError."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[Words], length: int) -> None:
        super().__init__(length)
        self.words = words
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return _takeable(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Words | None:
        del dialect
        return None if value is None else self.words(value)
