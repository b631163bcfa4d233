"""The repository of notifications."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from cronjobs_core.domain.notifications import Notification, NotificationFilter, NotificationType
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.users import User
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import NOON, a_job, a_notification, a_user, an_execution
from cronjobs_core.testing.contracts.store_case import (
    WHOLE,
    StoreCase,
    committing,
    found,
    given,
    told,
)

HOUR: Final = timedelta(hours=1)
USER: Final = a_user()
OTHER: Final = a_user()
LIST: Final = tuple(
    a_notification(user_id=USER.id, created_at=NOON + hour * HOUR, is_read=is_read)
    for hour, is_read in enumerate((False, True, False, True, False))
)
"""One notification of the user an hour, the oldest first, every other one read."""
OTHERS: Final = tuple(replace(one, id=a_notification().id, user_id=OTHER.id) for one in LIST)

FILTERS: Final = {
    "anything": (NotificationFilter(user_id=USER.id), [0, 1, 2, 3, 4]),
    "of nobody": (NotificationFilter(user_id=a_user().id), []),
    "unread": (NotificationFilter(user_id=USER.id, is_read=False), [0, 2, 4]),
    "read": (NotificationFilter(user_id=USER.id, is_read=True), [1, 3]),
    "since, inclusive": (NotificationFilter(user_id=USER.id, since=NOON + 3 * HOUR), [3, 4]),
    "until, exclusive": (NotificationFilter(user_id=USER.id, until=NOON + 2 * HOUR), [0, 1]),
    "all at once": (
        NotificationFilter(
            user_id=USER.id, is_read=False, since=NOON + HOUR, until=NOON + 4 * HOUR
        ),
        [2],
    ),
}
every_filter = pytest.mark.parametrize(("where", "expected"), FILTERS.values(), ids=FILTERS.keys())


class NotificationsContract(StoreCase):
    """What `ports.record_repositories.Notifications` says, a test for each sentence."""

    async def test_notifications_are_stored_together(self, store: Store) -> None:
        """All notifications of a call are stored; a call with none stores none."""
        first, second = _two(USER)
        await given(store, USER)
        async with committing(store) as unit:
            await unit.notifications.add([first, second])
            await unit.notifications.add([])
        async with store.reading() as unit:
            assert await told(unit, USER.id) == [second, first]

    async def test_what_is_gone_is_left_out_of_a_notification(self, store: Store) -> None:
        """A related job or execution that is gone is left out of its row, and of no other."""
        job = a_job()
        execution = an_execution(job_id=job.id)
        await given(store, USER, job, execution)
        gone_job, gone_execution = a_job().id, an_execution().id
        whole, without_execution, without_both = (
            a_notification(user_id=USER.id, related_job_id=about, related_execution_id=run)
            for about, run in (
                (job.id, execution.id),
                (job.id, gone_execution),
                (gone_job, gone_execution),
            )
        )
        async with committing(store) as unit:
            await unit.notifications.add([whole, without_execution, without_both])
        async with store.reading() as unit:
            assert await told(unit, USER.id) == [
                replace(without_both, related_job_id=None, related_execution_id=None),
                replace(without_execution, related_execution_id=None),
                whole,
            ]

    async def test_getting_no_notification(self, store: Store) -> None:
        """Getting a notification that does not exist gives None."""
        first, second = _two(USER)
        await given(store, USER, first)
        async with store.reading() as unit:
            assert await unit.notifications.get(first.id) == first
            assert await unit.notifications.get(second.id) is None

    @every_filter
    async def test_a_page_of_notifications_holds_what_matches(
        self, store: Store, where: NotificationFilter, expected: list[int]
    ) -> None:
        """A page holds what matches, newest first, nothing of anybody else's, and the total."""
        await given(store, USER, OTHER, *LIST, *OTHERS)
        async with store.reading() as unit:
            listed, total = await unit.notifications.page(where, WHOLE)
        assert listed == [LIST[i] for i in reversed(expected)]
        assert total == len(expected)

    async def test_notifications_of_one_instant_are_listed_by_id(self, store: Store) -> None:
        """Notifications with the same `created_at` are listed by id, descending."""
        first, second, third = (a_notification(user_id=USER.id) for _ in range(3))
        await given(store, USER, second, third, first)
        async with store.reading() as unit:
            assert await told(unit, USER.id) == [third, second, first]

    async def test_a_page_of_notifications(self, store: Store) -> None:
        """A page holds its part of the list, and every page the total."""
        await given(store, USER, OTHER, *LIST, *OTHERS)
        everything, newest_first = NotificationFilter(user_id=USER.id), list(reversed(LIST))
        async with store.reading() as unit:
            pages = [await unit.notifications.page(everything, Page(n, 3)) for n in (1, 2, 3)]
        assert [listed for listed, _ in pages] == [newest_first[:3], newest_first[3:], []]
        assert [total for _, total in pages] == [len(LIST)] * len(pages)

    @every_filter
    async def test_counting_notifications(
        self, store: Store, where: NotificationFilter, expected: list[int]
    ) -> None:
        """The count is of what matches, and of nothing else."""
        await given(store, USER, OTHER, *LIST, *OTHERS)
        async with store.reading() as unit:
            assert await unit.notifications.count(where) == len(expected)

    async def test_updating_a_notification(self, store: Store) -> None:
        """An updated notification stands in place of the one with its id, and of no other."""
        first, second = _two(USER)
        changed = replace(
            first, title="Anew", message="", type=NotificationType.ERROR, created_at=NOON + HOUR
        ).read(NOON + 2 * HOUR)
        await given(store, USER, first, second)
        async with committing(store) as unit:
            await unit.notifications.update(changed)
        async with store.reading() as unit:
            assert await found(unit, first) == changed
            assert await found(unit, second) == second

    async def test_marking_all_as_read(self, store: Store) -> None:
        """All of the user's unread notifications become read at the instant; their number is told.

        What was read before keeps its time.
        """
        read_before = a_notification(user_id=USER.id).read(NOON)
        first, second = _two(USER)
        await given(store, USER, first, read_before, second)
        async with committing(store) as unit:
            assert await unit.notifications.mark_all_read(USER.id, NOON + HOUR) == len(_two(USER))
            assert await unit.notifications.mark_all_read(USER.id, NOON + 2 * HOUR) == 0
        async with store.reading() as unit:
            assert await found(unit, first) == first.read(NOON + HOUR)
            assert await found(unit, second) == second.read(NOON + HOUR)
            assert await found(unit, read_before) == read_before

    async def test_marking_leaves_others_unread(self, store: Store) -> None:
        """The notifications of other users stay unread."""
        others = a_notification(user_id=OTHER.id)
        await given(store, USER, OTHER, others)
        async with committing(store) as unit:
            assert await unit.notifications.mark_all_read(USER.id, NOON + HOUR) == 0
        async with store.reading() as unit:
            assert await found(unit, others) == others

    async def test_deleting_a_notification(self, store: Store) -> None:
        """A deleted notification is gone, and no other; one that is not there is no error."""
        first, second = _two(USER)
        await given(store, USER, first, second)
        async with committing(store) as unit:
            await unit.notifications.delete(first.id)
            await unit.notifications.delete(first.id)
        async with store.reading() as unit:
            assert await told(unit, USER.id) == [second]

    @every_filter
    async def test_deleting_what_matches(
        self, store: Store, where: NotificationFilter, expected: list[int]
    ) -> None:
        """What matches is deleted, and nothing else; its number is told."""
        await given(store, USER, OTHER, *LIST, *OTHERS)
        async with committing(store) as unit:
            assert await unit.notifications.delete_matching(where) == len(expected)
        kept = [one for index, one in enumerate(LIST) if index not in expected]
        async with store.reading() as unit:
            assert await told(unit, USER.id) == kept[::-1]
            assert await told(unit, OTHER.id) == list(OTHERS[::-1])


def _two(user: User) -> tuple[Notification, Notification]:
    return a_notification(user_id=user.id), a_notification(user_id=user.id)
