"""Units of work: what a commit, its absence, and a unit that only reads promise."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from cronjobs_core.domain.notifications import NotificationFilter
from cronjobs_core.ports.store import Reading, Store
from cronjobs_core.testing.builders import (
    NOON,
    a_category,
    a_job,
    a_notification,
    a_pic_team,
    a_session,
    a_user,
    an_audit_entry,
    an_execution,
    notification_preferences,
    slack_settings,
    ui_preferences,
)
from cronjobs_core.testing.contracts.store_case import (
    Kind,
    StoreCase,
    committing,
    every_kind,
    found,
    given,
    one_of_each,
    put,
)

WRITES: Final[dict[str, Callable[[Reading], Awaitable[object]]]] = {
    "jobs.add": lambda unit: unit.jobs.add(a_job()),
    "jobs.add_many": lambda unit: unit.jobs.add_many([a_job()]),
    "jobs.move_to_category": lambda unit: unit.jobs.move_to_category("old", "new"),
    "jobs.move_to_pic_team": lambda unit: unit.jobs.move_to_pic_team("old", "new"),
    "jobs.update": lambda unit: unit.jobs.update(a_job()),
    "jobs.delete": lambda unit: unit.jobs.delete(a_job().id),
    "executions.claim": lambda unit: unit.executions.claim([an_execution()]),
    "executions.finish": lambda unit: unit.executions.finish([an_execution()]),
    "users.add": lambda unit: unit.users.add(a_user()),
    "users.update": lambda unit: unit.users.update(a_user()),
    "users.delete": lambda unit: unit.users.delete(a_user().id),
    "sessions.add": lambda unit: unit.sessions.add(a_session()),
    "sessions.update": lambda unit: unit.sessions.update(a_session()),
    "sessions.end_all": lambda unit: unit.sessions.end_all(a_user().id, NOON),
    "preferences.put_notification": lambda unit: unit.preferences.put_notification(
        notification_preferences()
    ),
    "preferences.put_ui": lambda unit: unit.preferences.put_ui(ui_preferences()),
    "slack.put": lambda unit: unit.slack.put(slack_settings()),
    "taxonomy.add_category": lambda unit: unit.taxonomy.add_category(a_category()),
    "taxonomy.add_pic_team": lambda unit: unit.taxonomy.add_pic_team(a_pic_team()),
    "taxonomy.update_category": lambda unit: unit.taxonomy.update_category(a_category()),
    "taxonomy.update_pic_team": lambda unit: unit.taxonomy.update_pic_team(a_pic_team()),
    "notifications.add": lambda unit: unit.notifications.add([a_notification()]),
    "notifications.update": lambda unit: unit.notifications.update(a_notification()),
    "notifications.mark_all_read": lambda unit: unit.notifications.mark_all_read(a_user().id, NOON),
    "notifications.delete": lambda unit: unit.notifications.delete(a_notification().id),
    "notifications.delete_matching": lambda unit: unit.notifications.delete_matching(
        NotificationFilter(user_id=a_user().id)
    ),
    "audit.add": lambda unit: unit.audit.add(an_audit_entry()),
}

every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())


class UnitOfWorkContract(StoreCase):
    """What stands in the module docstring of `ports.store` about one unit at a time."""

    @every_kind
    async def test_what_was_committed_is_seen_by_others(self, store: Store, kind: Kind) -> None:
        """What a unit of work wrote is seen by others after `commit()`."""
        things = one_of_each()
        await given(store, *things.values())
        async with store.reading() as unit:
            assert await found(unit, things[kind]) == things[kind]

    @every_kind
    async def test_what_was_not_yet_committed_is_not_seen_by_others(
        self, store: Store, kind: Kind
    ) -> None:
        """What a unit of work wrote is not seen by others before `commit()`."""
        things = one_of_each()
        async with committing(store) as unit:
            await put(unit, *things.values())
            async with asyncio.timeout(self.patience), store.reading() as other:
                assert await found(other, things[kind]) is None

    @every_kind
    async def test_leaving_without_commit_stores_nothing(self, store: Store, kind: Kind) -> None:
        """Leaving the block without `commit()` stores nothing of it."""
        things = one_of_each()
        async with store.writing() as unit:
            await put(unit, *things.values())
        async with store.reading() as other:
            assert await found(other, things[kind]) is None

    @every_kind
    async def test_leaving_by_an_error_stores_nothing(self, store: Store, kind: Kind) -> None:
        """Leaving the block by an error stores nothing of it; the error passes unchanged."""
        things, error = one_of_each(), ArithmeticError("from inside the block")
        with pytest.raises(ArithmeticError) as caught:  # noqa: PT012 -- the block is the subject
            async with store.writing() as unit:
                await put(unit, *things.values())
                raise error
        assert caught.value is error
        async with store.reading() as other:
            assert await found(other, things[kind]) is None

    @every_kind
    async def test_a_unit_sees_its_own_writes(self, store: Store, kind: Kind) -> None:
        """A unit of work sees its own writes."""
        things = one_of_each()
        async with store.writing() as unit:
            await put(unit, *things.values())
            assert await found(unit, things[kind]) == things[kind]

    async def test_changes_that_were_not_committed_are_undone(self, store: Store) -> None:
        """What an uncommitted unit changed or deleted is as it was before."""
        changed, deleted = a_job(name="changed"), a_job(name="deleted")
        await given(store, changed, deleted)
        async with store.writing() as unit:
            await unit.jobs.update(changed.pause(changed.created_at))
            await unit.jobs.delete(deleted.id)
        async with store.reading() as other:
            kept = await other.jobs.many([changed.id, deleted.id])
        assert kept == {changed.id: changed, deleted.id: deleted}

    @every_write
    async def test_a_reading_unit_refuses_writes(
        self, store: Store, write: Callable[[Reading], Awaitable[object]]
    ) -> None:
        """A write through the repositories of a reading unit raises RuntimeError."""
        async with store.reading() as unit:
            with pytest.raises(RuntimeError):
                await write(unit)

    async def test_ping_returns(self, store: Store) -> None:
        """Ping returns if the store answers."""
        await store.ping()
