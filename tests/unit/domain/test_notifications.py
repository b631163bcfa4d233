"""In-app notifications: the words of the contract, and who hears them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cronjobs_core.domain.executions import Delivery, Reason
from cronjobs_core.domain.ids import NotificationId, UserId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.notifications import (
    EVERYONE,
    Audience,
    Notice,
    auto_paused,
    copies,
    job_changed,
    job_created,
    job_deleted,
    run_finished,
)
from cronjobs_core.testing.builders import NOON, a_job, a_notification, an_actor, an_execution

OWNER = UserId("owner")
JOB = a_job(name="Nightly", created_by=OWNER)
ANNA = an_actor(email="anna@example.com", username="anna")


def told(notice: Notice) -> tuple[str, str, str]:
    """Return the kind, the title and the message of a notice."""
    return notice.type, notice.title, notice.message


def test_a_created_job_is_told_to_everyone() -> None:
    """Everyone hears of a new job, who made it and which one it is."""
    notice = job_created(JOB, ANNA)
    assert told(notice) == (
        "info",
        "New Job Created",
        'Job "Nightly" was created by anna@example.com.',
    )
    assert (notice.audience, notice.job_id) == (EVERYONE, JOB.id)


def test_a_deleted_job_is_told_to_everyone() -> None:
    """Everyone is warned of a deletion; the message relates to no job, for there is none."""
    notice = job_deleted(JOB, ANNA)
    assert told(notice) == (
        "warning",
        "Job Deleted",
        'Job "Nightly" was deleted by anna@example.com.',
    )
    assert (notice.audience, notice.job_id) == (EVERYONE, None)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (JOB, JOB, ("info", "Job Updated", "updated")),
        (replace(JOB, is_active=False), JOB, ("info", "Job Enabled", "enabled")),
        (JOB, replace(JOB, is_active=False), ("warning", "Job Disabled", "disabled")),
    ],
)
def test_a_change_is_told_once(before: Job, after: Job, expected: tuple[str, str, str]) -> None:
    """Everyone hears one message: that the job was switched, where it was, else that it changed."""
    notice = job_changed(before, after, ANNA)
    kind, title, verb = expected
    assert told(notice) == (kind, title, f'Job "Nightly" was {verb} by anna@example.com.')
    assert (notice.audience, notice.job_id) == (EVERYONE, JOB.id)


def test_a_changed_job_is_called_by_its_new_name() -> None:
    """After a renaming people read the name that the job has now."""
    notice = job_changed(JOB, replace(JOB, name="Daily"), ANNA)
    assert notice.message.startswith('Job "Daily" was updated')


def test_an_actor_without_an_address_is_called_by_name() -> None:
    """Where an actor has no address, the user name stands in its place."""
    notice = job_created(JOB, an_actor(email="", username="anna"))
    assert notice.message == 'Job "Nightly" was created by anna.'


def test_a_success_is_told_to_those_involved() -> None:
    """The creator and whoever triggered the run hear that it succeeded."""
    execution = an_execution(job_id=JOB.id, triggered_by=UserId("anna"))
    finished = execution.finish(Delivery(succeeded=True), NOON)
    notice = run_finished(finished, "Nightly", OWNER, to_everyone=False)
    assert told(notice) == ("success", "Job Completed", 'Job "Nightly" completed successfully.')
    assert notice.audience == Audience(user_ids=frozenset({OWNER, UserId("anna")}))
    assert (notice.job_id, notice.execution_id) == (JOB.id, execution.id)


def test_a_failure_is_told_with_its_error() -> None:
    """A run that failed is told with the sentence that says why."""
    delivery = Delivery.failure(Reason.TIMEOUT, "No answer within 10 seconds.")
    finished = an_execution(job_id=JOB.id).finish(delivery, NOON)
    notice = run_finished(finished, "Nightly", OWNER, to_everyone=False)
    message = 'Job "Nightly" failed: No answer within 10 seconds.'
    assert told(notice) == ("error", "Job Failed", message)


def test_the_operator_may_have_runs_told_to_everyone() -> None:
    """With the previous broadcast restored, everyone hears of every run."""
    finished = an_execution().finish(Delivery(succeeded=True), NOON)
    assert run_finished(finished, "Nightly", OWNER, to_everyone=True).audience == EVERYONE


@pytest.mark.parametrize(
    ("name_team", "team", "end"),
    [
        (True, "payments", " PIC Team: payments"),
        (True, None, " PIC Team: -"),
        (False, "payments", ""),
    ],
)
def test_an_auto_paused_job_is_told_to_its_creator(
    name_team: bool, team: str | None, end: str
) -> None:
    """The creator is warned that the end date passed; a round names the team, or a hyphen."""
    job = replace(JOB, pic_team=team)
    notice = auto_paused(job, name_team=name_team)
    message = f'Job "Nightly" passed its end_date (2026-12-31 JST) and was auto-paused.{end}'
    assert told(notice) == ("warning", "Job auto-paused (end date passed)", message)
    assert (notice.audience, notice.job_id) == (Audience.of(OWNER), JOB.id)


def test_a_job_without_an_end_date_can_be_told_as_paused() -> None:
    """A missing end date is shown as a hyphen."""
    notice = auto_paused(replace(JOB, end_date=None), name_team=False)
    assert "passed its end_date (- JST)" in notice.message


def test_an_audience_leaves_nobody_out_and_names_nobody_twice() -> None:
    """People that are not known are left out; the same person counts once."""
    assert Audience.of(OWNER, None, OWNER).user_ids == {OWNER}
    assert not Audience.of(None).everyone


def test_everyone_gets_a_copy() -> None:
    """A notice becomes one unread notification for each recipient, with the id given for it."""
    notice = run_finished(an_execution(job_id=JOB.id), "Nightly", None, to_everyone=True)
    recipients = [(NotificationId("n1"), UserId("anna")), (NotificationId("n2"), UserId("bert"))]
    made = copies(notice, recipients, NOON)
    assert [(one.id, one.user_id) for one in made] == recipients
    for one in made:
        assert (one.type, one.title, one.message) == told(notice)
        assert one.related_job_id == notice.job_id
        assert one.related_execution_id == notice.execution_id
        assert (one.created_at, one.is_read, one.read_at) == (NOON, False, None)


def test_a_long_title_is_cut() -> None:
    """A title keeps to the 255 characters of its column."""
    notice = replace(job_created(JOB, ANNA), title="t" * 300)
    (made,) = copies(notice, [(NotificationId("n"), OWNER)], NOON)
    assert made.title == "t" * 255


def test_a_notification_is_read_once() -> None:
    """Reading marks it with the time, and reading again keeps the first time."""
    read = a_notification().read(NOON)
    assert (read.is_read, read.read_at) == (True, NOON)
    assert read.read(NOON + timedelta(hours=1)) == read
