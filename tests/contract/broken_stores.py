"""The contract on broken stores: much of it holds, and some of it must fail.

Not collected with the other tests; `test_kit_catches_faults.py` runs it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contract import (
    broken_accounts,
    broken_executions,
    broken_jobs,
    broken_records,
    broken_units,
)
from cronjobs_core.testing.contracts.store import StoreContract
from cronjobs_core.testing.memory_store import MemoryStore, MemoryUnit

FAULTS = {
    fault.__name__: fault
    for module in (
        broken_accounts,
        broken_executions,
        broken_jobs,
        broken_records,
        broken_units,
    )
    for fault in vars(module).values()
    if hasattr(fault, "caught_by")
}


class StoreWithRepository(MemoryStore):
    """A store in memory, each unit of which has the given repository in place of its own."""

    def __init__(self, repository: type) -> None:
        super().__init__()
        self.repository = repository

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[MemoryUnit]:
        async with super().reading() as unit:
            yield self.spoiled(unit)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[MemoryUnit]:
        async with super().writing() as unit:
            yield self.spoiled(unit)

    def spoiled(self, unit: MemoryUnit) -> MemoryUnit:
        """Return the unit, with the repository in the place of the one it derives from."""
        for name, sound in list(vars(unit).items()):
            if issubclass(self.repository, type(sound)):
                setattr(unit, name, self.repository(unit.jobs.tables))
        return unit


def on_faults(contract: type) -> type:
    """Return the contract's tests, run on each fault that one of them should catch."""
    caught_here = [name for name, fault in FAULTS.items() if hasattr(contract, fault.caught_by)]

    class OnFaults(contract):
        patience = 0.5
        moment = 0.001

        @pytest.fixture(params=caught_here)
        def store(self, request: pytest.FixtureRequest) -> MemoryStore:
            fault = FAULTS[request.param]
            return fault() if issubclass(fault, MemoryStore) else StoreWithRepository(fault)

    return OnFaults


globals().update({f"Test{one.__name__}": on_faults(one) for one in StoreContract.__bases__})
