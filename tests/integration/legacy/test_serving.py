"""Everything that the previous backend stored is served after the move."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from api import NOW, Api, Person, running_api, settings_for
from legacy_database import (
    ADMIN,
    ANNA,
    BARE_JOB,
    FLOW_JOB,
    GOOD,
    HOOK_JOB,
    LAST_JOB,
    OPEN_RUN,
    PASSWORD,
    PLAIN_NOTE,
    PLAIN_RUN,
    READ_NOTE,
    VERA,
    WEEKDAY_JOB,
    WHOLE_RUN,
    uuid,
)


@pytest.fixture
async def api(url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """Give the application that found the database at its start."""
    async with running_api(tmp_path, database_url=url) as api:
        yield api


@pytest.fixture
async def anna(api: Api) -> Person:
    """Give a user of old, signed in with the password of then."""
    return await _signed_in(api, "anna", PASSWORD)


async def _signed_in(api: Api, name: str, password: str) -> Person:
    login = {"username": name, "password": password}
    answer = await api.client.post("/api/v2/auth/login", json=login)
    assert answer.status_code == 200, answer.text
    user = answer.json()["user"]
    return Person(api.client, user["id"], user["email"], answer.json())


async def _got(person: Person, path: str, **query: Any) -> Any:
    answer = await person.get(path, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_old_password_signs_in_and_is_hashed_anew(api: Api, anna: Person) -> None:
    """A user signs in as before, and from then on the password is kept as an Argon2 hash."""
    assert anna.id == ANNA
    async with api.container.store().reading() as view:
        user = await view.users.by_login("anna@example.com")
        other = await view.users.by_login("vera")
    assert user is not None
    assert user.password_hash.startswith("$argon2id$")
    assert other is not None
    assert other.password_hash.startswith("$pbkdf2-sha256$29000$")
    await _signed_in(api, "anna", PASSWORD)


@pytest.mark.parametrize("kind", ["access", "refresh"])
async def test_old_tokens_are_accepted(api: Api, kind: str) -> None:
    """Tokens that the previous backend signed with the same secret are good until they expire."""
    start = NOW.timestamp() - 60
    claims = {"jti": uuid(1), "nbf": start, "iat": start, "exp": start + 3600, "csrf": "x"}
    claims |= {"fresh": False, "sub": VERA, "role": "viewer", "email": "vera@example.com"}
    secret = settings_for(Path()).signing_key
    token = jwt.encode(claims | {"type": kind}, secret, "HS256")
    method, path = ("GET", "/auth/me") if kind == "access" else ("POST", "/auth/refresh")
    headers = {"Authorization": f"Bearer {token}"}
    answer = await api.client.request(method, f"/api/v2{path}", headers=headers)
    assert answer.status_code == 200, answer.text


async def test_every_job_is_listed_with_its_values(anna: Person) -> None:
    """The list holds all jobs under their ids, also those that need attention."""
    jobs = {one["id"]: one for one in (await _got(anna, "/jobs"))["jobs"]}
    assert set(jobs) == {row["id"] for row in GOOD["jobs"]}
    hook = jobs[HOOK_JOB]
    assert hook["metadata"] == {"kind": "nightly", "n": 1}
    assert hook["notification_emails"] == ["a@example.com", "b@example.com"]
    assert hook["end_date"] == "2099-12-31"
    assert hook["created_by"] == ANNA
    assert hook["created_at"] == "2025-02-03T04:05:06.000Z"
    assert hook["last_execution_at"] == "2026-11-21T17:00:00.000Z"
    assert jobs[FLOW_JOB]["github_workflow_name"] == "build.yml"
    bare = jobs[BARE_JOB]
    assert (bare["metadata"], bare["end_date"], bare["created_by"]) == ({}, None, None)
    assert bare["category"] == "unheard-of"


async def test_a_job_without_a_valid_cron_text_is_shown_and_not_planned(anna: Person) -> None:
    """Its text stays as it is, and it has no next run; others have one by cron's own weekdays."""
    last = (await _got(anna, f"/jobs/{LAST_JOB}"))["job"]
    assert (last["cron_expression"], last["next_execution_at"]) == ("0 0 last * *", None)
    weekday = (await _got(anna, f"/jobs/{WEEKDAY_JOB}"))["job"]
    assert weekday["next_execution_at"] == "2026-11-25T09:00:00+09:00"


async def test_every_execution_is_listed(anna: Person) -> None:
    """The history is there, newest first, with instants in UTC whatever their form was."""
    listed = (await _got(anna, "/executions"))["executions"]
    assert [one["id"] for one in listed] == [OPEN_RUN, WHOLE_RUN, PLAIN_RUN]
    whole, plain = listed[1:]
    assert whole["started_at"] == "2026-11-21T17:00:00.000Z"
    assert whole["trigger_type"] == "manual"
    assert (plain["output"], plain["response_status"], plain["scheduled_for"]) == ("ok", 200, None)
    assert plain["duration_seconds"] == pytest.approx(1.376544)


async def test_notifications_and_preferences_are_served(anna: Person) -> None:
    """A user finds their messages, flags and columns as they left them."""
    notes = {one["id"]: one for one in (await _got(anna, "/notifications"))["notifications"]}
    assert set(notes) == {PLAIN_NOTE, READ_NOTE}
    assert notes[PLAIN_NOTE]["related_execution_id"] == PLAIN_RUN
    assert notes[READ_NOTE]["read_at"] == "2025-03-01T00:00:00.000Z"
    chosen = str(await _got(anna, f"/auth/users/{ANNA}/preferences"))
    assert "'email_on_job_success': False" in chosen
    assert "'daily_digest': True" in chosen
    columns = str(await _got(anna, f"/auth/users/{ANNA}/ui-preferences"))
    assert "'cron_expression': True" in columns
    assert "'end_date': False" in columns
    assert "'pic_team': True" in columns


async def test_columns_that_were_never_chosen_are_the_defaults(api: Api) -> None:
    """A row without a choice, which the previous backend could store, is no error."""
    vera = await _signed_in(api, "vera", PASSWORD)
    columns = str(await _got(vera, f"/auth/users/{VERA}/ui-preferences"))
    assert "'pic_team': True" in columns
    assert "'target_url': False" in columns


async def test_lists_and_settings_are_served(api: Api) -> None:
    """An admin finds users, categories, teams and the Slack settings."""
    admin = await _signed_in(api, "admin", "admin123")
    assert admin.id == ADMIN
    users = (await _got(admin, "/auth/users"))["users"]
    assert {one["id"] for one in users} == {row["id"] for row in GOOD["users"]}
    categories = (await _got(admin, "/job-categories", include_inactive=True))["categories"]
    assert {one["slug"] for one in categories} == {"general", "old"}
    teams = (await _got(admin, "/pic-teams"))["pic_teams"]
    assert {one["slug"]: one["slack_handle"] for one in teams} == {
        "payments": "@payments",
        "web": None,
    }
    assert "https://hooks.slack.example/T/B/x" in str(await _got(admin, "/settings/slack"))


async def test_what_was_moved_can_be_changed(api: Api) -> None:
    """A user of old with preferences and messages can be deleted, a taken job name is refused."""
    admin = await _signed_in(api, "admin", "admin123")
    taken = await admin.put(f"/jobs/{FLOW_JOB}", {"name": "Hook"})
    assert (taken.status_code, taken.json()["error"]) == (400, "Duplicate job name")
    assert (await admin.delete(f"/auth/users/{ANNA}")).status_code == 200
    assert (await _got(admin, f"/jobs/{HOOK_JOB}"))["job"]["created_by"] is None
