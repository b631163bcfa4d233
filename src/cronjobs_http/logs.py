"""Logs: one event a line; readable on a terminal, JSON elsewhere."""

import logging
import sys
from typing import Any, Final

import structlog

_QUIET: Final = (
    "apscheduler",
    "httpx2",
    "httpcore2",
    "aiosqlite",
    "sqlalchemy",
    "alembic",
    "uvicorn.error",
)


def configure_logs(level: str) -> None:
    """Send all logging from `level` on to standard error, one line an event, with UTC times.

    Libraries that speak at every step, or that put URLs into their lines, are heard only from
    warnings on.
    """
    terminal = sys.stderr.isatty()
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _one_line,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _one_line(_: Any, __: str, event: Any) -> Any:
    """Escape what could forge a line or colour a terminal (S63); tracebacks keep their lines."""
    for key, value in event.items():
        if isinstance(value, str):
            lines = value.split("\n") if key == "exception" else [value]
            event[key] = "\n".join(map(_printable, lines))
    return event


def _printable(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
