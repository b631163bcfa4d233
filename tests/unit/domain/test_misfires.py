"""Late occurrences: which one runs, which ones are recorded as missed."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.misfires import MisfirePolicy
from cronjobs_core.domain.timetable import Occurrence
from cronjobs_core.testing.builders import NOON

MINUTE = timedelta(minutes=1)
FIRST, SECOND = JobId("first"), JobId("second")
POLICY = MisfirePolicy(window=5 * MINUTE)


def at(job_id: JobId, minutes_ago: int) -> Occurrence:
    """Return the occurrence of a job so many minutes before noon."""
    return Occurrence(job_id, NOON - minutes_ago * MINUTE)


def test_what_is_due_now_runs() -> None:
    """An occurrence that is not late is not missed."""
    assert POLICY.missed([at(FIRST, 0)], NOON) == set()


def test_a_little_late_still_runs() -> None:
    """An occurrence runs up to and including the window, and not a moment later."""
    assert POLICY.missed([at(FIRST, 5)], NOON) == set()
    assert POLICY.missed([at(FIRST, 5)], NOON + timedelta(microseconds=1)) == {at(FIRST, 5)}


def test_only_the_newest_of_a_job_runs() -> None:
    """An outage is followed by one run per job: older occurrences are missed, also recent ones."""
    due = [at(FIRST, 1), at(FIRST, 3), at(FIRST, 2)]
    assert POLICY.missed(due, NOON) == {at(FIRST, 2), at(FIRST, 3)}


def test_jobs_are_judged_apart() -> None:
    """The newest occurrence of one job does not make another job's missed."""
    due = [at(FIRST, 1), at(SECOND, 2), at(SECOND, 90)]
    assert POLICY.missed(due, NOON) == {at(SECOND, 90)}


def test_by_default_five_minutes_are_forgiven() -> None:
    """Without a setting the window is 300 seconds."""
    assert MisfirePolicy().window == timedelta(seconds=300)


@given(
    st.sets(
        st.tuples(st.sampled_from([FIRST, SECOND]), st.integers(0, 20)).map(lambda one: at(*one))
    )
)
def test_at_most_one_run_per_job(due: set[Occurrence]) -> None:
    """Whatever is late, at most one occurrence of each job runs, and it is the newest of all."""
    run = due - POLICY.missed(due, NOON)
    newest: dict[JobId, datetime] = {}
    for one in due:
        newest[one.job_id] = max(one.scheduled_for, newest.get(one.job_id, one.scheduled_for))
    assert run == {
        Occurrence(job_id, instant)
        for job_id, instant in newest.items()
        if NOON - instant <= POLICY.window
    }
