"""People with passwords and sessions, for tests of accounts."""

import asyncio
from typing import Any

from cronjobs_core.domain.errors import (
    Unauthenticated,
)
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.users import Actor, Role, User
from cronjobs_core.usecases.sign_in import SignedIn
from house import House

PASSWORD = "secret1"  # noqa: S105 -- of users that live for one test


async def account(house: House, role: Role = Role.USER, **values: Any) -> Actor:
    """A stored user with PASSWORD, signed in."""
    user = await house.stored_user(
        role=role, password_hash=house.hasher.hash_now(PASSWORD), **values
    )
    return await house.services.sign_in.identify((await sign_in(house, user.username)).access_token)


async def sign_in(house: House, login: str, password: str = PASSWORD) -> SignedIn:
    """A further session of the user."""
    return await house.services.sign_in.log_in(login, password)


async def is_alive(house: House, session: SignedIn) -> bool:
    """Whether both tokens of the session open something; they live and die together."""
    results = await asyncio.gather(
        house.services.sign_in.identify(session.access_token),
        house.services.sign_in.refresh(session.refresh_token),
        return_exceptions=True,
    )
    refused = [isinstance(one, Unauthenticated) for one in results]
    assert refused[0] == refused[1]
    return not refused[0]


async def stored(house: House, user_id: UserId) -> User | None:
    """The user as stored now."""
    async with house.store.reading() as view:
        return await view.users.get(user_id)
