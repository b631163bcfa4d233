# ruff: noqa: D102 -- documented on the port
"""Lists, settings, messages and the audit log in memory; the port says what each method does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.errors import DuplicateSlug
from cronjobs_core.domain.ids import CategoryId, NotificationId, PicTeamId, UserId
from cronjobs_core.domain.notifications import Notification, NotificationFilter
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.domain.taxonomy import Category, Entry, PicTeam
from cronjobs_core.testing.memory_tables import Tables, as_stored, cut, without_dangling


@dataclass(frozen=True, slots=True)
class MemoryTaxonomy:
    """Implements `ports.record_repositories.Taxonomy`."""

    tables: Tables

    async def categories(self) -> list[Category]:
        return _by_name(self.tables.categories.values())

    async def pic_teams(self) -> list[PicTeam]:
        return _by_name(self.tables.pic_teams.values())

    async def category(self, category_id: CategoryId) -> Category | None:
        return self.tables.categories.get(category_id)

    async def pic_team(self, team_id: PicTeamId) -> PicTeam | None:
        return self.tables.pic_teams.get(team_id)

    async def update_category(self, category: Category) -> None:
        if category.id in self.tables.writable().categories:
            await self.add_category(category)

    async def update_pic_team(self, team: PicTeam) -> None:
        if team.id in self.tables.writable().pic_teams:
            await self.add_pic_team(team)

    async def add_category(self, category: Category) -> None:
        categories = self.tables.writable().categories
        _refuse_slug("Category", category, categories.values())
        categories[category.id] = as_stored(category)

    async def add_pic_team(self, team: PicTeam) -> None:
        teams = self.tables.writable().pic_teams
        _refuse_slug("PIC team", team, teams.values())
        teams[team.id] = as_stored(team)


def _by_name(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (one.name.lower(), one.id))


def _refuse_slug(kind: str, entry: Entry, entries: Iterable[Entry]) -> None:
    if any(one.slug == entry.slug and one.id != entry.id for one in entries):
        raise DuplicateSlug(kind, entry.slug)


@dataclass(frozen=True, slots=True)
class MemorySlack:
    """Implements `ports.record_repositories.Slack`."""

    tables: Tables

    async def get(self) -> SlackSettings | None:
        return next(iter(self.tables.slack.values()), None)

    async def put(self, settings: SlackSettings) -> None:
        self.tables.writable().slack = {settings.id: as_stored(settings)}


@dataclass(frozen=True, slots=True)
class MemoryNotifications:
    """Implements `ports.record_repositories.Notifications`."""

    tables: Tables

    async def add(self, notifications: Sequence[Notification]) -> None:
        tables = self.tables.writable()
        for one in notifications:
            tables.notifications[one.id] = without_dangling(tables, as_stored(one))

    async def get(self, notification_id: NotificationId) -> Notification | None:
        return self.tables.notifications.get(notification_id)

    async def page(self, where: NotificationFilter, page: Page) -> tuple[list[Notification], int]:
        found = self._matching(where)
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return cut(found, page), len(found)

    async def count(self, where: NotificationFilter) -> int:
        return len(self._matching(where))

    async def update(self, notification: Notification) -> None:
        if notification.id in self.tables.writable().notifications:
            await self.add([notification])

    async def mark_all_read(self, user_id: UserId, at: datetime) -> int:
        rows = self.tables.writable().notifications
        unread = self._matching(NotificationFilter(user_id=user_id, is_read=False))
        rows.update({one.id: as_stored(one.read(at)) for one in unread})
        return len(unread)

    async def delete(self, notification_id: NotificationId) -> None:
        self.tables.writable().notifications.pop(notification_id, None)

    async def delete_matching(self, where: NotificationFilter) -> int:
        rows = self.tables.writable().notifications
        found = self._matching(where)
        for one in found:
            del rows[one.id]
        return len(found)

    def _matching(self, where: NotificationFilter) -> list[Notification]:
        return [one for one in self.tables.notifications.values() if _matches(one, where)]


def _matches(one: Notification, where: NotificationFilter) -> bool:
    return (
        one.user_id == where.user_id
        and where.is_read in {None, one.is_read}
        and (where.since is None or one.created_at >= where.since)
        and (where.until is None or one.created_at < where.until)
    )


@dataclass(frozen=True, slots=True)
class MemoryAuditLog:
    """Implements `ports.record_repositories.AuditLog`."""

    tables: Tables

    async def add(self, entry: AuditEntry) -> None:
        self.tables.writable().audit[entry.id] = as_stored(entry)

    async def page(self, page: Page) -> tuple[list[AuditEntry], int]:
        entries = sorted(self.tables.audit.values(), key=lambda one: (one.at, one.id), reverse=True)
        return cut(entries, page), len(entries)
