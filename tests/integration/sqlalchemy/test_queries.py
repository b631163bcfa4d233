"""Statements bear whatever comes in, and values are kept as the previous backend kept them."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from cronjobs_adapters.sqlalchemy import SqlStore
from cronjobs_adapters.sqlalchemy import tables as our
from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.executions import Execution, ExecutionFilter
from cronjobs_core.domain.ids import (
    CategoryId,
    ExecutionId,
    JobId,
    NotificationId,
    PicTeamId,
    SessionId,
    UserId,
)
from cronjobs_core.domain.jobs import Job, JobQuery
from cronjobs_core.domain.notifications import Audience, Notification, NotificationFilter
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.preferences import (
    NotificationFlags,
    NotificationPreferences,
    UiPreferences,
)
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Session, User
from cronjobs_core.testing.builders import NOON, a_job, an_execution

MINUTE = timedelta(minutes=1)
UNSTORABLE = ("\x00", "a\x00b", "\ud800", "x" * 10_000)


async def test_more_rows_than_a_statement_has_variables(store: SqlStore) -> None:
    """Claims, outcomes and look-ups of thousands are cut to what a statement can hold."""
    job = a_job()
    runs = [an_execution(job_id=job.id, scheduled_for=NOON + n * MINUTE) for n in range(3_000)]
    strangers = [JobId(f"stranger {number}") for number in range(40_000)]
    async with store.writing() as unit:
        await unit.jobs.add(job)
        assert len(await unit.executions.claim(runs)) == len(runs)
        assert len(await unit.executions.finish(runs)) == len(runs)
        assert set(await unit.jobs.many([*strangers, job.id])) == {job.id}
        assert await unit.jobs.names_taken([*strangers, job.name]) == {job.name}
        await unit.commit()


@pytest.mark.parametrize("value", UNSTORABLE, ids=["NUL", "NUL inside", "surrogate", "long"])
async def test_looking_for_what_cannot_be_stored_finds_nothing(store: SqlStore, value: str) -> None:
    """Ids, logins and filters come from outside: any text is answered, none is an error."""
    where = ExecutionFilter(
        job_id=JobId(value), statuses=(value,), trigger_type=value, execution_type=value
    )
    async with store.reading() as unit:
        assert await unit.jobs.get(JobId(value)) is None
        assert await unit.jobs.get_listed(JobId(value)) is None
        assert await unit.jobs.many([JobId(value)]) == {}
        assert await unit.executions.get(ExecutionId(value)) is None
        assert await unit.executions.page(where, Page(1, 10)) == ([], 0)
        assert (await unit.executions.statistics(where)).total == 0
        assert await unit.users.get(UserId(value)) is None
        assert await unit.users.by_login(value) is None
        assert await unit.users.in_audience(Audience.of(UserId(value))) == []
        assert await unit.sessions.get(SessionId(value)) is None


@pytest.mark.parametrize("value", UNSTORABLE, ids=["NUL", "NUL inside", "surrogate", "long"])
async def test_jobs_with_what_cannot_be_stored_are_not_found(store: SqlStore, value: str) -> None:
    """Whatever is searched, filtered or asked as a name, a job without it is not found."""
    queries = [JobQuery(search=value), JobQuery(category=value), JobQuery(pic_team=value)]
    await _add(store, a_job(name="a", category="a", pic_team="a"))
    async with store.reading() as unit:
        for query in queries:
            assert await unit.jobs.find(query) == ([], 0)
            assert await unit.jobs.find(query, Page(1, 10)) == ([], 0)
        assert await unit.jobs.names_taken([value]) == set()
        assert not await unit.jobs.name_taken(value)


@pytest.mark.parametrize("value", UNSTORABLE, ids=["NUL", "NUL inside", "surrogate", "long"])
async def test_nothing_is_there_under_what_cannot_be_stored(store: SqlStore, value: str) -> None:
    """Whatever is asked for as an id, what is not there is None, and no error."""
    own = NotificationFilter(user_id=UserId(value))
    async with store.reading() as unit:
        assert await unit.notifications.get(NotificationId(value)) is None
        assert await unit.notifications.page(own, Page(1, 10)) == ([], 0)
        assert await unit.notifications.count(own) == 0
        assert await unit.preferences.notification(UserId(value)) is None
        assert await unit.preferences.ui(UserId(value)) is None
        assert await unit.taxonomy.category(CategoryId(value)) is None
        assert await unit.taxonomy.pic_team(PicTeamId(value)) is None
    async with store.writing() as unit:
        await unit.users.delete(UserId(value))
        await unit.sessions.end_all(UserId(value), NOON, keep=SessionId(value))
        await unit.notifications.delete(NotificationId(value))
        assert await unit.notifications.mark_all_read(UserId(value), NOON) == 0
        assert await unit.notifications.delete_matching(own) == 0
        assert await unit.jobs.move_to_category(value, "a") == 0
        assert await unit.jobs.move_to_pic_team(value, "a") == 0


@pytest.mark.parametrize(
    "poison",
    [None, "", "null", "[1]", '"text"', "{", "{'a': 1}", "not json", "[" * 100_000],
    ids=["NULL", "empty", "null", "list", "text", "cut", "python", "words", "deep"],
)
async def test_metadata_that_is_no_object_reads_as_empty(
    store: SqlStore, engine: AsyncEngine, poison: str | None
) -> None:
    """One bad row of an old database does not hide the jobs."""
    job = a_job(metadata={"a": 1})
    await _add(store, job)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE jobs SET job_metadata = :poison"), {"poison": poison})
    async with store.reading() as unit:
        assert (await unit.jobs.get(job.id)) == replace(job, metadata={})


async def test_metadata_may_hold_any_character(store: SqlStore) -> None:
    """NUL and letters of any script in metadata come back equal, half a character as U+FFFD."""
    metadata = {"nul\x00": "a\x00b", "half": "\ud83d", "東京": ["é", "🕐"]}
    job = a_job(metadata=metadata)
    await _add(store, job)
    async with store.reading() as unit:
        assert await unit.jobs.get(job.id) == replace(job, metadata=metadata | {"half": "\ufffd"})


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (None, ()),
        ("", ()),
        ("a@example.com", ("a@example.com",)),
        ("a@example.com, b@example.com,", ("a@example.com", "b@example.com")),
    ],
)
async def test_addresses_are_read_as_the_previous_backend_wrote_them(
    store: SqlStore, engine: AsyncEngine, stored: str | None, read: tuple[str, ...]
) -> None:
    """Comma-joined addresses are read with or without blanks; nothing is no address."""
    job = a_job()
    await _add(store, job)
    async with engine.begin() as connection:
        column = {"stored": stored}
        await connection.execute(text("UPDATE jobs SET notification_emails = :stored"), column)
    async with store.reading() as unit:
        kept = await unit.jobs.get(job.id)
    assert kept is not None
    assert kept.notification_emails == read


async def test_addresses_are_written_as_the_previous_backend_reads_them(
    store: SqlStore, engine: AsyncEngine
) -> None:
    """Addresses are joined by commas."""
    await _add(store, a_job(notification_emails=("b@example.com", "a@example.com")))
    async with engine.connect() as connection:
        stored = await connection.scalar(text("SELECT notification_emails FROM jobs"))
    assert stored == "b@example.com,a@example.com"


async def test_instants_without_a_zone_are_refused(store: SqlStore) -> None:
    """A naive instant is a mistake of the caller and is never stored as if it were UTC."""
    with pytest.raises(Exception, match="without a zone"):
        await _add(store, a_job(created_at=NOON.replace(tzinfo=None)))


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (our.jobs, Job),
        (our.job_executions, Execution),
        (our.users, User),
        (our.user_sessions, Session),
        (our.user_ui_preferences, UiPreferences),
        (our.slack_settings, SlackSettings),
        (our.job_categories, Category),
        (our.pic_teams, PicTeam),
        (our.notifications, Notification),
        (our.audit_log, AuditEntry),
    ],
    ids=str,
)
def test_every_field_has_its_column(table: Table, kind: type[Any]) -> None:
    """A table keeps each field of its entity under the field's name, and nothing else."""
    assert set(table.c.keys()) == {one.name for one in fields(kind)}


def test_every_flag_has_its_column() -> None:
    """The table of mail flags keeps each flag, and what else the preferences hold."""
    names = {
        one.name for kind in (NotificationFlags, NotificationPreferences) for one in fields(kind)
    }
    assert set(our.user_notification_preferences.c.keys()) == names - {"flags"}


async def _add(store: SqlStore, job: Job) -> None:
    async with store.writing() as unit:
        await unit.jobs.add(job)
        await unit.commit()
