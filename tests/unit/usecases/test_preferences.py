"""What users choose for themselves (contract 4.3, C-24, F-15)."""

import asyncio
from dataclasses import asdict
from typing import Any

import pytest

from cronjobs_core.domain.errors import InvalidInput, NotFound, NotYours
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.preferences import NotificationPreferences, UiPreferences
from cronjobs_core.domain.users import Role
from house import House
from unit.usecases.hesitant import hesitant

FLAGS = {
    "email_on_job_success": True,
    "email_on_job_failure": True,
    "email_on_job_disabled": False,
    "browser_notifications": False,
    "daily_digest": False,
    "weekly_report": False,
}
COLUMNS = {
    "pic_team": True,
    "end_date": True,
    "cron_expression": False,
    "target_url": False,
    "last_execution_at": False,
}
UNKNOWN = UserId("does-not-exist")
NO_ACCESS = "Forbidden: Cannot access other users preferences"
NO_UPDATE = "Forbidden: Cannot update other users preferences"


async def stored(
    house: House, user_id: UserId
) -> tuple[NotificationPreferences | None, UiPreferences | None]:
    """Both rows of the user, as stored now."""
    async with house.store.reading() as view:
        return await view.preferences.notification(user_id), await view.preferences.ui(user_id)


async def test_the_first_look_stores_the_defaults(house: House) -> None:
    """Whoever looks first makes the rows; looking again finds the same."""
    user = await house.user(Role.VIEWER)
    keep = house.services.keep_preferences
    flags = await keep.notification_flags(user, user.user_id)
    columns = await keep.table_columns(user, user.user_id)
    assert asdict(flags.flags) == FLAGS
    assert columns.jobs_table_columns == COLUMNS
    assert await stored(house, user.user_id) == (flags, columns)
    house.clock.tick(60)
    assert await keep.notification_flags(user, user.user_id) == flags
    assert await keep.table_columns(user, user.user_id) == columns


@pytest.mark.parametrize("name", FLAGS)
async def test_a_flag_changes_alone(house: House, name: str) -> None:
    """C-24: also where the first call is a change, the other flags are those of a first look."""
    user = await house.user()
    change = house.services.keep_preferences.change_notification_flags
    first = await change(user, user.user_id, {name: not FLAGS[name], "unknown": 1})
    assert asdict(first.flags) == FLAGS | {name: not FLAGS[name]}
    house.clock.tick(60)
    second = await change(user, user.user_id, {name: None, "daily_digest": True})
    assert asdict(second.flags) == FLAGS | {name: not FLAGS[name], "daily_digest": True}
    assert (second.id, second.created_at) == (first.id, first.created_at)
    assert second.updated_at == house.clock.now()
    assert (await stored(house, user.user_id))[0] == second


async def test_a_change_of_nothing_stores_the_defaults(house: House) -> None:
    """An empty change is a look."""
    user = await house.user()
    change = house.services.keep_preferences.change_notification_flags
    first = await change(user, user.user_id, {})
    house.clock.tick(60)
    assert await change(user, user.user_id, {}) == first


@pytest.mark.parametrize("value", ["false", "true", 0, 1, [], {}], ids=repr)
async def test_a_flag_is_a_boolean(house: House, value: object) -> None:
    """F-27: "false" is not true; no row is made of a request that is refused."""
    user = await house.user()
    keep = house.services.keep_preferences
    with pytest.raises(InvalidInput) as refused:
        await keep.change_notification_flags(
            user, user.user_id, {"daily_digest": True, "weekly_report": value}
        )
    assert refused.value.error == "Invalid weekly_report"
    with pytest.raises(InvalidInput) as refused:
        await keep.change_table_columns(
            user, user.user_id, {"jobs_table_columns": {"end_date": False, "target_url": value}}
        )
    assert refused.value.error == "Invalid target_url"
    assert await stored(house, user.user_id) == (None, None)


async def test_columns_not_sent_are_the_default_again(house: House) -> None:
    """Each choice is whole: what it leaves out is not what was stored, and unknown keys go."""
    user = await house.user()
    change = house.services.keep_preferences.change_table_columns
    first = await change(user, user.user_id, {"jobs_table_columns": {"target_url": True, "x": 1}})
    assert first.jobs_table_columns == COLUMNS | {"target_url": True}
    house.clock.tick(60)
    second = await change(
        user, user.user_id, {"jobs_table_columns": {"pic_team": False, "end_date": None}}
    )
    assert second.jobs_table_columns == COLUMNS | {"pic_team": False}
    assert (second.id, second.created_at) == (first.id, first.created_at)
    assert second.updated_at == house.clock.now()
    assert (await stored(house, user.user_id))[1] == second


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({}, "Missing required fields", '"jobs_table_columns" is required.'),
        (
            {"jobs_table_columns": None},
            "Missing required fields",
            '"jobs_table_columns" is required.',
        ),
        ({"jobs_table_columns": []}, "Invalid payload", '"jobs_table_columns" must be an object.'),
        ({"jobs_table_columns": "x"}, "Invalid payload", '"jobs_table_columns" must be an object.'),
    ],
)
async def test_columns_are_an_object(
    house: House, fields: dict[str, Any], error: str, message: str
) -> None:
    """What is missing and what is no object are told apart; neither makes a row."""
    user = await house.user()
    with pytest.raises(InvalidInput) as refused:
        await house.services.keep_preferences.change_table_columns(user, user.user_id, fields)
    assert (refused.value.error, refused.value.message) == (error, message)
    assert await stored(house, user.user_id) == (None, None)


@pytest.mark.parametrize("role", [Role.USER, Role.VIEWER])
async def test_others_preferences_are_nobodys_business(house: House, role: Role) -> None:
    """One's own only, and nobody learns which ids exist; before any field is looked at."""
    actor, other = await house.user(role), await house.user()
    keep = house.services.keep_preferences
    for wanted in (other.user_id, UNKNOWN):
        for attempt, sentence in (
            (keep.notification_flags(actor, wanted), NO_ACCESS),
            (keep.table_columns(actor, wanted), NO_ACCESS),
            (keep.change_notification_flags(actor, wanted, {"daily_digest": 1}), NO_UPDATE),
            (keep.change_table_columns(actor, wanted, {}), NO_UPDATE),
        ):
            with pytest.raises(NotYours) as refused:
                await attempt
            assert (refused.value.error, refused.value.message) == (sentence, None)
        with pytest.raises(NotYours):
            keep.check_owner(actor, wanted)
    keep.check_owner(actor, actor.user_id)
    assert await stored(house, other.user_id) == (None, None)


async def test_admins_choose_for_anybody_who_exists(house: House) -> None:
    """An admin sets another user's preferences; for nobody there are none."""
    admin, user = await house.user(Role.ADMIN), await house.user()
    keep = house.services.keep_preferences
    await keep.check_user(user.user_id)
    await keep.change_notification_flags(admin, user.user_id, {"daily_digest": True})
    assert (await keep.notification_flags(user, user.user_id)).flags.daily_digest
    await keep.change_table_columns(admin, user.user_id, {"jobs_table_columns": {}})
    assert (await keep.table_columns(admin, user.user_id)).jobs_table_columns == COLUMNS
    for attempt in (
        keep.check_user(UNKNOWN),
        keep.notification_flags(admin, UNKNOWN),
        keep.table_columns(admin, UNKNOWN),
        keep.change_notification_flags(admin, UNKNOWN, {}),
        keep.change_table_columns(admin, UNKNOWN, {"jobs_table_columns": {}}),
    ):
        with pytest.raises(NotFound, match="User not found"):
            await attempt


async def test_fifty_first_looks_find_one_row(house: House) -> None:
    """F-15: whoever comes first makes the row, and all others are given that one."""
    user = await house.user()
    keep = hesitant(house.services.keep_preferences)
    flags = await asyncio.gather(*(keep.notification_flags(user, user.user_id) for _ in range(50)))
    columns = await asyncio.gather(*(keep.table_columns(user, user.user_id) for _ in range(50)))
    assert {one.id for one in flags} == {flags[0].id}
    assert {one.id for one in columns} == {columns[0].id}
    assert (await stored(house, user.user_id)) == (flags[-1], columns[-1])


async def test_a_first_look_does_not_undo_a_choice(house: House) -> None:
    """A tab that looked before there was a row does not put the defaults over a choice."""
    user = await house.user()
    keep = hesitant(house.services.keep_preferences)
    columns, flags = {"jobs_table_columns": {"pic_team": False}}, {"daily_digest": True}
    await asyncio.gather(
        *(keep.table_columns(user, user.user_id) for _ in range(20)),
        *(keep.notification_flags(user, user.user_id) for _ in range(20)),
        keep.change_table_columns(user, user.user_id, columns),
        keep.change_notification_flags(user, user.user_id, flags),
    )
    chosen = await keep.table_columns(user, user.user_id)
    assert chosen.jobs_table_columns == COLUMNS | {"pic_team": False}
    assert (await keep.notification_flags(user, user.user_id)).flags.daily_digest


async def test_flags_set_at_once_are_all_kept(house: House) -> None:
    """Two tabs that set different flags lose neither, though there was no row before."""
    user = await house.user()
    keep = hesitant(house.services.keep_preferences)
    await asyncio.gather(
        *(
            keep.change_notification_flags(user, user.user_id, {name: not value})
            for name, value in FLAGS.items()
        )
    )
    found = await keep.notification_flags(user, user.user_id)
    assert asdict(found.flags) == {name: not value for name, value in FLAGS.items()}
