"""The contract of `cronjobs_core.ports.store`, one test for each of its sentences.

    import pytest
    from cronjobs_core.testing.contracts.store import OutageContract, StoreContract

    class TestMyStore(StoreContract):
        @pytest.fixture
        async def store(self):
            async with my_empty_store() as store:
                yield store

The tests need pytest and its anyio plugin, which comes with anyio. `StoreContract` is all that
every store has to keep; the classes it is made of can be used one by one. `OutageContract` stands
beside it: it asks for two stores in trouble.
"""

from cronjobs_core.testing.contracts.store_accounts import SessionsContract, UsersContract
from cronjobs_core.testing.contracts.store_concurrency import ConcurrencyContract
from cronjobs_core.testing.contracts.store_executions import ClaimContract, ExecutionsContract
from cronjobs_core.testing.contracts.store_history import HistoryContract
from cronjobs_core.testing.contracts.store_jobs import JobsContract
from cronjobs_core.testing.contracts.store_lists import (
    AuditLogContract,
    NotificationsContract,
    TaxonomyContract,
)
from cronjobs_core.testing.contracts.store_outage import OutageContract
from cronjobs_core.testing.contracts.store_units import UnitOfWorkContract
from cronjobs_core.testing.contracts.store_values import ValuesContract

__all__ = [
    "AuditLogContract",
    "ClaimContract",
    "ConcurrencyContract",
    "ExecutionsContract",
    "HistoryContract",
    "JobsContract",
    "NotificationsContract",
    "OutageContract",
    "SessionsContract",
    "StoreContract",
    "TaxonomyContract",
    "UnitOfWorkContract",
    "UsersContract",
    "ValuesContract",
]


class StoreContract(
    UnitOfWorkContract,
    ConcurrencyContract,
    ValuesContract,
    JobsContract,
    ClaimContract,
    ExecutionsContract,
    HistoryContract,
    UsersContract,
    SessionsContract,
    TaxonomyContract,
    NotificationsContract,
    AuditLogContract,
):
    """Everything that every store has to keep."""
