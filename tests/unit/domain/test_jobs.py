"""Jobs: what they call, when they are due, what may happen to them."""

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cronjobs_core.domain.errors import InvalidCronExpression
from cronjobs_core.domain.jobs import ListedJob
from cronjobs_core.domain.targets import GitHubWorkflow, Webhook
from cronjobs_core.testing.builders import NOON, a_job

TOKYO = ZoneInfo("Asia/Tokyo")
URL = "https://hooks.example.com/run"
TRIO = {"github_owner": "octo-org", "github_repo": "nightly", "github_workflow_name": "build.yml"}
LATER = NOON + timedelta(hours=1)


def test_a_job_with_a_url_calls_it() -> None:
    """A URL alone makes a webhook."""
    assert a_job(target_url=URL).target == Webhook(url=URL)


def test_a_complete_trio_goes_before_a_url() -> None:
    """A job that holds both runs on GitHub (contract 6.3)."""
    job = a_job(target_url=URL, **TRIO)
    assert job.target == GitHubWorkflow(owner="octo-org", repo="nightly", workflow="build.yml")


@pytest.mark.parametrize("missing", TRIO)
def test_an_incomplete_trio_does_not_count(missing: str) -> None:
    """With a name missing the URL is called, and without a URL nothing can be."""
    assert a_job(target_url=URL, **TRIO | {missing: None}).target == Webhook(url=URL)
    assert a_job(target_url=None, **TRIO | {missing: ""}).target is None


def test_the_schedule_of_a_job() -> None:
    """A job's plan is its cron text in the zone, up to its end date."""
    plan = a_job(cron_expression="0 9 * * *", end_date=date(2026, 1, 16)).schedule(TOKYO)
    assert (str(plan.cron), plan.zone, plan.end_date) == ("0 9 * * *", TOKYO, date(2026, 1, 16))


def test_a_stored_text_that_is_no_schedule() -> None:
    """A text of the previous backend that is no cron expression is told, not taken for one."""
    with pytest.raises(InvalidCronExpression):
        a_job(cron_expression="0 0 last * *").schedule(TOKYO)


def test_the_next_execution_is_shown_in_the_zone() -> None:
    """People see the next occurrence in the scheduler's zone, with its offset."""
    due = a_job(cron_expression="0 9 * * *").next_execution(NOON, TOKYO)
    assert due == datetime(2026, 1, 16, 9, tzinfo=TOKYO)
    assert due.isoformat() == "2026-01-16T09:00:00+09:00"


@pytest.mark.parametrize(
    "overrides",
    [
        {"is_active": False},
        {"end_date": date(2026, 1, 15)},
        {"cron_expression": "0 0 last * *"},
    ],
    ids=["paused", "past its end date", "no cron expression"],
)
def test_a_job_without_a_next_execution(overrides: dict[str, object]) -> None:
    """A job that is paused, at its end, or of no valid schedule shows no future run."""
    assert a_job(**overrides).next_execution(NOON, TOKYO) is None


@pytest.mark.parametrize(
    ("end_date", "expired"),
    [(None, False), (date(2026, 1, 15), False), (date(2026, 1, 14), True)],
)
def test_a_job_expires_after_its_end_date(end_date: date | None, expired: bool) -> None:
    """A job may still run on its end date; the day after, in the zone, it is expired."""
    assert a_job(end_date=end_date).is_expired(NOON, TOKYO) is expired


def test_the_end_of_a_day_depends_on_the_zone() -> None:
    """When it is the next day in Tokyo already, a job that ended yesterday there is expired."""
    job = a_job(end_date=date(2026, 1, 15))
    evening = NOON.replace(hour=20)
    assert job.is_expired(evening, TOKYO)
    assert not job.is_expired(evening, ZoneInfo("UTC"))


def test_a_job_may_have_a_zone_of_its_own() -> None:
    """A job whose options name a zone is planned, shown and ended in that zone."""
    new_york = ZoneInfo("America/New_York")
    job = a_job(
        cron_expression="0 9 * * *",
        end_date=date(2026, 1, 15),
        options={"timezone": "America/New_York"},
    )
    assert job.schedule(TOKYO).zone == new_york
    due = job.next_execution(NOON, TOKYO)
    assert due is not None
    assert due.isoformat() == "2026-01-15T09:00:00-05:00"
    still_the_day_there = datetime(2026, 1, 16, 4, tzinfo=UTC)
    assert not job.is_expired(still_the_day_there, TOKYO)
    assert job.is_expired(still_the_day_there + timedelta(hours=1), TOKYO)


def test_pausing_a_job() -> None:
    """A paused job is a new value, inactive since that time; the old one is as it was."""
    job = a_job()
    paused = job.pause(LATER)
    assert (paused.is_active, paused.updated_at) == (False, LATER)
    assert (job.is_active, job.updated_at) == (True, NOON)
    with pytest.raises(FrozenInstanceError):
        job.name = "other"  # type: ignore[misc]


def test_changing_a_job() -> None:
    """Changed values stand in place of the old ones, the rest stays, the time is noted."""
    job = a_job()
    changed = job.change({"name": "Daily", "metadata": {"a": 1}}, LATER)
    assert (changed.name, changed.metadata, changed.updated_at) == ("Daily", {"a": 1}, LATER)
    assert (changed.id, changed.created_at, changed.target) == (job.id, NOON, job.target)


def test_a_job_as_people_see_it() -> None:
    """A listed job is shown with its last start and its next occurrence."""
    job = a_job(cron_expression="0 9 * * *")
    view = ListedJob(job=job, last_execution_at=NOON).view(NOON, TOKYO)
    assert (view.job, view.last_execution_at) == (job, NOON)
    assert view.next_execution_at == job.next_execution(NOON, TOKYO)
