"""What a user chose: which mails to get, which columns to see."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final, Self

from cronjobs_core.domain import fields as read
from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.ids import UserId

DEFAULT_COLUMNS: Final[Mapping[str, bool]] = {
    "pic_team": True,
    "end_date": True,
    "cron_expression": False,
    "target_url": False,
    "last_execution_at": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationFlags:
    """Which mails a user gets about jobs they created; the last three are for themselves alone."""

    email_on_job_success: bool = True
    email_on_job_failure: bool = True
    email_on_job_disabled: bool = False
    browser_notifications: bool = False
    daily_digest: bool = False
    weekly_report: bool = False

    def changed(self, sent: Fields) -> Self:
        """The flags with those that `sent` names; raises InvalidInput for no boolean."""
        names = (one.name for one in fields(self))
        values = {name: read.flag(sent, name) for name in names}
        return replace(self, **{name: value for name, value in values.items() if value is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationPreferences:
    """A user's flags, as stored. At most one for a user."""

    id: str
    user_id: UserId
    flags: NotificationFlags
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UiPreferences:
    """Which columns a user's job table shows, as stored. At most one for a user."""

    id: str
    user_id: UserId
    jobs_table_columns: Mapping[str, bool]
    created_at: datetime
    updated_at: datetime

    def complete(self) -> Self:
        """With the default for each known column that was stored badly or, long ago, not at all."""
        stored = self.jobs_table_columns
        chosen = {
            name: stored[name] if isinstance(stored.get(name), bool) else default
            for name, default in DEFAULT_COLUMNS.items()
        }
        return replace(self, jobs_table_columns=chosen)


def columns(sent: Fields) -> dict[str, bool]:
    """The defaults overlaid with the known columns sent; what is not sent is the default again.

    Raises InvalidInput as section 4.3 of the contract says.
    """
    chosen = sent.get("jobs_table_columns")
    if chosen is None:
        raise InvalidInput("Missing required fields", '"jobs_table_columns" is required.')
    if not isinstance(chosen, dict):
        raise InvalidInput("Invalid payload", '"jobs_table_columns" must be an object.')
    known = {name: read.flag(chosen, name) for name in DEFAULT_COLUMNS}
    return {
        name: DEFAULT_COLUMNS[name] if value is None else value for name, value in known.items()
    }
