"""Schedules: a cron expression in a zone, up to and including an end date."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.schedule import Schedule, today
from cronjobs_core.testing.builders import NOON

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")


def schedule(cron: str, *, zone: ZoneInfo = TOKYO, end_date: date | None = None) -> Schedule:
    """Return the schedule of a cron text."""
    return Schedule(cron=CronExpression.parse(cron), zone=zone, end_date=end_date)


def test_an_occurrence_is_given_in_utc() -> None:
    """Nine in the morning in Tokyo is midnight in UTC, and comes back as such."""
    due = schedule("0 9 * * *").next_after(NOON)
    assert due == datetime(2026, 1, 16, tzinfo=UTC)
    assert due.tzinfo is UTC


def test_the_next_occurrence_is_strictly_later() -> None:
    """Asking from an occurrence gives the one after it, so none is given twice."""
    every_hour = schedule("0 * * * *")
    assert every_hour.next_after(NOON) == NOON + timedelta(hours=1)
    assert every_hour.next_after(NOON - timedelta(microseconds=1)) == NOON


@pytest.mark.parametrize("end_date", [date(2026, 1, 16), date(2026, 1, 17), None])
def test_a_job_still_runs_on_its_end_date(end_date: date | None) -> None:
    """The end date is inclusive."""
    assert schedule("0 9 * * *", end_date=end_date).next_after(NOON) is not None


def test_the_end_date_is_a_day_in_the_schedules_zone() -> None:
    """The last minute of the end date in Tokyo counts, the first of the next day does not."""
    every_minute = schedule("* * * * *", end_date=date(2026, 1, 15))
    midnight_in_tokyo = datetime(2026, 1, 15, 15, tzinfo=UTC)
    last = midnight_in_tokyo - timedelta(minutes=1)
    assert every_minute.next_after(last - timedelta(minutes=1)) == last
    assert every_minute.next_after(last) is None


@pytest.mark.parametrize(
    ("end_date", "expired"),
    [(date(2026, 1, 14), True), (date(2026, 1, 15), False), (None, False)],
)
def test_a_schedule_expires_after_its_end_date(end_date: date | None, expired: bool) -> None:
    """A schedule is expired when its end date lies before today in its zone, not on that day."""
    assert schedule("* * * * *", end_date=end_date).expired(NOON) is expired


def test_today_depends_on_the_zone() -> None:
    """At one instant it is already tomorrow in Tokyo and still today in New York."""
    evening = datetime(2026, 1, 15, 20, tzinfo=UTC)
    assert today(evening, TOKYO) == date(2026, 1, 16)
    assert today(evening, NEW_YORK) == date(2026, 1, 15)


def test_the_occurrences_between_two_instants() -> None:
    """The earlier bound is left out, the later one is included."""
    found = schedule("0 * * * *").between(NOON, NOON + timedelta(hours=3), 10)
    assert found == [NOON + timedelta(hours=number) for number in (1, 2, 3)]


def test_the_occurrences_between_two_instants_are_limited() -> None:
    """A long time with many occurrences gives the first ones, as many as are wanted."""
    found = schedule("* * * * *").between(NOON, NOON + timedelta(days=365), 3)
    assert found == [NOON + timedelta(minutes=number) for number in (1, 2, 3)]


def test_no_occurrences_after_the_end() -> None:
    """A schedule that ends within the time gives what comes before its end."""
    ends = schedule("0 0 * * *", end_date=date(2026, 1, 17))
    found = ends.between(NOON, NOON + timedelta(days=30), 10)
    assert found == [datetime(2026, 1, day, 15, tzinfo=UTC) for day in (15, 16)]


@given(
    cron=st.sampled_from(["*/15 * * * *", "30 2 * * *", "0 9 * * 1-5", "0 1 1 * *"]),
    minutes=st.integers(0, 330 * 24 * 60),
    days=st.integers(0, 40),
    end_date=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_occurrences_are_those_of_the_cron_expression(
    cron: str, minutes: int, days: int, end_date: date | None
) -> None:
    """Between two instants stands what the cron expression gives, up to the end date."""
    plan = schedule(cron, zone=NEW_YORK, end_date=end_date)
    after = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = after + timedelta(days=days)
    every = CronExpression.parse(cron).upcoming(after, NEW_YORK, 200)
    expected = [
        one for one in every if one <= until and (end_date is None or one.date() <= end_date)
    ]
    assert plan.between(after, until, 200) == expected
