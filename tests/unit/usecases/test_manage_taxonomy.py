"""Changing categories and PIC teams (contract 4.12, F-01, F-15, F-35)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.errors import (
    CronjobsError,
    DuplicateSlug,
    InvalidInput,
    NotFound,
    RoleRequired,
    Unavailable,
)
from cronjobs_core.domain.ids import CategoryId, PicTeamId
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Actor, Role
from cronjobs_core.testing.builders import a_category, a_job, a_pic_team
from house import House
from unit.usecases.hesitant import hesitant

Entry = Category | PicTeam
Change = Callable[[House, Actor, str, dict[str, Any]], Awaitable[tuple[Entry, int]]]
Disable = Callable[[House, Actor, str], Awaitable[Entry]]

SLUG_KEY = "Slug cannot be edited directly; it is derived from name."


async def change_category(
    house: House, actor: Actor, entry_id: str, fields: dict[str, Any]
) -> tuple[Entry, int]:
    """Change a category."""
    return await house.services.manage_taxonomy.change_category(actor, CategoryId(entry_id), fields)


async def change_team(
    house: House, actor: Actor, entry_id: str, fields: dict[str, Any]
) -> tuple[Entry, int]:
    """Change a PIC team."""
    return await house.services.manage_taxonomy.change_pic_team(actor, PicTeamId(entry_id), fields)


async def disable_category(house: House, actor: Actor, entry_id: str) -> Entry:
    """Switch a category off."""
    return await house.services.manage_taxonomy.disable_category(actor, CategoryId(entry_id))


async def disable_team(house: House, actor: Actor, entry_id: str) -> Entry:
    """Switch a PIC team off."""
    return await house.services.manage_taxonomy.disable_pic_team(actor, PicTeamId(entry_id))


BOTH = pytest.mark.parametrize("change", [change_category, change_team])
BOTH_OFF = pytest.mark.parametrize("disable", [disable_category, disable_team])


async def entry(house: House, change: Callable[..., Any], **values: Any) -> Entry:
    """A stored category or team: the kind that `change` changes."""
    async with house.store.writing() as uow:
        if change in (change_category, disable_category):
            category = a_category(**values)
            await uow.taxonomy.add_category(category)
            await uow.commit()
            return category
        team = a_pic_team(**values)
        await uow.taxonomy.add_pic_team(team)
        await uow.commit()
        return team


async def everything(house: House) -> list[Any]:
    """Both lists, and to what every job refers."""
    async with house.store.reading() as view:
        jobs = [(job.id, job.category, job.pic_team) for job in await view.jobs.active()]
        return [*await view.taxonomy.categories(), *await view.taxonomy.pic_teams(), *jobs]


async def last_entry(house: House) -> AuditEntry:
    """The newest audit entry."""
    async with house.store.reading() as view:
        found, _ = await view.audit.page(Page(1, 1))
    return found[0]


@BOTH
async def test_a_new_name_brings_its_slug_and_the_jobs_follow(house: House, change: Change) -> None:
    """F-35: jobs go on referring to the entry, active or not; others are not touched."""
    admin = await house.user(Role.ADMIN)
    before = await entry(house, change, name="Ops", slug="ops")
    both = {"category": "ops", "pic_team": "ops"}
    for job in (a_job(**both), a_job(**both, is_active=False), a_job(category="x", pic_team="x")):
        await house.stored_job(job)
    after, moved = await change(house, admin, before.id, {"name": " Data  Base! "})
    assert (after.name, after.slug, moved) == ("Data  Base!", "data-base", 2)
    assert after == replace(
        before, name="Data  Base!", slug="data-base", updated_at=house.clock.now()
    )
    assert after in await everything(house)
    async with house.store.reading() as view:
        jobs = await view.jobs.active()
    is_category = change is change_category
    assert sorted((job.category, job.pic_team) for job in jobs) == sorted(
        [("data-base", "ops") if is_category else ("ops", "data-base"), ("x", "x")]
    )


@BOTH
@pytest.mark.parametrize(
    ("fields", "active"),
    [
        ({}, True),
        ({"name": None, "is_active": None, "slug": None}, True),
        ({"name": "OPS"}, True),
        ({"name": "Ops"}, True),
        ({"is_active": False}, False),
        ({"is_active": False, "name": "Ops", "unknown": 1}, False),
    ],
)
async def test_what_keeps_the_slug_moves_no_job(
    house: House, change: Change, fields: dict[str, Any], active: bool
) -> None:
    """The count of moved jobs is 0, and jobs keep referring to a disabled entry."""
    admin = await house.user(Role.ADMIN)
    before = await entry(house, change, name="Ops", slug="ops")
    await house.stored_job(a_job(category="ops", pic_team="ops"))
    after, moved = await change(house, admin, before.id, fields)
    assert (after.slug, after.is_active, moved) == ("ops", active, 0)
    assert after.name == (fields.get("name") or "Ops")


async def test_a_team_gets_another_handle(house: House) -> None:
    """The handle changes alone; null leaves it."""
    admin = await house.user(Role.ADMIN)
    before = await entry(house, change_team, slack_handle="@old")
    for sent, handle in (({"slack_handle": " @new "}, "@new"), ({"slack_handle": None}, "@new")):
        after, _ = await change_team(house, admin, before.id, sent)
        assert isinstance(after, PicTeam)
        assert after.slack_handle == handle


@BOTH
@pytest.mark.parametrize(
    ("fields", "kind", "error"),
    [
        ({"name": " "}, InvalidInput, "Invalid name"),
        ({"name": 5}, InvalidInput, "Invalid name"),
        ({"name": "!!!"}, InvalidInput, "Invalid slug"),
        ({"name": "x" * 101}, InvalidInput, "Invalid slug"),
        ({"name": "TAKEN!"}, DuplicateSlug, "Duplicate slug"),
        ({"name": "New", "slug": "new"}, InvalidInput, "Invalid payload"),
        ({"name": "New", "slug": ""}, InvalidInput, "Invalid payload"),
        ({"name": "New", "is_active": "false"}, InvalidInput, "Invalid is_active"),
    ],
)
async def test_a_change_that_is_refused_moves_no_job_and_renames_nothing(
    house: House, change: Change, fields: dict[str, Any], kind: type[CronjobsError], error: str
) -> None:
    """F-01: a good name beside a slug key or a bad flag is not stored, nor its jobs moved."""
    admin = await house.user(Role.ADMIN)
    await entry(house, change, name="Taken", slug="taken")
    before = await entry(house, change, name="Ops", slug="ops")
    await house.stored_job(a_job(category="ops", pic_team="ops"))
    stored = await everything(house)
    with pytest.raises(kind) as refused:
        await change(house, admin, before.id, fields)
    assert refused.value.error == error
    assert await everything(house) == stored
    assert await house.audited() == []


async def test_an_empty_handle_is_refused_with_all_that_came_with_it(house: House) -> None:
    """F-01 for teams: the name beside it stays what it was."""
    admin = await house.user(Role.ADMIN)
    before = await entry(house, change_team)
    stored = await everything(house)
    with pytest.raises(InvalidInput, match="slack_handle cannot be empty"):
        await change_team(house, admin, before.id, {"name": "New", "slack_handle": "  "})
    assert await everything(house) == stored


@pytest.mark.parametrize(
    ("fields", "done"),
    [
        ({"name": "Other"}, "renamed"),
        ({"name": "general"}, "renamed"),
        ({"name": "Other", "slug": "x"}, "renamed"),
        ({"is_active": False}, "disabled"),
    ],
)
async def test_general_stays_as_it_is(house: House, fields: dict[str, Any], done: str) -> None:
    """F-35, decision 0.13: jobs fall back on it, so it keeps its name and stays active."""
    admin = await house.user(Role.ADMIN)
    general = await entry(house, change_category, name="General", slug="general")
    stored = await everything(house)
    with pytest.raises(InvalidInput) as refused:
        await change_category(house, admin, general.id, fields)
    assert refused.value.error == "Invalid category"
    assert refused.value.message == f'The "General" category cannot be {done}.'
    with pytest.raises(InvalidInput, match="cannot be disabled"):
        await disable_category(house, admin, general.id)
    assert await everything(house) == stored
    after, _ = await change_category(house, admin, general.id, {"name": "General"})
    assert after.name == "General"


async def test_a_team_may_be_called_general(house: House) -> None:
    """The rule is about the category alone."""
    admin = await house.user(Role.ADMIN)
    team = await entry(house, change_team, name="General", slug="general")
    assert not (await disable_team(house, admin, team.id)).is_active
    after, _ = await change_team(house, admin, team.id, {"name": "Other"})
    assert after.slug == "other"


@BOTH_OFF
async def test_a_disabled_entry_is_kept(house: House, disable: Disable) -> None:
    """Disabling twice is disabling once; jobs keep referring to it."""
    admin = await house.user(Role.ADMIN)
    before = await entry(house, disable, slug="ops")
    await house.stored_job(a_job(category="ops", pic_team="ops"))
    for _ in range(2):
        after = await disable(house, admin, before.id)
        assert (after.id, after.is_active) == (before.id, False)
    async with house.store.reading() as view:
        (job,) = await view.jobs.active()
    assert (job.category, job.pic_team) == ("ops", "ops")


async def test_what_does_not_exist_is_named(house: House) -> None:
    """The sentences of the contract's 404, and the kind matters: a team is no category."""
    admin = await house.user(Role.ADMIN)
    team = await entry(house, change_team)
    for attempt, sentence in (
        (change_category(house, admin, team.id, {}), f"No category found with ID: {team.id}"),
        (disable_category(house, admin, "x"), "No category found with ID: x"),
        (change_team(house, admin, "x", {}), "No PIC team found with ID: x"),
        (disable_team(house, admin, "x"), "No PIC team found with ID: x"),
    ):
        with pytest.raises(NotFound) as refused:
            await attempt
        assert (refused.value.error, refused.value.message) == ("Not found", sentence)


@pytest.mark.parametrize("role", [Role.USER, Role.VIEWER])
async def test_the_lists_are_the_admins_to_change(house: House, role: Role) -> None:
    """Others are refused before anything is looked for."""
    actor = await house.user(role)
    for attempt in (
        change_category(house, actor, "x", {}),
        change_team(house, actor, "x", {}),
        disable_category(house, actor, "x"),
        disable_team(house, actor, "x"),
    ):
        with pytest.raises(RoleRequired, match="Admin access required"):
            await attempt


@BOTH
async def test_a_change_is_in_the_audit_log(house: House, change: Change) -> None:
    """Who renamed what from what: only what differs."""
    admin = await house.user(Role.ADMIN)
    before = await entry(house, change, name="Ops", slug="ops")
    await change(house, admin, before.id, {"name": "New", "is_active": False})
    kind = "category" if change is change_category else "pic_team"
    found = await last_entry(house)
    assert (found.actor_id, found.action, found.entity_type, found.entity_id) == (
        admin.user_id,
        f"{kind}.update",
        kind,
        before.id,
    )
    assert found.before == {"name": "Ops", "slug": "ops", "is_active": True}
    assert found.after == {"name": "New", "slug": "new", "is_active": False}


async def test_without_its_audit_entry_no_change_happens(house: House) -> None:
    """The entry, the entry's jobs and the entry itself are one transaction."""
    admin = await house.user(Role.ADMIN)
    category = await entry(house, change_category, slug="ops")
    team = await entry(house, change_team, slug="ops")
    await house.stored_job(a_job(category="ops", pic_team="ops"))

    async def out_of_reach(*_: object) -> None:
        raise Unavailable("The store is out of reach.")

    broken = replace(house.services.manage_taxonomy, note=out_of_reach)
    stored = await everything(house)
    for attempt in (
        broken.create_category(admin, {"name": "New"}),
        broken.create_pic_team(admin, {"name": "New", "slack_handle": "@new"}),
        broken.change_category(admin, CategoryId(category.id), {"name": "New"}),
        broken.change_pic_team(admin, PicTeamId(team.id), {"name": "New"}),
        broken.disable_category(admin, CategoryId(category.id)),
    ):
        with pytest.raises(Unavailable):
            await attempt
    assert await everything(house) == stored


@BOTH
async def test_of_many_renamed_to_one_slug_one_is(house: House, change: Change) -> None:
    """F-15: the others keep their names, and their jobs."""
    admin = await house.user(Role.ADMIN)
    many = [await entry(house, change, slug=f"old-{n}") for n in range(20)]
    for n in range(20):
        await house.stored_job(a_job(category=f"old-{n}", pic_team=f"old-{n}"))
    house.services = replace(
        house.services, manage_taxonomy=hesitant(house.services.manage_taxonomy)
    )
    results = await asyncio.gather(
        *(change(house, admin, one.id, {"name": "New One"}) for one in many),
        return_exceptions=True,
    )
    assert sum(isinstance(one, DuplicateSlug) for one in results) == 19
    async with house.store.reading() as view:
        jobs = await view.jobs.active()
    used = [job.category if change is change_category else job.pic_team for job in jobs]
    assert used.count("new-one") == 1


async def test_seeding_at_once_with_another_process_adds_each_category_once(house: House) -> None:
    """Two first starts over one database make one set of categories."""
    neighbour = House(neighbour=house)
    await asyncio.gather(
        *(hesitant(one.services.manage_taxonomy).seed() for one in (house, neighbour, house))
    )
    found = await house.services.manage_taxonomy.categories(
        await house.user(Role.ADMIN), include_inactive=True
    )
    assert len({one.slug for one in found}) == len(found) == 7
