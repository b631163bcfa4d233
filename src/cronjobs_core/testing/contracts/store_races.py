"""Units of work side by side that make what there is one of, or take what one must keep."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

import pytest

from cronjobs_core.domain.errors import DuplicateSlug
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Role, User
from cronjobs_core.ports.store import Store, UnitOfWork
from cronjobs_core.testing.builders import (
    NOON,
    a_category,
    a_pic_team,
    a_user,
    an_admin,
    notification_preferences,
    slack_settings,
    ui_preferences,
)
from cronjobs_core.testing.contracts.store_case import (
    Chosen,
    StoreCase,
    all_at_once,
    committing,
    found,
    given,
    put,
)

CROWD: Final = 50
"""How many do the same thing at once."""
HOUR: Final = timedelta(hours=1)

Removal = Callable[[UnitOfWork, User], Awaitable[None]]
REMOVALS: Final[dict[str, Removal]] = {
    "demoted": lambda unit, admin: unit.users.update(replace(admin, role=Role.USER)),
    "deactivated": lambda unit, admin: unit.users.update(replace(admin, is_active=False)),
    "deleted": lambda unit, admin: unit.users.delete(admin.id),
}
every_removal = pytest.mark.parametrize("remove", REMOVALS.values(), ids=REMOVALS.keys())


class RacesContract(StoreCase):
    """What the ports say of single methods that several call at once."""

    @pytest.mark.parametrize("build", [notification_preferences, ui_preferences])
    async def test_the_first_of_many_preferences_keeps_its_id(
        self, store: Store, build: Callable[..., Chosen]
    ) -> None:
        """Of parallel first writes of one user's preferences all succeed, under the first id."""
        user = a_user()
        await given(store, user)
        choices = [build(user_id=user.id) for _ in range(CROWD)]
        seen = await self._stored_at_once(store, choices)
        assert len(seen) == 1, "each write made preferences of its own"
        assert seen < {one.id for one in choices}

    async def test_many_slack_settings_are_one(self, store: Store) -> None:
        """Parallel first writes of the Slack settings all succeed, and there is one set."""
        written = [slack_settings(updated_at=NOON + hour * HOUR) for hour in range(CROWD)]
        await self._stored_at_once(store, written)
        last = slack_settings(channel="#last", updated_at=NOON - HOUR)
        await given(store, last)
        async with store.reading() as unit:
            assert await unit.slack.get() == last, "an earlier one is still there"

    @every_removal
    async def test_of_the_last_two_admins_one_stays(self, store: Store, remove: Removal) -> None:
        """Of two units that would each remove one of the last two, the second counts one."""
        anna, berta = an_admin(), an_admin()
        await given(store, anna, berta)

        async def remove_unless_last() -> int:
            async with committing(store) as unit:
                admins = await unit.users.active_admins()
                if admins > 1:
                    await remove(unit, berta)
            return admins

        async with (
            asyncio.timeout(self.patience),
            asyncio.TaskGroup() as group,
            store.writing() as first,
        ):
            counted_first = await first.users.active_admins()
            second = group.create_task(remove_unless_last())
            await asyncio.wait([second], timeout=self.moment)
            await remove(first, anna)
            await first.commit()
        assert (counted_first, second.result()) == (2, 1)

    @every_removal
    async def test_admins_that_were_counted_stay_as_they_are(
        self, store: Store, remove: Removal
    ) -> None:
        """In a writing unit that counted the active admins none changes before its end."""
        admin = an_admin()
        await given(store, admin, an_admin())

        async def remove_without_asking() -> None:
            async with committing(store) as unit:
                await remove(unit, admin)

        async with (
            asyncio.timeout(self.patience),
            asyncio.TaskGroup() as group,
            store.writing() as first,
        ):
            await first.users.active_admins()
            second = group.create_task(remove_without_asking())
            await asyncio.wait([second], timeout=self.moment)
            assert not second.done(), "an admin went while their number was relied on"

    @pytest.mark.parametrize("build", [a_category, a_pic_team])
    async def test_one_of_many_entries_gets_the_slug(
        self, store: Store, build: Callable[[], Category | PicTeam]
    ) -> None:
        """Of parallel updates to one slug one is stored, the rest raise DuplicateSlug."""
        entries = [build() for _ in range(CROWD)]
        await given(store, *entries)

        async def rename(entry: Category | PicTeam) -> str:
            try:
                async with committing(store) as unit:
                    await _update(unit, replace(entry, slug="wanted-by-all"))
                    await asyncio.sleep(0)
            except DuplicateSlug:
                return "refused"
            return "renamed"

        outcomes = await all_at_once([partial(rename, one) for one in entries], self.patience)
        assert sorted(outcomes) == ["refused"] * (CROWD - 1) + ["renamed"]

    async def _stored_at_once(self, store: Store, choices: Sequence[Chosen]) -> set[str]:
        """Store all at the same time; returns the ids under which they were found afterwards."""

        async def store_one(choice: Chosen) -> str:
            async with committing(store) as unit:
                await put(unit, choice)
                await asyncio.sleep(0)  # gives way where nothing else makes the others wait
            async with store.reading() as unit:
                kept = await found(unit, choice)
            assert kept is not None
            return kept.id

        return set(await all_at_once([partial(store_one, one) for one in choices], self.patience))


async def _update(unit: UnitOfWork, entry: Category | PicTeam) -> None:
    match entry:
        case Category():
            await unit.taxonomy.update_category(entry)
        case PicTeam():
            await unit.taxonomy.update_pic_team(entry)
