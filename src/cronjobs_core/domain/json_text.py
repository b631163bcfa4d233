"""Reading JSON, without what databases do not store alike and what no sensible client sends."""

import json
import math
import re
from collections.abc import Iterable
from typing import Final, NoReturn

from cronjobs_core.domain.errors import InvalidInput

MAX_DEPTH: Final = 20
MAX_INTEGER: Final = 2**63 - 1
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def parse_json(text: str | bytes) -> object:
    """The value of a JSON text.

    Raises ValueError, with the parser's words, for a text that is none, and InvalidInput ("Invalid
    JSON") for one that holds NUL, lone surrogates, numbers that are too large, or too many levels.
    """
    try:
        value: object = json.loads(text, parse_constant=_no_constant)
    except RecursionError as error:
        raise _too_deep() from error
    _check(value, MAX_DEPTH)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _too_deep() -> InvalidInput:
    return InvalidInput("Invalid JSON", f"Nesting deeper than {MAX_DEPTH} levels.")


def _check(value: object, depth: int) -> None:
    inside: Iterable[object] = ()
    match value:
        case str() if _UNSTORABLE.search(value):
            raise InvalidInput("Invalid JSON", "Texts must not hold NUL or lone surrogates.")
        case int() if abs(value) > MAX_INTEGER:
            raise InvalidInput("Invalid JSON", "Integers must fit in 64 bits.")
        case float() if not math.isfinite(value):
            raise InvalidInput("Invalid JSON", "Numbers must be finite.")
        case dict() | list() if depth == 0:
            raise _too_deep()
        case dict():
            inside = (*value, *value.values())
        case list():
            inside = value
        case _:
            pass
    for one in inside:
        _check(one, depth - 1)
