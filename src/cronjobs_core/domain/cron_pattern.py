"""Which minutes on a wall clock a cron expression names; zones are no concern of this file.

Every field is a set of numbers held as bits of an integer, so the search looks at one month in a
few operations instead of walking its days.
"""

from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime
from typing import Self

from cronjobs_core.domain.cron_fields import (
    DAY,
    HOUR,
    LATE_SUNDAY,
    MINUTE,
    MONTH,
    WEEKDAY,
)

_WEEK = 0b111_1111
_SIX_WEEKS = sum(1 << 7 * week for week in range(6))
_FEBRUARY = 2
# Bit d of entry m: day d can come in month m. February counts 29 here, 28 in a common year.
_LONGEST = (0, *((2 << n) - 2 for n in (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)))
_SHORT_FEBRUARY = (2 << 28) - 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Five sets of numbers; bit n of a field is set for number n, Sunday is 0.

    `days_agree`: both day fields must match (AND), else either one is enough (OR).
    `follows_clock`: the minute or the hour starts with a star.
    """

    minutes: int
    hours: int
    days: int
    months: int
    weekdays: int
    days_agree: bool
    follows_clock: bool

    @classmethod
    def of(cls, minute: str, hour: str, day: str, month: str, weekday: str) -> Self:
        """The pattern of five upper-case fields; raises InvalidCronExpression.

        Vixie cron: a day field whose *first character* is a star, `*/2` and `*,1` included, makes
        the two day fields AND. crond(8): a job whose minute or hour starts with a star follows
        the clock through a change of offset.
        """
        return cls(
            minutes=MINUTE.parse(minute),
            hours=HOUR.parse(hour),
            days=DAY.parse(day),
            months=MONTH.parse(month),
            weekdays=_sunday_first(WEEKDAY.parse(weekday)),
            days_agree=day[0] == "*" or weekday[0] == "*",
            follows_clock=minute[0] == "*" or hour[0] == "*",
        )

    def ever_matches(self) -> bool:
        """Whether some date matches: 30 February does not, unless a weekday may stand in for it.

        Every date, 29 February included, falls on every weekday within 400 years.
        """
        return not self.days_agree or any(
            self.days & _LONGEST[month] for month in members(self.months)
        )

    def every_date_by_day(self) -> bool:
        """Whether the day of month alone matches each day of the chosen months."""
        return all(_LONGEST[month] & ~self.days == 0 for month in members(self.months))

    def every_weekday(self) -> bool:
        """Whether the day of week alone matches each day."""
        return self.weekdays == _WEEK

    def first_after(self, wall: datetime) -> datetime | None:
        """The first matching minute after the one that `wall` lies in, with `wall`'s tzinfo.

        None where year 9998 ends without one: year 9999 is left out, so that each answer can be
        converted to any zone.
        """
        year, month, day = wall.year, wall.month, wall.day
        days = self._days_from(year, month, day) if year < MAXYEAR else 0
        if days & 1:
            time = self._time_from(wall.hour, wall.minute + 1)
            if time is not None:
                hour, minute = time
                return datetime(year, month, day, hour, minute, 0, 0, wall.tzinfo)
        rest = days >> 1 << 1
        place = (year, month, day + lowest(rest)) if rest else self._later_month(year, month)
        if place is None:
            return None
        year, month, day = place
        hour, minute = lowest(self.hours), lowest(self.minutes)
        return datetime(year, month, day, hour, minute, 0, 0, wall.tzinfo)

    def _later_month(self, year: int, month: int) -> tuple[int, int, int] | None:
        """The first matching date after the given month. No wait is longer than 40 years."""
        days = 0
        while not days:
            later = self.months >> month + 1
            if later:
                month += 1 + lowest(later)
            else:
                year, month = year + 1, lowest(self.months)
            if year >= MAXYEAR:
                return None
            days = self._days_from(year, month, 0)
        return year, month, lowest(days)

    def _time_from(self, hour: int, minute: int) -> tuple[int, int] | None:
        """The first matching time of a day at or after the given one, whose minute may be 60."""
        if self.hours >> hour & 1:
            minutes = self.minutes >> minute
            if minutes:
                return hour, minute + lowest(minutes)
        hours = self.hours >> hour + 1
        if hours:
            return hour + 1 + lowest(hours), lowest(self.minutes)
        return None

    def _days_from(self, year: int, month: int, day: int) -> int:
        """The matching days of a month from `day` on; bit n is n days later."""
        if not self.months >> month & 1:
            return 0
        days = self.days
        if self.weekdays != _WEEK or not self.days_agree:
            first_weekday = date(year, month, 1).toordinal() % 7
            weekdays = self.weekdays * _SIX_WEEKS >> first_weekday << 1
            days = days & weekdays if self.days_agree else days | weekdays
        return (days & _month_days(year, month)) >> day


def lowest(bits: int) -> int:
    """The smallest member of a set that is not empty."""
    return (bits & -bits).bit_length() - 1


def members(bits: int) -> list[int]:
    """The members of a set, ascending."""
    return [number for number in range(bits.bit_length()) if bits >> number & 1]


def _sunday_first(weekdays: int) -> int:
    """The weekdays with day 7 told as day 0."""
    return (weekdays | weekdays >> LATE_SUNDAY) & _WEEK


def _month_days(year: int, month: int) -> int:
    if month == _FEBRUARY and (year % 4 or (year % 100 == 0 and year % 400)):
        return _SHORT_FEBRUARY
    return _LONGEST[month]
