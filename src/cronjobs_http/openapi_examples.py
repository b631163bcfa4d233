"""The examples of the OpenAPI document: one value for each name, put together by schema.

The contract gives one meaning to one name, so a name is shown alike wherever it stands; where it
is not, the table has it under "Model.name".
"""

from collections.abc import Mapping
from typing import Any, Final

JOB_ID: Final = "5d1f8a52-7c0e-4b6b-9f3a-2e8f4c7d1a01"
EXECUTION_ID: Final = "0b7c2e94-1d35-4f6a-8a19-63c5d0e2f702"
USER_ID: Final = "c9e4d1b7-52f8-4a03-b6de-17a08f39e503"
CATEGORY_ID: Final = "7a6f0c3d-e814-49b2-a5c7-d92b641f8e04"
TEAM_ID: Final = "e25b93f1-4c67-4d8e-90a2-b8f71d06c305"
NOTIFICATION_ID: Final = "91d8e7a6-03bf-4e52-8c14-f5a26b7d9006"

CSV: Final = (
    "Job Name,Cron schedule (JST),Status,End Date,PIC Team,Target URL\r\n"
    "Nightly report,0 2 * * 1-5,Enable,2030-12-31,payments,https://hooks.example.com/run\r\n"
)

BY_NAME: Final[Mapping[str, Any]] = {
    # what paths name
    "job_id": JOB_ID,
    "execution_id": EXECUTION_ID,
    "user_id": USER_ID,
    "category_id": CATEGORY_ID,
    "team_id": TEAM_ID,
    "notification_id": NOTIFICATION_ID,
    # people and tokens
    "UserOut.id": USER_ID,
    "ProfileOut.id": USER_ID,
    "DeletedUser.id": USER_ID,
    "username": "hanako",
    "email": "hanako@example.com",
    "password": "correct horse battery",
    "current_password": None,
    "role": "user",
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJjOWU0In0.c2lnbmF0dXJl",
    "refresh_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJjOWU1In0.c2lnbmF0dXJl",
    "expires_in": 3600,
    "valid": True,
    "updated_fields": ["email"],
    "VerifyOut.message": "Token is valid",
    "LoginIn.email": None,
    "RegisterIn.username": "jiro",
    "RegisterIn.email": "jiro@example.com",
    "UserPatch.password": None,
    "UserPatch.role": None,
    "UserPatch.is_active": None,
    # jobs
    "JobOut.id": JOB_ID,
    "JobRef.id": JOB_ID,
    "DeletedJob.id": JOB_ID,
    "ImportedJobOut.id": JOB_ID,
    "name": "Nightly report",
    "job_name": "Nightly report",
    "cron_expression": "0 2 * * 1-5",
    "expression": "0 2 * * 1-5",
    "CronIn.cron_expression": None,
    "PreviewIn.cron_expression": None,
    "description": "At 02:00 AM, on Monday through Friday",
    "CronValid.message": "Valid cron expression",
    "CronValid.error": None,
    "warnings": [],
    "timezone": "Asia/Tokyo",
    "next_runs": ["2026-11-25T02:00:00+09:00"],
    "CronPreview.count": 1,
    "target_url": "https://hooks.example.com/run",
    "github_owner": None,
    "github_repo": None,
    "github_workflow_name": None,
    "dispatch_url": None,
    "github_token": None,
    "metadata": {"kind": "nightly"},
    "options": {"retries": 3, "timezone": "Asia/Tokyo"},
    "JobOptionsIn.timezone": "Europe/Berlin",
    "method": None,
    "headers": None,
    "expect_status": None,
    "retries": 3,
    "retry_delay_seconds": 30,
    "overlap": None,
    "misfire_window_seconds": None,
    "dst": None,
    "timeout_seconds": 10.0,
    "category": "general",
    "end_date": "2030-12-31",
    "pic_team": "payments",
    "pic_team_slug": "payments",
    "enable_email_notifications": True,
    "notification_emails": ["oncall@example.com"],
    "notify_on_success": False,
    "created_by": USER_ID,
    "is_active": True,
    "created_at": "2026-11-24T09:15:00.000Z",
    "updated_at": "2026-11-24T09:15:00.000Z",
    "last_execution_at": "2026-11-24T17:00:00.021Z",
    "next_execution_at": "2026-11-25T02:00:00+09:00",
    "JobWritten.message": "Job created successfully",
    # CSV
    "file": CSV,
    "default_github_owner": None,
    "BulkUploadIn.dry_run": "true",
    "dry_run": False,
    "original_column_count": 9,
    "original_row_count": 2,
    "removed_column_count": 0,
    "removed_empty_row_count": 0,
    "row": 3,
    "RowErrorOut.error": "Duplicate job name",
    "RowErrorOut.message": 'A job with the name "Nightly report" already exists.',
    "RowErrorOut.pic_team": None,
    "RowErrorOut.pic_team_slug": None,
    "BulkUploadOut.error": None,
    "BulkUploadOut.message": "Bulk upload completed",
    "created_count": 1,
    "error_count": 1,
    "created": 1,
    "updated": 0,
    "failed": 1,
    # executions
    "ExecutionOut.id": EXECUTION_ID,
    "ListedExecutionOut.id": EXECUTION_ID,
    "status": "success",
    "trigger_type": "scheduled",
    "scheduled_for": "2026-11-24T17:00:00.000Z",
    "started_at": "2026-11-24T17:00:00.021Z",
    "completed_at": "2026-11-24T17:00:00.362Z",
    "duration_seconds": 0.341,
    "execution_type": "webhook",
    "target": "https://hooks.example.com/run",
    "response_status": 200,
    "error_message": None,
    "output": "ok",
    "reason": None,
    "attempt": 1,
    "triggered_by": None,
    "github_run": None,
    "total": 1,
    "page": 1,
    "limit": 20,
    "per_page": 20,
    "total_pages": 1,
    "count": 1,
    "total_executions": 40,
    "successful_executions": 38,
    "success_count": 38,
    "failed_executions": 1,
    "failed_count": 1,
    "running_executions": 1,
    "running_count": 1,
    "skipped_executions": 2,
    "skipped_count": 2,
    "missed_executions": 0,
    "missed_count": 0,
    "success_rate": 95.0,
    "average_duration_seconds": 0.34,
    "StatisticsOut.range": {"from": "2026-11-01T00:00:00.000Z", "to": None},
    "TrialOut.type": "webhook",
    "ok": True,
    "status_code": 200,
    "TrialOut.error": None,
    "TrialOut.message": "Webhook test run succeeded.",
    # notifications, lists, settings
    "NotificationOut.id": NOTIFICATION_ID,
    "title": "Job Completed",
    "NotificationOut.message": 'Job "Nightly report" completed successfully.',
    "type": "success",
    "related_job_id": JOB_ID,
    "related_execution_id": EXECUTION_ID,
    "is_read": True,
    "read_at": "2026-11-24T23:30:12.500Z",
    "range": {"from": "2026-11-01T00:00:00", "to": None},
    "unread_count": 3,
    "updated_count": 3,
    "deleted_count": 3,
    "CategoryOut.id": CATEGORY_ID,
    "CategoryOut.name": "Smoke tests",
    "CategoryOut.slug": "smoke-tests",
    "CategoryIn.name": "Regression",
    "CategoryPatch.name": "Release tests",
    "PicTeamOut.id": TEAM_ID,
    "PicTeamOut.name": "Payments",
    "PicTeamOut.slug": "payments",
    "PicTeamIn.name": "Platform",
    "PicTeamPatch.name": "Payments",
    "slug": None,
    "slack_handle": "@payments",
    "jobs_updated": 4,
    "SlackSettingsOut.id": "00000000-0000-4000-8000-000000000001",
    "is_enabled": True,
    "webhook_url": "https://hooks.slack.example.com/services/T0/B0/secret",
    "channel": "#jobs",
    "NotificationPreferencesOut.id": "4f0a9c61-8b2d-4e37-9d15-a6c3e7f01b08",
    "email_on_job_success": True,
    "email_on_job_failure": True,
    "email_on_job_disabled": False,
    "browser_notifications": False,
    "daily_digest": False,
    "weekly_report": False,
    "Columns.pic_team": True,
    "Columns.end_date": True,
    "Columns.cron_expression": False,
    "Columns.target_url": False,
    "Columns.last_execution_at": False,
    "ColumnsPatch.pic_team": True,
    "ColumnsPatch.end_date": False,
    "ColumnsPatch.cron_expression": None,
    "ColumnsPatch.target_url": None,
    "ColumnsPatch.last_execution_at": None,
    "PreferencesAnswer.message": "Notification preferences updated successfully",
    # the service
    "Health.status": "healthy",
    "service": "cron-job-scheduler-fastapi",
    "version": "2.0.0",
    "timestamp": "2026-11-24T23:59:30.123Z",
    "api": "v2",
    "docs_url": "/docs",
    "database": "ok",
    "scheduler_running": True,
    "scheduler_is_leader": True,
    "scheduled_jobs_count": 12,
    "last_resync_at": "2026-11-24T23:59:00.000Z",
    "ran_at": "2026-11-24T23:59:30.123Z",
    "db_jobs_total": 14,
    "db_jobs_active": 12,
    "scheduled_now": 12,
    "scheduled_added": 1,
    "scheduled_removed": 0,
    "expired_auto_paused": 0,
    "orphaned_removed": 0,
    "invalid_cron": 0,
}


Schema = Mapping[str, Any]


def example_of(schema: Schema, schemas: Schema, field: str = "") -> Any:
    """A value that `schema` admits; `schemas` are the components by name.

    `field` is where it stands, "Model.name". A field that may be missing is, where the table has
    null for it. Raises KeyError for a field that the table does not know, so that all are shown.
    """
    first = schema["anyOf"][0] if "anyOf" in schema else schema
    if _is_object(first, schemas):
        return _object_of(_name(first), schemas)
    if first.get("type") == "array" and _is_object(first["items"], schemas):
        return [_object_of(_name(first["items"]), schemas)]
    return _known(schema, field)


def _object_of(model: str, schemas: Schema) -> dict[str, Any]:
    schema = schemas[model]
    shown = {
        name: example_of(inner, schemas, f"{model}.{name}")
        for name, inner in schema["properties"].items()
    }
    required = schema.get("required", ())
    return {name: value for name, value in shown.items() if name in required or value is not None}


def _is_object(schema: Schema, schemas: Schema) -> bool:
    return "properties" in schemas.get(_name(schema), {})


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _known(schema: Schema, field: str) -> Any:
    """What the table has for the model's field, else the default, else what it has for the name."""
    if field in BY_NAME:
        return BY_NAME[field]
    return schema.get("default") or BY_NAME[field.rpartition(".")[2]]
