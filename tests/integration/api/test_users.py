"""Reading, changing and deleting accounts (contract 4.3)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api import NOW, PASSWORD, Api, Person
from cronjobs_core.domain.ids import JobId, UserId
from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import a_notification, a_user, an_execution
from integration.api.cases import numbered
from integration.api.contents import contents, rows, unchanged
from integration.api.shapes import USER, check_instants, refusal
from integration.api.town import ADMIN, Town, at_home, copy_of
from integration.api.town import USER as PLAIN

USERS = "/auth/users"
NOT_FOUND = refusal("User not found")
NO_VIEW = refusal("Forbidden. You can only view your own profile.")
NO_UPDATE = refusal("Forbidden. You can only update your own profile.")
TOO_SHORT = refusal("Password must be at least 6 characters long")
TAKEN = refusal("Email already exists")
NO_ROLE = refusal("Only admins can change user roles")
NO_STATE = refusal("Only admins can change user active status")
NO_BOOLEAN = refusal("Invalid is_active", "is_active must be true or false.")
BAD_ROLE = refusal("Invalid role", "Role must be one of: admin, user, viewer")
NOTHING = refusal("No valid fields to update")
LAST_ADMIN = refusal("Cannot remove the last active admin")
NEW_PASSWORD = "another-one"  # noqa: S105 -- of accounts that live for one test


def bad_email(shown: str) -> dict[str, Any]:
    """Return the body of the error about a text that is no address."""
    return refusal("Invalid email", f'"{shown}" is not a valid e-mail address.')


async def log_in(api: Api, person: Person, password: str = PASSWORD) -> Person:
    """Return the person as signed in on another device."""
    login = {"email": person.email, "password": password}
    answer = await api.client.post("/api/v2/auth/login", json=login)
    assert answer.status_code == 200, answer.text
    return replace(person, tokens=answer.json())


async def is_signed_in(person: Person) -> bool:
    """Return whether both tokens are good; they live and die together."""
    refresh = {"Authorization": f"Bearer {person.tokens['refresh_token']}"}
    answers = [
        await person.get("/auth/verify"),
        await person.call("POST", "/auth/refresh", headers=refresh),
    ]
    statuses = {answer.status_code for answer in answers}
    assert statuses in ({200}, {401})
    return statuses == {200}


async def test_admins_list_everybody_the_oldest_account_first(api: Api, admin: Person) -> None:
    """By age of the account, then by user name; never with a password."""
    async with api.container.store().writing() as uow:
        for name, days in (("zoe", 400), ("bert", 400), ("anna", 500)):
            await uow.users.add(a_user(username=name, created_at=NOW - timedelta(days=days)))
        await uow.commit()
    answer = await admin.get(USERS)
    body = answer.json()
    assert (answer.status_code, set(body)) == (200, {"count", "users"})
    assert body["count"] == len(body["users"]) == 7
    names = [one["username"] for one in body["users"]]
    assert names[:3] == ["anna", "bert", "zoe"]
    assert all(set(one) == USER for one in body["users"])
    assert check_instants(body) == 2 * 7


async def test_a_profile_is_the_user(admin: Person, viewer: Person) -> None:
    """One reads oneself, an admin anybody, and finds what the list shows."""
    own = (await viewer.get(f"{USERS}/{viewer.id}")).json()
    assert own == (await admin.get(f"{USERS}/{viewer.id}")).json()
    assert list(own) == ["user"]
    assert own["user"] in (await admin.get(USERS)).json()["users"]
    assert (own["user"]["username"], own["user"]["role"]) == ("viewer", "viewer")


async def test_who_may_not_look_does_not_learn_who_exists(
    admin: Person, user: Person, other: Person
) -> None:
    """403 for others' ids, whether or not they exist; 404 to admins alone."""
    for wanted in (other.id, "does-not-exist", "%00", "x" * 5000):
        answer = await user.get(f"{USERS}/{wanted}")
        assert (answer.status_code, answer.json()) == (403, NO_VIEW)
        answer = await user.put(f"{USERS}/{wanted}", {"email": "x"})
        assert (answer.status_code, answer.json()) == (403, NO_UPDATE)
    for answer in (
        await admin.get(f"{USERS}/does-not-exist"),
        await admin.put(f"{USERS}/does-not-exist", {"role": "root"}),
        await admin.delete(f"{USERS}/does-not-exist"),
    ):
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


async def test_the_order_is_type_owner_existence_text_object_fields(
    api: Api, admin: Person, user: Person
) -> None:
    """Section 4.3: what is wrong with a body is told in the contract's order."""
    text = {"content": b"{", "headers": {"content-type": "text/plain"}}
    json = {"content": b"{", "headers": {"content-type": "application/json"}}
    steps: list[tuple[Person, str, dict[str, Any], int, dict[str, Any]]] = [
        (user, admin.id, text, 400, refusal("Content-Type must be application/json")),
        (user, admin.id, json, 403, NO_UPDATE),
        (admin, "x", json, 404, NOT_FOUND),
        (user, user.id, json, 400, refusal("Invalid JSON")),
        (
            user,
            user.id,
            {"json": []},
            400,
            refusal("Invalid payload", "JSON body must be an object."),
        ),
        (user, user.id, {"json": {}}, 400, NOTHING),
    ]
    async with unchanged(api):
        for person, wanted, sent, status, body in steps:
            answer = await person.call("PUT", f"{USERS}/{wanted}", **sent)
            assert (answer.status_code, answer.json()) == (status, body)


async def test_an_admin_changes_all_four_fields(api: Api, admin: Person, user: Person) -> None:
    """The answer is the user as they are now, and the names of what was changed, in order."""
    api.clock.tick(60)
    before = (await admin.get(f"{USERS}/{user.id}")).json()["user"]
    sent = {
        "is_active": False,
        "role": "viewer",
        "password": NEW_PASSWORD,
        "email": " New@Example.COM ",
        "username": "ignored",
    }
    answer = await admin.put(f"{USERS}/{user.id}", sent)
    after = {
        **before,
        "email": "new@example.com",
        "role": "viewer",
        "is_active": False,
        "updated_at": "2026-11-25T00:00:30.123Z",
    }
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "message": "User updated successfully",
            "updated_fields": ["email", "password", "role", "is_active"],
            "user": after,
        },
    )
    assert (await admin.get(f"{USERS}/{user.id}")).json() == {"user": after}


@pytest.mark.parametrize(
    ("fields", "status", "body"),
    numbered(
        [
            ({}, 400, NOTHING),
            (dict.fromkeys(("email", "password", "role", "is_active")), 400, NOTHING),
            ({"email": "", "password": "", "username": "x", "id": "x"}, 400, NOTHING),
            ({"email": "not-an-email"}, 400, bad_email("not-an-email")),
            ({"email": 5}, 400, bad_email("")),
            ({"email": ["a@example.com"]}, 400, bad_email("")),
            ({"email": "a@example.com\nb"}, 400, bad_email("")),
            (
                {"email": f"{'a' * 120}@example.com"},
                400,
                refusal("Invalid email", "email must be at most 120 characters."),
            ),
            ({"email": "ADMIN@example.com", "password": "x"}, 409, TAKEN),
            ({"password": "short"}, 400, TOO_SHORT),
            ({"password": "      "}, 400, TOO_SHORT),
            ({"password": 1234567}, 400, TOO_SHORT),
            (
                {"password": "x" * 129},
                400,
                refusal("Password must be at most 128 characters long"),
            ),
            ({"password": "x", "role": "root"}, 400, TOO_SHORT),
            ({"role": "root", "is_active": "x"}, 400, BAD_ROLE),
            ({"role": 5}, 400, BAD_ROLE),
            ({"role": ""}, 400, BAD_ROLE),
            ({"role": "ADMIN"}, 400, BAD_ROLE),
            ({"is_active": "false"}, 400, NO_BOOLEAN),
            ({"is_active": 0}, 400, NO_BOOLEAN),
            ({"is_active": []}, 400, NO_BOOLEAN),
        ]
    ),
)
async def test_a_change_that_breaks_a_rule_changes_nothing(
    api: Api, admin: Person, fields: dict[str, Any], status: int, body: dict[str, Any]
) -> None:
    """F-01, F-27: a good field beside a bad one is not stored, and "false" is not true."""
    good = {"email": "good@example.com", "password": NEW_PASSWORD, "role": "viewer"}
    sent = fields if body == NOTHING else {**good, **fields}
    user = await api.user()
    async with unchanged(api):
        answer = await admin.put(f"{USERS}/{user.id}", sent)
    assert (answer.status_code, answer.json()) == (status, body)


@pytest.mark.parametrize(
    ("fields", "body"),
    numbered(
        [
            ({"role": "admin"}, NO_ROLE),
            ({"role": "user"}, NO_ROLE),
            ({"role": "root", "is_active": True}, NO_ROLE),
            ({"is_active": True}, NO_STATE),
            ({"is_active": "x"}, NO_STATE),
        ]
    ),
)
async def test_nobody_promotes_themselves(
    api: Api, user: Person, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """Role and state are the admins' to change, and what came with them is not stored."""
    async with unchanged(api):
        answer = await user.put(f"{USERS}/{user.id}", {"email": "good@example.com", **fields})
    assert (answer.status_code, answer.json()) == (403, body)


@pytest.mark.parametrize("name", [PLAIN, "viewer", ADMIN])
async def test_everybody_changes_their_own_address_and_password(
    api: Api, town: Town, name: str
) -> None:
    """Section 3.2: the profile and security pages, with the tokens of before."""
    person = at_home(town.people[name], api)
    path = f"{USERS}/{person.id}"
    answer = await person.put(path, {"email": "mine@example.com"})
    assert answer.json()["updated_fields"] == ["email"]
    answer = await person.put(path, {"password": NEW_PASSWORD})
    assert answer.json()["updated_fields"] == ["password"]
    assert (await person.get("/jobs")).status_code == 200
    await log_in(api, replace(person, email="mine@example.com"), NEW_PASSWORD)


async def test_a_new_password_of_ones_own_ends_the_other_sessions(api: Api, user: Person) -> None:
    """F-21: the frontend goes on with the tokens that it has, refresh included."""
    elsewhere = await log_in(api, user)
    assert (await user.put(f"{USERS}/{user.id}", {"password": NEW_PASSWORD})).status_code == 200
    assert await is_signed_in(user)
    assert not await is_signed_in(elsewhere)
    login = {"username": "user", "password": PASSWORD}
    assert (await api.client.post("/api/v2/auth/login", json=login)).status_code == 401


@pytest.mark.parametrize("fields", [{"password": NEW_PASSWORD}, {"is_active": False}], ids=str)
async def test_a_reset_and_a_deactivation_end_every_session_for_good(
    api: Api, admin: Person, user: Person, fields: dict[str, Any]
) -> None:
    """S04, S17: also when the account is switched on again; nobody else is signed out."""
    elsewhere = await log_in(api, user)
    path = f"{USERS}/{user.id}"
    assert (await admin.put(path, fields)).status_code == 200
    assert (await admin.put(path, {"is_active": True})).status_code == 200
    assert not await is_signed_in(user)
    assert not await is_signed_in(elsewhere)
    assert await is_signed_in(admin)


@pytest.mark.parametrize("fields", [{"role": "user"}, {"is_active": False}, {"role": "viewer"}])
async def test_the_last_active_admin_stays_one(
    api: Api, admin: Person, fields: dict[str, Any]
) -> None:
    """S09, F-27: an inactive admin beside them does not count."""
    async with api.container.store().writing() as uow:
        await uow.users.add(a_user(role=Role.ADMIN, is_active=False))
        await uow.commit()
    async with unchanged(api):
        answer = await admin.put(
            f"{USERS}/{admin.id}", {"email": "x@example.com", "password": NEW_PASSWORD, **fields}
        )
    assert (answer.status_code, answer.json()) == (400, LAST_ADMIN)


async def test_an_admin_steps_down_where_there_is_another(api: Api, admin: Person) -> None:
    """The new role counts from the next call on (S16)."""
    await api.admin()
    answer = await admin.put(f"{USERS}/{admin.id}", {"role": "viewer", "is_active": True})
    assert answer.json()["updated_fields"] == ["role", "is_active"]
    assert (await admin.get(USERS)).status_code == 403


async def test_nobody_deletes_themselves(api: Api, admin: Person) -> None:
    """Told before anything is looked for."""
    async with unchanged(api):
        answer = await admin.delete(f"{USERS}/{admin.id}")
    assert (answer.status_code, answer.json()) == (400, refusal("Cannot delete your own account"))


async def test_a_deleted_user_leaves_their_jobs_and_their_history(
    api: Api, admin: Person, user: Person
) -> None:
    """F-02: what is theirs alone goes with them; jobs and runs stay, and belong to nobody."""
    job = await user.create_job()
    for path in ("preferences", "ui-preferences"):
        assert (await user.get(f"{USERS}/{user.id}/{path}")).status_code == 200
    async with api.container.store().writing() as uow:
        await uow.notifications.add([a_notification(user_id=UserId(user.id))])
        run = an_execution(job_id=JobId(job["id"]), triggered_by=UserId(user.id))
        await uow.executions.claim([run])
        await uow.commit()
    before = contents(api)
    answer = await admin.delete(f"{USERS}/{user.id}")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "message": "User deleted successfully",
            "deleted_user": {"id": user.id, "username": "user"},
        },
    )
    assert (await admin.get(f"{USERS}/{user.id}")).status_code == 404
    for table in (
        "users",
        "user_notification_preferences",
        "user_ui_preferences",
        "notifications",
        "user_sessions",
    ):
        lost = [row for row in before[table] if user.id in row]
        assert lost
        assert contents(api)[table] == [row for row in before[table] if row not in lost]
    kept = (await admin.get(f"/jobs/{job['id']}")).json()["job"]
    assert kept == {**job, "created_by": None, "last_execution_at": kept["last_execution_at"]}
    (left,) = (await admin.get("/executions")).json()["executions"]
    assert (left["id"], left["triggered_by"]) == (run.id, None)
    assert (await user.get("/jobs")).json()["detail"] == "User not found"


async def test_whoever_did_something_stays_in_the_audit_log(
    api: Api, admin: Person, user: Person
) -> None:
    """S63: the log outlives the account, names the deed, and holds no secret."""
    await user.put(f"{USERS}/{user.id}", {"password": NEW_PASSWORD})
    await admin.delete(f"{USERS}/{user.id}")
    log = {row["action"]: row for row in await rows(api, "audit_log")}
    assert log["user.update"]["actor_name"] == "user"
    assert log["user.delete"]["actor_name"] == "admin"
    assert log["user.delete"]["entity_id"] == user.id
    assert NEW_PASSWORD not in str(log)
    assert "$argon2" not in str(log)


@pytest.fixture
async def strict(town: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """Give an application that asks for the current password."""
    folder = tmp_path_factory.mktemp("strict")
    async with copy_of(town, folder, require_current_password=True) as api:
        yield api


async def test_the_current_password_can_be_asked_for(town: Town, strict: Api) -> None:
    """Decision 0.14: by setting only; without the right one nothing changes."""
    user = at_home(town.people[PLAIN], strict)
    path = f"{USERS}/{user.id}"
    wrong = detail_free("Current password is incorrect")
    async with unchanged(strict):
        for current in ({}, {"current_password": None}, {"current_password": "wrong-one"}):
            answer = await user.put(path, {"password": NEW_PASSWORD, **current})
            assert (answer.status_code, answer.json()) == (400, wrong)
    answer = await user.put(path, {"password": NEW_PASSWORD, "current_password": PASSWORD})
    assert answer.json()["updated_fields"] == ["password"]
    admin = at_home(town.people[ADMIN], strict)
    assert (await admin.put(path, {"password": PASSWORD})).status_code == 200


async def test_a_current_password_that_is_sent_is_checked(api: Api, user: Person) -> None:
    """Decision 0.14: also where nobody asks for it."""
    path = f"{USERS}/{user.id}"
    async with unchanged(api):
        answer = await user.put(path, {"password": NEW_PASSWORD, "current_password": "wrong-one"})
        assert answer.json() == detail_free("Current password is incorrect")
        answer = await user.put(path, {"password": NEW_PASSWORD, "current_password": 5})
    assert answer.json()["error"] == "Invalid current_password"


def detail_free(text: str) -> dict[str, Any]:
    """Return an error whose title is its sentence."""
    return refusal(text, text)
