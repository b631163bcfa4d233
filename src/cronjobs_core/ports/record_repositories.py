"""The repositories of lists, settings, messages and the audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.ids import CategoryId, NotificationId, PicTeamId, UserId
from cronjobs_core.domain.notifications import Notification, NotificationFilter
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.domain.taxonomy import Category, PicTeam


class Taxonomy(Protocol):
    """Categories and PIC teams, each with unique slugs."""

    async def categories(self) -> list[Category]:
        """All, active or not, by lower-case name, then by id."""
        ...

    async def pic_teams(self) -> list[PicTeam]:
        """All, active or not, by lower-case name, then by id."""
        ...

    async def category(self, category_id: CategoryId) -> Category | None:
        """The category, or None."""
        ...

    async def pic_team(self, team_id: PicTeamId) -> PicTeam | None:
        """The team, or None."""
        ...

    async def update_category(self, category: Category) -> None:
        """Store the category in place of the one with its id; raises DuplicateSlug ("Category")."""
        ...

    async def update_pic_team(self, team: PicTeam) -> None:
        """Store the team in place of the one with its id; raises DuplicateSlug ("PIC team")."""
        ...

    async def add_category(self, category: Category) -> None:
        """Store a new category; raises DuplicateSlug ("Category")."""
        ...

    async def add_pic_team(self, team: PicTeam) -> None:
        """Store a new team; raises DuplicateSlug ("PIC team")."""
        ...


class Slack(Protocol):
    """The one set of Slack settings."""

    async def get(self) -> SlackSettings | None:
        """The settings, or None before they were first stored.

        Where an older store holds several, the one that was changed last.
        """
        ...

    async def put(self, settings: SlackSettings) -> None:
        """Store the settings in place of whatever there was."""
        ...


class Notifications(Protocol):
    """Each user's list of messages."""

    async def add(self, notifications: Sequence[Notification]) -> None:
        """Store them; a related job or execution that is gone by now is left out of its row."""
        ...

    async def get(self, notification_id: NotificationId) -> Notification | None:
        """The notification, or None."""
        ...

    async def page(self, where: NotificationFilter, page: Page) -> tuple[list[Notification], int]:
        """One page of what matches, newest first, then by id descending; and the total."""
        ...

    async def count(self, where: NotificationFilter) -> int:
        """How many match."""
        ...

    async def update(self, notification: Notification) -> None:
        """Store the notification in place of the one with its id."""
        ...

    async def mark_all_read(self, user_id: UserId, at: datetime) -> int:
        """Mark the user's unread ones as read at `at`; returns how many."""
        ...

    async def delete(self, notification_id: NotificationId) -> None:
        """Remove the notification, if it is there."""
        ...

    async def delete_matching(self, where: NotificationFilter) -> int:
        """Remove what matches; returns how many."""
        ...


class AuditLog(Protocol):
    """What was changed, in the order in which it was. Nothing here is ever changed or removed."""

    async def add(self, entry: AuditEntry) -> None:
        """Append the entry."""
        ...

    async def page(self, page: Page) -> tuple[list[AuditEntry], int]:
        """One page, newest first, then by id descending; and the total."""
        ...
