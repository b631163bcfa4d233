"""A database with a few people and a team in it: made once, and what every test begins with."""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, insert

from api import NOW, Api, Person, running_api
from cronjobs_adapters.sqlalchemy.tables import metadata
from cronjobs_core.domain.users import Role
from integration.api.contents import rows

ADMIN: Final = "admin"
USER: Final = "user"
OTHER: Final = "other"
VIEWER: Final = "viewer"
ROLES: Final = {ADMIN: Role.ADMIN, USER: Role.USER, OTHER: Role.USER, VIEWER: Role.VIEWER}
"""The people by user name; `other` is a second user, to whom nothing belongs."""


@dataclass(frozen=True, slots=True)
class Town:
    """The database's file and its rows, and the people, who are signed in."""

    folder: Path
    rows: Mapping[str, list[dict[str, Any]]]
    people: Mapping[str, Person]


async def found_town(folder: Path) -> Town:
    """Make the people, and the team `payments`."""
    async with running_api(folder) as api:
        people = {
            name: await api.user(role, username=name, email=f"{name}@example.com")
            for name, role in ROLES.items()
        }
        team = {"name": "Payments", "slack_handle": "@payments"}
        assert (await people[ADMIN].post("/pic-teams", team)).status_code == 201
        return Town(folder, {name: await rows(api, name) for name in metadata.tables}, people)


@asynccontextmanager
async def copy_of(town: Town, folder: Path, **settings: Any) -> AsyncIterator[Api]:
    """Give an application with `settings` over a copy of the town's database."""
    shutil.copytree(town.folder, folder, dirs_exist_ok=True)
    async with running_api(folder, **settings) as api:
        yield api


async def restore(town: Town, api: Api) -> None:
    """Make the application's database and clock what they were in the beginning."""
    api.clock.set(NOW)
    async with api.container.engine().begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(delete(table))
        for table in metadata.sorted_tables:
            if town.rows[table.name]:
                await connection.execute(insert(table), town.rows[table.name])


def at_home(person: Person, api: Api) -> Person:
    """Return the person as a client of `api`, with the tokens that they have."""
    return replace(person, client=api.client)
