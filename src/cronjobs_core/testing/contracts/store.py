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

from cronjobs_core.testing.contracts.store_accounts import UsersContract
from cronjobs_core.testing.contracts.store_concurrency import ConcurrencyContract
from cronjobs_core.testing.contracts.store_executions import ClaimContract, ExecutionsContract
from cronjobs_core.testing.contracts.store_history import HistoryContract
from cronjobs_core.testing.contracts.store_job_batches import JobBatchesContract
from cronjobs_core.testing.contracts.store_job_lists import JobListsContract
from cronjobs_core.testing.contracts.store_jobs import JobsContract
from cronjobs_core.testing.contracts.store_lists import (
    AuditLogContract,
    SlackContract,
    TaxonomyContract,
)
from cronjobs_core.testing.contracts.store_notifications import NotificationsContract
from cronjobs_core.testing.contracts.store_outage import OutageContract
from cronjobs_core.testing.contracts.store_races import RacesContract
from cronjobs_core.testing.contracts.store_sessions import PreferencesContract, SessionsContract
from cronjobs_core.testing.contracts.store_units import UnitOfWorkContract
from cronjobs_core.testing.contracts.store_user_removal import UserRemovalContract
from cronjobs_core.testing.contracts.store_values import ValuesContract

__all__ = [
    "AuditLogContract",
    "ClaimContract",
    "ConcurrencyContract",
    "ExecutionsContract",
    "HistoryContract",
    "JobBatchesContract",
    "JobListsContract",
    "JobsContract",
    "NotificationsContract",
    "OutageContract",
    "PreferencesContract",
    "RacesContract",
    "SessionsContract",
    "SlackContract",
    "StoreContract",
    "TaxonomyContract",
    "UnitOfWorkContract",
    "UserRemovalContract",
    "UsersContract",
    "ValuesContract",
]


class StoreContract(
    UnitOfWorkContract,
    ConcurrencyContract,
    RacesContract,
    ValuesContract,
    JobsContract,
    JobListsContract,
    JobBatchesContract,
    ClaimContract,
    ExecutionsContract,
    HistoryContract,
    UsersContract,
    UserRemovalContract,
    SessionsContract,
    PreferencesContract,
    TaxonomyContract,
    SlackContract,
    NotificationsContract,
    AuditLogContract,
):
    """Everything that every store has to keep."""
