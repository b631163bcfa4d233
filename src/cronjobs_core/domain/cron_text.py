"""A cron expression in English, and what is odd about one that is valid.

The words come from the numbers a field stands for, not from its spelling: `1-5`, `MON-FRI` and
`1,2,3,4,5` read alike.
"""

from collections.abc import Callable
from itertools import pairwise

from cronjobs_core.domain.cron_fields import FIELDS, CronField
from cronjobs_core.domain.cron_pattern import Pattern, members

# Up to this many times of day are listed; beyond, minutes and hours are told apart.
_MOST_TIMES = 6
_SHORTEST_RUN = 3
_MINUTES_AN_HOUR = 60
_HOURS_A_DAY = 24
_NOON = 12
_ORDINAL_ENDINGS = {2: "nd", 3: "rd"}  # no step above 15 leaves three values
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# Monday first; Sunday is also day 7, so that it ends a week rather than begins it.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def describe(pattern: Pattern) -> str:
    """The pattern as a phrase: when in the day, then on which days."""
    time, dates = _time(pattern), _dates(pattern)
    if dates == "every day" and time.startswith(("Every", "At minute")):
        return time
    return f"{time}, {dates}"


def warnings(text: str, pattern: Pattern) -> tuple[str, ...]:
    """What `text`, single-spaced and in upper case, hardly means as its author reads it."""
    found = []
    for field, part in zip(FIELDS, text.split(" "), strict=True):
        for first, step in field.overlong_steps(part):
            found.append(
                f'The step {step} in {field.name} "{part}" is larger than the range, so that only '
                f"{first} is left; it does not mean every {step} {_unit(field)}."
            )
    whole = _whole_range(pattern)
    if whole is not None:
        part = text.split(" ")[FIELDS.index(whole)]
        found.append(
            f'It runs every day, because {whole.name} "{part}" matches each day and one matching '
            "day field is enough when neither starts with *; write * where any day will do."
        )
    return tuple(found)


def _whole_range(pattern: Pattern) -> CronField | None:
    """The day field that, spelt out as a full range, makes the other one meaningless (OR)."""
    day, weekday = pattern.every_date_by_day(), pattern.every_weekday()
    if pattern.days_agree or day == weekday:
        return None
    return FIELDS[2] if day else FIELDS[4]


def _unit(field: CronField) -> str:
    return "days" if "day" in field.name else f"{field.name}s"


def _time(pattern: Pattern) -> str:
    minutes, hours = members(pattern.minutes), members(pattern.hours)
    if len(minutes) * len(hours) <= _MOST_TIMES:
        times = [_clock(hour, minute) for hour in hours for minute in minutes]
        return f"At {_joined(times)}"
    step = _MINUTES_AN_HOUR // len(minutes)
    if len(minutes) > 1 and minutes == list(range(0, _MINUTES_AN_HOUR, step)):
        every = "Every minute" if step == 1 else f"Every {step} minutes"
        return every + _hours(hours, "")
    return f"At {_numbered('minute', minutes)}{_hours(hours, ' of every hour')}"


def _hours(hours: list[int], each: str) -> str:
    """The hours as a tail; `each` says that minutes are counted within each of them."""
    if len(hours) == _HOURS_A_DAY:
        return each
    step = _step(hours)
    if step > 1:
        return f" of every {_ordinal(step)} hour {_span(hours[0], hours[-1])}"
    return each + " " + _joined([_span(first, last) for first, last in _runs(hours)])


def _span(first_hour: int, last_hour: int) -> str:
    return f"from {_clock(first_hour, 0)} to {_clock(last_hour, 59)}"


def _dates(pattern: Pattern) -> str:
    any_day, any_weekday = pattern.every_date_by_day(), pattern.every_weekday()
    months = _months(members(pattern.months))
    day = f"on {_days(members(pattern.days))} of {months or 'the month'}"
    within = f" in {months}" if months else ""
    needed = all if pattern.days_agree else any
    if needed((any_day, any_weekday)):
        return f"every day{within}"
    if any_weekday:
        return day
    weekdays = sorted((number or 7) for number in members(pattern.weekdays))
    if any_day:
        return f"on {_weekdays(weekdays, 'and')}{within}"
    if pattern.days_agree:
        return f"{day}, and only if it is {_weekdays(weekdays, 'or')}"
    return f"{day}, or on {_weekdays(weekdays, 'and')}{within}"


def _days(days: list[int]) -> str:
    step = _step(days)
    if step > 1:
        return f"every {_ordinal(step)} day from day {days[0]} to day {days[-1]}"
    return _numbered("day", days)


def _months(months: list[int]) -> str:
    if len(months) == len(_MONTHS):
        return ""
    return _series(months, lambda month: _MONTHS[month - 1])


def _weekdays(weekdays: list[int], conjunction: str) -> str:
    return _series(weekdays, lambda weekday: _WEEKDAYS[weekday - 1], conjunction)


def _numbered(noun: str, numbers: list[int]) -> str:
    return f"{noun}{'s' if len(numbers) > 1 else ''} {_series(numbers, str)}"


def _series(numbers: list[int], word: Callable[[int], str], conjunction: str = "and") -> str:
    """The numbers in words, three or more in a row as a range: "1 through 5, 7 and 9"."""
    words: list[str] = []
    for first, last in _runs(numbers):
        if last - first + 1 >= _SHORTEST_RUN:
            words.append(f"{word(first)} through {word(last)}")
        else:
            words += [word(number) for number in range(first, last + 1)]
    return _joined(words, conjunction)


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """The (first, last) of each unbroken run of ascending numbers."""
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number for number in numbers if number + 1 not in numbers]
    return list(zip(starts, ends, strict=True))


def _step(numbers: list[int]) -> int:
    """The even distance between three or more numbers; 0 where there is none."""
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    return steps.pop() if len(steps) == 1 and len(numbers) >= _SHORTEST_RUN else 0


def _clock(hour: int, minute: int) -> str:
    return f"{hour % 12 or 12:02}:{minute:02} {'AM' if hour < _NOON else 'PM'}"


def _ordinal(number: int) -> str:
    return f"{number}{_ORDINAL_ENDINGS.get(number, 'th')}"


def _joined(words: list[str], conjunction: str = "and") -> str:
    *head, last = words
    return f"{', '.join(head)} {conjunction} {last}" if head else last
