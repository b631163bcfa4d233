"""Creating, changing, deleting and reading jobs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cronjobs_core.domain.errors import (
    DuplicateJobName,
    InvalidInput,
    JobExpired,
    MissingTarget,
    NotFound,
    NotYours,
    RoleRequired,
)
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import JobOrder, JobQuery
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.policy import Action
from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import a_job
from house import TOKYO, House, job_fields


async def test_created_job_is_stored_with_its_creator(house: House) -> None:
    """A user's new job is theirs, active, and shows when it runs next in the scheduler's zone."""
    user = await house.user()
    await house.team()
    view = await house.services.manage_jobs.create(user, job_fields())
    assert (view.job.created_by, view.job.is_active) == (user.user_id, True)
    assert view.next_execution_at == datetime(2026, 11, 25, 9, 0, tzinfo=TOKYO)
    assert (await house.services.manage_jobs.get(user, view.job.id)).job == view.job


async def test_creation_is_told_to_every_active_user(house: House) -> None:
    """Everybody active hears of a new job, once, with the creator's address."""
    user = await house.user(email="ann@example.com")
    viewer = await house.user(Role.VIEWER)
    gone = await house.user(is_active=False)
    await house.job(user)
    told = await house.messages(viewer.user_id)
    assert [(one.title, one.message) for one in told] == [
        ("New Job Created", 'Job "Nightly report" was created by ann@example.com.')
    ]
    assert await house.messages(gone.user_id) == []


async def test_changes_are_audited_in_order(house: House) -> None:
    """Who created, changed and deleted a job stands in the audit log."""
    user = await house.user()
    job = await house.job(user)
    await house.services.manage_jobs.change(user, job.id, {"name": "Other"})
    await house.services.manage_jobs.delete(user, job.id)
    assert await house.audited() == ["job.create", "job.update", "job.delete"]


@pytest.mark.parametrize(
    "fields",
    [{"cron_expression": "61 * * * *"}, {"pic_team": "nobody"}, {"name": " "}, {"end_date": None}],
    ids=["cron", "team", "name", "end date"],
)
async def test_refused_job_leaves_no_trace(house: House, fields: dict[str, Any]) -> None:
    """A job that is refused is not stored, not told and not audited."""
    user = await house.user()
    await house.team()
    with pytest.raises(InvalidInput):
        await house.services.manage_jobs.create(user, job_fields(**fields))
    assert await house.services.manage_jobs.find(user, JobQuery()) == ([], 0)
    assert await house.messages(user.user_id) == []
    assert await house.audited() == []


async def test_two_jobs_never_share_a_name(house: House) -> None:
    """A second job of the same name is refused, on creating and on renaming."""
    user = await house.user()
    await house.job(user)
    other = await house.job(user, name="Other")
    with pytest.raises(DuplicateJobName, match="Please use a unique name"):
        await house.services.manage_jobs.create(user, job_fields())
    with pytest.raises(DuplicateJobName):
        await house.services.manage_jobs.change(user, other.id, {"name": "Nightly report"})


async def test_rejected_change_changes_nothing(house: House) -> None:
    """One bad field keeps all others from being changed (F-01)."""
    user = await house.user()
    job = await house.job(user)
    change = {"name": "New name", "cron_expression": "no"}
    with pytest.raises(InvalidInput):
        await house.services.manage_jobs.change(user, job.id, change)
    assert (await house.services.manage_jobs.get(user, job.id)).job == job


async def test_enabling_an_expired_job_is_refused(house: House) -> None:
    """A job past its end date cannot be switched on before the date is moved."""
    user = await house.user()
    job = a_job(created_by=user.user_id, is_active=False, end_date=datetime(2026, 1, 1).date())  # noqa: DTZ001
    await house.stored_job(job)
    with pytest.raises(JobExpired):
        await house.services.manage_jobs.change(user, job.id, {"is_active": True})
    moved = {"is_active": True, "end_date": "2027-01-01"}
    view = await house.services.manage_jobs.change(user, job.id, moved)
    assert view.job.is_active


async def test_clearing_the_only_target_is_refused(house: House) -> None:
    """A job always has something to call."""
    user = await house.user()
    job = await house.job(user)
    with pytest.raises(MissingTarget):
        await house.services.manage_jobs.change(user, job.id, {"target_url": ""})


async def test_switching_is_told_as_what_it_is(house: House) -> None:
    """One notice per change: enabled or disabled where that changed, else updated."""
    user = await house.user()
    job = await house.job(user)
    change = house.services.manage_jobs.change
    await change(user, job.id, {"is_active": False, "name": "Renamed"})
    await change(user, job.id, {"is_active": True})
    await change(user, job.id, {"metadata": None})
    titles = [one.title for one in await house.messages(user.user_id)]
    assert titles == ["New Job Created", "Job Disabled", "Job Enabled", "Job Updated"]


async def test_role_comes_before_existence_and_that_before_ownership(house: House) -> None:
    """A viewer is told about the role, a user about a missing job, then about whose it is."""
    owner, other = await house.user(), await house.user()
    viewer, admin = await house.user(Role.VIEWER), await house.user(Role.ADMIN)
    job = await house.job(owner)
    manage = house.services.manage_jobs
    for action in (Action.UPDATE_JOB, Action.DELETE_JOB, Action.EXECUTE_JOB):
        with pytest.raises(RoleRequired):
            await manage.check_access(viewer, action, JobId("nowhere"))
        with pytest.raises(NotFound):
            await manage.check_access(other, action, JobId("nowhere"))
        with pytest.raises(NotYours):
            await manage.check_access(other, action, job.id)
        await manage.check_access(owner, action, job.id)
        await manage.check_access(admin, action, job.id)


async def test_others_cannot_change_or_delete_a_users_job(house: House) -> None:
    """A user changes and deletes their own jobs only."""
    owner, other = await house.user(), await house.user()
    job = await house.job(owner)
    with pytest.raises(NotYours):
        await house.services.manage_jobs.change(other, job.id, {"name": "Mine"})
    with pytest.raises(NotYours):
        await house.services.manage_jobs.delete(other, job.id)
    with pytest.raises(RoleRequired):
        await house.services.manage_jobs.create(await house.user(Role.VIEWER), job_fields())


async def test_deleted_job_is_gone(house: House) -> None:
    """After deletion the job is not found, and everybody has been told."""
    user = await house.user()
    job = await house.job(user)
    assert await house.services.manage_jobs.delete(user, job.id) == job
    with pytest.raises(NotFound):
        await house.services.manage_jobs.get(user, job.id)
    deleted = (await house.messages(user.user_id))[-1]
    assert (deleted.title, deleted.related_job_id) == ("Job Deleted", None)


async def test_stored_text_that_is_no_cron_expression_is_shown_without_next_run(
    house: House,
) -> None:
    """A job of the previous backend with a text that is none here is shown, and never due."""
    await house.stored_job(a_job(cron_expression="0 0 last * *"))
    (view,), _ = await house.services.manage_jobs.find(await house.user(), JobQuery())
    assert view.next_execution_at is None


async def test_job_whose_end_date_comes_first_shows_no_next_run(house: House) -> None:
    """The next run is null where the end date comes before it (F-29)."""
    user = await house.user()
    job = await house.job(user, cron_expression="0 0 1 1 *", end_date="2026-12-31")
    view = await house.services.manage_jobs.get(user, job.id)
    assert view.next_execution_at is None


async def test_newest_job_comes_first(house: House) -> None:
    """The list starts with the job that was created last."""
    user = await house.user()
    await house.job(user, name="older")
    house.clock.tick(1)
    await house.job(user, name="newer")
    views, _ = await house.services.manage_jobs.find(user, JobQuery())
    assert [view.job.name for view in views] == ["newer", "older"]
    assert house.clock.now() > datetime(2026, 11, 24, tzinfo=UTC)


async def test_page_of_the_jobs_that_match_comes_with_their_number(house: House) -> None:
    """A page holds its part of the jobs that match, each with its next run, and their number."""
    user = await house.user()
    for name in ("report 1", "report 2", "report 3", "else"):
        await house.job(user, name=name)
    query = JobQuery(search="report", sort_by=JobOrder.NAME, descending=False)
    views, total = await house.services.manage_jobs.find(user, query, Page(2, 2))
    assert [view.job.name for view in views] == ["report 3"]
    assert views[0].next_execution_at is not None
    assert total == 3
