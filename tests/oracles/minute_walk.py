"""A slow cron that is easy to trust: it walks the minutes of UTC with crond's main-loop rule.

Nothing of the product is used. The expression is expanded to plain sets, and the loop keeps a
virtual clock as crond does: when the wall clock runs ahead of it by up to three hours, jobs with
fixed times catch up; when it falls behind, they wait; wildcard jobs see the wall clock alone.
Zones must change their offset at whole minutes, as all do since 1973.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
THREE_HOURS = 180
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]


class Rule(NamedTuple):
    """An expression as sets of numbers, with the two questions asked of its first characters."""

    minutes: set[int]
    hours: set[int]
    days: set[int]
    months: set[int]
    weekdays: set[int]
    days_agree: bool
    wildcard: bool

    def matches(self, wall: datetime) -> bool:
        """Whether a wall-clock minute is one of the rule's."""
        if wall.minute not in self.minutes or wall.hour not in self.hours:
            return False
        by_day = wall.day in self.days
        by_weekday = wall.isoweekday() in self.weekdays or wall.isoweekday() % 7 in self.weekdays
        by_either = (by_day and by_weekday) if self.days_agree else (by_day or by_weekday)
        return wall.month in self.months and by_either


def read(expression: str) -> Rule:
    """Expand a valid expression."""
    minute, hour, day, month, weekday = expression.lower().split()
    return Rule(
        minutes=_expand(minute, range(60), []),
        hours=_expand(hour, range(24), []),
        days=_expand(day, range(1, 32), []),
        months=_expand(month, range(1, 13), ["", *MONTHS]),
        weekdays=_expand(weekday, range(8), WEEKDAYS),
        days_agree=day.startswith("*") or weekday.startswith("*"),
        wildcard=minute.startswith("*") or hour.startswith("*"),
    )


def _expand(field: str, values: range, names: list[str]) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            low, high = values[0], values[-1]
        else:
            low = _number(first, names)
            high = _number(last, names) if last else low
            high = 7 if last == "sun" and low > 0 else high
        found.update(range(low, high + 1, int(step or 1)))
    return found


def _number(word: str, names: list[str]) -> int:
    return names.index(word) if word in names else int(word)


def walk(expression: str, zone: str, after: datetime, minutes: int) -> list[datetime]:
    """The instants (UTC) of an expression in the `minutes` after `after`, earliest first."""
    rule = read(expression)
    found = []
    # The hours before set the virtual clock, should `after` lie in repeated minutes.
    instant = after.astimezone(UTC).replace(second=0, microsecond=0) - timedelta(hours=4)
    end = after + minutes * MINUTE
    tz = ZoneInfo(zone)
    clock = instant.astimezone(tz).replace(tzinfo=None, fold=0)
    while instant < end:
        instant += MINUTE
        wall = instant.astimezone(tz).replace(tzinfo=None, fold=0)
        jump = (wall - clock) // MINUTE - 1
        corrected = abs(jump) > THREE_HOURS
        if rule.wildcard or corrected:
            due = rule.matches(wall)
        else:
            due = any(rule.matches(minute) for minute in _between(clock, wall))
        clock = wall if corrected else max(clock, wall)
        if due and after < instant <= end:
            found.append(instant)
    return found


def _between(clock: datetime, wall: datetime) -> Iterator[datetime]:
    while clock < wall:
        clock += MINUTE
        yield clock


@cache
def changes(zone: str, first_year: int, last_year: int) -> tuple[datetime, ...]:
    """The instants (UTC) at which a zone changes its offset in the given years.

    Looks every five days, and no zone has two changes within a week.
    """
    tz = ZoneInfo(zone)
    found = []
    low = datetime(first_year, 1, 1, tzinfo=UTC)
    while low.year <= last_year:
        high = low + timedelta(days=5)
        if low.astimezone(tz).utcoffset() != high.astimezone(tz).utcoffset():
            found.append(_change(low, high, tz))
        low = high
    return tuple(found)


def _change(low: datetime, high: datetime, tz: ZoneInfo) -> datetime:
    before = low.astimezone(tz).utcoffset()
    while high - low > MINUTE:
        middle = low + (high - low) // MINUTE // 2 * MINUTE
        if middle.astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
