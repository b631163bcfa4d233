"""The repositories of categories, PIC teams, notifications and the audit log."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cronjobs_core.domain.errors import DuplicateSlug
from cronjobs_core.domain.paging import Page
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import (
    NOON,
    a_category,
    a_job,
    a_notification,
    a_pic_team,
    a_user,
    an_audit_entry,
    an_execution,
)
from cronjobs_core.testing.contracts.store_case import WHOLE, StoreCase, committing, given

HOUR = timedelta(hours=1)


class TaxonomyContract(StoreCase):
    """What `ports.store.Taxonomy` says, a test for each sentence."""

    async def test_categories_are_listed_by_name(self, store: Store) -> None:
        """All categories, active or not, are listed by lower-case name."""
        cherry, apple = a_category(name="cherry"), a_category(name="apple")
        banana = a_category(name="Banana", is_active=False)
        await given(store, cherry, apple, banana)
        async with store.reading() as unit:
            assert await unit.taxonomy.categories() == [apple, banana, cherry]

    async def test_categories_of_one_name_are_listed_by_id(self, store: Store) -> None:
        """Categories whose names differ in case at most are listed by id."""
        first, second, third = (a_category(name=name) for name in ("ops", "OPS", "Ops"))
        await given(store, third, first, second)
        async with store.reading() as unit:
            assert await unit.taxonomy.categories() == [first, second, third]

    async def test_pic_teams_are_listed_by_name(self, store: Store) -> None:
        """All PIC teams, active or not, are listed by lower-case name."""
        cherry, apple = a_pic_team(name="cherry"), a_pic_team(name="apple", slack_handle=None)
        banana = a_pic_team(name="Banana", is_active=False)
        await given(store, cherry, apple, banana)
        async with store.reading() as unit:
            assert await unit.taxonomy.pic_teams() == [apple, banana, cherry]

    async def test_pic_teams_of_one_name_are_listed_by_id(self, store: Store) -> None:
        """PIC teams whose names differ in case at most are listed by id."""
        first, second, third = (a_pic_team(name=name) for name in ("ops", "OPS", "Ops"))
        await given(store, third, first, second)
        async with store.reading() as unit:
            assert await unit.taxonomy.pic_teams() == [first, second, third]

    async def test_a_category_slug_is_taken_once(self, store: Store) -> None:
        """Adding a category raises DuplicateSlug("Category") where another has the slug."""
        category = a_category(slug="ops")
        await given(store, category)
        with pytest.raises(DuplicateSlug, match='Category slug "ops" already exists'):
            await given(store, a_category(slug="ops"))
        async with store.reading() as unit:
            assert await unit.taxonomy.categories() == [category]

    async def test_a_pic_team_slug_is_taken_once(self, store: Store) -> None:
        """Adding a PIC team raises DuplicateSlug("PIC team") where another has the slug."""
        team = a_pic_team(slug="ops")
        await given(store, team)
        with pytest.raises(DuplicateSlug, match='PIC team slug "ops" already exists'):
            await given(store, a_pic_team(slug="ops"))
        async with store.reading() as unit:
            assert await unit.taxonomy.pic_teams() == [team]

    async def test_the_two_lists_do_not_share_slugs(self, store: Store) -> None:
        """A category and a PIC team may have the same slug."""
        category, team = a_category(slug="ops"), a_pic_team(slug="ops")
        await given(store, category, team)
        async with store.reading() as unit:
            assert await unit.taxonomy.categories() == [category]
            assert await unit.taxonomy.pic_teams() == [team]


class NotificationsContract(StoreCase):
    """What `ports.store.Notifications` says, a test for each sentence."""

    async def test_notifications_are_stored_together(self, store: Store) -> None:
        """All notifications of a call are stored; a call with none stores none."""
        user = a_user()
        first, second = a_notification(user_id=user.id), a_notification(user_id=user.id)
        await given(store, user)
        async with committing(store) as unit:
            await unit.notifications.add([first, second])
            await unit.notifications.add([])
        async with store.reading() as unit:
            assert await unit.notifications.of_user(user.id, WHOLE) == ([second, first], 2)

    async def test_what_is_gone_is_left_out_of_a_notification(self, store: Store) -> None:
        """A related job or execution that is gone is left out of its row, and of no other."""
        user, job = a_user(), a_job()
        execution = an_execution(job_id=job.id)
        await given(store, user, job, execution)
        gone_job, gone_execution = a_job().id, an_execution().id
        whole, without_execution, without_both = (
            a_notification(user_id=user.id, related_job_id=about, related_execution_id=run)
            for about, run in (
                (job.id, execution.id),
                (job.id, gone_execution),
                (gone_job, gone_execution),
            )
        )
        async with committing(store) as unit:
            await unit.notifications.add([whole, without_execution, without_both])
        async with store.reading() as unit:
            told, _ = await unit.notifications.of_user(user.id, WHOLE)
        assert told == [
            replace(without_both, related_job_id=None, related_execution_id=None),
            replace(without_execution, related_execution_id=None),
            whole,
        ]

    async def test_notifications_are_listed_newest_first(self, store: Store) -> None:
        """A user's notifications are listed newest first, then by id descending."""
        user = a_user()
        middle, newest, oldest, oldest_too = (
            a_notification(user_id=user.id, created_at=NOON + hours * HOUR)
            for hours in (1, 2, 0, 0)
        )
        await given(store, user, oldest_too, middle, newest, oldest)
        async with store.reading() as unit:
            told, total = await unit.notifications.of_user(user.id, WHOLE)
        assert told == [newest, middle, oldest_too, oldest]
        assert total == len(told)

    async def test_notifications_are_the_users_own(self, store: Store) -> None:
        """A user's page and total hold nothing of anybody else's."""
        user, other = a_user(), a_user()
        own, others = a_notification(user_id=user.id), a_notification(user_id=other.id)
        await given(store, user, other, own, others)
        async with store.reading() as unit:
            assert await unit.notifications.of_user(user.id, WHOLE) == ([own], 1)
            assert await unit.notifications.of_user(a_user().id, WHOLE) == ([], 0)

    async def test_a_page_of_notifications(self, store: Store) -> None:
        """A page holds its part of the list, and every page the total."""
        user = a_user()
        first, second, third = (a_notification(user_id=user.id) for _ in range(3))
        await given(store, user, first, second, third)
        async with store.reading() as unit:
            assert await unit.notifications.of_user(user.id, Page(1, 2)) == ([third, second], 3)
            assert await unit.notifications.of_user(user.id, Page(2, 2)) == ([first], 3)
            assert await unit.notifications.of_user(user.id, Page(3, 2)) == ([], 3)


class AuditLogContract(StoreCase):
    """What `ports.store.AuditLog` says, a test for each sentence."""

    async def test_entries_are_listed_newest_first(self, store: Store) -> None:
        """Audit entries are listed newest first, then by id descending."""
        middle, newest, oldest, oldest_too = (
            an_audit_entry(at=NOON + hours * HOUR) for hours in (1, 2, 0, 0)
        )
        await given(store, oldest_too, middle, newest, oldest)
        async with store.reading() as unit:
            entries, total = await unit.audit.page(WHOLE)
        assert entries == [newest, middle, oldest_too, oldest]
        assert total == len(entries)

    async def test_a_page_of_entries(self, store: Store) -> None:
        """A page holds its part of the log, and every page the total."""
        first, second, third = an_audit_entry(), an_audit_entry(), an_audit_entry()
        await given(store, first, second, third)
        async with store.reading() as unit:
            assert await unit.audit.page(Page(1, 2)) == ([third, second], 3)
            assert await unit.audit.page(Page(2, 2)) == ([first], 3)
            assert await unit.audit.page(Page(3, 2)) == ([], 3)
