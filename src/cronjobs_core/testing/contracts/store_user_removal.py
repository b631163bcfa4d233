"""The repository of users: what goes with a user, and what stays."""

from dataclasses import replace

from cronjobs_core.domain.ids import UserId
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import (
    a_job,
    a_notification,
    a_session,
    a_user,
    an_audit_entry,
    an_execution,
    notification_preferences,
    ui_preferences,
)
from cronjobs_core.testing.contracts.store_case import (
    StoreCase,
    Thing,
    committing,
    found,
    given,
    told,
)


class UserRemovalContract(StoreCase):
    """What `ports.account_repositories.Users` says of `delete`, a test for each sentence."""

    async def test_deleting_a_user(self, store: Store) -> None:
        """A deleted user is gone, and with them their user name and address, and nobody else."""
        user, other = a_user(), a_user()
        await given(store, user, other)
        await _delete(store, user.id)
        await given(store, a_user(username=user.username, email=user.email))
        async with store.reading() as unit:
            assert await found(unit, user) is None
            assert await found(unit, other) == other

    async def test_deleting_nobody(self, store: Store) -> None:
        """Deleting a user that does not exist changes nothing."""
        other = a_user()
        await given(store, other)
        await _delete(store, a_user().id)
        async with store.reading() as unit:
            assert await unit.users.list_all() == [other]

    async def test_what_is_a_users_own_goes_with_them(self, store: Store) -> None:
        """A deleted user's sessions, preferences and notifications are gone."""
        user = a_user()
        own = _belongings(user.id)
        await given(store, user, *own)
        await _delete(store, user.id)
        async with store.reading() as unit:
            assert [await found(unit, one) for one in own] == [None] * len(own)
            assert await told(unit, user.id) == []

    async def test_what_is_anothers_stays_with_them(self, store: Store) -> None:
        """The sessions, preferences and notifications of other users stay."""
        user, other = a_user(), a_user()
        others = _belongings(other.id)
        await given(store, user, other, *_belongings(user.id), *others)
        await _delete(store, user.id)
        async with store.reading() as unit:
            assert [await found(unit, one) for one in others] == others

    async def test_the_jobs_of_a_deleted_user_stay(self, store: Store) -> None:
        """The jobs of a deleted user belong to nobody; those of others stay theirs."""
        user, other = a_user(), a_user()
        job, others = a_job(created_by=user.id), a_job(created_by=other.id)
        await given(store, user, other, job, others)
        await _delete(store, user.id)
        async with store.reading() as unit:
            assert await found(unit, job) == replace(job, created_by=None)
            assert await found(unit, others) == others

    async def test_what_a_deleted_user_triggered_stays(self, store: Store) -> None:
        """The runs of a deleted user were triggered by nobody; those of others stay theirs."""
        user, other, job = a_user(), a_user(), a_job()
        run = an_execution(job_id=job.id, triggered_by=user.id)
        others = an_execution(job_id=job.id, triggered_by=other.id)
        await given(store, user, other, job, run, others)
        await _delete(store, user.id)
        async with store.reading() as unit:
            assert await found(unit, run) == replace(run, triggered_by=None)
            assert await found(unit, others) == others

    async def test_the_audit_log_outlives_its_user(self, store: Store) -> None:
        """Audit entries by and about a deleted user stay as they are."""
        user = a_user()
        entry = an_audit_entry(actor_id=user.id, actor_name=user.username, entity_id=user.id)
        await given(store, user, entry)
        await _delete(store, user.id)
        async with store.reading() as unit:
            assert await found(unit, entry) == entry


def _belongings(user_id: UserId) -> list[Thing]:
    return [
        a_session(user_id=user_id),
        a_session(user_id=user_id),
        notification_preferences(user_id=user_id),
        ui_preferences(user_id=user_id),
        a_notification(user_id=user_id),
        a_notification(user_id=user_id, is_read=True),
    ]


async def _delete(store: Store, user_id: UserId) -> None:
    async with committing(store) as unit:
        await unit.users.delete(user_id)
