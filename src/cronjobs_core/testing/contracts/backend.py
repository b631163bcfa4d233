"""Under what the contracts of asynchronous ports run."""

import pytest


class OnAsyncio:
    """Tests that need an event loop run on asyncio, the one under which the core runs."""

    @pytest.fixture(scope="session")
    @classmethod
    def anyio_backend(cls) -> str:
        """Ask anyio's plugin for asyncio alone."""
        return "asyncio"
