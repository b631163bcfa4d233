"""A database of the previous backend, made by hand (contract section 9).

The statements are those that its `create_all` sent: no constraint has a name, and on SQLite no
foreign key holds. GOOD rows are what the backend itself wrote; MESSY ones are what scripts, older
versions and the missing foreign keys left in SQLite files.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import psycopg
from passlib.hash import pbkdf2_sha256

from databases import migrate

Row = Mapping[str, Any]
Rows = Mapping[str, list[Row]]

PASSWORD: Final = "the-old-password"  # noqa: S105 -- of accounts that live for one test


def uuid(number: int) -> str:
    """An id as the previous backend made them."""
    return f"00000000-0000-4000-8000-{number:012d}"


ADMIN, ANNA, VERA, GONE, SHOUTING, TWIN = (uuid(n) for n in range(1, 7))
HOOK_JOB, FLOW_JOB, WEEKDAY_JOB, EITHER_JOB, LAST_JOB, ENDED_JOB, BARE_JOB = (
    uuid(n) for n in range(11, 18)
)
HTTP_JOB, PRIVATE_JOB, CLIMBING_JOB, LIST_JOB, ENDLESS_JOB, ORPHAN_JOB, SEVEN_JOB = (
    uuid(n) for n in range(21, 28)
)
PLAIN_RUN, WHOLE_RUN, OPEN_RUN, ISO_RUN, OLD_WORD_RUN, LOST_RUN, BAD_TIME_RUN = (
    uuid(n) for n in range(31, 38)
)
PLAIN_NOTE, READ_NOTE, LOST_NOTE, DANGLING_NOTE = (uuid(n) for n in range(41, 45))
SHORT_ID: Final = "job-1"

DDL: Final = (
    """CREATE TABLE users (
	id VARCHAR(36) NOT NULL,
	username VARCHAR(80) NOT NULL,
	email VARCHAR(120) NOT NULL,
	password_hash VARCHAR(255) NOT NULL,
	role VARCHAR(20) NOT NULL,
	is_active BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (id)
)""",
    "CREATE UNIQUE INDEX ix_users_username ON users (username)",
    "CREATE UNIQUE INDEX ix_users_email ON users (email)",
    """CREATE TABLE job_categories (
	id VARCHAR(36) NOT NULL,
	slug VARCHAR(100) NOT NULL,
	name VARCHAR(255) NOT NULL,
	is_active BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (id)
)""",
    "CREATE UNIQUE INDEX ix_job_categories_slug ON job_categories (slug)",
    """CREATE TABLE pic_teams (
	id VARCHAR(36) NOT NULL,
	slug VARCHAR(100) NOT NULL,
	name VARCHAR(255) NOT NULL,
	slack_handle VARCHAR(255),
	is_active BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (id)
)""",
    "CREATE UNIQUE INDEX ix_pic_teams_slug ON pic_teams (slug)",
    """CREATE TABLE jobs (
	id VARCHAR(36) NOT NULL,
	name VARCHAR(255) NOT NULL,
	cron_expression VARCHAR(100) NOT NULL,
	target_url VARCHAR(500),
	github_owner VARCHAR(255),
	github_repo VARCHAR(255),
	github_workflow_name VARCHAR(255),
	job_metadata TEXT,
	category VARCHAR(100) NOT NULL,
	end_date DATE,
	pic_team VARCHAR(100),
	enable_email_notifications BOOLEAN NOT NULL,
	notification_emails TEXT,
	notify_on_success BOOLEAN NOT NULL,
	created_by VARCHAR(36),
	is_active BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (name),
	FOREIGN KEY(created_by) REFERENCES users (id)
)""",
    """CREATE TABLE job_executions (
	id VARCHAR(36) NOT NULL,
	job_id VARCHAR(36) NOT NULL,
	status VARCHAR(20) NOT NULL,
	trigger_type VARCHAR(20) NOT NULL,
	started_at DATETIME NOT NULL,
	completed_at DATETIME,
	duration_seconds FLOAT,
	execution_type VARCHAR(50),
	target VARCHAR(500),
	response_status INTEGER,
	error_message TEXT,
	output TEXT,
	PRIMARY KEY (id),
	FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
)""",
    "CREATE INDEX ix_job_executions_job_id ON job_executions (job_id)",
    """CREATE TABLE notifications (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(36) NOT NULL,
	title VARCHAR(255) NOT NULL,
	message TEXT NOT NULL,
	type VARCHAR(50) NOT NULL,
	related_job_id VARCHAR(36),
	related_execution_id VARCHAR(36),
	is_read BOOLEAN NOT NULL,
	read_at DATETIME,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
	FOREIGN KEY(related_job_id) REFERENCES jobs (id) ON DELETE SET NULL,
	FOREIGN KEY(related_execution_id) REFERENCES job_executions (id) ON DELETE SET NULL
)""",
    """CREATE TABLE slack_settings (
	id VARCHAR(36) NOT NULL,
	is_enabled BOOLEAN NOT NULL,
	webhook_url TEXT,
	channel VARCHAR(255),
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (id)
)""",
    """CREATE TABLE user_notification_preferences (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(36) NOT NULL,
	email_on_job_success BOOLEAN NOT NULL,
	email_on_job_failure BOOLEAN NOT NULL,
	email_on_job_disabled BOOLEAN NOT NULL,
	browser_notifications BOOLEAN NOT NULL,
	daily_digest BOOLEAN NOT NULL,
	weekly_report BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (user_id),
	FOREIGN KEY(user_id) REFERENCES users (id)
)""",
    """CREATE TABLE user_ui_preferences (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(36) NOT NULL,
	jobs_table_columns TEXT,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (user_id),
	FOREIGN KEY(user_id) REFERENCES users (id)
)""",
)


def _dated(at: str, **values: Any) -> Row:
    return {**values, "created_at": at, "updated_at": at}


def _user(user_id: str, name: str, role: str, **values: Any) -> Row:
    password = values.pop("password", PASSWORD)
    row = {
        "id": user_id,
        "username": name,
        "email": f"{name}@example.com",
        "password_hash": pbkdf2_sha256.using(rounds=29_000).hash(password),
        "role": role,
        "is_active": True,
    }
    return _dated("2025-01-02 03:04:05.678901", **row | values)


def _job(job_id: str, name: str, cron: str = "0 2 * * *", **values: Any) -> Row:
    row = {
        "id": job_id,
        "name": name,
        "cron_expression": cron,
        "target_url": "https://hooks.example.com/run",
        "category": "general",
        "end_date": "2099-12-31",
        "pic_team": "payments",
        "enable_email_notifications": False,
        "notify_on_success": False,
        "created_by": ANNA,
        "is_active": True,
    }
    return _dated(values.pop("at", "2025-02-03 04:05:06.000007"), **row | values)


def _run(run_id: str, job_id: str, status: str, started_at: str, **values: Any) -> Row:
    row = {"id": run_id, "job_id": job_id, "status": status, "trigger_type": "scheduled"}
    return {**row, "started_at": started_at, **values}


def _note(note_id: str, user_id: str, **values: Any) -> Row:
    row = {
        "id": note_id,
        "user_id": user_id,
        "title": "New Job Created",
        "message": 'Job "Hook" was created by admin@example.com.',
        "type": "info",
        "is_read": False,
        "created_at": "2025-02-03 04:05:06.000007",
    }
    return row | values


GOOD: Final[Rows] = {
    "users": [
        _user(ADMIN, "admin", "admin", password="admin123"),  # noqa: S106 -- the known default
        _user(ANNA, "anna", "user"),
        _user(VERA, "vera", "viewer"),
        _user(GONE, "gone", "user", is_active=False),
    ],
    "job_categories": [
        _dated(
            "2025-01-01 00:00:00.000000",
            id=uuid(51),
            slug="general",
            name="General",
            is_active=True,
        ),
        _dated("2025-01-01 00:00:00.000000", id=uuid(52), slug="old", name="Old", is_active=False),
    ],
    "pic_teams": [
        _dated(
            "2025-01-01 00:00:00.000000",
            id=uuid(61),
            slug="payments",
            name="Payments",
            slack_handle="@payments",
            is_active=True,
        ),
        _dated(
            "2025-01-01 00:00:00.000000",
            id=uuid(62),
            slug="web",
            name="Web",
            slack_handle=None,
            is_active=True,
        ),
    ],
    "jobs": [
        _job(
            HOOK_JOB,
            "Hook",
            job_metadata='{"kind": "nightly", "n": 1}',
            notification_emails="a@example.com, b@example.com",
            enable_email_notifications=True,
        ),
        _job(
            FLOW_JOB,
            "Flow",
            target_url=None,
            github_owner="acme",
            github_repo="tools",
            github_workflow_name="build.yml",
            job_metadata='{"branchDetails": "main"}',
            created_by=ADMIN,
        ),
        _job(WEEKDAY_JOB, "Weekdays", "0 9 * * 1-5"),
        _job(EITHER_JOB, "Friday the 13th", "0 0 13 * FRI"),
        _job(LAST_JOB, "Month's end", "0 0 last * *"),
        _job(ENDED_JOB, "Ended", end_date="2020-01-31"),
        _job(
            BARE_JOB,
            "Bare",
            target_url=None,
            pic_team=None,
            end_date=None,
            created_by=None,
            is_active=False,
            category="unheard-of",
        ),
        _job(HTTP_JOB, "Plain http", target_url="http://hooks.example.com/run"),
        _job(PRIVATE_JOB, "Inside", target_url="https://10.1.2.3/run"),
        _job(
            CLIMBING_JOB,
            "Climbing",
            github_owner="../../user",
            github_repo="None",
            github_workflow_name="a?y=",
        ),
    ],
    "job_executions": [
        _run(
            PLAIN_RUN,
            HOOK_JOB,
            "success",
            "2026-11-20 17:00:00.123456",
            completed_at="2026-11-20 17:00:01.500000",
            duration_seconds=1.376544,
            execution_type="webhook",
            target="https://hooks.example.com/run",
            response_status=200,
            output="ok",
        ),
        _run(
            WHOLE_RUN,
            HOOK_JOB,
            "failed",
            "2026-11-21 17:00:00",
            completed_at="2026-11-21 17:00:10",
            duration_seconds=10,
            trigger_type="manual",
            error_message="Webhook returned status 500",
        ),
        _run(OPEN_RUN, FLOW_JOB, "running", "2026-11-22 17:00:00.000000"),
    ],
    "notifications": [
        _note(PLAIN_NOTE, ANNA, related_job_id=HOOK_JOB, related_execution_id=PLAIN_RUN),
        _note(READ_NOTE, ANNA, is_read=True, read_at="2025-03-01 00:00:00.000000", type="error"),
    ],
    "slack_settings": [
        _dated(
            "2025-01-01 00:00:00.000000",
            id=uuid(71),
            is_enabled=True,
            webhook_url="https://hooks.slack.example/T/B/x",
            channel="#jobs",
        ),
    ],
    "user_notification_preferences": [
        _dated(
            "2025-01-01 00:00:00.000000",
            id=uuid(81),
            user_id=ANNA,
            email_on_job_success=False,
            email_on_job_failure=True,
            email_on_job_disabled=True,
            browser_notifications=True,
            daily_digest=True,
            weekly_report=False,
        )
    ],
    "user_ui_preferences": [
        _dated(
            "2025-01-01 00:00:00.000000",
            id=uuid(91),
            user_id=ANNA,
            jobs_table_columns='{"cron_expression": true, "end_date": false}',
        ),
        _dated("2025-01-01 00:00:00.000000", id=uuid(92), user_id=VERA, jobs_table_columns=None),
    ],
}

MESSY: Final[Rows] = {
    "users": [
        _user(SHOUTING, "Loud", "Admin", email="LOUD@Example.com"),
        _user(TWIN, "ANNA", "user", email="twin@example.com"),
    ],
    "jobs": [
        _job(LIST_JOB, "List", job_metadata='["a"]', at="2025-02-03T04:05:06"),
        _job(ENDLESS_JOB, "Endless", end_date="when it is done"),
        _job(ORPHAN_JOB, "Orphan", created_by=uuid(999), notification_emails="[broken,"),
        _job(SEVEN_JOB, "Not a number", "0 0 * * 7", job_metadata='{"a": NaN, "b": "\\ud800"}'),
        _job(SHORT_ID, "Short", end_date="2099-12-31 00:00:00", at="yesterday"),
    ],
    "job_executions": [
        _run(ISO_RUN, HOOK_JOB, "success", "2026-11-22T17:00:00+00:00"),
        _run(OLD_WORD_RUN, HOOK_JOB, "completed", "2026-11-19 17:00:00", response_status="n/a"),
        _run(LOST_RUN, uuid(999), "success", "2026-11-19 17:00:00"),
        _run(BAD_TIME_RUN, HOOK_JOB, "broken", "some day", duration_seconds="long"),
    ],
    "notifications": [
        _note(LOST_NOTE, uuid(999)),
        _note(DANGLING_NOTE, ANNA, related_job_id=uuid(999), related_execution_id=LOST_RUN),
    ],
    "slack_settings": [
        _dated("2025-06-01 00:00:00.000000", id=uuid(72), is_enabled=False),
        _dated("2025-05-01 00:00:00.000000", id=uuid(73), is_enabled=False),
    ],
    "user_notification_preferences": [],
    "user_ui_preferences": [
        _dated("2025-01-01 00:00:00", id=uuid(93), user_id=uuid(999), jobs_table_columns="{}"),
        _dated("2025-01-01 00:00:00", id=uuid(94), user_id=ADMIN, jobs_table_columns="{broken"),
    ],
}


def build_sqlite(path: Path, *more: Rows, ddl: Iterable[str] = DDL, tables: Rows = GOOD) -> Path:
    """Make the file, with the rows of `tables` and of `more`."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in ddl:
            connection.execute(statement)
        for rows in (tables, *more):
            for statement, row in _inserts(rows, ":{}"):
                connection.execute(statement, row)
    return path


def build_postgres(url: str) -> None:
    """Make the same tables, with the GOOD rows, in an empty PostgreSQL database."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        for statement in DDL:
            connection.execute(statement.replace("DATETIME", "TIMESTAMP WITHOUT TIME ZONE"))
        for statement, row in _inserts(GOOD, "%({})s"):
            connection.execute(statement, row)


def migrate_observed(observer: Connection, url: str) -> None:
    """Bring the database up to date, in a process of its own; the observer hears of the start."""
    from alembic import command  # noqa: F401, PLC0415 -- the start comes after slow imports

    observer.send(None)
    migrate(url)


def wild(statement: str) -> str:
    """A statement of DDL without what it asks of its rows, as a much older version had it."""
    loose = statement.replace("UNIQUE INDEX", "INDEX").replace(" NOT NULL", "")
    return "\n".join(line for line in loose.splitlines() if "UNIQUE (" not in line)


def _inserts(tables: Rows, parameter: str) -> Iterable[tuple[str, Row]]:
    for table, rows in tables.items():
        for row in rows:
            names, values = ", ".join(row), ", ".join(parameter.format(name) for name in row)
            yield f"INSERT INTO {table} ({names}) VALUES ({values})", row  # noqa: S608
