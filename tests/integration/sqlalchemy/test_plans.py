"""Statements are few, however much there is, and find their rows by an index."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from cronjobs_adapters.sqlalchemy import SqlStore
from cronjobs_core.domain.executions import ExecutionFilter
from cronjobs_core.domain.ids import JobId, UserId
from cronjobs_core.domain.jobs import JobOrder, JobQuery
from cronjobs_core.domain.notifications import NotificationFilter
from cronjobs_core.domain.paging import Page
from cronjobs_core.testing.builders import NOON, a_job, an_execution
from watched import Watched, watched_store

MINUTE = timedelta(minutes=1)
NEWEST_START = "SEARCH job_executions USING COVERING INDEX ix_job_executions_job_id_started_at"
SORTED = "USE TEMP B-TREE FOR ORDER BY"
ANNA = UserId("anna")


@pytest.fixture
async def watched(sqlite_url: str) -> AsyncIterator[Watched]:
    """Give a store that tells which statements it sends."""
    async with watched_store(sqlite_url) as watched:
        yield watched


@pytest.mark.parametrize(("page", "statements"), [(None, 1), (Page(2, 2), 2)], ids=["all", "page"])
@pytest.mark.parametrize("order", JobOrder)
async def test_jobs_are_found_in_a_constant_number_of_statements(
    watched: Watched, order: JobOrder, page: Page | None, statements: int
) -> None:
    """All jobs are one statement and a page of them two, however many there are and have run."""
    query = JobQuery(search="job", sort_by=order)
    counts = []
    for jobs, runs in ((3, 1), (20, 5)):
        await _fill(watched.store, jobs=jobs, runs=runs)
        watched.sent.clear()
        async with watched.store.reading() as unit:
            found, _ = await unit.jobs.find(query, page)
        assert {one.last_execution_at is None for one in found} == {False}
        counts.append(len(watched.sent))
    assert counts == [statements, statements]


@pytest.mark.parametrize("order", JobOrder)
async def test_finding_jobs_reads_one_index_entry_for_each(
    watched: Watched, order: JobOrder
) -> None:
    """The newest start is looked up in an index; no history is read, however long it is."""
    async with watched.store.reading() as unit:
        await unit.jobs.find(JobQuery(sort_by=order))
    plan = await watched.plan()
    assert f"{NEWEST_START} (job_id=?)" in plan
    assert "SCAN job_executions" not in plan


async def test_a_page_of_jobs_is_cut_before_anything_is_looked_up(watched: Watched) -> None:
    """The newest start is looked up for the jobs of the page, which are found by their ids."""
    async with watched.store.reading() as unit:
        await unit.jobs.find(JobQuery(), Page(1, 20))
    page, _, rest = (await watched.plan(-2)).partition("CORRELATED SCALAR SUBQUERY")
    assert "SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 (id=?)" in page
    assert NEWEST_START in rest
    assert "SCAN job_executions" not in rest


@pytest.mark.parametrize("is_read", [None, False], ids=["all", "unread"])
async def test_a_page_of_notifications_is_read_in_its_order(
    watched: Watched, is_read: bool | None
) -> None:
    """A user's newest messages are read off an index, their number is counted in one."""
    async with watched.store.reading() as unit:
        await unit.notifications.page(
            NotificationFilter(user_id=ANNA, is_read=is_read), Page(1, 20)
        )
    assert len(watched.sent) == 2
    page, total = await watched.plan(-2), await watched.plan(-1)
    assert "SEARCH notifications USING INDEX ix_notifications_user_id_created_at_id" in page
    assert SORTED not in page
    assert "SEARCH notifications USING COVERING INDEX" in total


async def test_unread_notifications_are_counted_in_an_index(watched: Watched) -> None:
    """The number at the bell costs no look at the messages, nor at those that were read."""
    async with watched.store.reading() as unit:
        await unit.notifications.count(NotificationFilter(user_id=ANNA, is_read=False))
    index = "USING COVERING INDEX ix_notifications_user_id_is_read_created_at"
    assert f"SEARCH notifications {index} (user_id=? AND is_read=?)" in await watched.plan()


async def test_deleting_a_user_reads_no_history(watched: Watched) -> None:
    """What refers to a deleted user is found by indexes, also among all executions."""
    async with watched.store.writing() as unit:
        await unit.users.delete(ANNA)
    plan = await watched.plan()
    assert "ix_job_executions_triggered_by (triggered_by=?)" in plan
    assert "SCAN" not in plan


async def test_running_jobs_are_found_among_the_running_only(watched: Watched) -> None:
    """Whether a job runs is looked up in an index of what runs now."""
    async with watched.store.reading() as unit:
        await unit.executions.running_jobs([JobId("a"), JobId("b")])
    assert "USING INDEX ix_job_executions_running (job_id=?)" in await watched.plan()


async def test_a_login_is_found_by_indexes(watched: Watched) -> None:
    """Signing in does not read all users."""
    async with watched.store.reading() as unit:
        await unit.users.by_login("anna")
    plan = await watched.plan()
    assert "ix_users_username (username=?)" in plan
    assert "ix_users_email (email=?)" in plan


async def test_a_page_of_the_history_is_read_in_its_order(watched: Watched) -> None:
    """The newest executions are read off an index; the history is not sorted for a page."""
    async with watched.store.reading() as unit:
        await unit.executions.page(ExecutionFilter(), Page(1, 20))
    plan = await watched.plan(-2)  # the last one is the total
    assert "SCAN job_executions USING INDEX ix_job_executions_started_at" in plan
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


async def test_statistics_take_one_statement(watched: Watched) -> None:
    """Counts and averages come in one round trip."""
    async with watched.store.reading() as unit:
        await unit.executions.statistics(ExecutionFilter())
    assert len(watched.sent) == 1


async def _fill(store: SqlStore, *, jobs: int, runs: int) -> None:
    async with store.writing() as unit:
        for job in (a_job() for _ in range(jobs)):
            await unit.jobs.add(job)
            await unit.executions.claim(
                [an_execution(job_id=job.id, started_at=NOON + n * MINUTE) for n in range(runs)]
            )
        await unit.commit()
