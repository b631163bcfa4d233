"""Categories and PIC teams."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Insert, Update, insert, select, update

from cronjobs_adapters.sqlalchemy.rows import columns, from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import job_categories, pic_teams
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.errors import DuplicateSlug
from cronjobs_core.domain.ids import CategoryId, PicTeamId
from cronjobs_core.domain.taxonomy import Category, Entry, PicTeam

_CATEGORIES: Final = select(*columns(Category))
_PIC_TEAMS: Final = select(*columns(PicTeam))


@dataclass(frozen=True, slots=True)
class SqlTaxonomy:
    """Implements `ports.record_repositories.Taxonomy`."""

    transaction: Transaction

    async def categories(self) -> list[Category]:
        rows = await self.transaction.rows(_CATEGORIES)
        return _by_name(from_row(Category, row) for row in rows)

    async def pic_teams(self) -> list[PicTeam]:
        rows = await self.transaction.rows(_PIC_TEAMS)
        return _by_name(from_row(PicTeam, row) for row in rows)

    async def category(self, category_id: CategoryId) -> Category | None:
        wanted = _CATEGORIES.where(job_categories.c.id == category_id)
        row = await self.transaction.row(wanted, lock=job_categories)
        return None if row is None else from_row(Category, row)

    async def pic_team(self, team_id: PicTeamId) -> PicTeam | None:
        wanted = _PIC_TEAMS.where(pic_teams.c.id == team_id)
        row = await self.transaction.row(wanted, lock=pic_teams)
        return None if row is None else from_row(PicTeam, row)

    async def add_category(self, category: Category) -> None:
        await self._write_category(insert(job_categories), category)

    async def update_category(self, category: Category) -> None:
        change = update(job_categories).where(job_categories.c.id == category.id)
        await self._write_category(change, category)

    async def add_pic_team(self, team: PicTeam) -> None:
        await self._write_pic_team(insert(pic_teams), team)

    async def update_pic_team(self, team: PicTeam) -> None:
        await self._write_pic_team(update(pic_teams).where(pic_teams.c.id == team.id), team)

    async def _write_category(self, statement: Insert | Update, category: Category) -> None:
        clashes = {job_categories.c.slug: DuplicateSlug("Category", category.slug)}
        await self.transaction.write(statement.values(to_row(category)), clashes=clashes)

    async def _write_pic_team(self, statement: Insert | Update, team: PicTeam) -> None:
        clashes = {pic_teams.c.slug: DuplicateSlug("PIC team", team.slug)}
        await self.transaction.write(statement.values(to_row(team)), clashes=clashes)


def _by_name(entries: Iterable[Entry]) -> list[Entry]:
    """Sorted here: SQLite lowers ASCII letters only, and PostgreSQL sorts by its locale."""
    return sorted(entries, key=lambda one: (one.name.lower(), one.id))
