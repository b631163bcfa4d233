"""The machine's own clock and chance: the only place where either is asked."""

import secrets
import time
from datetime import UTC, datetime
from uuid import uuid4


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def new_uuid() -> str:
    """A random UUID (version 4) as a text of 36 characters."""
    return str(uuid4())


def new_password() -> str:
    """A password that nobody guesses: 16 characters from 96 random bits."""
    return secrets.token_urlsafe(12)
