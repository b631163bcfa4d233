"""The grammar of the single fields, and what is said about a field that breaks it."""

import re

import pytest

from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.cron_pattern import Pattern, members
from cronjobs_core.domain.errors import InvalidCronExpression


def pattern(text: str) -> Pattern:
    """Return what the expression stands for."""
    return CronExpression.parse(text).pattern


def refusal(text: str) -> InvalidCronExpression:
    """Return the error with which `text` is refused."""
    with pytest.raises(InvalidCronExpression) as caught:
        CronExpression.parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("7", [7]),
        ("07", [7]),
        ("007", [7]),
        ("1-3", [1, 2, 3]),
        ("3-3", [3]),
        ("10-20/5", [10, 15, 20]),
        ("10-21/5", [10, 15, 20]),
        ("*/25", [0, 25, 50]),
        ("*/90", [0]),
        ("*/9999", [0]),
        ("30,0,30,5-6", [0, 5, 6, 30]),
        ("*,5", list(range(60))),
    ],
)
def test_a_field_lists_numbers_ranges_and_steps(field: str, expected: list[int]) -> None:
    """Every form of crontab(5) is read; steps start at the low end, duplicates collapse."""
    assert members(pattern(f"{field} * * * *").minutes) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("0", [0]),
        ("7", [0]),
        ("0,7", [0]),
        ("5-7", [0, 5, 6]),
        ("0-7", [0, 1, 2, 3, 4, 5, 6]),
        ("*/7", [0]),
        ("*/2", [0, 2, 4, 6]),
        ("fri-Sun", [0, 5, 6]),
        ("sun-mon", [0, 1]),
        ("SUN-SUN", [0]),
        ("5-SUN", [0, 5, 6]),
        ("1-FRI/2", [1, 3, 5]),
        ("mon,WED,Fri", [1, 3, 5]),
    ],
)
def test_sunday_is_both_ends_of_the_week(field: str, expected: list[int]) -> None:
    """0, 7 and SUN are Sunday, which may begin a range as well as end one."""
    assert members(pattern(f"0 0 * * {field}").weekdays) == expected


def test_months_have_names_in_any_case() -> None:
    """JAN to DEC stand for 1 to 12, in lists and ranges too."""
    assert members(pattern("0 0 1 jan-Mar,DEC *").months) == [1, 2, 3, 12]


@pytest.mark.parametrize(
    ("day", "weekday", "agree"),
    [
        ("13", "5", False),
        ("1-31", "1", False),
        ("1,*", "1", False),
        ("1", "0-7", False),
        ("*", "1", True),
        ("*/2", "1", True),
        ("*,1", "1", True),
        ("1", "*", True),
        ("1", "*/7", True),
    ],
)
def test_the_first_character_of_a_day_field_decides(day: str, weekday: str, agree: bool) -> None:
    """A leading star, whatever follows it, makes both day fields count; else either does."""
    assert pattern(f"0 0 {day} * {weekday}").days_agree is agree


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("* 2 * * *", True),
        ("*/30 2 * * *", True),
        ("0 */2 * * *", True),
        ("0 1-23/2 * * *", False),
        ("0 0-23 * * *", False),
        ("0 2 */2 * *", False),
    ],
)
def test_a_leading_star_in_minute_or_hour_makes_a_wildcard_job(text: str, follows: bool) -> None:
    """Such a job follows the clock over a change; a full range spelt out does not."""
    assert pattern(text).follows_clock is follows


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("60 * * * *", "minute", "Invalid minute '60': 60 is outside 0-59."),
        ("* 24 * * *", "hour", "Invalid hour '24': 24 is outside 0-23."),
        ("* * 0 * *", "day of month", "Invalid day of month '0': 0 is outside 1-31."),
        ("0 0 * 1-13 *", "month", "Invalid month '1-13': 13 is outside 1-12."),
        ("* * * * 8", "day of week", "Invalid day of week '8': 8 is outside 0-7."),
        ("*/0 * * * *", "minute", "Invalid minute '*/0': a step must be at least 1."),
        ("0-9/00 * * * *", "minute", "Invalid minute '0-9/00': a step must be at least 1."),
        ("*/10000 * * * *", "minute", "Invalid minute '*/10000': a step must be at most 9999."),
        ("0 0 * * mon-", "day of week", "expected a number, a range such as 1-5"),
        ("0 0 * * ,1", "day of week", "a list has an empty element, remove the extra comma."),
        ("0 0 * JANUARY *", "month", "unknown name, use three letters: JAN, FEB, MAR, APR,"),
        ("0 0 * MON *", "month", "unknown name, use three letters: JAN, FEB, MAR, APR,"),
        ("0 0 * * TUES", "day of week", "use three letters: SUN, MON, TUE, WED, THU, FRI, SAT."),
        ("0 NOON * * *", "hour", "this field has no names, use a number from 0 to 23."),
        ("0 0 l * *", "day of month", "L, W, #, ?, H, R, ~ and @ belong to other schedulers"),
        ("H/15 * * * *", "minute", "L, W, #, ?, H, R, ~ and @ belong to other schedulers"),
        ("0 0 ? * 1#2", "day of month", "L, W, #, ?, H, R, ~ and @ belong to other schedulers"),
        ("\u0665 * * * *", "minute", "only digits, letters and the signs * , - / may be used."),
        ("0 0 * * fr\u0131", "day of week", r"Invalid day of week 'fr\u0131': only digits"),
        ("0 0 * * *\x00", "day of week", r"Invalid day of week '*\x00': only digits, letters"),
        ("0 0 * * *\n", "day of week", r"Invalid day of week '*\n': only digits, letters"),
    ],
)
def test_a_refusal_names_the_field_the_element_and_the_fault(
    text: str, field: str, message: str
) -> None:
    """A user reads which field is wrong, which part of it, and what would be right."""
    error = refusal(text)
    assert error.field == field
    assert error.message is not None
    assert message in error.message


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("5/15 * * * *", "5-59/15"),
        ("0 5/6 * * *", "5-23/6"),
        ("0 0 * JUN/2 *", "JUN-12/2"),
        ("0 11-2 * * *", "11-23,0-2"),
        ("5-0 * * * *", "5-59,0"),
        ("0 0 31-1 * *", "31,1"),
        ("0 0 * * FRI-MON", "FRI-7,0-1"),
        ("0 0 * NOV-feb *", "NOV-12,1-2"),
        ("0 22-4/2 * * *", "22-23,0-4"),
    ],
)
def test_a_refusal_offers_a_text_that_is_accepted(text: str, better: str) -> None:
    """Steps without a range and reversed ranges come back with what to write instead."""
    error = refusal(text)
    assert error.message is not None
    assert re.findall(r'use "([^"]+)"', error.message) == [better]
    (wrong,) = re.findall(r"'([^']+)'", error.message)
    pattern(text.upper().replace(wrong, better))


def test_a_number_of_a_hundred_digits_is_just_out_of_range() -> None:
    """Neither a huge value nor a huge step costs more than its refusal."""
    huge = "9" * 90
    assert refusal(f"{huge} * * * *").message == f"Invalid minute '{huge}': {huge} is outside 0-59."
    assert "at most 9999" in str(refusal(f"*/{huge} * * * *"))
