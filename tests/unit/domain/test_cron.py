"""Reading an expression as a whole, and finding its next occurrence."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.errors import InvalidCronExpression

NEW_YORK = "America/New_York"
FIVE_FIELDS = "Cron expression must have exactly 5 fields (minute hour day month day-of-week)."


def refusal(text: str) -> InvalidCronExpression:
    """Return the error with which `text` is refused."""
    with pytest.raises(InvalidCronExpression) as caught:
        CronExpression.parse(text)
    return caught.value


def following(expression: str, after: str, zone: str = "UTC") -> str | None:
    """Return the next occurrence as text, or None."""
    due = CronExpression.parse(expression).next_after(datetime.fromisoformat(after), zone)
    return None if due is None else due.isoformat(timespec="minutes")


@pytest.mark.parametrize("text", ["", " ", "\t \t", "\n"])
def test_an_empty_text_is_called_missing(text: str) -> None:
    """A form left empty says that an expression is required, not that five fields are."""
    error = refusal(text)
    assert error.message == "Cron expression is required."
    assert error.field is None


@pytest.mark.parametrize("text", ["* * * *", "* * * * * *", "0 0 0 * * *", "MON-FRI", "5/15"])
def test_any_other_number_of_fields_is_refused(text: str) -> None:
    """Seconds, years and missing fields are never guessed at."""
    error = refusal(text)
    assert error.message == FIVE_FIELDS
    assert error.field is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("@daily", ' Write "0 0 * * *" instead of @daily.'),
        ("@HOURLY", ' Write "0 * * * *" instead of @hourly.'),
        ("@weekly now", ' Write "0 0 * * 0" instead of @weekly.'),
        ("@reboot", " Macros that start with @ are not supported."),
        ("0\xa00 * * *", " Only blanks and tabs separate fields, not U+00A0."),
        ("0 0 *\n* *", " Only blanks and tabs separate fields, not U+000A."),
        ("0\u200b0 * * *", " Only blanks and tabs separate fields, not U+200B."),
    ],
)
def test_a_common_slip_is_refused_with_a_way_out(text: str, hint: str) -> None:
    """Macros and blanks that only look like blanks are named after the usual sentence."""
    assert refusal(text).message == FIVE_FIELDS + hint


def test_a_text_may_have_a_hundred_characters() -> None:
    """What fits the column is read, one character more is refused, however long it is."""
    text = ",".join(["10"] * 30) + ",1 * * * *"
    assert len(text) == 99
    assert CronExpression.parse(text + " ").text == text
    for longer in (text + "  ", "9" * 1_000_000, "* " * 500_000):
        assert refusal(longer).message == "cron_expression must be at most 100 characters."


@pytest.mark.parametrize(
    "text", ["0 0 31 2 *", "0 0 30-31 FEB *", "0 0 31 4,6,9,11 *", "0 0 30 2 */2"]
)
def test_a_date_that_never_comes_is_refused(text: str) -> None:
    """A job that could never run is refused when it is made, not found silent a year later."""
    error = refusal(text)
    assert error.message is not None
    assert error.message.startswith("It never fires:")
    assert error.field == "day of month"


def test_equal_texts_make_equal_expressions() -> None:
    """Blanks and the case of names make no difference to equality, hash or text."""
    one = CronExpression.parse("\t0  9 * * mon-Fri ")
    other = CronExpression.parse("0 9 * * MON-FRI")
    assert one == other
    assert hash(one) == hash(other)
    assert str(one) == one.text == "0 9 * * MON-FRI"
    assert one != CronExpression.parse("0 9 * * MON")
    assert repr(one) == "CronExpression(text='0 9 * * MON-FRI')"


def test_the_answer_carries_the_given_zone_and_fold() -> None:
    """A caller can print the answer as it is, the second pass of a repeated hour included."""
    cron = CronExpression.parse("30 * * * *")
    first, second = cron.upcoming(datetime(2025, 11, 2, 5, 0, tzinfo=UTC), NEW_YORK, 2)
    assert first.tzinfo is ZoneInfo(NEW_YORK)
    assert (first.isoformat(), first.fold) == ("2025-11-02T01:30:00-04:00", 0)
    assert (second.isoformat(), second.fold) == ("2025-11-02T01:30:00-05:00", 1)
    again = cron.next_after(first, ZoneInfo(NEW_YORK))
    assert again is not None
    assert again.astimezone(UTC) == second.astimezone(UTC)


@pytest.mark.parametrize("after", ["2026-01-01T08:59:59.999999Z", "2026-01-01T17:59:59+09:00"])
def test_the_answer_is_strictly_later_whatever_the_seconds_and_the_zone(after: str) -> None:
    """An instant just before an occurrence finds it; the occurrence itself finds the next."""
    assert following("0 9 * * *", after) == "2026-01-01T09:00+00:00"
    assert following("0 9 * * *", "2026-01-01T09:00:00Z") == "2026-01-02T09:00+00:00"
    assert following("0 9 * * *", "2026-01-01T09:00:00.000001Z") == "2026-01-02T09:00+00:00"


def test_a_naive_instant_is_refused() -> None:
    """A time without a zone is an error of the caller, never taken as UTC."""
    cron = CronExpression.parse("* * * * *")
    with pytest.raises(ValueError, match="instant must be aware"):
        cron.next_after(datetime(2026, 1, 1), "UTC")  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("count", [-1, 0])
def test_a_preview_of_none_is_empty(count: int) -> None:
    """Asking for no occurrence gives none."""
    after = datetime(2026, 1, 1, tzinfo=UTC)
    assert CronExpression.parse("* * * * *").upcoming(after, "UTC", count) == []


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", NEW_YORK])
@pytest.mark.parametrize("offset", [-12, 0, 14])
def test_the_ends_of_time_raise_nothing(zone: str, offset: int) -> None:
    """The first and the last instants that Python knows are answered like any other."""
    cron = CronExpression.parse("0 12 * * *")
    tz = timezone(timedelta(hours=offset))
    for text in ("0001-01-01T00:00", "0001-12-31T23:59", "0002-01-01T00:00"):
        after = datetime.fromisoformat(text).replace(tzinfo=tz)
        due = cron.next_after(after, zone)
        assert due is not None
        assert due.astimezone(tz).year in {1, 2}
    for text in ("9998-12-31T23:59", "9999-01-01T00:00", "9999-12-31T23:59"):
        after = datetime.fromisoformat(text).replace(tzinfo=tz)
        due = cron.next_after(after, zone)
        assert due is None or due.year == 9998


def test_the_last_year_with_answers_is_9998() -> None:
    """A search that runs out of calendar ends with None, and a preview is just shorter."""
    assert following("0 0 1 1 *", "9998-01-01T00:00:00Z") is None
    cron = CronExpression.parse("0 0 1 12 *")
    assert len(cron.upcoming(datetime(9997, 1, 1, tzinfo=UTC), "UTC", 5)) == 2


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00+00:00"),
        ("0 0 29 2 *", "2396-03-01T00:00:00Z", "2400-02-29T00:00+00:00"),
        ("0 0 29 2 1", "2096-03-01T00:00:00Z", "2097-02-04T00:00+00:00"),
        ("0 0 29 2 */7", "2088-03-01T00:00:00Z", "2128-02-29T00:00+00:00"),
        ("0 0 28 2 *", "2100-01-01T00:00:00Z", "2100-02-28T00:00+00:00"),
        ("0 0 29,30 2 *", "2100-01-01T00:00:00Z", "2104-02-29T00:00+00:00"),
    ],
)
def test_rare_dates_are_found_across_centuries(expression: str, after: str, expected: str) -> None:
    """29 February comes, even if 40 years away, and 2100 is no leap year."""
    assert following(expression, after) == expected


def test_matches_that_always_fall_into_skipped_minutes_end_the_search() -> None:
    """A wildcard job whose every minute is skipped each spring has no next run, and says so."""
    assert following("*/30 2 8-14 3 */7", "2025-01-01T00:00:00Z", NEW_YORK) is None


def test_ten_springs_of_skipped_minutes_do_not_end_the_search() -> None:
    """The longest run of years in which such a job has no minute is searched through."""
    found = following("*/30 2 8-15 3 */7", "2026-03-16T00:00:00Z", NEW_YORK)
    assert found == "2037-03-15T02:00-04:00"


@pytest.mark.parametrize(
    ("expression", "zone", "after", "expected"),
    [
        # Three hours are daylight saving still (Casey 2009), more is a correction (Apia 2011).
        ("30 3 * * *", "Antarctica/Casey", "2009-10-17T17:00:00Z", "2009-10-18T05:00+11:00"),
        ("30 3 * * *", "Pacific/Apia", "2011-12-29T14:00:00Z", "2011-12-31T03:30+14:00"),
        # A day that came twice: each pass is a day of its own.
        ("0 12 * * *", "Pacific/Kwajalein", "1969-09-30T02:00:00Z", "1969-09-30T12:00-12:00"),
        # Changes between two whole minutes.
        ("20 0 * * *", "Africa/Monrovia", "1972-01-07T00:00:00Z", "1972-01-07T00:44+00:00"),
        ("* 0 * * *", "Africa/Monrovia", "1972-01-07T00:44:29Z", "1972-01-07T00:45+00:00"),
    ],
)
def test_odd_changes_of_the_clock(expression: str, zone: str, after: str, expected: str) -> None:
    """Lost and doubled days, three-hour shifts and odd seconds follow the printed rule."""
    assert following(expression, after, zone) == expected
