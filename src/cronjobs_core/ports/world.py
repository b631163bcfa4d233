"""Time, identity and chance, as ports: everything in the core can be replayed."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The present."""

    def now(self) -> datetime:
        """The present instant: aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back; for durations only."""
        ...


class NewId(Protocol):
    """Fresh identifiers."""

    def __call__(self) -> str:
        """A text of 36 characters that was never returned before, here or elsewhere."""
        ...
