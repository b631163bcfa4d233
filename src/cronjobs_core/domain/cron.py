"""A five-field cron expression: read it, describe it, find its next occurrence in a zone.

The rules are those of cronie and Debian. Where a zone changes its offset, crond(8) knows two
kinds of job:

* one whose minute or hour starts with a star *follows the clock*: it runs whenever the wall clock
  shows a matching minute, so not at all in minutes that are skipped and twice in repeated ones;
* any other has *fixed times*: what falls into skipped minutes runs once, right after them, and in
  repeated minutes only the first pass counts.

A change of more than three hours is a correction of the clock, not daylight saving: then every
job follows the clock.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from cronjobs_core.domain import cron_text
from cronjobs_core.domain.cron_fields import FIELDS
from cronjobs_core.domain.cron_pattern import Pattern
from cronjobs_core.domain.errors import InvalidCronExpression

MAX_LENGTH = 100

_FIVE_FIELDS = "Cron expression must have exactly 5 fields (minute hour day month day-of-week)."
_MACROS = {
    "@YEARLY": "0 0 1 1 *",
    "@ANNUALLY": "0 0 1 1 *",
    "@MONTHLY": "0 0 1 * *",
    "@WEEKLY": "0 0 * * 0",
    "@DAILY": "0 0 * * *",
    "@MIDNIGHT": "0 0 * * *",
    "@HOURLY": "0 * * * *",
}
_ODD_BLANK = re.compile(r"[^\S \t]|[\x00\u200b-\u200d\u2060\ufeff]")
_AROUND = timedelta(hours=25)
_NOTHING = timedelta()
_SECOND = timedelta(seconds=1)
_CORRECTION = timedelta(hours=3)
_EARLIEST = datetime(1, 12, 31, tzinfo=UTC)
# Runs of matches that all fall into skipped minutes: `*/30 2 8-15 3 */7` in New York has ten at
# most, `*/30 2 8-14 3 */7` has no end of them.
_MAX_SKIPPED = 12


@dataclass(frozen=True, slots=True)
class CronExpression:
    """A valid expression. Made by `parse`; two are equal where their texts are.

    `text` has single blanks between the fields and names in upper case.
    """

    text: str
    pattern: Pattern = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read five fields separated by blanks or tabs.

        Raises InvalidCronExpression for anything else, for a text of more than 100 characters,
        and for a date that never comes, such as 30 February.
        """
        fields = _split(text)
        pattern = Pattern.of(*fields)
        if not pattern.ever_matches():
            message = f"It never fires: day {fields[2]} does not come in month {fields[3]}."
            raise InvalidCronExpression(message, FIELDS[2].name)
        return cls(" ".join(fields), pattern)

    def __str__(self) -> str:
        return self.text

    def describe(self) -> str:
        """The expression in English, such as "At 02:00 AM, every day"."""
        return cron_text.describe(self.pattern)

    def warnings(self) -> tuple[str, ...]:
        """A sentence for each thing that is valid but seldom meant; empty for most."""
        return cron_text.warnings(self.text, self.pattern)

    def upcoming(self, after: datetime, zone: str | ZoneInfo, count: int) -> list[datetime]:
        """The first `count` occurrences strictly after `after`, earliest first; see `next_after`.

        Shorter where the search ends, empty for a count below one.
        """
        tz = _zone(zone)
        found: list[datetime] = []
        due = self.next_after(after, tz)
        while due is not None and len(found) < count:
            found.append(due)
            due = self.next_after(due, tz)
        return found

    def next_after(self, instant: datetime, zone: str | ZoneInfo) -> datetime | None:
        """The first occurrence strictly later than the aware `instant`, as wall time in `zone`.

        The answer carries the zone and the right `fold`. None where nothing comes before year
        9999, or where every match falls into skipped minutes. The search is bounded whatever the
        expression; in year 1 it begins at the last day, for offsets to have room.

        Raises ValueError for a naive `instant`, and what `ZoneInfo` raises for an unknown name.
        """
        if instant.utcoffset() is None:
            raise ValueError("instant must be aware: it needs a time zone")
        if instant.year == MAXYEAR:
            return None
        tz = _zone(zone)
        here = (instant if instant.year > 1 else _EARLIEST).astimezone(tz)
        if _is_calm(here, tz):
            return self._forward(here, tz)
        return self._from_restless(here, tz)

    def _forward(self, wall: datetime, zone: ZoneInfo) -> datetime | None:
        """The first occurrence in a minute after `wall`; of repeated minutes in the first pass."""
        for _ in range(_MAX_SKIPPED):
            match = self.pattern.first_after(wall)
            if match is None or _is_calm(match, zone):
                return match
            before, after = _offsets(match, zone)
            if before >= after:
                return match
            wall = _end(match, zone, after - before)
            if not self._follows_clock(after - before):
                return wall
            wall -= datetime.resolution  # the first minute after the gap may match
        return None

    def _from_restless(self, here: datetime, zone: ZoneInfo) -> datetime | None:
        """The same from near a change, where `here` itself may be a repeated minute."""
        first, second = _offsets(here, zone)
        if first == second:
            return self._forward(here, zone)
        end = _end(here, zone, first - second)
        begin = end - (first - second)
        if not self._follows_clock(first - second):
            return self._forward(end - datetime.resolution if here.fold else here, zone)
        wall = here
        for fold in range(here.fold, 2):
            match = self.pattern.first_after(wall)
            if match is not None and match < end:
                return match.replace(fold=fold)
            wall = begin - datetime.resolution
        return self._forward(end - datetime.resolution, zone)

    def _follows_clock(self, change: timedelta) -> bool:
        return self.pattern.follows_clock or change > _CORRECTION


def _split(text: str) -> list[str]:
    """The five fields in upper case. Only blank and tab separate, unlike in `str.split`."""
    if not text.strip():
        raise InvalidCronExpression("Cron expression is required.")
    if len(text) > MAX_LENGTH:
        message = f"cron_expression must be at most {MAX_LENGTH} characters."
        raise InvalidCronExpression(message)
    fields = [word for word in text.replace("\t", " ").split(" ") if word]
    if len(fields) != len(FIELDS):
        raise InvalidCronExpression(_FIVE_FIELDS + _hint(text))
    if text.isascii():  # upper() turns some letters, the dotless i for one, into ASCII
        return [word.upper() for word in fields]
    return [word.upper() if word.isascii() else word for word in fields]


def _hint(text: str) -> str:
    word = text.split(maxsplit=1)[0].upper()
    if word in _MACROS:
        return f' Write "{_MACROS[word]}" instead of {word.lower()}.'
    if word.startswith("@"):
        return " Macros that start with @ are not supported."
    odd = _ODD_BLANK.search(text)
    if odd:
        return f" Only blanks and tabs separate fields, not U+{ord(odd.group()):04X}."
    return ""


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _is_calm(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether the zone keeps its offset around `wall`, which then exists exactly once.

    The greatest change is of 24 hours, and in the tz database seven days are the least between
    two changes, so equal offsets 25 hours before and after leave no room for one.
    """
    return zone.utcoffset(wall - _AROUND) == zone.utcoffset(wall + _AROUND)


def _offsets(wall: datetime, zone: ZoneInfo) -> tuple[timedelta, timedelta]:
    """The zone's offsets for the first and the second reading of a wall time (PEP 495).

    Equal for an ordinary time; the first is larger where the time comes twice, and smaller where
    it is skipped.
    """
    first, second = (zone.utcoffset(wall.replace(fold=fold)) for fold in (0, 1))
    return first or _NOTHING, second or _NOTHING


def _end(wall: datetime, zone: ZoneInfo, change: timedelta) -> datetime:
    """The first wall time after the skipped or repeated ones among which `wall` lies.

    All of these have the offset from before the change in their first reading, what follows them
    has the one from after it; the stretch is as long as the `change` is great.
    """
    wall = wall.replace(microsecond=0, fold=0)
    before = zone.utcoffset(wall)

    def is_past(seconds: int) -> bool:
        return zone.utcoffset(wall + seconds * _SECOND) != before

    return wall + bisect_left(range(change // _SECOND), True, key=is_past) * _SECOND
