"""A database with a few people and a team in it: made once, and what every test begins with."""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from api import NOW, Api, Person, running_api
from cronjobs_core.domain.users import Role
from integration.api.contents import Contents, connected, contents

ADMIN: Final = "admin"
USER: Final = "user"
OTHER: Final = "other"
VIEWER: Final = "viewer"
ROLES: Final = {ADMIN: Role.ADMIN, USER: Role.USER, OTHER: Role.USER, VIEWER: Role.VIEWER}
"""The people by user name; `other` is a second user, to whom nothing belongs."""


@dataclass(frozen=True, slots=True)
class Town:
    """The database, closed, with what it holds; and the people, who are signed in."""

    folder: Path
    contents: Contents
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
        return Town(folder, contents(api), people)


@asynccontextmanager
async def copy_of(town: Town, folder: Path, **settings: Any) -> AsyncIterator[Api]:
    """Give an application with `settings` over a copy of the town's database."""
    shutil.copytree(town.folder, folder, dirs_exist_ok=True)
    async with running_api(folder, **settings) as api:
        yield api


def restore(town: Town, api: Api) -> None:
    """Make the application's database and clock what they were in the beginning."""
    api.clock.set(NOW)
    with connected(api, mode="rw") as connection, connection:
        for table in town.contents:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name of ours
        for table, rows in town.contents.items():
            for row in rows:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608


def at_home(person: Person, api: Api) -> Person:
    """Return the person as a client of `api`, with the tokens that they have."""
    return replace(person, client=api.client)
