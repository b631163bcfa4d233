"""What all tests share: the asyncio backend, hypothesis profiles and a real PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.workermanage import WorkerController

from postgres import PostgresServer, new_root, remove, shared_server

POSTGRES_ROOT = pytest.StashKey[Path]()

# Examples must not depend on the day, and a busy machine must not fail a correct rule.
settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", deadline=None, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config: pytest.Config) -> None:
    """Name the place of the run's PostgreSQL; a worker is told it by the process that leads."""
    handed_over = getattr(config, "workerinput", {}).get("postgres_root")
    config.stash[POSTGRES_ROOT] = Path(handed_over) if handed_over else new_root()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Tell a worker where the run's PostgreSQL is."""
    node.workerinput["postgres_root"] = str(node.config.stash[POSTGRES_ROOT])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Return to the shell only when the run's PostgreSQL has gone."""
    if not hasattr(config, "workerinput"):
        remove(config.stash[POSTGRES_ROOT])


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests and fixtures of every scope on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    """Give the run's one PostgreSQL, shared by all workers."""
    with shared_server(pytestconfig.stash[POSTGRES_ROOT]) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Give the SQLAlchemy address of an empty database that this test alone uses."""
    database = postgres_server.create_database()
    yield postgres_server.url(database)
    postgres_server.drop_database(database)
