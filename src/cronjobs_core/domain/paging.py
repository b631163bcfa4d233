"""Pages and date ranges of lists, with their limits."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from cronjobs_core.domain.errors import InvalidInput

MAX_PAGE: Final = 1_000_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list: `number` counts from 1, `size` is the most that a page holds."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many entries come before the page."""
        return (self.number - 1) * self.size

    def count(self, total: int) -> int:
        """How many pages `total` entries fill; 0 for none."""
        return -(-total // self.size)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Instants from `since` (inclusive) to `until` (exclusive), UTC; None leaves a side open."""

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def parse(cls, since: str | None, until: str | None) -> "DateRange":
        """Read the query values `from` and `to` (contract 4.10).

        A date is its UTC midnight; a date as `to` includes that day. A time without an offset is
        UTC. A blank that stands where a URL-decoded `+` was is read as one. Raises InvalidInput.
        """
        first = None if not since else _instant(since, whole_day=False)
        last = None if not until else _instant(until, whole_day=True)
        if first is not None and last is not None and first >= last:
            raise InvalidInput("Invalid date range", '"from" must be earlier than "to".')
        return cls(first, last)


def _instant(text: str, *, whole_day: bool) -> datetime:
    value = text.strip()
    try:
        if _DATE.fullmatch(value):
            day = date.fromisoformat(value)
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            return midnight + timedelta(days=1 if whole_day else 0)
        moment = datetime.fromisoformat(re.sub(r" (\d{2}:?\d{2})$", r"+\1", value))
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("Invalid date", "Invalid date") from error
