"""Elections keep the contract of leadership."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cronjobs_adapters.file_lock import FileLock
from cronjobs_core.ports.leadership import Leadership
from cronjobs_core.testing.contracts.leadership import Election, LeadershipContract
from cronjobs_core.testing.fakes import FixedClock, MemoryElection

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class FileElection:
    """Candidates for one lock file, under a clock that does not move by itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FixedClock(NOON)

    def candidate(self, owner: str) -> Leadership:
        return FileLock(self.path, owner, self.clock)

    async def depose(self) -> None:
        self.path.unlink()
        self.clock.tick(1)


class TestFileLock(LeadershipContract):
    """One host, one file."""

    @pytest.fixture
    def election(self, tmp_path: Path) -> Election:
        return FileElection(tmp_path / "scheduler.lock")


class TestMemoryElection(LeadershipContract):
    """The election of tests."""

    @pytest.fixture
    def election(self) -> Election:
        return MemoryElection(FixedClock(NOON))
