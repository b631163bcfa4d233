"""Categories and PIC teams."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import insert, select

from cronjobs_adapters.sqlalchemy.rows import from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import job_categories, pic_teams
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.errors import DuplicateSlug
from cronjobs_core.domain.taxonomy import Category, Entry, PicTeam


@dataclass(frozen=True, slots=True)
class SqlTaxonomy:
    """Implements `ports.store.Taxonomy`."""

    transaction: Transaction

    async def categories(self) -> list[Category]:
        rows = await self.transaction.rows(select(job_categories))
        return _by_name(from_row(Category, row) for row in rows)

    async def pic_teams(self) -> list[PicTeam]:
        rows = await self.transaction.rows(select(pic_teams))
        return _by_name(from_row(PicTeam, row) for row in rows)

    async def add_category(self, category: Category) -> None:
        clashes = {job_categories.c.slug: DuplicateSlug("Category", category.slug)}
        await self.transaction.write(insert(job_categories), to_row(category), clashes=clashes)

    async def add_pic_team(self, team: PicTeam) -> None:
        clashes = {pic_teams.c.slug: DuplicateSlug("PIC team", team.slug)}
        await self.transaction.write(insert(pic_teams), to_row(team), clashes=clashes)


def _by_name(entries: Iterable[Entry]) -> list[Entry]:
    """Sorted here: SQLite lowers ASCII letters only, and PostgreSQL sorts by its locale."""
    return sorted(entries, key=lambda one: (one.name.lower(), one.id))
