"""Sessions that end, passwords that are asked for, the admin who stays (S04, S08, S09, S17)."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from cronjobs_core.domain.errors import (
    CronjobsError,
    InvalidInput,
    Unauthenticated,
)
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.users import Actor, Role
from house import House
from unit.usecases.hesitant import hesitant
from unit.usecases.people import PASSWORD, account, is_alive, sign_in, stored

LAST_ADMIN = "Cannot remove the last active admin"


async def test_a_new_password_of_ones_own_ends_the_other_sessions(house: House) -> None:
    """F-21: the frontend goes on with the tokens that it has; a thief elsewhere is out."""
    user = await account(house)
    here, elsewhere = [await sign_in(house, user.username) for _ in range(2)]
    actor = await house.services.sign_in.identify(here.access_token)
    await house.services.manage_users.change(actor, user.user_id, {"password": "another1"})
    assert await is_alive(house, here)
    assert not await is_alive(house, elsewhere)
    with pytest.raises(Unauthenticated):
        await sign_in(house, user.username)
    await sign_in(house, user.username, "another1")


@pytest.mark.parametrize("sent", [{"password": "another1"}, {"is_active": False}])
async def test_an_admins_reset_and_a_deactivation_end_all_sessions(
    house: House, sent: dict[str, Any]
) -> None:
    """S04, S17: all of that user's sessions are over, nobody else's; also after reactivation."""
    admin, user, other = (
        await account(house, Role.ADMIN),
        await account(house),
        await account(house),
    )
    sessions = [await sign_in(house, user.username) for _ in range(2)]
    others = await sign_in(house, other.username)
    change = house.services.manage_users.change
    await change(admin, user.user_id, sent)
    await change(admin, user.user_id, {"is_active": True})
    assert [await is_alive(house, one) for one in sessions] == [False, False]
    assert await is_alive(house, others)


async def test_an_admin_who_deactivates_themselves_is_out(house: House) -> None:
    """S17: the session that asked for it ends too, and stays ended after reactivation."""
    admin, second = await account(house, Role.ADMIN), await account(house, Role.ADMIN)
    session = await sign_in(house, admin.username)
    actor = await house.services.sign_in.identify(session.access_token)
    change = house.services.manage_users.change
    await change(actor, admin.user_id, {"is_active": False})
    await change(second, admin.user_id, {"is_active": True})
    assert not await is_alive(house, session)


async def test_tokens_without_a_session_end_with_the_sessions(house: House) -> None:
    """Decision 0.17: tokens of the previous backend that were issued before are worthless."""
    admin, user = await account(house, Role.ADMIN), await account(house)
    token = old_token(house, user.user_id)
    await house.services.sign_in.identify(token)
    house.clock.tick(1)
    await house.services.manage_users.change(admin, user.user_id, {"password": "another1"})
    with pytest.raises(Unauthenticated):
        await house.services.sign_in.identify(token)
    await house.services.sign_in.identify(old_token(house, user.user_id))


def old_token(house: House, user_id: UserId) -> str:
    """A token as the previous backend made them: it names no session."""
    now = house.clock.now().timestamp()
    return house.tokens.sign({"sub": user_id, "type": "access", "iat": now, "exp": now + 3600})


@pytest.mark.parametrize("sent", [{"email": "b@example.com"}, {"role": "viewer"}])
async def test_other_changes_end_no_session(house: House, sent: dict[str, str]) -> None:
    """Who is moved to another role or address stays signed in, with what they may do now."""
    admin, user = await account(house, Role.ADMIN), await account(house)
    session = await sign_in(house, user.username)
    await house.services.manage_users.change(admin, user.user_id, sent)
    assert await is_alive(house, session)


@pytest.mark.parametrize("current", ["wrong", ""])
async def test_a_current_password_that_is_sent_must_be_right(house: House, current: str) -> None:
    """Decision 0.14: who sends it wants it checked; a wrong one changes nothing."""
    user = await account(house)
    before = await stored(house, user.user_id)
    sent = {"password": "another1", "current_password": current}
    with pytest.raises(InvalidInput, match="Current password is incorrect"):
        await house.services.manage_users.change(user, user.user_id, sent)
    assert await stored(house, user.user_id) == before
    await house.services.manage_users.change(
        user, user.user_id, sent | {"current_password": PASSWORD}
    )


async def test_a_current_password_is_taken_as_it_is(house: House) -> None:
    """A password may begin and end with blanks, and may be older than our limits."""
    odd = " my\tpass word " + "x" * 200
    user = await house.stored_user(password_hash=house.hasher.hash_now(odd))
    actor = Actor.of(user)
    sent = {"password": "another1", "current_password": odd}
    await house.services.manage_users.change(actor, user.id, sent)
    await sign_in(house, user.username, "another1")


async def test_the_current_password_can_be_asked_for() -> None:
    """REQUIRE_CURRENT_PASSWORD: without it one's own stays; an admin's reset needs none."""
    house = House(ask_current_password=True)
    admin, user = await account(house, Role.ADMIN), await account(house)
    change = house.services.manage_users.change
    for sent in ({"password": "another1"}, {"password": "another1", "current_password": None}):
        with pytest.raises(InvalidInput, match="Current password is incorrect"):
            await change(user, user.user_id, sent)
    await change(user, user.user_id, {"password": "another1", "current_password": PASSWORD})
    await change(user, user.user_id, {"email": "no-password-needed@example.com"})
    await change(admin, user.user_id, {"password": "third-one"})
    await sign_in(house, user.username, "third-one")


Removal = Callable[[House, Actor, Actor], Awaitable[object]]
REMOVALS: dict[str, Removal] = {
    "demote": lambda house, actor, user: house.services.manage_users.change(
        actor, user.user_id, {"role": "user"}
    ),
    "deactivate": lambda house, actor, user: house.services.manage_users.change(
        actor, user.user_id, {"is_active": False}
    ),
}
EVERY_REMOVAL = pytest.mark.parametrize("remove", REMOVALS.values(), ids=REMOVALS)


@EVERY_REMOVAL
async def test_the_last_active_admin_stays(house: House, remove: Removal) -> None:
    """S09, F-27: nobody locks the installation; inactive admins and others do not count."""
    admin = await account(house, Role.ADMIN)
    await house.stored_user(role=Role.ADMIN, is_active=False)
    await account(house)
    before = await stored(house, admin.user_id)
    with pytest.raises(InvalidInput) as refused:
        await remove(house, admin, admin)
    assert (refused.value.error, refused.value.message) == (LAST_ADMIN, None)
    assert await stored(house, admin.user_id) == before
    assert await house.audited() == []


@EVERY_REMOVAL
async def test_an_admin_who_is_not_the_last_may_go(house: House, remove: Removal) -> None:
    """With a second active admin the first may step down, and then the second may not."""
    first, second = await account(house, Role.ADMIN), await account(house, Role.ADMIN)
    await remove(house, first, first)
    with pytest.raises(InvalidInput, match=LAST_ADMIN):
        await remove(house, second, second)


@pytest.mark.parametrize("sent", [{"email": "a@example.com"}, {"role": "admin"}])
async def test_the_last_admin_may_change_otherwise(house: House, sent: dict[str, str]) -> None:
    """The form sends role and state unchanged with every edit."""
    admin = await account(house, Role.ADMIN)
    await house.services.manage_users.change(admin, admin.user_id, sent | {"is_active": True})


@pytest.mark.parametrize("order", list(itertools.permutations(range(4), 2)), ids=str)
async def test_two_admins_who_remove_each_other_leave_one(
    house: House, order: tuple[int, int]
) -> None:
    """S09: at once and by whatever way, one of them remains."""
    one, two = await account(house, Role.ADMIN), await account(house, Role.ADMIN)
    users = hesitant(house.services.manage_users)
    ways = [
        users.change(one, two.user_id, {"role": "viewer"}),
        users.change(two, one.user_id, {"is_active": False}),
        users.delete(one, two.user_id),
        users.delete(two, one.user_id),
    ]
    first, second = order
    rest = [way for n, way in enumerate(ways) if n not in order]
    results = await asyncio.gather(ways[first], ways[second], *rest, return_exceptions=True)
    errors = [one for one in results if isinstance(one, BaseException)]
    assert errors
    assert all(isinstance(one, CronjobsError) for one in errors)
    async with house.store.reading() as view:
        assert await view.users.active_admins() == 1


async def test_twenty_first_starts_make_one_admin(house: House) -> None:
    """S08: whoever writes first makes the admin; the others find them and make none."""
    ensure = hesitant(house.services.manage_users).ensure_first_admin
    made = await asyncio.gather(
        *(ensure(f"admin{n}", f"admin{n}@example.com", PASSWORD) for n in range(20))
    )
    assert sum(one is not None for one in made) == 1
    assert await house.audited() == ["user.create"]


async def test_a_demoted_admin_with_an_old_view_cannot_remove_the_last(house: House) -> None:
    """S09: the count is taken where the deletion happens, not where the caller was looked up."""
    last = await account(house, Role.ADMIN)
    demoted = Actor.of(await house.stored_user(role=Role.USER))
    with pytest.raises(InvalidInput, match=LAST_ADMIN):
        await house.services.manage_users.delete(replace(demoted, role=Role.ADMIN), last.user_id)
    assert await stored(house, last.user_id) is not None
