"""What becomes of rows that the previous backend's SQLite files should never have held."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api import Api, Person, running_api
from databases import migrate
from legacy_database import (
    ANNA,
    BAD_TIME_RUN,
    DANGLING_NOTE,
    DDL,
    ENDLESS_JOB,
    GOOD,
    HOOK_JOB,
    ISO_RUN,
    LIST_JOB,
    LOST_NOTE,
    LOST_RUN,
    MESSY,
    OLD_WORD_RUN,
    ORPHAN_JOB,
    PASSWORD,
    SEVEN_JOB,
    SHORT_ID,
    SHOUTING,
    TWIN,
    build_sqlite,
    uuid,
    wild,
)

Rows = list[dict[str, Any]]
AT = {"created_at": "2025-01-01 00:00:00", "updated_at": "2025-01-01 00:00:00"}


def _rows(path: Path, table: str) -> dict[str, dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute(f"SELECT * FROM {table}")  # noqa: S608
        return {row["id"]: dict(row) for row in found}


def _set_aside(path: Path) -> dict[str, dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {row["row_id"]: dict(row) for row in connection.execute("SELECT * FROM legacy_rows")}


def _one(file: Path, table: str, rows: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows of a table of a file of a wilder age, after the move."""
    build_sqlite(file, ddl=map(wild, DDL), tables={table: rows})
    migrate(f"sqlite:///{file}")
    return _rows(file, table)


async def _anna(api: Api) -> Person:
    login = {"username": "anna", "password": PASSWORD}
    answer = (await api.client.post("/api/v2/auth/login", json=login)).json()
    return Person(api.client, answer["user"]["id"], answer["user"]["email"], answer)


async def test_every_row_is_in_its_table_or_in_legacy_rows(old_file: Path) -> None:
    """No row is lost: what is not in its table any more stands in `legacy_rows`, whole."""
    before = {table: _rows(old_file, table) for table in GOOD}
    migrate_in = running_api(old_file.parent, database_url=f"sqlite:///{old_file}")
    async with migrate_in:
        pass
    aside = _set_aside(old_file)
    for table, rows in before.items():
        gone = set(rows) - set(_rows(old_file, table))
        for row_id in gone:
            assert aside[row_id]["table_name"] == table
            assert json.loads(aside[row_id]["content"]) == rows[row_id]
    assert {LOST_RUN, LOST_NOTE} <= set(aside)


async def test_lists_are_served_whole(old_file: Path, tmp_path: Path) -> None:
    """No bad row makes a list fail: jobs, executions and notifications are all shown."""
    async with running_api(tmp_path, database_url=f"sqlite:///{old_file}") as api:
        anna = await _anna(api)
        jobs = {one["id"]: one for one in (await anna.get("/jobs")).json()["jobs"]}
        runs = [one["id"] for one in (await anna.get("/executions")).json()["executions"]]
        notes = {one["id"] for one in (await anna.get("/notifications")).json()["notifications"]}
    assert set(jobs) == {row["id"] for row in (*GOOD["jobs"], *MESSY["jobs"])}
    assert jobs[LIST_JOB]["metadata"] == {}
    assert (jobs[ENDLESS_JOB]["end_date"], jobs[ENDLESS_JOB]["is_active"]) == (None, False)
    assert jobs[ORPHAN_JOB]["created_by"] is None
    assert jobs[ORPHAN_JOB]["notification_emails"] == ["[broken"]
    assert jobs[SEVEN_JOB]["metadata"] == {"a": None, "b": "\ufffd"}
    assert jobs[SHORT_ID]["end_date"] == "2099-12-31"
    assert jobs[SHORT_ID]["created_at"] == "1970-01-01T00:00:00.000Z"
    assert {ISO_RUN, OLD_WORD_RUN, BAD_TIME_RUN} <= set(runs)
    assert runs.index(ISO_RUN) < runs.index(OLD_WORD_RUN)
    assert DANGLING_NOTE in notes


def test_words_and_numbers_of_an_execution_are_made_readable(old_file: Path) -> None:
    """`completed` was a success; an unknown word or a number that is none claims nothing."""
    migrate(f"sqlite:///{old_file}")
    runs = _rows(old_file, "job_executions")
    old_word, bad = runs[OLD_WORD_RUN], runs[BAD_TIME_RUN]
    assert (old_word["status"], old_word["response_status"]) == ("success", None)
    assert (bad["status"], bad["duration_seconds"]) == ("failed", None)
    assert runs[ISO_RUN]["started_at"] == "2026-11-22 17:00:00.000000"


def test_people_keep_their_accounts(old_file: Path) -> None:
    """Names get lower case where that is free; nobody is merged, and no rights are gained."""
    migrate(f"sqlite:///{old_file}")
    users = _rows(old_file, "users")
    loud = users[SHOUTING]
    assert (loud["username"], loud["email"], loud["role"]) == ("loud", "loud@example.com", "viewer")
    assert (users[TWIN]["username"], users[ANNA]["username"]) == ("ANNA", "anna")


def test_the_slack_settings_changed_last_count(old_file: Path) -> None:
    """Of several rows the one that was changed last stays, the others are set aside."""
    migrate(f"sqlite:///{old_file}")
    assert list(_rows(old_file, "slack_settings")) == [uuid(72)]
    assert {uuid(71), uuid(73)} <= set(_set_aside(old_file))


def test_references_hold_afterwards(old_file: Path) -> None:
    """The file is sound, and every reference leads somewhere."""
    migrate(f"sqlite:///{old_file}")
    with closing(sqlite3.connect(old_file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_nulls_where_none_should_be_are_filled(tmp_path: Path) -> None:
    """An old version without NOT NULL: what is missing gets the value that promises least."""
    jobs = _one(tmp_path / "old.db", "jobs", [{"id": "a", "name": "A"}, {"id": "b"}, {"name": "C"}])
    assert set(jobs) == {"a", "b"}
    assert jobs["b"]["name"] == "b"
    assert (jobs["a"]["is_active"], jobs["a"]["category"]) == (0, "general")
    assert jobs["a"]["created_at"] == "1970-01-01 00:00:00.000000"
    assert set(_set_aside(tmp_path / "old.db")) == {None}


def test_names_that_were_taken_twice_are_told_apart(tmp_path: Path) -> None:
    """Two jobs of one name are both kept, the second under another."""
    twice = [{"id": one, "name": "Same", **AT} for one in ("a", "b", "c")]
    jobs = _one(tmp_path / "old.db", "jobs", twice)
    assert [jobs[one]["name"] for one in "abc"] == ["Same", "Same-2", "Same-3"]


def test_of_two_preference_rows_the_later_stays(tmp_path: Path) -> None:
    """A user with two rows keeps the one that was changed last."""
    file = build_sqlite(tmp_path / "old.db", ddl=map(wild, DDL))
    later = {"id": "later", "user_id": ANNA, "created_at": None, "updated_at": "2026-01-01"}
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO user_ui_preferences (id, user_id, created_at, updated_at)"
            " VALUES (:id, :user_id, :created_at, :updated_at)",
            later,
        )
    migrate(f"sqlite:///{file}")
    rows = _rows(file, "user_ui_preferences")
    assert rows["later"]["created_at"] == "2026-01-01 00:00:00.000000"
    assert {row["user_id"] for row in rows.values()} == {
        row["user_id"] for row in GOOD["user_ui_preferences"]
    }
    assert uuid(91) in _set_aside(file)


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ("2026-11-22 17:00:00.5", "2026-11-22 17:00:00.500000"),
        ("2026-11-22T17:00:00Z", "2026-11-22 17:00:00.000000"),
        ("2026-11-23T02:00:00+09:00", "2026-11-22 17:00:00.000000"),
        ("2026-11-22", "2026-11-22 00:00:00.000000"),
        ("0001-01-01T00:00:00+09:00", "1970-01-01 00:00:00.000000"),
        ("", "1970-01-01 00:00:00.000000"),
        (b"\xff", "1970-01-01 00:00:00.000000"),
        (17, "1970-01-01 00:00:00.000000"),
    ],
)
def test_instants_of_any_form_become_comparable(tmp_path: Path, stored: Any, kept: str) -> None:
    """All instants are stored in one form, or lists would not sort; what is none is long ago."""
    run = {"id": "r", "job_id": HOOK_JOB, "status": "success", "started_at": stored}
    build_sqlite(tmp_path / "old.db", {"job_executions": [run]}, ddl=map(wild, DDL))
    migrate(f"sqlite:///{tmp_path / 'old.db'}")
    assert _rows(tmp_path / "old.db", "job_executions")["r"]["started_at"] == kept


def test_text_that_is_no_utf_8_is_kept_readable(tmp_path: Path) -> None:
    """Bytes of another encoding in a text do not end the move."""
    file = build_sqlite(tmp_path / "old.db")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE jobs SET name = CAST(x'838A' AS TEXT) WHERE id = ?", [HOOK_JOB])
    migrate(f"sqlite:///{file}")
    assert "\ufffd" in _rows(file, "jobs")[HOOK_JOB]["name"]
