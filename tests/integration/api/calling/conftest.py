"""Applications whose jobs may call servers on this machine, one for each module."""

from collections.abc import AsyncIterator

import pytest

from api import Api
from integration.api.calling.neighbours import Neighbours, calling, neighbours
from integration.api.town import Town


@pytest.fixture(scope="module")
async def near() -> AsyncIterator[Neighbours]:
    """Give the servers that jobs call."""
    async with neighbours() as both:
        yield both


@pytest.fixture(scope="module")
async def application(
    town: Town, near: Neighbours, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    """Give an application whose jobs may call them."""
    async with calling(town, tmp_path_factory.mktemp("calling"), near) as api:
        yield api


@pytest.fixture(autouse=True)
def fresh(near: Neighbours) -> None:
    """Begin with empty logs."""
    near.forget()
