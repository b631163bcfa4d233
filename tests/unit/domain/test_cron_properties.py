"""The next occurrence against independent implementations, for random expressions and zones."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from croniter import croniter
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.cron import CronExpression
from oracles.expressions import expressions, lists, stars
from oracles.minute_walk import changes, walk

# Every kind of rule: whole, half and double hours, midnight changes, both hemispheres, negative
# daylight saving, Ramadan, permanent shifts, a lost day, and zones that never change.
ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Africa/Johannesburg",
    "Africa/Windhoek",
    "America/Asuncion",
    "America/Bogota",
    "America/Caracas",
    "America/Chicago",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Casey",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Pyongyang",
    "Asia/Shanghai",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Asia/Ulaanbaatar",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Moscow",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kiritimati",
    "Pacific/Norfolk",
    "UTC",
)
FIRST_YEAR, LAST_YEAR = 2007, 2027
WINDOW = 20 * 60  # minutes

seconds = st.integers(0, 59 * 60).map(lambda n: timedelta(seconds=n)) | st.just(timedelta())
# Fields of which something falls into a window of a day.
dense = st.builds(
    "{} {} * * *".format, stars(0, 59) | lists(0, 59), stars(0, 23) | lists(0, 4) | lists(0, 23)
)


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """Return a zone and an instant, in most cases within hours of a change of the zone's offset."""
    zone = draw(st.sampled_from(ZONES))
    known = changes(zone, FIRST_YEAR, LAST_YEAR)
    if known and draw(st.integers(0, 4)):
        near = draw(st.sampled_from(known)) + timedelta(minutes=draw(st.integers(-1000, 200)))
    else:
        near = draw(st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1))).replace(tzinfo=UTC)  # noqa: DTZ001
    return zone, near + draw(seconds)


@given(moment=moments(), text=dense | expressions())
def test_every_occurrence_is_that_of_a_minute_by_minute_cron(
    moment: tuple[str, datetime], text: str
) -> None:
    """Over changes of the clock and elsewhere, nothing is left out, doubled, or out of order."""
    zone, after = moment
    expected = walk(text, zone, after, WINDOW)
    found = CronExpression.parse(text).upcoming(after, zone, len(expected) + 1)
    assert [due.astimezone(UTC) for due in found[: len(expected)]] == expected
    instants = [after, *(due.astimezone(UTC) for due in found)]
    assert all(earlier < later for earlier, later in pairwise(instants))
    if len(found) > len(expected):
        assert instants[-1] > after + timedelta(minutes=WINDOW)


@given(moment=moments(), text=dense)
def test_every_occurrence_is_a_time_that_the_wall_clock_shows(
    moment: tuple[str, datetime], text: str
) -> None:
    """No answer lies in skipped minutes, and its fold tells the two passes apart."""
    zone, after = moment
    for due in CronExpression.parse(text).upcoming(after, zone, 40):
        shown = due.astimezone(UTC).astimezone(ZoneInfo(zone))
        assert (shown.replace(tzinfo=None), shown.fold) == (due.replace(tzinfo=None), due.fold)


@given(
    text=expressions(simple=True),
    after=st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001
)
def test_dates_far_ahead_are_those_of_cronsim_and_croniter(text: str, after: datetime) -> None:
    """Where no clock changes, two known libraries agree, months and years ahead included."""
    after = after.replace(tzinfo=UTC)
    found = CronExpression.parse(text).upcoming(after, "UTC", 3)
    other = CronSim(text, after)
    assert found == [next(other) for _ in range(3)]
    third = croniter(text, after, ret_type=datetime, implement_cron_bug=True)
    assert found == [third.get_next() for _ in range(3)]
