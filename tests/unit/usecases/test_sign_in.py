"""Signing in and out."""

import base64
import json
from datetime import timedelta

import pytest

from cronjobs_core.domain.errors import Unauthenticated
from cronjobs_core.domain.users import Actor, Role, User
from house import House


async def _user(house: House, **overrides: object) -> User:
    return await house.stored_user(
        username="hanako",
        email="hanako@example.com",
        password_hash=house.hasher.hash_now("secret1"),
        **overrides,
    )


@pytest.mark.parametrize("login", ["hanako", " HANAKO ", "Hanako@Example.com"])
async def test_people_sign_in_by_name_or_address_in_any_case(house: House, login: str) -> None:
    """User name and e-mail address are both good, whatever their case."""
    user = await _user(house)
    signed_in = await house.services.sign_in.log_in(login, "secret1")
    assert signed_in.user == user
    actor = await house.services.sign_in.identify(signed_in.access_token)
    assert (actor.user_id, actor.role) == (user.id, Role.USER)


@pytest.mark.parametrize(("login", "password"), [("hanako", "wrong"), ("nobody", "secret1")])
async def test_wrong_password_and_unknown_user_look_alike(
    house: House, login: str, password: str
) -> None:
    """Nothing tells whether the name or the password was wrong."""
    await _user(house)
    with pytest.raises(Unauthenticated) as refused:
        await house.services.sign_in.log_in(login, password)
    assert (refused.value.error, refused.value.message) == (
        "Invalid credentials",
        "Invalid email/username or password",
    )


async def test_only_the_right_password_learns_that_an_account_is_inactive(house: House) -> None:
    """The state of an account is told to its owner alone (F-20)."""
    await _user(house, is_active=False)
    with pytest.raises(Unauthenticated, match="inactive"):
        await house.services.sign_in.log_in("hanako", "secret1")
    with pytest.raises(Unauthenticated, match="Invalid"):
        await house.services.sign_in.log_in("hanako", "wrong")


async def test_outdated_hash_is_renewed_at_sign_in(house: House) -> None:
    """A password that was hashed in a retired way is hashed anew, and still works."""
    user = await house.stored_user(
        username="old", password_hash=house.hasher.hash_now("secret1", way="older")
    )
    await house.services.sign_in.log_in("old", "secret1")
    async with house.store.reading() as view:
        stored = await view.users.get(user.id)
    assert stored is not None
    assert stored.password_hash.startswith("plain$")
    await house.services.sign_in.log_in("old", "secret1")


async def test_signing_out_makes_both_tokens_worthless(house: House) -> None:
    """After logout neither the access token nor the refresh token is accepted."""
    await _user(house)
    signed_in = await house.services.sign_in.log_in("hanako", "secret1")
    other = await house.services.sign_in.log_in("hanako", "secret1")
    actor = await house.services.sign_in.identify(signed_in.access_token)
    await house.services.sign_in.log_out(actor)
    with pytest.raises(Unauthenticated):
        await house.services.sign_in.identify(signed_in.access_token)
    with pytest.raises(Unauthenticated):
        await house.services.sign_in.refresh(signed_in.refresh_token)
    await house.services.sign_in.identify(other.access_token)


async def test_refresh_token_stays_good_until_its_session_ends(house: House) -> None:
    """The frontend keeps its first refresh token: each use gives a new access token."""
    await _user(house)
    first = await house.services.sign_in.log_in("hanako", "secret1")
    for _ in range(3):
        house.clock.tick(3600)
        again = await house.services.sign_in.refresh(first.refresh_token)
        assert again.refresh_token == first.refresh_token
        assert again.expires_in == 3600
        await house.services.sign_in.identify(again.access_token)
    house.clock.tick(timedelta(days=30))
    with pytest.raises(Unauthenticated, match="expired"):
        await house.services.sign_in.refresh(first.refresh_token)


async def test_wrong_kind_of_token_is_refused(house: House) -> None:
    """An access token does not refresh, a refresh token does not give access."""
    await _user(house)
    tokens = await house.services.sign_in.log_in("hanako", "secret1")
    with pytest.raises(Unauthenticated, match="Invalid token type"):
        await house.services.sign_in.refresh(tokens.access_token)
    with pytest.raises(Unauthenticated, match="Invalid token type"):
        await house.services.sign_in.identify(tokens.refresh_token)


async def test_deactivation_demotion_and_deletion_take_effect_at_once(house: House) -> None:
    """The role and state that count are those of the store, not of the token (S16)."""
    user = await _user(house)
    tokens = await house.services.sign_in.log_in("hanako", "secret1")

    async def store(changed: User) -> None:
        async with house.store.writing() as uow:
            await uow.users.update(changed)
            await uow.commit()

    values = {field: getattr(user, field) for field in user.__slots__}
    await store(User(**values | {"role": Role.VIEWER}))
    assert (await house.services.sign_in.identify(tokens.access_token)).role is Role.VIEWER
    await store(User(**values | {"is_active": False}))
    with pytest.raises(Unauthenticated, match="deactivated"):
        await house.services.sign_in.identify(tokens.access_token)


async def test_token_of_somebody_who_is_gone_is_refused(house: House) -> None:
    """A token whose user does not exist any more gives nothing."""
    elsewhere = House()
    await elsewhere.stored_user(username="x", password_hash=elsewhere.hasher.hash_now("secret1"))
    tokens = await elsewhere.services.sign_in.log_in("x", "secret1")
    with pytest.raises(Unauthenticated, match="User not found"):
        await house.services.sign_in.identify(tokens.access_token)


async def test_profile_is_the_stored_account(house: House) -> None:
    """People see their own account as it is now."""
    user = await _user(house)
    assert await house.services.sign_in.profile(Actor.of(user)) == user
    stranger = await House().user()
    with pytest.raises(Unauthenticated):
        await house.services.sign_in.profile(stranger)


async def test_tokens_of_the_previous_backend_have_no_session(house: House) -> None:
    """They are good until they expire; refreshing gives them a session that can be ended."""
    user = await _user(house)
    now = house.clock.now().timestamp()
    sign = house.services.sign_in
    claims = {"sub": user.id, "type": "refresh", "iat": now, "exp": now + 900}
    legacy = house.tokens.sign(claims)
    fresh = await sign.refresh(legacy)
    actor = await sign.identify(fresh.access_token)
    assert actor.session_id is not None
    await sign.log_out(actor)
    with pytest.raises(Unauthenticated):
        await sign.identify(fresh.access_token)
    await sign.refresh(legacy)
    house.clock.tick(1)
    async with house.store.writing() as uow:
        await uow.users.update(user.end_sessions_before(house.clock.now()))
        await uow.commit()
    with pytest.raises(Unauthenticated, match="ended"):
        await sign.refresh(legacy)


async def test_only_a_password_gives_a_fresh_token(house: House) -> None:
    """A token got for a refresh token does not claim to come from a password (F-21)."""
    await _user(house)
    signed_in = await house.services.sign_in.log_in("hanako", "secret1")
    refreshed = await house.services.sign_in.refresh(signed_in.refresh_token)
    tokens = (signed_in.access_token, refreshed.access_token)
    bodies = [json.loads(base64.urlsafe_b64decode(token.partition(".")[0])) for token in tokens]
    assert [body["fresh"] for body in bodies] == [True, False]
