"""Registering users; categories and PIC teams; cron tools; reading the history."""

import asyncio
from typing import Any

import pytest

from cronjobs_core.domain.errors import (
    AccountTaken,
    DuplicateSlug,
    InvalidCronExpression,
    InvalidInput,
    NotFound,
    RoleRequired,
)
from cronjobs_core.domain.executions import ExecutionFilter
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.users import Role
from house import House

NEW = {"username": "Taro_1", "email": "Taro@Example.com", "password": "secret1"}


async def test_registered_user_is_stored_lower_case_and_can_sign_in(house: House) -> None:
    """Names and addresses have one form; a new account is an active viewer unless said."""
    user = await house.services.manage_users.register(await house.user(Role.ADMIN), NEW)
    assert (user.username, user.email) == ("taro_1", "taro@example.com")
    assert (user.role, user.is_active) == (Role.VIEWER, True)
    await house.services.sign_in.log_in("taro@example.com", "secret1")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"username": None}, "Missing required fields"),
        ({"username": "ab"}, "Invalid username"),
        ({"username": "john.doe"}, "Invalid username"),
        ({"username": 5}, "Invalid username"),
        ({"email": "not-an-email"}, "Invalid email"),
        ({"email": f"{'a' * 120}@example.com"}, "Invalid email"),
        ({"password": "short"}, "Password must be at least 6 characters long"),
        ({"password": "x" * 129}, "Password must be at most 128 characters long"),
        ({"role": "root"}, "Invalid role"),
        ({"role": 5}, "Invalid role"),
        ({"is_active": "false"}, "Invalid is_active"),
    ],
)
async def test_senseless_account_is_refused(
    house: House, fields: dict[str, Any], error: str
) -> None:
    """What an account must be is said in the error's title."""
    with pytest.raises(InvalidInput) as refused:
        await house.services.manage_users.register(await house.user(Role.ADMIN), NEW | fields)
    assert refused.value.error == error


async def test_account_names_are_unique_in_any_case(house: House) -> None:
    """A user name or address that exists is refused, whatever its case."""
    admin = await house.user(Role.ADMIN)
    register = house.services.manage_users.register
    await register(admin, NEW)
    with pytest.raises(AccountTaken, match="Username"):
        await register(admin, NEW | {"username": "TARO_1", "email": "b@example.com"})
    with pytest.raises(AccountTaken, match="Email"):
        await register(admin, NEW | {"username": "taro_2"})
    with pytest.raises(RoleRequired):
        await register(await house.user(), NEW)


async def test_first_admin_is_made_once(house: House) -> None:
    """Twenty processes that start at once on an empty store make one admin (C100)."""
    ensure = house.services.manage_users.ensure_first_admin
    made = await asyncio.gather(
        *(ensure("admin", "admin@example.com", "secret1") for _ in range(20))
    )
    assert len([user for user in made if user is not None]) == 1
    assert await ensure("other", "other@example.com", "secret1") is None


async def test_operator_makes_further_admins(house: House) -> None:
    """The command line makes an admin whoever else there is."""
    await house.user()
    user = await house.services.manage_users.create_admin("boss", "boss@example.com", "secret1")
    assert user.role is Role.ADMIN


async def test_lists_hide_the_inactive_except_from_admins_who_ask(house: House) -> None:
    """Others ask in vain for inactive teams, and are not told so."""
    await house.team("Old", is_active=False)
    await house.team("New")
    admin, user = await house.user(Role.ADMIN), await house.user()
    lists = house.services.manage_taxonomy
    assert len(await lists.pic_teams(admin, include_inactive=True)) == 2
    assert len(await lists.pic_teams(admin, include_inactive=False)) == 1
    assert len(await lists.pic_teams(user, include_inactive=True)) == 1


async def test_new_entries_get_their_slug_from_the_name(house: House) -> None:
    """Slugs are made of names unless given, and are unique."""
    admin = await house.user(Role.ADMIN)
    lists = house.services.manage_taxonomy
    category = await lists.create_category(admin, {"name": " Smoke / Tests "})
    assert (category.name, category.slug) == ("Smoke / Tests", "smoke-tests")
    with pytest.raises(DuplicateSlug):
        await lists.create_category(admin, {"name": "Smoke Tests"})
    other = await lists.create_category(admin, {"name": "Smoke Tests", "slug": "Other One"})
    assert other.slug == "other-one"
    team = await lists.create_pic_team(admin, {"name": "Payments", "slack_handle": "@pay"})
    assert team.slack_handle == "@pay"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, '"name" is required.'),
        ({"name": "A"}, '"slack_handle" is required.'),
        ({"name": "!!!", "slack_handle": "@x"}, "Unable to generate a valid slug from name."),
        ({"name": "a" * 150, "slack_handle": "@x"}, "slug must be at most 100 characters."),
    ],
)
async def test_incomplete_team_is_refused(
    house: House, fields: dict[str, Any], message: str
) -> None:
    """Each missing or senseless part of a team is named."""
    with pytest.raises(InvalidInput) as refused:
        await house.services.manage_taxonomy.create_pic_team(await house.user(Role.ADMIN), fields)
    assert refused.value.message == message


async def test_seeding_adds_what_is_missing_and_only_that(house: House) -> None:
    """The built-in categories are there after the first start, once, beside the users' own."""
    lists = house.services.manage_taxonomy
    admin = await house.user(Role.ADMIN)
    await lists.create_category(admin, {"name": "My Refunds", "slug": "refund"})
    await lists.seed()
    await lists.seed()
    found = await lists.categories(admin, include_inactive=True)
    assert len(found) == 7
    assert next(one.name for one in found if one.slug == "refund") == "My Refunds"


async def test_cron_tools_agree_with_what_fires(house: House) -> None:
    """Check, description and preview come from the expression that jobs fire by."""
    user = await house.user(Role.VIEWER)
    tools = house.services.cron_tools
    assert tools.check(user, "0 10 * * 2").problem is None
    assert "exactly 5 fields" in (tools.check(user, "@daily").problem or "")
    assert tools.describe(user, "0 2 * * *") == "At 02:00 AM, every day"
    runs = tools.preview(user, "0 10 * * 2", 99)
    assert len(runs) == 20
    assert runs[0].isoformat() == "2026-12-01T10:00:00+09:00"
    assert tools.preview(user, "* * * * *", -1) == []
    with pytest.raises(InvalidCronExpression):
        tools.describe(user, "x")


async def test_history_is_found_by_job_and_by_id(house: House) -> None:
    """Lists, single rows and statistics agree; what does not exist is not found."""
    await house.start()
    user = await house.user()
    job = await house.job(user)
    await house.pass_time(31)
    await house.pass_time(60)
    reads = house.services.read_executions
    history = await reads.of_job(user, job.id, ExecutionFilter(), limit=1)
    assert (len(history.executions), history.total) == (1, 2)
    newest = history.executions[0]
    assert (await reads.get(user, newest.id)).execution == newest
    assert await reads.one_of_job(user, job.id, newest.id) == (job, newest)
    page, total = await reads.page(user, ExecutionFilter(), Page(1, 10))
    assert (len(page), total, page[0].job_name) == (2, 2, job.name)
    counts = await reads.statistics_of_job(user, job.id)
    assert (counts.statistics.success, counts.latest) == (2, newest)
    assert (await reads.statistics(user, ExecutionFilter())).success_rate == 100.0
    for wrong in (
        reads.get(user, ExecutionId("x")),
        reads.of_job(user, JobId("x"), ExecutionFilter(), 1),
        reads.one_of_job(user, job.id, ExecutionId("x")),
        reads.statistics_of_job(user, JobId("x")),
    ):
        with pytest.raises(NotFound):
            await wrong


async def test_job_that_never_ran_has_empty_statistics(house: House) -> None:
    """Zero runs make zero per cent and no latest execution."""
    user = await house.user()
    job = await house.job(user)
    found = await house.services.read_executions.statistics_of_job(user, job.id)
    assert (found.statistics.total, found.statistics.success_rate, found.latest) == (0, 0.0, None)
