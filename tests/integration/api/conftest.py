"""The real application on SQLite, and the people who use it.

To build an application costs more than to empty its database, so the tests of a process share
one; each finds the town as it was founded. A module that needs other settings overrides
`application` by a fixture of its own, of the scope `module`.
"""

from collections.abc import AsyncIterator, Iterator

import pytest

from api import Api, Person
from integration.api.town import (
    ADMIN,
    OTHER,
    USER,
    VIEWER,
    Town,
    at_home,
    copy_of,
    found_town,
    restore,
)

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(scope="session", autouse=True)
def no_proxy() -> Iterator[None]:
    """Leave the proxies of the developer's machine out of it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in PROXIES:
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        yield


@pytest.fixture(scope="session")
async def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Give what every test begins with."""
    return await found_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
async def application(town: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """Give the application with its default settings."""
    async with copy_of(town, tmp_path_factory.mktemp("application")) as api:
        yield api


@pytest.fixture
def api(application: Api, town: Town) -> Api:
    """Give the application, and in it the town as it was founded."""
    restore(town, application)
    return application


@pytest.fixture
def admin(town: Town, api: Api) -> Person:
    """Give an admin who is signed in."""
    return at_home(town.people[ADMIN], api)


@pytest.fixture
def user(town: Town, api: Api) -> Person:
    """Give a user who is signed in."""
    return at_home(town.people[USER], api)


@pytest.fixture
def other(town: Town, api: Api) -> Person:
    """Give another user, to whom nothing belongs."""
    return at_home(town.people[OTHER], api)


@pytest.fixture
def viewer(town: Town, api: Api) -> Person:
    """Give a viewer who is signed in."""
    return at_home(town.people[VIEWER], api)
