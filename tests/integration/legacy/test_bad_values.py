"""Values that no type of ours can read, put into a database of ours by somebody's script."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from api import Api, Person, running_api
from databases import migrate
from legacy_database import ANNA, HOOK_JOB, PASSWORD, PLAIN_NOTE, PLAIN_RUN

LONG_AGO = "1970-01-01T00:00:00.000Z"


SPOIL = (
    ("UPDATE jobs SET end_date = 'soon', created_at = 'then' WHERE id = ?", HOOK_JOB),
    ("UPDATE jobs SET job_metadata = '[1', options = 5 WHERE id = ?", HOOK_JOB),
    ("UPDATE jobs SET notification_emails = '[5]' WHERE id = ?", HOOK_JOB),
    ("UPDATE job_executions SET started_at = '', completed_at = 5 WHERE id = ?", PLAIN_RUN),
    ("UPDATE job_executions SET status = 'well', trigger_type = 'luck' WHERE id = ?", PLAIN_RUN),
    ("UPDATE notifications SET type = 'odd', created_at = 'x' WHERE id = ?", PLAIN_NOTE),
    ("UPDATE users SET role = 'king', updated_at = '2026-13-01' WHERE id = ?", ANNA),
)


@pytest.fixture
def spoilt(good_file: Path) -> str:
    """Give the address of a database of ours with values that nobody can read."""
    migrate(f"sqlite:///{good_file}")
    with closing(sqlite3.connect(good_file)) as connection, connection:
        for statement, row_id in SPOIL:
            connection.execute(statement, [row_id])
    return f"sqlite:///{good_file}"


@pytest.fixture
async def anna(spoilt: str, tmp_path: Path) -> AsyncIterator[Person]:
    """Give somebody who is signed in to an application over bad values."""
    async with running_api(tmp_path, database_url=spoilt) as api:
        yield await _signed_in(api)


async def _signed_in(api: Api) -> Person:
    login = {"username": "anna", "password": PASSWORD}
    answer = (await api.client.post("/api/v2/auth/login", json=login)).json()
    return Person(api.client, answer["user"]["id"], answer["user"]["email"], answer)


async def test_a_job_with_unreadable_values_is_listed_among_the_others(anna: Person) -> None:
    """One bad row does not hide the good ones."""
    jobs = {one["id"]: one for one in (await anna.get("/jobs")).json()["jobs"]}
    bad = jobs[HOOK_JOB]
    assert (bad["end_date"], bad["metadata"], bad["options"]) == (None, {}, {})
    assert (bad["created_at"], bad["notification_emails"]) == (LONG_AGO, ["[5]"])
    assert len(jobs) > 1


async def test_an_execution_with_unreadable_values_is_listed(anna: Person) -> None:
    """An unknown word claims nothing: the run counts as failed."""
    runs = {one["id"]: one for one in (await anna.get("/executions")).json()["executions"]}
    bad = runs[PLAIN_RUN]
    assert (bad["started_at"], bad["completed_at"]) == (LONG_AGO, LONG_AGO)
    assert (bad["status"], bad["trigger_type"]) == ("failed", "scheduled")


async def test_messages_and_accounts_with_unreadable_values_are_shown(anna: Person) -> None:
    """An unknown role has the least rights."""
    notes = {one["id"]: one for one in (await anna.get("/notifications")).json()["notifications"]}
    assert (notes[PLAIN_NOTE]["type"], notes[PLAIN_NOTE]["created_at"]) == ("info", LONG_AGO)
    me = (await anna.get("/auth/me")).json()
    assert (me["role"], me["id"]) == ("viewer", ANNA)
