"""Repositories of lists, settings and messages in memory that have one fault each.

The docstring says what a repository does wrong; `caught_by` names the test whose sentence it
breaks.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.notifications import Notification, NotificationFilter
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.domain.taxonomy import Category
from cronjobs_core.testing.memory_records import (
    MemoryNotifications,
    MemorySlack,
    MemoryTaxonomy,
)


class TrimsTexts(MemoryNotifications):
    """Texts lose the blanks at their ends."""

    caught_by = "test_texts_come_back_unchanged"

    async def add(self, notifications: Sequence[Notification]) -> None:
        await super().add([replace(one, message=one.message.strip()) for one in notifications])


class HidesInactiveCategories(MemoryTaxonomy):
    """Categories that are not active are left out."""

    caught_by = "test_categories_are_listed_by_name"

    async def categories(self) -> list[Category]:
        return [one for one in await super().categories() if one.is_active]


class TakesAUsedSlug(MemoryTaxonomy):
    """An updated category may have the slug of another."""

    caught_by = "test_updating_a_category_to_a_taken_slug"

    async def update_category(self, category: Category) -> None:
        self.tables.writable().categories[category.id] = category


class KeepsSeveralSlackSettings(MemorySlack):
    """Every change of the Slack settings is a row of its own, the newest of which is read."""

    caught_by = "test_later_slack_settings_replace_earlier_ones"

    async def get(self) -> SlackSettings | None:
        rows = self.tables.slack.values()
        return max(rows, key=lambda one: one.updated_at, default=None)

    async def put(self, settings: SlackSettings) -> None:
        rows = self.tables.writable().slack
        rows[f"{settings.id}, row {len(rows)}"] = settings


class CountsEverybodys(MemoryNotifications):
    """The total counts the notifications of all users."""

    caught_by = "test_a_page_of_notifications_holds_what_matches"

    async def page(self, where: NotificationFilter, page: Page) -> tuple[list[Notification], int]:
        own, _ = await super().page(where, page)
        return own, len(self.tables.notifications)


class MarksAsReadAgain(MemoryNotifications):
    """What was read before is read anew."""

    caught_by = "test_marking_all_as_read"

    async def mark_all_read(self, user_id: UserId, at: datetime) -> int:
        rows = self.tables.writable().notifications
        for one in rows.values():
            if one.user_id == user_id:
                rows[one.id] = replace(one, is_read=True, read_at=at)
        return len(rows)


class DeletesWhatIsRead(MemoryNotifications):
    """A deletion does not look at whether its notifications are read."""

    caught_by = "test_deleting_what_matches"

    async def delete_matching(self, where: NotificationFilter) -> int:
        return await super().delete_matching(replace(where, is_read=None))
