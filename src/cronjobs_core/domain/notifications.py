"""In-app notifications: who hears what, in which words (contract 8.1)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Self

from cronjobs_core.domain.executions import Execution, ExecutionStatus
from cronjobs_core.domain.ids import ExecutionId, JobId, NotificationId, UserId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.users import Actor

MAX_TITLE: Final = 255


class NotificationType(StrEnum):
    """How the frontend paints it."""

    SUCCESS = "success"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message in one user's list. Instants are UTC."""

    id: NotificationId
    user_id: UserId
    title: str
    message: str
    type: NotificationType
    related_job_id: JobId | None = None
    related_execution_id: ExecutionId | None = None
    is_read: bool = False
    read_at: datetime | None = None
    created_at: datetime

    def read(self, at: datetime) -> Self:
        """The notification, read; the first time counts."""
        return self if self.is_read else replace(self, is_read=True, read_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationFilter:
    """Which of one user's messages. `since` is inclusive, `until` exclusive (UTC)."""

    user_id: UserId
    is_read: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told: every active user, or the named people together with the active admins.

    Nobody is told twice, and users who are not active are left out.
    """

    everyone: bool = False
    user_ids: frozenset[UserId] = frozenset()

    @classmethod
    def of(cls, *user_ids: UserId | None) -> Self:
        """The people concerned (None is left out) and the active admins."""
        return cls(user_ids=frozenset(one for one in user_ids if one is not None))


EVERYONE: Final = Audience(everyone=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told, once, before it is copied into each list of its audience."""

    audience: Audience
    title: str
    message: str
    type: NotificationType
    job_id: JobId | None = None
    execution_id: ExecutionId | None = None


def job_created(job: Job, actor: Actor) -> Notice:
    """A job was created through the API."""
    return _by_actor("New Job Created", "created", job, actor)


def jobs_imported(count: int, actor: Actor) -> Notice:
    """Jobs were created from a CSV file: one notice for all of them (C-22)."""
    jobs = "1 job was" if count == 1 else f"{count} jobs were"
    return Notice(
        audience=EVERYONE,
        title="Jobs Imported",
        message=f"{jobs} created from a CSV file by {actor.label}.",
        type=NotificationType.INFO,
    )


def job_deleted(job: Job, actor: Actor) -> Notice:
    """A job was deleted; it is no longer there to be related to."""
    notice = _by_actor("Job Deleted", "deleted", job, actor, NotificationType.WARNING)
    return replace(notice, job_id=None)


def job_changed(before: Job, after: Job, actor: Actor) -> Notice:
    """A job was changed: one notice, about its being switched where it was."""
    if before.is_active == after.is_active:
        return _by_actor("Job Updated", "updated", after, actor)
    if after.is_active:
        return _by_actor("Job Enabled", "enabled", after, actor)
    return _by_actor("Job Disabled", "disabled", after, actor, NotificationType.WARNING)


def run_finished(
    execution: Execution, job_name: str, created_by: UserId | None, *, to_everyone: bool
) -> Notice:
    """A run succeeded or failed; told to those involved, or to everyone where the operator asks."""
    succeeded = execution.status is ExecutionStatus.SUCCESS
    outcome = "completed successfully." if succeeded else f"failed: {execution.error_message}"
    involved = Audience.of(created_by, execution.triggered_by)
    return Notice(
        audience=EVERYONE if to_everyone else involved,
        title="Job Completed" if succeeded else "Job Failed",
        message=f'Job "{job_name}" {outcome}',
        type=NotificationType.SUCCESS if succeeded else NotificationType.ERROR,
        job_id=execution.job_id,
        execution_id=execution.id,
    )


def auto_paused(job: Job, *, name_team: bool) -> Notice:
    """A job passed its end date and was paused; a round (not a run) names the team."""
    team = f" PIC Team: {job.pic_team or '-'}" if name_team else ""
    return Notice(
        audience=Audience.of(job.created_by),
        title="Job auto-paused (end date passed)",
        message=f'Job "{job.name}" passed its end_date ({_day(job.end_date)} JST) '
        f"and was auto-paused.{team}",
        type=NotificationType.WARNING,
        job_id=job.id,
    )


def copies(
    notice: Notice, recipients: Iterable[tuple[NotificationId, UserId]], at: datetime
) -> list[Notification]:
    """One notification for each recipient, with the id given for it."""
    return [
        Notification(
            id=notification_id,
            user_id=user_id,
            title=notice.title[:MAX_TITLE],
            message=notice.message,
            type=notice.type,
            related_job_id=notice.job_id,
            related_execution_id=notice.execution_id,
            created_at=at,
        )
        for notification_id, user_id in recipients
    ]


def _by_actor(
    title: str,
    verb: str,
    job: Job,
    actor: Actor,
    kind: NotificationType = NotificationType.INFO,
) -> Notice:
    message = f'Job "{job.name}" was {verb} by {actor.label}.'
    return Notice(audience=EVERYONE, title=title, message=message, type=kind, job_id=job.id)


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else "-"
