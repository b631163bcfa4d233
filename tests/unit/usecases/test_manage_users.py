"""Reading, changing and deleting accounts (contract 4.3)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cronjobs_core.domain.audit import HIDDEN, AuditEntry
from cronjobs_core.domain.errors import (
    Conflict,
    CronjobsError,
    Forbidden,
    InvalidInput,
    NotFound,
    NotYours,
    RoleRequired,
    Unavailable,
)
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.policy import Action
from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import NOON, a_notification, an_execution
from house import House
from unit.usecases.hesitant import hesitant
from unit.usecases.people import account, is_alive, sign_in, stored

UNKNOWN = UserId("does-not-exist")


async def entries(house: House) -> list[AuditEntry]:
    """The audit log, oldest first."""
    async with house.store.reading() as view:
        found, _ = await view.audit.page(Page(1, 1000))
    return list(reversed(found))


async def test_the_list_begins_with_the_oldest_account(house: House) -> None:
    """Admins see everybody, by age of the account and then by user name."""
    admin = await account(house, Role.ADMIN, username="zoe", created_at=NOON)
    later = NOON + timedelta(days=1)
    for name, at in (("carl", later), ("bert", later), ("anna", NOON)):
        await house.stored_user(username=name, created_at=at)
    found = await house.services.manage_users.list_all(admin)
    assert [one.username for one in found] == ["anna", "zoe", "bert", "carl"]


@pytest.mark.parametrize("role", [Role.USER, Role.VIEWER])
async def test_the_list_is_for_admins(house: House, role: Role) -> None:
    """Nobody else learns who has an account."""
    with pytest.raises(RoleRequired, match="Admin access required"):
        await house.services.manage_users.list_all(await house.user(role))


async def test_admins_read_anybody_and_others_themselves(house: House) -> None:
    """A profile is its owner's and the admins'."""
    admin, user, viewer = [await house.user(role) for role in Role]
    get = house.services.manage_users.get
    for reader, wanted in ((admin, user), (user, user), (viewer, viewer)):
        assert (await get(reader, wanted.user_id)).id == wanted.user_id
    for wanted_id in (user.user_id, UNKNOWN):
        with pytest.raises(NotYours) as refused:
            await get(viewer, wanted_id)
        assert refused.value.error == "Forbidden. You can only view your own profile."
    with pytest.raises(NotFound, match="User not found"):
        await get(admin, UNKNOWN)


async def test_access_is_told_without_a_change(house: House) -> None:
    """The route can refuse before it reads a body: whose it is first, then whether it exists."""
    admin, user = await house.user(Role.ADMIN), await house.user()
    check = house.services.manage_users.check_access
    await check(user, Action.UPDATE_USER, user.user_id)
    with pytest.raises(NotYours) as refused:
        await check(user, Action.UPDATE_USER, UNKNOWN)
    assert refused.value.error == "Forbidden. You can only update your own profile."
    with pytest.raises(NotFound):
        await check(admin, Action.UPDATE_USER, UNKNOWN)


async def test_an_admin_changes_everything_at_once(house: House) -> None:
    """All four fields are stored together and named in the contract's order."""
    admin, user = await account(house, Role.ADMIN), await account(house)
    sent = {
        "is_active": False,
        "role": "viewer",
        "password": "another1",
        "email": " New@Example.com ",
        "username": "ignored",
    }
    changed, names = await house.services.manage_users.change(admin, user.user_id, sent)
    assert names == ["email", "password", "role", "is_active"]
    assert changed == await stored(house, user.user_id)
    assert (changed.email, changed.role, changed.is_active, changed.username) == (
        "new@example.com",
        Role.VIEWER,
        False,
        user.username,
    )
    assert changed.updated_at == house.clock.now()
    assert await house.hasher.verify("another1", changed.password_hash)


@pytest.mark.parametrize(
    ("sent", "kind", "error"),
    [
        ({}, InvalidInput, "No valid fields to update"),
        ({"email": "", "password": None, "username": "x"}, InvalidInput, None),
        ({"email": "not-an-email"}, InvalidInput, "Invalid email"),
        ({"email": f"{'a' * 120}@example.com"}, InvalidInput, "Invalid email"),
        ({"email": "taken@example.com"}, Conflict, "Email already exists"),
        ({"email": "TAKEN@example.com", "password": "x"}, Conflict, "Email already exists"),
        ({"email": "a@b", "password": "x"}, InvalidInput, "Invalid email"),
        (
            {"password": "short", "role": "admin"},
            InvalidInput,
            "Password must be at least 6 characters long",
        ),
        ({"role": "admin", "is_active": "x"}, Forbidden, "Only admins can change user roles"),
        ({"is_active": True}, Forbidden, "Only admins can change user active status"),
    ],
)
async def test_the_first_wrong_field_is_told_and_nothing_is_changed(
    house: House, sent: dict[str, Any], kind: type[CronjobsError], error: str | None
) -> None:
    """F-01: in the contract's order of fields, and a good field beside a bad one is not stored."""
    await house.stored_user(email="taken@example.com")
    user = await account(house)
    session = await sign_in(house, user.username)
    before = await stored(house, user.user_id)
    good = {"email": "good@example.com", "password": "another1"} if sent else {}
    with pytest.raises(kind) as refused:
        await house.services.manage_users.change(user, user.user_id, good | sent if error else sent)
    assert refused.value.error == (error or "No valid fields to update")
    assert await stored(house, user.user_id) == before
    assert await is_alive(house, session)
    assert await house.audited() == []


async def test_one_may_send_the_address_that_one_has(house: House) -> None:
    """The edit form always sends the address; one's own is not taken."""
    user = await account(house, email="me@example.com")
    _, names = await house.services.manage_users.change(
        user, user.user_id, {"email": "ME@example.com"}
    )
    assert names == ["email"]


async def test_an_address_that_is_taken_meanwhile_is_refused(house: House) -> None:
    """Of many that want one address at once one gets it; the others are told, and unchanged."""
    people = [await account(house) for _ in range(20)]
    change = hesitant(house.services.manage_users).change
    results = await asyncio.gather(
        *(change(one, one.user_id, {"email": "one@example.com"}) for one in people),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Conflict) for one in results) == 19
    users = [await stored(house, one.user_id) for one in people]
    assert [one.email for one in users if one].count("one@example.com") == 1


async def test_strangers_and_nobody_are_not_changed(house: House) -> None:
    """Whose the account is comes first; an admin is told that there is none."""
    admin, user = await house.user(Role.ADMIN), await house.user()
    change = house.services.manage_users.change
    with pytest.raises(NotYours):
        await change(user, UNKNOWN, {"email": "x"})
    with pytest.raises(NotFound):
        await change(admin, UNKNOWN, {"role": "root"})


async def test_a_user_who_vanishes_while_the_password_is_hashed_is_not_found(house: House) -> None:
    """A deletion meanwhile is not undone by a change that began before it."""
    admin, user = await account(house, Role.ADMIN), await account(house)
    users = house.services.manage_users

    class Meanwhile(type(house.hasher)):  # type: ignore[misc]  # the house's own hasher
        async def hash(self, password: str) -> str:
            await users.delete(admin, user.user_id)
            return self.hash_now(password)

    with pytest.raises(NotFound):
        await replace(users, hasher=Meanwhile()).change(
            admin, user.user_id, {"password": "another1"}
        )
    assert await stored(house, user.user_id) is None
    assert await house.audited() == ["user.delete"]


async def test_a_deleted_user_takes_their_own_things_along(house: House) -> None:
    """F-02: preferences, messages and sessions go; jobs and history stay and are nobody's."""
    admin, user = await account(house, Role.ADMIN), await account(house)
    session = await sign_in(house, user.username)
    job = await house.job(user)
    await house.services.keep_preferences.notification_flags(user, user.user_id)
    await house.services.keep_preferences.table_columns(user, user.user_id)
    async with house.store.writing() as uow:
        await uow.notifications.add([a_notification(user_id=user.user_id)])
        await uow.executions.claim([an_execution(job_id=job.id, triggered_by=user.user_id)])
        await uow.commit()
    deleted = await house.services.manage_users.delete(admin, user.user_id)
    assert (deleted.id, deleted.username) == (user.user_id, user.username)
    assert not await is_alive(house, session)
    assert await house.messages(user.user_id) == []
    assert [one.triggered_by for one in await house.history(job.id)] == [None]
    async with house.store.reading() as view:
        kept = await view.jobs.get(job.id)
        assert kept == replace(job, created_by=None)
        assert await view.preferences.notification(user.user_id) is None
        assert await view.preferences.ui(user.user_id) is None


async def test_a_deletion_is_judged_by_role_then_self_then_existence(house: House) -> None:
    """One cannot delete oneself, and a user cannot delete anybody."""
    admin, user = await account(house, Role.ADMIN), await account(house)
    delete = house.services.manage_users.delete
    with pytest.raises(RoleRequired):
        await delete(user, user.user_id)
    with pytest.raises(InvalidInput) as own:
        await delete(admin, admin.user_id)
    assert (own.value.error, own.value.message) == ("Cannot delete your own account", None)
    with pytest.raises(NotFound, match="User not found"):
        await delete(admin, UNKNOWN)
    assert await house.audited() == []


async def test_the_audit_log_tells_of_accounts_without_secrets(house: House) -> None:
    """S63: who did what to whom, and of the password only that it was changed."""
    admin = await account(house, Role.ADMIN)
    users = house.services.manage_users
    new = {"username": "taro", "email": "taro@example.com", "password": "first-one"}
    made = await users.register(admin, new)
    await users.change(admin, made.id, {"password": "second-one", "role": "user"})
    await users.delete(admin, made.id)
    log = await entries(house)
    assert [one.action for one in log] == ["user.create", "user.update", "user.delete"]
    assert {(one.actor_id, one.entity_type, one.entity_id) for one in log} == {
        (admin.user_id, "user", made.id)
    }
    change = log[1]
    assert set(change.after) == {"password_hash", "role", "sessions_end_before"}
    assert (change.before["role"], change.after["role"]) == ("viewer", "user")
    assert (change.before["password_hash"], change.after["password_hash"]) == (HIDDEN, HIDDEN)
    for secret in ("first-one", "second-one", "plain$"):
        assert secret not in repr(log)


async def test_without_its_audit_entry_no_change_happens(house: House) -> None:
    """The entry is in the transaction of the change: both are stored or neither is."""
    admin, user = await account(house, Role.ADMIN), await account(house)
    session = await sign_in(house, user.username)

    async def out_of_reach(*_: object) -> None:
        raise Unavailable("The store is out of reach.")

    broken = replace(house.services.manage_users, note=out_of_reach)
    before = await house.services.manage_users.list_all(admin)
    new = {"username": "taro", "email": "taro@example.com", "password": "first-one"}
    for attempt in (
        broken.register(admin, new),
        broken.create_admin("boss", "boss@example.com", "first-one"),
        broken.change(admin, user.user_id, {"password": "another1", "is_active": False}),
        broken.delete(admin, user.user_id),
    ):
        with pytest.raises(Unavailable):
            await attempt
    assert await house.services.manage_users.list_all(admin) == before
    assert await is_alive(house, session)
