"""What the tests of whole processes share."""

from collections.abc import AsyncIterator

import pytest

from servers.hostile import HostileServer


@pytest.fixture
async def target() -> AsyncIterator[HostileServer]:
    """Give a server for jobs to call."""
    async with HostileServer() as server:
        yield server
