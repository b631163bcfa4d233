"""The repositories of categories, PIC teams, Slack settings and the audit log."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cronjobs_core.domain.errors import DuplicateSlug
from cronjobs_core.domain.ids import CategoryId, PicTeamId
from cronjobs_core.domain.paging import Page
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import (
    NOON,
    a_category,
    a_pic_team,
    an_audit_entry,
    slack_settings,
)
from cronjobs_core.testing.contracts.store_case import WHOLE, StoreCase, committing, found, given

HOUR = timedelta(hours=1)


class TaxonomyContract(StoreCase):
    """What `ports.record_repositories.Taxonomy` says, a test for each sentence."""

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

    async def test_getting_no_category(self, store: Store) -> None:
        """Getting a category that does not exist gives None."""
        category, team = a_category(), a_pic_team()
        await given(store, category, team)
        async with store.reading() as unit:
            assert await unit.taxonomy.category(category.id) == category
            assert await unit.taxonomy.category(a_category().id) is None
            assert await unit.taxonomy.category(CategoryId(team.id)) is None

    async def test_getting_no_pic_team(self, store: Store) -> None:
        """Getting a PIC team that does not exist gives None."""
        category, team = a_category(), a_pic_team()
        await given(store, category, team)
        async with store.reading() as unit:
            assert await unit.taxonomy.pic_team(team.id) == team
            assert await unit.taxonomy.pic_team(a_pic_team().id) is None
            assert await unit.taxonomy.pic_team(PicTeamId(category.id)) is None

    async def test_updating_a_category(self, store: Store) -> None:
        """An updated category stands in place of the one with its id, and of no other."""
        category, other = a_category(), a_category()
        changed = replace(
            a_category(slug="ops", is_active=False, updated_at=NOON + HOUR), id=category.id
        )
        await given(store, category, other)
        async with committing(store) as unit:
            await unit.taxonomy.update_category(changed)
        async with store.reading() as unit:
            assert await found(unit, category) == changed
            assert await found(unit, other) == other

    async def test_updating_a_pic_team(self, store: Store) -> None:
        """An updated PIC team stands in place of the one with its id, and of no other."""
        team, other = a_pic_team(), a_pic_team()
        changed = replace(
            a_pic_team(slug="ops", slack_handle=None, is_active=False, updated_at=NOON + HOUR),
            id=team.id,
        )
        await given(store, team, other)
        async with committing(store) as unit:
            await unit.taxonomy.update_pic_team(changed)
        async with store.reading() as unit:
            assert await found(unit, team) == changed
            assert await found(unit, other) == other

    async def test_updating_a_category_to_a_taken_slug(self, store: Store) -> None:
        """An update raises DuplicateSlug("Category") where another category has the slug."""
        category = a_category()
        await given(store, category, a_category(slug="ops"))
        with pytest.raises(DuplicateSlug, match='Category slug "ops" already exists'):
            async with committing(store) as unit:
                await unit.taxonomy.update_category(replace(category, slug="ops"))
        async with store.reading() as unit:
            assert await found(unit, category) == category

    async def test_updating_a_pic_team_to_a_taken_slug(self, store: Store) -> None:
        """An update raises DuplicateSlug("PIC team") where another team has the slug."""
        team = a_pic_team()
        await given(store, team, a_pic_team(slug="ops"))
        with pytest.raises(DuplicateSlug, match='PIC team slug "ops" already exists'):
            async with committing(store) as unit:
                await unit.taxonomy.update_pic_team(replace(team, slug="ops"))
        async with store.reading() as unit:
            assert await found(unit, team) == team

    async def test_the_two_lists_do_not_share_slugs(self, store: Store) -> None:
        """A category and a PIC team may have the same slug."""
        category, team = a_category(slug="ops"), a_pic_team(slug="ops")
        await given(store, category, team)
        async with store.reading() as unit:
            assert await unit.taxonomy.categories() == [category]
            assert await unit.taxonomy.pic_teams() == [team]


class SlackContract(StoreCase):
    """What `ports.record_repositories.Slack` says, a test for each sentence.

    Which of several settings of an older store counts is for the adapter's own tests: none of
    several can be stored here.
    """

    async def test_no_slack_settings_yet(self, store: Store) -> None:
        """Before they were first stored the Slack settings are None."""
        async with store.reading() as unit:
            assert await unit.slack.get() is None

    @pytest.mark.parametrize("earlier_id", [None, "an older one"], ids=["same id", "another id"])
    async def test_later_slack_settings_replace_earlier_ones(
        self, store: Store, earlier_id: str | None
    ) -> None:
        """Stored settings stand in place of whatever there was, whenever it was changed."""
        earlier = slack_settings(updated_at=NOON + HOUR)
        if earlier_id is not None:
            earlier = replace(earlier, id=earlier_id)
        later = slack_settings(is_enabled=False, webhook_url=None, channel=None)
        await given(store, earlier)
        async with store.reading() as unit:
            assert await unit.slack.get() == earlier
        await given(store, later)
        async with store.reading() as unit:
            assert await unit.slack.get() == later


class AuditLogContract(StoreCase):
    """What `ports.record_repositories.AuditLog` says, a test for each sentence."""

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
