"""A job's options: how it is called, retried and planned beyond the contract's plain fields.

They travel as one JSON object under `options`, {} by default; unknown keys are refused, so that a
misspelt one is noticed.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from cronjobs_core.domain.errors import InvalidInput

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
OVERLAPS: Final = ("skip", "allow")
DST: Final = ("run", "skip")
"""What a fixed-time job does whose time is skipped by the clock: run once after the gap, or not."""
MAX_HEADERS: Final = 20
MAX_HEADER: Final = 4096
FORBIDDEN_HEADERS: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade"}
)
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_STATUS = range(100, 600)

Options = Mapping[str, Any]
_Check = Callable[[str, object], object]


def read_options(sent: object) -> Options:
    """The validated options; null is none. Raises InvalidInput ("Invalid options") by name."""
    if sent is None:
        return {}
    if not isinstance(sent, dict):
        raise InvalidInput("Invalid options", "options must be a JSON object.")
    unknown = sorted(set(sent) - set(_CHECKS))
    if unknown:
        names = ", ".join(_CHECKS)
        raise _invalid(f"unknown option {unknown[0]!r}; known are {names}")
    return {
        name: _CHECKS[name](name, value)
        for name, value in sorted(sent.items())
        if value is not None
    }


def _invalid(problem: str) -> InvalidInput:
    return InvalidInput("Invalid options", f"options: {problem}.")


def _number(low: float, high: float, *, whole: bool = True) -> _Check:
    kinds = (int,) if whole else (int, float)

    def check(name: str, value: object) -> object:
        if type(value) in kinds and isinstance(value, int | float) and low <= value <= high:
            return value
        what = "a whole number" if whole else "a number"
        raise _invalid(f"{name} must be {what} from {low:g} to {high:g}")

    return check


def _one_of(choices: tuple[str, ...], *, upper: bool = False) -> _Check:
    def check(name: str, value: object) -> object:
        text = value.upper() if upper and isinstance(value, str) else value
        if text not in choices:
            raise _invalid(f"{name} must be one of {', '.join(choices)}")
        return text

    return check


def _zone(name: str, value: object) -> object:
    if not isinstance(value, str) or not _is_zone(value):
        raise _invalid(f"{name} must be the name of a time zone, such as Europe/Berlin")
    return value


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, a directory of the database
        return False
    return True


def _headers(name: str, value: object) -> object:
    if not isinstance(value, dict) or len(value) > MAX_HEADERS:
        raise _invalid(f"{name} must be an object of at most {MAX_HEADERS} texts")
    for header, text in value.items():
        if _TOKEN.fullmatch(header) is None or header.lower() in FORBIDDEN_HEADERS:
            raise _invalid(f"{name} must not set {header[:100]!r}")
        if not isinstance(text, str) or len(text) > MAX_HEADER or not text.isprintable():
            raise _invalid(f"{name}: the value of {header!r} must be one line of text")
        if not text.isascii():
            raise _invalid(f"{name}: the value of {header!r} must be ASCII")
    return value


def _statuses(name: str, value: object) -> object:
    statuses = value if isinstance(value, list) else []
    if not statuses or not all(type(one) is int and one in _STATUS for one in statuses):
        raise _invalid(f"{name} must be a list of HTTP statuses")
    return sorted(set(statuses))


_CHECKS: Final[Mapping[str, _Check]] = {
    "timezone": _zone,
    "method": _one_of(METHODS, upper=True),
    "headers": _headers,
    "timeout_seconds": _number(1, 900, whole=False),
    "expect_status": _statuses,
    "retries": _number(0, 10),
    "retry_delay_seconds": _number(1, 3600, whole=False),
    "overlap": _one_of(OVERLAPS),
    "misfire_window_seconds": _number(0, 86_400),
    "dst": _one_of(DST),
}
