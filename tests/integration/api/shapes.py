"""The contract's payloads: their keys, and how instants are written (sections 1 and 4.0)."""

import re
from collections.abc import Iterator
from typing import Any, Final

USER: Final = {"id", "username", "email", "role", "is_active", "created_at", "updated_at"}
JOB: Final = {
    "id",
    "name",
    "cron_expression",
    "target_url",
    "github_owner",
    "github_repo",
    "github_workflow_name",
    "metadata",
    "category",
    "end_date",
    "pic_team",
    "enable_email_notifications",
    "notification_emails",
    "notify_on_success",
    "created_by",
    "is_active",
    "created_at",
    "updated_at",
    "last_execution_at",
    "next_execution_at",
    # ours: how it is called, retried and planned
    "options",
}
EXECUTION: Final = {
    "id",
    "job_id",
    "status",
    "trigger_type",
    "started_at",
    "completed_at",
    "duration_seconds",
    "execution_type",
    "target",
    "response_status",
    "error_message",
    "output",
    # decision 0.5
    "scheduled_for",
    "reason",
    "attempt",
    "triggered_by",
    "github_run",
}
LISTED_EXECUTION: Final = EXECUTION | {"job_name", "github_repo"}
CATEGORY: Final = {"id", "slug", "name", "is_active", "created_at", "updated_at"}
PIC_TEAM: Final = CATEGORY | {"slack_handle"}
NOTIFICATION: Final = {
    "id",
    "user_id",
    "title",
    "message",
    "type",
    "related_job_id",
    "related_execution_id",
    "is_read",
    "read_at",
    "created_at",
}
SLACK_SETTINGS: Final = {
    "id",
    "is_enabled",
    "webhook_url",
    "channel",
    "created_at",
    "updated_at",
}
FLAGS: Final = {
    "email_on_job_success": True,
    "email_on_job_failure": True,
    "email_on_job_disabled": False,
    "browser_notifications": False,
    "daily_digest": False,
    "weekly_report": False,
}
"""A user's mail flags, as they are until the user changes them (C-24)."""
PREFERENCES: Final = {"id", "user_id", "created_at", "updated_at", *FLAGS}
COLUMNS: Final = {
    "pic_team": True,
    "end_date": True,
    "cron_expression": False,
    "target_url": False,
    "last_execution_at": False,
}
"""The columns of a user's job table, as they are until the user chooses."""

_UTC: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_LOCAL: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+09:00")
_LOCAL_KEYS: Final = {"next_execution_at", "next_runs"}
_INSTANTS: Final = {"timestamp", "scheduled_for", "ran_at"} | _LOCAL_KEYS


def check_instants(answer: object) -> int:
    """Fail where an instant is not written as the contract says; return how many there were.

    UTC with milliseconds and `Z`, but what is planned carries the scheduler's offset.
    """
    checked = 0
    for key, value in texts_of(answer):
        if key.endswith("_at") or key in _INSTANTS:
            form = _LOCAL if key in _LOCAL_KEYS else _UTC
            assert form.fullmatch(value), f"{key}: {value}"
            checked += 1
    return checked


def texts_of(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in a JSON value, with the key it stands under."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from texts_of(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner, key)


def refusal(error: str, message: str | None = None, **more: Any) -> dict[str, Any]:
    """Return the body of an error: title, sentence, and what else it holds."""
    return {"error": error} | ({} if message is None else {"message": message}) | more


def detailed(error: str, message: str, **more: Any) -> dict[str, Any]:
    """Return the body of an error whose sentence stands under `detail` too (contract 1.1)."""
    return refusal(error, message, detail=message, **more)


def holds(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    """Fail unless the answer has these keys with these values, whatever else it has."""
    assert {key: answer.get(key, "missing") for key in expected} == expected
