"""What every test of a store needs: the store, and short ways to put things in and find them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import pytest

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.executions import Execution, ExecutionStatus, Reason
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.notifications import Notification, NotificationFilter, NotificationType
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.preferences import (
    NotificationFlags,
    NotificationPreferences,
    UiPreferences,
)
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Role, Session, User
from cronjobs_core.ports.store import Reading, Store, UnitOfWork
from cronjobs_core.testing.builders import (
    NOON,
    a_category,
    a_job,
    a_notification,
    a_pic_team,
    a_session,
    a_user,
    an_audit_entry,
    an_execution,
    notification_preferences,
    slack_settings,
    ui_preferences,
)

WHOLE: Final = Page(1, 1000)
"""A page that holds all that a test stores."""

Chosen = NotificationPreferences | UiPreferences | SlackSettings
Thing = Job | Execution | User | Session | Category | PicTeam | Notification | AuditEntry | Chosen
Kind = type[Thing]
Result = TypeVar("Result")


@pytest.mark.anyio
class StoreCase:
    """The base of all classes here; an author overrides `store` and, where needed, the figures.

    `patience` is the number of seconds after which a test that waits for the store has failed.
    `moment` is how long, in seconds, a test looks on before it believes that somebody waits.
    """

    patience: float = 30.0
    moment: float = 0.05

    @pytest.fixture(scope="session")
    @classmethod
    def anyio_backend(cls) -> str:
        """The event loop under which the core runs."""
        return "asyncio"

    @pytest.fixture
    def store(self) -> Store:
        """Override it, as a plain or an async fixture: a fresh store with nothing in it."""
        raise NotImplementedError("override the fixture `store`")


async def given(store: Store, *things: Thing) -> None:
    """Store and commit the things; what refers to another comes after it."""
    async with committing(store) as unit:
        await put(unit, *things)


@asynccontextmanager
async def committing(store: Store) -> AsyncIterator[UnitOfWork]:
    """A writing unit that commits at the end of the block."""
    async with store.writing() as unit:
        yield unit
        await unit.commit()


async def put(unit: UnitOfWork, *things: Thing) -> None:
    """Store the things in this order, each through the repository of its kind."""
    for thing in things:
        await _ADD[type(thing)](unit, thing)


_ADD: Final[Mapping[Kind, Callable[[UnitOfWork, Any], Awaitable[object]]]] = {
    User: lambda unit, user: unit.users.add(user),
    Session: lambda unit, session: unit.sessions.add(session),
    NotificationPreferences: lambda unit, flags: unit.preferences.put_notification(flags),
    UiPreferences: lambda unit, columns: unit.preferences.put_ui(columns),
    SlackSettings: lambda unit, settings: unit.slack.put(settings),
    Category: lambda unit, category: unit.taxonomy.add_category(category),
    PicTeam: lambda unit, team: unit.taxonomy.add_pic_team(team),
    Job: lambda unit, job: unit.jobs.add(job),
    Execution: lambda unit, execution: unit.executions.claim([execution]),
    Notification: lambda unit, notification: unit.notifications.add([notification]),
    AuditEntry: lambda unit, entry: unit.audit.add(entry),
}


async def found(unit: Reading, thing: Thing) -> Thing | None:
    """What the unit sees under the thing's id, or None; of settings, those that there are."""
    match thing:
        case NotificationPreferences() | UiPreferences() | SlackSettings():
            return await _chosen(unit, thing)
        case AuditEntry():
            entries, _ = await unit.audit.page(WHOLE)
            return next((one for one in entries if one.id == thing.id), None)
        case Execution():
            listed = await unit.executions.get(thing.id)
            return None if listed is None else listed.execution
        case _:
            return await _by_id(unit, thing)


async def _chosen(unit: Reading, thing: Chosen) -> Thing | None:
    match thing:
        case NotificationPreferences():
            return await unit.preferences.notification(thing.user_id)
        case UiPreferences():
            return await unit.preferences.ui(thing.user_id)
        case SlackSettings():
            return await unit.slack.get()


async def _by_id(
    unit: Reading, thing: Job | User | Session | Category | PicTeam | Notification
) -> Thing | None:
    match thing:
        case Job():
            return await unit.jobs.get(thing.id)
        case User():
            return await unit.users.get(thing.id)
        case Session():
            return await unit.sessions.get(thing.id)
        case Category():
            return await unit.taxonomy.category(thing.id)
        case PicTeam():
            return await unit.taxonomy.pic_team(thing.id)
        case Notification():
            return await unit.notifications.get(thing.id)


async def told(unit: Reading, user_id: UserId) -> list[Notification]:
    """All notifications of the user, the newest first."""
    return (await unit.notifications.page(NotificationFilter(user_id=user_id), WHOLE))[0]


async def all_at_once(
    acts: Sequence[Callable[[], Coroutine[Any, Any, Result]]], patience: float
) -> list[Result]:
    """What each of the acts returned, all having begun at the same time."""
    async with asyncio.timeout(patience), asyncio.TaskGroup() as group:
        tasks = [group.create_task(act()) for act in acts]
    return [task.result() for task in tasks]


KINDS: Final = tuple(_ADD)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
"""Runs a test once for each kind of thing; it takes its own from `one_of_each`."""


_UNUSUAL: Final = NotificationFlags(
    email_on_job_success=False,
    email_on_job_failure=True,
    email_on_job_disabled=True,
    browser_notifications=False,
    daily_digest=True,
    weekly_report=False,
)


def one_of_each() -> dict[Kind, Thing]:
    """One thing of every kind, every field filled, in an order in which they can be stored."""
    user = a_user(role=Role.VIEWER, is_active=False, sessions_end_before=NOON)
    job = _a_full_job(created_by=user.id)
    execution = _a_full_execution(job_id=job.id, triggered_by=user.id)
    things: list[Thing] = [
        user,
        a_session(user_id=user.id, ended_at=NOON),
        notification_preferences(user_id=user.id, flags=_UNUSUAL),
        ui_preferences(user_id=user.id, jobs_table_columns={"pic_team": False, "end_date": True}),
        slack_settings(),
        a_category(is_active=False),
        a_pic_team(is_active=False),
        job,
        execution,
        a_notification(
            user_id=user.id,
            related_job_id=job.id,
            related_execution_id=execution.id,
            type=NotificationType.WARNING,
            is_read=True,
            read_at=NOON,
        ),
        an_audit_entry(actor_id=user.id, actor_name=user.username, entity_id=job.id),
    ]
    return {type(thing): thing for thing in things}


def _a_full_job(**overrides: Any) -> Job:
    return a_job(
        github_owner="octo-org",
        github_repo="nightly",
        github_workflow_name="build.yml",
        metadata={"branch": "main", "retries": 2},
        category="regression",
        pic_team="payments",
        enable_email_notifications=True,
        notification_emails=("ops@example.com", "dev@example.com"),
        notify_on_success=True,
        options={"retries": 2, "headers": {"X-Team": "payments"}, "expect_status": [200, 204]},
        is_active=False,
        **overrides,
    )


def _a_full_execution(**overrides: Any) -> Execution:
    return an_execution(
        status=ExecutionStatus.FAILED,
        scheduled_for=NOON,
        completed_at=NOON,
        duration_seconds=1.25,
        response_status=502,
        error_message="The target answered 502.",
        output="Bad gateway",
        reason=Reason.HTTP_STATUS,
        attempt=3,
        **overrides,
    )
