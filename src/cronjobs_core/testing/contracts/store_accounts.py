"""The repository of users."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cronjobs_core.domain.errors import AccountTaken
from cronjobs_core.domain.notifications import EVERYONE, Audience
from cronjobs_core.domain.users import Role
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import NOON, a_user, an_admin
from cronjobs_core.testing.contracts.store_case import StoreCase, committing, found, given

HOUR = timedelta(hours=1)


class UsersContract(StoreCase):
    """What `ports.account_repositories.Users` says, a test for each sentence."""

    async def test_a_user_name_is_taken_once(self, store: Store) -> None:
        """Adding a user raises AccountTaken("Username") where another has the user name."""
        await given(store, a_user(username="anna"))
        with pytest.raises(AccountTaken, match="Username already exists"):
            await given(store, a_user(username="anna"))
        async with store.reading() as unit:
            assert await unit.users.count() == 1

    async def test_an_address_is_taken_once(self, store: Store) -> None:
        """Adding a user raises AccountTaken("Email") where another has the address."""
        await given(store, a_user(email="anna@example.com"))
        with pytest.raises(AccountTaken, match="Email already exists"):
            await given(store, a_user(email="anna@example.com"))
        async with store.reading() as unit:
            assert await unit.users.count() == 1

    async def test_a_taken_user_name_is_told_first(self, store: Store) -> None:
        """Where both are taken, by one user or by two, the user name is told."""
        anna = a_user(username="anna", email="anna@example.com")
        await given(store, anna, a_user(email="bert@example.com"))
        for address in ("anna@example.com", "bert@example.com"):
            with pytest.raises(AccountTaken, match="Username already exists"):
                await given(store, a_user(username="anna", email=address))

    async def test_getting_no_user(self, store: Store) -> None:
        """Getting a user that does not exist gives None."""
        await given(store, a_user())
        async with store.reading() as unit:
            assert await unit.users.get(a_user().id) is None

    @pytest.mark.parametrize("login", ["anna", "ANNA", "Anna"])
    async def test_a_login_is_a_user_name(self, store: Store, login: str) -> None:
        """A login finds the user with that user name, in any case of letters."""
        anna = a_user(username="anna")
        await given(store, a_user(), anna, a_user())
        async with store.reading() as unit:
            assert await unit.users.by_login(login) == anna

    @pytest.mark.parametrize(
        ("login", "address"),
        [
            ("anna@example.com", "anna@example.com"),
            ("Anna@Example.COM", "anna@example.com"),
            ("MÜLLER@example.com", "müller@example.com"),
        ],
    )
    async def test_a_login_is_an_address(self, store: Store, login: str, address: str) -> None:
        """A login finds the user with that address, in any case of letters."""
        anna = a_user(email=address)
        await given(store, a_user(), anna, a_user())
        async with store.reading() as unit:
            assert await unit.users.by_login(login) == anna

    async def test_a_user_name_goes_before_an_address(self, store: Store) -> None:
        """Where a login is one user's name and another's address, it is the name that counts."""
        by_address = a_user(email="shared@example.com")
        by_name = a_user(username="shared@example.com")
        await given(store, by_address, by_name)
        async with store.reading() as unit:
            assert await unit.users.by_login("shared@example.com") == by_name

    @pytest.mark.parametrize("login", ["nobody", "", "ann", "ann%", "ann_", "anna@example"])
    async def test_a_login_of_nobody(self, store: Store, login: str) -> None:
        """A login that is nobody's whole user name or address finds None."""
        await given(store, a_user(username="anna", email="anna@example.com"))
        async with store.reading() as unit:
            assert await unit.users.by_login(login) is None

    async def test_counting_users(self, store: Store) -> None:
        """The count of users includes those that are not active."""
        users = [a_user(), a_user(is_active=False), an_admin()]
        await given(store, *users)
        async with store.reading() as unit:
            assert await unit.users.count() == len(users)

    async def test_users_are_listed_oldest_first(self, store: Store) -> None:
        """All users, active or not, are listed with the oldest `created_at` first."""
        middle, youngest = a_user(created_at=NOON), a_user(created_at=NOON + HOUR, is_active=False)
        oldest = an_admin(created_at=NOON - HOUR)
        await given(store, middle, youngest, oldest)
        async with store.reading() as unit:
            assert await unit.users.list_all() == [oldest, middle, youngest]

    async def test_users_of_one_instant_are_listed_by_name(self, store: Store) -> None:
        """Users with the same `created_at` are listed by user name."""
        berta, carla, anna = (a_user(username=name) for name in ("berta", "carla", "anna"))
        await given(store, berta, carla, anna)
        async with store.reading() as unit:
            assert await unit.users.list_all() == [anna, berta, carla]

    async def test_counting_active_admins(self, store: Store) -> None:
        """The count of active admins leaves out other roles and those that are not active."""
        admins = [an_admin(), an_admin()]
        others = [a_user(), a_user(role=Role.VIEWER), an_admin(is_active=False)]
        async with store.reading() as unit:
            assert await unit.users.active_admins() == 0
        await given(store, *admins, *others)
        async with store.reading() as unit:
            assert await unit.users.active_admins() == len(admins)

    async def test_updating_a_user(self, store: Store) -> None:
        """An updated user stands in place of the one with its id, and of no other."""
        user, other = a_user(), a_user()
        await given(store, user, other)
        changed = replace(
            a_user(role=Role.ADMIN, is_active=False),
            id=user.id,
            sessions_end_before=NOON,
            updated_at=NOON + HOUR,
        )
        async with committing(store) as unit:
            await unit.users.update(changed)
        async with store.reading() as unit:
            assert await found(unit, user) == changed
            assert await found(unit, other) == other

    @pytest.mark.parametrize(
        ("field", "told"), [("username", "Username already exists"), ("email", "Email already")]
    )
    async def test_updating_to_what_is_taken(self, store: Store, field: str, told: str) -> None:
        """An update raises AccountTaken where another has the user name or the address."""
        user, other = a_user(), a_user()
        await given(store, user, other)
        with pytest.raises(AccountTaken, match=told):
            async with committing(store) as unit:
                await unit.users.update(replace(user, **{field: getattr(other, field)}))
        async with store.reading() as unit:
            assert await found(unit, user) == user

    async def test_everyone_is_every_active_user(self, store: Store) -> None:
        """What is told to everyone reaches every active user once, by id."""
        first, second, admin = a_user(), a_user(role=Role.VIEWER), an_admin()
        gone, gone_admin = a_user(is_active=False), an_admin(is_active=False)
        await given(store, second, gone, admin, first, gone_admin)
        async with store.reading() as unit:
            assert await unit.users.in_audience(EVERYONE) == [first.id, second.id, admin.id]

    async def test_those_concerned_and_the_admins(self, store: Store) -> None:
        """What is told to some reaches them and the active admins, each once, by id."""
        concerned, unconcerned, admin, other_admin = a_user(), a_user(), an_admin(), an_admin()
        gone, gone_admin = a_user(is_active=False), an_admin(is_active=False)
        await given(store, other_admin, gone, unconcerned, admin, concerned, gone_admin)
        audience = Audience.of(concerned.id, gone.id, admin.id, a_user().id, None)
        async with store.reading() as unit:
            heard_by = await unit.users.in_audience(audience)
        assert heard_by == [concerned.id, admin.id, other_admin.id]

    async def test_an_audience_of_nobody_is_the_admins(self, store: Store) -> None:
        """What is told to nobody in particular reaches the active admins."""
        user, admin = a_user(), an_admin()
        await given(store, user, admin)
        async with store.reading() as unit:
            assert await unit.users.in_audience(Audience.of()) == [admin.id]
