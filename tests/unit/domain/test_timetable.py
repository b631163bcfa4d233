"""The timetable: what is due when."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.schedule import Schedule
from cronjobs_core.domain.timetable import Occurrence, Timetable
from cronjobs_core.testing.builders import NOON

HOUR = timedelta(hours=1)
FIRST, SECOND = JobId("first"), JobId("second")


def schedule(cron: str, *, end_date: date | None = None) -> Schedule:
    """Return the schedule of a cron text in UTC."""
    return Schedule(cron=CronExpression.parse(cron), zone=ZoneInfo("UTC"), end_date=end_date)


HOURLY = schedule("0 * * * *")


def test_a_job_is_put_at_its_next_occurrence() -> None:
    """Putting a job tells when it is due, and the timetable then knows it."""
    table = Timetable()
    assert table.put(FIRST, HOURLY, NOON) == NOON + HOUR
    assert table.next_instant() == NOON + HOUR
    assert (FIRST in table, SECOND in table, list(table), len(table)) == (True, False, [FIRST], 1)
    assert table.schedule_of(FIRST) is HOURLY
    assert table.schedule_of(SECOND) is None


def test_a_new_schedule_replaces_the_old_one() -> None:
    """A job that is put again is due by its new schedule only, earlier or later than before."""
    table = Timetable()
    table.put(FIRST, HOURLY, NOON)
    table.put(FIRST, schedule("30 15 * * *"), NOON)
    assert table.next_instant() == NOON.replace(hour=15, minute=30)
    assert table.pop_due(NOON + HOUR) == []
    table.put(FIRST, HOURLY, NOON)
    assert table.pop_due(NOON + HOUR) == [Occurrence(FIRST, NOON + HOUR)]


def test_a_job_without_another_occurrence_is_dropped() -> None:
    """Putting a job whose plan has ended takes it off the timetable."""
    table = Timetable()
    table.put(FIRST, HOURLY, NOON)
    assert table.put(FIRST, schedule("0 * * * *", end_date=date(2026, 1, 14)), NOON) is None
    assert FIRST not in table
    assert table.next_instant() is None


def test_a_dropped_job_is_not_due() -> None:
    """Dropping a job says whether it stood there, and nothing of it becomes due."""
    table = Timetable()
    table.put(FIRST, HOURLY, NOON)
    assert [table.drop(FIRST), table.drop(FIRST)] == [True, False]
    assert table.pop_due(NOON + 9 * HOUR) == []


def test_an_empty_timetable_has_no_next_instant() -> None:
    """Where nothing is planned there is nothing to wake up for, also after forgetting a plan."""
    table = Timetable()
    assert table.next_instant() is None
    table.put(FIRST, HOURLY, NOON)
    table.clear()
    assert (len(table), table.next_instant()) == (0, None)


def test_everything_due_is_given_earliest_first() -> None:
    """What is due at or before the instant is given in its order, and nothing later."""
    table = Timetable()
    table.put(SECOND, schedule("30 * * * *"), NOON)
    table.put(FIRST, HOURLY, NOON)
    assert table.pop_due(NOON + HOUR) == [
        Occurrence(SECOND, NOON + HOUR / 2),
        Occurrence(FIRST, NOON + HOUR),
    ]
    assert table.next_instant() == NOON + 1.5 * HOUR


def test_a_clock_that_jumps_ahead_leaves_nothing_out() -> None:
    """Every occurrence of the time that was jumped over is given, once."""
    table = Timetable()
    table.put(FIRST, HOURLY, NOON)
    due = table.pop_due(NOON + 5 * HOUR)
    assert [one.scheduled_for for one in due] == [NOON + number * HOUR for number in range(1, 6)]


def test_a_clock_that_is_set_back_repeats_nothing() -> None:
    """What was given is not given again when the same time comes a second time."""
    table = Timetable()
    table.put(FIRST, HOURLY, NOON)
    table.pop_due(NOON + 2 * HOUR)
    assert table.pop_due(NOON + HOUR) == []
    assert table.pop_due(NOON + 3 * HOUR) == [Occurrence(FIRST, NOON + 3 * HOUR)]


def test_a_job_leaves_the_timetable_with_its_last_occurrence() -> None:
    """After the end date nothing is due any more, and the job is forgotten."""
    table = Timetable()
    table.put(FIRST, schedule("0 23 * * *", end_date=date(2026, 1, 15)), NOON)
    assert table.pop_due(NOON + 100 * HOUR) == [Occurrence(FIRST, NOON.replace(hour=23))]
    assert FIRST not in table


@dataclass
class Model:
    """What the timetable should do, done slowly with a plain dict."""

    plan: dict[JobId, tuple[datetime, Schedule]] = field(default_factory=dict)

    def put(self, job_id: JobId, plan: Schedule, after: datetime) -> datetime | None:
        self.plan.pop(job_id, None)
        due = plan.next_after(after)
        if due is not None:
            self.plan[job_id] = (due, plan)
        return due

    def next_instant(self) -> datetime | None:
        return min((due for due, _ in self.plan.values()), default=None)

    def pop_due(self, now: datetime) -> list[Occurrence]:
        found = []
        while (due := self.next_instant()) is not None and due <= now:
            job_id = min(one for one, entry in self.plan.items() if entry[0] == due)
            found.append(Occurrence(job_id, due))
            self.put(job_id, self.plan[job_id][1], due)
        return found


JOBS = [JobId(f"job {number}") for number in range(4)]
SCHEDULES = [
    HOURLY,
    schedule("*/20 * * * *"),
    schedule("*/7 13-15 * * *"),
    schedule("30 14 * * *", end_date=date(2026, 1, 16)),
    schedule("0 0 1 1 *"),
]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(JOBS), st.sampled_from(SCHEDULES)),
        st.tuples(st.just("drop"), st.sampled_from(JOBS)),
        st.tuples(st.just("pass"), st.integers(-90, 240)),
    ),
    max_size=25,
)


@given(steps=steps)
def test_the_timetable_does_what_a_plain_list_would(steps: list[tuple[str, object]]) -> None:
    """Whatever is put, dropped and popped in whatever order, the heap and the model agree."""
    table, model, now = Timetable(), Model(), NOON
    for step in steps:
        match step:
            case ("put", job_id, plan):
                assert table.put(job_id, plan, now) == model.put(job_id, plan, now)
            case ("drop", job_id):
                assert table.drop(job_id) == (model.plan.pop(job_id, None) is not None)
            case ("pass", minutes):
                now += timedelta(minutes=minutes)
                assert table.pop_due(now) == model.pop_due(now)
        assert table.next_instant() == model.next_instant()
        assert set(table) == set(model.plan)
        assert {one: table.schedule_of(one) for one in table} == {
            one: plan for one, (_, plan) in model.plan.items()
        }


def test_instants_are_utc() -> None:
    """What is due is given in UTC whatever the zone of the instant that was asked from."""
    table = Timetable()
    table.put(FIRST, HOURLY, NOON.astimezone(ZoneInfo("Asia/Tokyo")))
    (due,) = table.pop_due((NOON + HOUR).astimezone(ZoneInfo("Asia/Tokyo")))
    assert due.scheduled_for.tzinfo is UTC
