"""Jobs: what users define, and what may happen to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.errors import InvalidCronExpression
from cronjobs_core.domain.ids import JobId, UserId
from cronjobs_core.domain.job_options import Options
from cronjobs_core.domain.schedule import Schedule, today
from cronjobs_core.domain.targets import GitHubWorkflow, Target, Webhook
from cronjobs_core.domain.taxonomy import GENERAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A cron schedule plus a target. Instants are UTC; `end_date` is a day, inclusive."""

    id: JobId
    name: str
    cron_expression: str
    target_url: str | None = None
    github_owner: str | None = None
    github_repo: str | None = None
    github_workflow_name: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    category: str = GENERAL
    end_date: date | None = None
    pic_team: str | None = None
    enable_email_notifications: bool = False
    notification_emails: tuple[str, ...] = ()
    notify_on_success: bool = False
    options: Options = field(default_factory=dict)
    created_by: UserId | None = None
    is_active: bool = True
    created_at: datetime
    updated_at: datetime

    @property
    def target(self) -> Target | None:
        """What the job calls: its complete GitHub trio, else its URL, else nothing (6.3)."""
        if self.github_owner and self.github_repo and self.github_workflow_name:
            return GitHubWorkflow(
                owner=self.github_owner, repo=self.github_repo, workflow=self.github_workflow_name
            )
        return Webhook(url=self.target_url) if self.target_url else None

    def zone(self, default: ZoneInfo) -> ZoneInfo:
        """The zone of its plan: its own, where `options` name one, else the scheduler's."""
        name = self.options.get("timezone")
        return ZoneInfo(name) if name else default

    def schedule(self, zone: ZoneInfo) -> Schedule:
        """The plan, in the job's own zone or else in `zone`.

        Raises InvalidCronExpression for a stored text that is none.
        """
        cron = _parsed(self.cron_expression)
        return Schedule(cron=cron, zone=self.zone(zone), end_date=self.end_date)

    def next_execution(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The next occurrence, in the zone of the plan.

        None while inactive, past the end date, or where the text is no cron expression.
        """
        if not self.is_active:
            return None
        try:
            due = self.schedule(zone).next_after(now)
        except InvalidCronExpression:
            return None
        return due.astimezone(self.zone(zone)) if due is not None else None

    def is_expired(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether the end date lies before today, in the job's own zone or else in `zone`."""
        return self.end_date is not None and self.end_date < today(now, self.zone(zone))

    def pause(self, at: datetime) -> Self:
        """The job, inactive: it is on no timetable."""
        return replace(self, is_active=False, updated_at=at)

    def change(self, values: Mapping[str, Any], at: datetime) -> Self:
        """The job with validated `values` (see `job_form`) in place of its own."""
        return replace(self, **values, updated_at=at)


@lru_cache(maxsize=10_000)
def _parsed(text: str) -> CronExpression:
    """The expression; parsed once for all jobs that share it, and for all lists that show it."""
    return CronExpression.parse(text)


class JobOrder(StrEnum):
    """By what a list of jobs can be sorted."""

    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    NAME = "name"
    CATEGORY = "category"
    PIC_TEAM = "pic_team"
    END_DATE = "end_date"
    LAST_EXECUTION_AT = "last_execution_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """Which jobs, in which order; None means any. Category and team are slugs.

    `search` is found anywhere in the name, the URL, the repository or the workflow, in any case
    of letters; it is text, not a pattern.
    """

    search: str | None = None
    category: str | None = None
    pic_team: str | None = None
    is_active: bool | None = None
    sort_by: JobOrder = JobOrder.CREATED_AT
    descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedJob:
    """A job with the newest start (UTC) of any of its executions, None where there is none."""

    job: Job
    last_execution_at: datetime | None

    def view(self, now: datetime, zone: ZoneInfo) -> "JobView":
        """The job as people see it at `now`."""
        return JobView(
            job=self.job,
            last_execution_at=self.last_execution_at,
            next_execution_at=self.job.next_execution(now, zone),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job with its last start (UTC) and its next occurrence (in the scheduler's zone)."""

    job: Job
    last_execution_at: datetime | None
    next_execution_at: datetime | None
