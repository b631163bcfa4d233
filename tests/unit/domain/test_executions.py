"""Executions: how they end, what they are called, how they are counted."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.errors import AlreadyFinished
from cronjobs_core.domain.executions import (
    MAX_ERROR,
    MAX_OUTPUT,
    Delivery,
    Execution,
    ExecutionStatus,
    Reason,
    Run,
    Statistics,
    TriggerType,
    storable,
)
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.testing.builders import NOON, an_execution

LATER = NOON + timedelta(seconds=2, milliseconds=500)


def run_of(execution: Execution) -> Run:
    """Return a run of the execution."""
    return Run(execution=execution, job_name="Nightly", target=None, metadata={}, deadline=10.0)


def test_a_success_is_recorded() -> None:
    """A delivery that succeeded ends the execution as success, with its answer and duration."""
    delivery = Delivery(succeeded=True, response_status=200, output="ok")
    finished = an_execution().finish(delivery, LATER)
    assert finished.status is ExecutionStatus.SUCCESS
    assert (finished.completed_at, finished.duration_seconds) == (LATER, 2.5)
    assert (finished.response_status, finished.output) == (200, "ok")
    assert (finished.error_message, finished.reason) == (None, None)


def test_a_failure_is_recorded_with_its_reason() -> None:
    """A delivery in vain ends the execution as failed, with a stable word and a sentence."""
    delivery = Delivery.failure(Reason.HTTP_STATUS, "The target answered 502.", status=502)
    finished = an_execution().finish(delivery, LATER)
    assert finished.status is ExecutionStatus.FAILED
    assert (finished.reason, finished.error_message) == ("http_status", "The target answered 502.")
    assert finished.response_status == 502


def test_a_finished_execution_keeps_what_it_was() -> None:
    """An outcome changes nothing about what was run, for whom and when."""
    execution = an_execution(scheduled_for=NOON, attempt=2)
    finished = execution.finish(Delivery(succeeded=True), LATER)
    for name in ("id", "job_id", "trigger_type", "scheduled_for", "started_at", "attempt"):
        assert getattr(finished, name) == getattr(execution, name)


@pytest.mark.parametrize(("told", "kept"), [(None, "before"), ("", "before"), ("after", "after")])
def test_the_target_is_replaced_where_it_changed(told: str | None, kept: str) -> None:
    """A target that changed on the way replaces the recorded one; none told leaves it."""
    finished = an_execution(target="before").finish(Delivery(succeeded=True, target=told), LATER)
    assert finished.target == kept


def test_a_clock_that_was_set_back_gives_no_negative_duration() -> None:
    """An execution that ends before it began by the clock took no time."""
    finished = an_execution().finish(Delivery(succeeded=True), NOON - timedelta(hours=1))
    assert finished.duration_seconds == 0.0


@pytest.mark.parametrize("status", [one for one in ExecutionStatus if one != "running"])
def test_an_execution_has_one_outcome(status: ExecutionStatus) -> None:
    """Whatever has ended is finished and refuses another outcome."""
    execution = an_execution(status=status)
    assert execution.is_finished
    with pytest.raises(AlreadyFinished, match=execution.id):
        execution.finish(Delivery(succeeded=True), LATER)


def test_what_is_stored_is_limited() -> None:
    """An answer is cut to 1,000 characters and an error to 4,000."""
    delivery = Delivery(succeeded=False, output="o" * 2000, error_message="e" * 9000)
    finished = an_execution().finish(delivery, LATER)
    assert finished.output == "o" * MAX_OUTPUT
    assert finished.error_message == "e" * MAX_ERROR


@given(st.none() | st.text(st.characters(), max_size=30), st.integers(0, 20))
def test_stored_text_is_what_a_database_takes(text: str | None, limit: int) -> None:
    """Stored text can be encoded, holds no NUL, and is otherwise the beginning of the text."""
    kept = storable(text, limit)
    if text is None or kept is None:
        assert kept is text
        return
    assert len(kept) == min(len(text), limit)
    assert "\x00" not in kept
    kept.encode()
    assert all(new in {old, "\ufffd"} for old, new in zip(text, kept, strict=False))


def test_a_lone_surrogate_is_replaced() -> None:
    """A character that no encoding has, or that PostgreSQL refuses, becomes U+FFFD."""
    assert storable("a\x00b\ud800c🕐", 9) == "a\ufffdb\ufffdc🕐"


@pytest.mark.parametrize("status", [ExecutionStatus.SKIPPED, ExecutionStatus.MISSED])
def test_an_occurrence_that_did_not_run_is_recorded(status: ExecutionStatus) -> None:
    """What was due and did not run leaves a finished record with its reason and no duration."""
    record = Execution.not_run(
        status,
        Reason.OVERLAP,
        id=ExecutionId("e"),
        job_id=JobId("j"),
        scheduled_for=NOON,
        at=LATER,
    )
    assert record.is_finished
    assert (record.status, record.reason) == (status, "overlap")
    assert (record.trigger_type, record.scheduled_for) == (TriggerType.SCHEDULED, NOON)
    assert (record.started_at, record.completed_at) == (LATER, LATER)
    assert record.duration_seconds is None


def test_attempts_at_one_occurrence_share_their_key() -> None:
    """A target can tell a repeated delivery: same job and occurrence, same key."""
    job_id = JobId("job")
    first = an_execution(job_id=job_id, scheduled_for=NOON)
    again = an_execution(job_id=job_id, scheduled_for=NOON, attempt=2)
    assert run_of(first).idempotency_key == run_of(again).idempotency_key
    assert run_of(first).idempotency_key == "job:2026-01-15T12:00:00Z"


def test_different_runs_have_different_keys() -> None:
    """Another occurrence, another job and each manual run have keys of their own."""
    runs = [
        an_execution(job_id=JobId("a"), scheduled_for=NOON),
        an_execution(job_id=JobId("a"), scheduled_for=NOON + timedelta(minutes=1)),
        an_execution(job_id=JobId("b"), scheduled_for=NOON),
        an_execution(job_id=JobId("a")),
        an_execution(job_id=JobId("a")),
    ]
    assert len({run_of(one).idempotency_key for one in runs}) == len(runs)


def test_what_did_not_run_is_no_part_of_the_total() -> None:
    """Skipped and missed occurrences neither count as runs nor lower the success rate."""
    counted = Statistics(success=2, failed=1, running=0, skipped=5, missed=4)
    assert counted.total == 3
    assert counted.success_rate == 66.67


def test_running_counts_as_a_run() -> None:
    """What is still running is part of the total."""
    assert Statistics(success=1, running=1).success_rate == 50.0


def test_nothing_ran() -> None:
    """Without runs the success rate is zero and there is no average."""
    nothing = Statistics(skipped=3)
    assert (nothing.total, nothing.success_rate) == (0, 0.0)
    assert (nothing.average_of_successes, nothing.average_of_all) == (None, None)
