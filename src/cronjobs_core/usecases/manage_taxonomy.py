"""Categories and PIC teams."""

from dataclasses import dataclass
from typing import Any

from cronjobs_core.domain import fields as read
from cronjobs_core.domain.errors import InvalidInput, NotFound
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.ids import CategoryId, PicTeamId
from cronjobs_core.domain.policy import Action, Scope, authorise, scope
from cronjobs_core.domain.taxonomy import (
    MAX_NAME,
    SEED_CATEGORIES,
    Category,
    PicTeam,
    category_change,
    slug_for,
    team_change,
)
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import Reading, Store
from cronjobs_core.ports.telling import Note
from cronjobs_core.ports.world import Clock, NewId


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageTaxonomy:
    """The two lists that jobs are sorted by."""

    store: Store
    clock: Clock
    new_id: NewId
    note: Note

    async def categories(self, actor: Actor, *, include_inactive: bool) -> list[Category]:
        """The categories by name; inactive ones for admins who ask for them, else left out."""
        authorise(actor, Action.READ)
        every = include_inactive and _sees_inactive(actor)
        async with self.store.reading() as view:
            return [one for one in await view.taxonomy.categories() if every or one.is_active]

    async def pic_teams(self, actor: Actor, *, include_inactive: bool) -> list[PicTeam]:
        """The PIC teams by name; inactive ones for admins who ask for them, else left out."""
        authorise(actor, Action.READ)
        every = include_inactive and _sees_inactive(actor)
        async with self.store.reading() as view:
            return [one for one in await view.taxonomy.pic_teams() if every or one.is_active]

    async def create_category(self, actor: Actor, fields: Fields) -> Category:
        """Add a category; raises InvalidInput, DuplicateSlug."""
        authorise(actor, Action.MANAGE_TAXONOMY)
        category = Category(id=CategoryId(self.new_id()), **self._new_entry(fields))
        async with self.store.writing() as uow:
            await uow.taxonomy.add_category(category)
            await self.note(uow, actor, "category.create", None, category)
            await uow.commit()
        return category

    async def create_pic_team(self, actor: Actor, fields: Fields) -> PicTeam:
        """Add a PIC team; raises InvalidInput, DuplicateSlug."""
        authorise(actor, Action.MANAGE_TAXONOMY)
        _required(fields, "name")  # the contract asks for both before it makes a slug
        handle = _required(fields, "slack_handle")
        entry = self._new_entry(fields)
        team = PicTeam(id=PicTeamId(self.new_id()), slack_handle=handle, **entry)
        async with self.store.writing() as uow:
            await uow.taxonomy.add_pic_team(team)
            await self.note(uow, actor, "pic_team.create", None, team)
            await uow.commit()
        return team

    async def change_category(
        self, actor: Actor, category_id: CategoryId, fields: Fields
    ) -> tuple[Category, int]:
        """Rename or switch a category; returns it and how many jobs follow it to a new slug.

        Raises NotFound, InvalidInput, DuplicateSlug.
        """
        authorise(actor, Action.MANAGE_TAXONOMY)
        async with self.store.writing() as uow:
            before = await _category(uow, category_id)
            after = before.change(category_change(before, fields), self.clock.now())
            await uow.taxonomy.update_category(after)
            moved = 0
            if after.slug != before.slug:
                moved = await uow.jobs.move_to_category(before.slug, after.slug)
            await self.note(uow, actor, "category.update", before, after)
            await uow.commit()
        return after, moved

    async def change_pic_team(
        self, actor: Actor, team_id: PicTeamId, fields: Fields
    ) -> tuple[PicTeam, int]:
        """The same for a PIC team and its Slack handle."""
        authorise(actor, Action.MANAGE_TAXONOMY)
        async with self.store.writing() as uow:
            before = await _pic_team(uow, team_id)
            after = before.change(team_change(before, fields), self.clock.now())
            await uow.taxonomy.update_pic_team(after)
            moved = 0
            if after.slug != before.slug:
                moved = await uow.jobs.move_to_pic_team(before.slug, after.slug)
            await self.note(uow, actor, "pic_team.update", before, after)
            await uow.commit()
        return after, moved

    async def disable_category(self, actor: Actor, category_id: CategoryId) -> Category:
        """Switch a category off; jobs keep referring to it. Raises NotFound, InvalidInput."""
        category, _ = await self.change_category(actor, category_id, {"is_active": False})
        return category

    async def disable_pic_team(self, actor: Actor, team_id: PicTeamId) -> PicTeam:
        """Switch a team off; jobs keep referring to it. Raises NotFound."""
        team, _ = await self.change_pic_team(actor, team_id, {"is_active": False})
        return team

    async def seed(self) -> None:
        """Add the built-in categories whose slugs are missing; the rest is left as it is."""
        async with self.store.reading() as view:
            present = {one.slug for one in await view.taxonomy.categories()}
        if all(slug in present for slug, _ in SEED_CATEGORIES):
            return
        now = self.clock.now()
        async with self.store.writing() as uow:
            present = {one.slug for one in await uow.taxonomy.categories()}
            for slug, name in SEED_CATEGORIES:
                if slug not in present:
                    category_id = CategoryId(self.new_id())
                    await uow.taxonomy.add_category(
                        Category(
                            id=category_id, slug=slug, name=name, created_at=now, updated_at=now
                        )
                    )
            await uow.commit()

    def _new_entry(self, fields: Fields) -> dict[str, Any]:
        name = _required(fields, "name")
        slug = slug_for(name, read.text(fields, "slug", MAX_NAME))
        now = self.clock.now()
        return {"slug": slug, "name": name, "created_at": now, "updated_at": now}


async def _category(view: Reading, category_id: CategoryId) -> Category:
    found = await view.taxonomy.category(category_id)
    if found is None:
        raise NotFound("Not found", f"No category found with ID: {category_id}")
    return found


async def _pic_team(view: Reading, team_id: PicTeamId) -> PicTeam:
    found = await view.taxonomy.pic_team(team_id)
    if found is None:
        raise NotFound("Not found", f"No PIC team found with ID: {team_id}")
    return found


def _sees_inactive(actor: Actor) -> bool:
    return scope(actor, Action.READ_INACTIVE_TAXONOMY) is not Scope.NO


def _required(fields: Fields, key: str) -> str:
    value = read.text(fields, key, MAX_NAME)
    if not value:
        raise InvalidInput("Missing required fields", f'"{key}" is required.')
    return value
