"""The store in memory keeps the contract of stores."""

import pytest

from cronjobs_core.testing.contracts.store import OutageContract, StoreContract
from cronjobs_core.testing.memory_store import MemoryStore


class TestMemoryStore(StoreContract):
    """Everything that every store has to keep."""

    @pytest.fixture
    def store(self) -> MemoryStore:
        """Give an empty store."""
        return MemoryStore()


class TestMemoryStoreInTrouble(OutageContract):
    """What a store in trouble says."""

    @pytest.fixture
    def unreachable_store(self) -> MemoryStore:
        """Give a store that acts as one out of reach."""
        store = MemoryStore()
        store.available = False
        return store

    @pytest.fixture
    def impatient_store(self) -> MemoryStore:
        """Give a store that waits for a writer a moment only."""
        return MemoryStore(patience=0.01)
