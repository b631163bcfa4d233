# ruff: noqa: D102 -- documented on the port
"""Users, lists and logs of the store in memory; what each method does is said on the port."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.errors import AccountTaken, DuplicateSlug
from cronjobs_core.domain.ids import SessionId, UserId
from cronjobs_core.domain.notifications import Audience, Notification
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.taxonomy import Category, Entry, PicTeam
from cronjobs_core.domain.users import Role, Session, User, normalise_login
from cronjobs_core.testing.memory_tables import Tables, as_stored, cut, without_dangling


@dataclass(frozen=True, slots=True)
class MemoryUsers:
    """Implements `ports.store.Users`."""

    tables: Tables

    async def add(self, user: User) -> None:
        self._store(user)

    async def get(self, user_id: UserId) -> User | None:
        return self.tables.users.get(user_id)

    async def by_login(self, login: str) -> User | None:
        wanted = normalise_login(login)
        users = self.tables.users.values()
        by_name = (one for one in users if one.username == wanted)
        by_address = (one for one in users if one.email == wanted)
        return next(by_name, None) or next(by_address, None)

    async def count(self) -> int:
        return len(self.tables.users)

    async def update(self, user: User) -> None:
        if user.id in self.tables.writable().users:
            self._store(user)

    async def in_audience(self, audience: Audience) -> list[UserId]:
        return sorted(
            user.id
            for user in self.tables.users.values()
            if user.is_active
            and (audience.everyone or user.role is Role.ADMIN or user.id in audience.user_ids)
        )

    def _store(self, user: User) -> None:
        users = self.tables.writable().users
        others = [one for one in users.values() if one.id != user.id]
        if any(one.username == user.username for one in others):
            raise AccountTaken("Username")
        if any(one.email == user.email for one in others):
            raise AccountTaken("Email")
        users[user.id] = as_stored(user)


@dataclass(frozen=True, slots=True)
class MemorySessions:
    """Implements `ports.store.Sessions`."""

    tables: Tables

    async def add(self, session: Session) -> None:
        self.tables.writable().sessions[session.id] = as_stored(session)

    async def get(self, session_id: SessionId) -> Session | None:
        return self.tables.sessions.get(session_id)

    async def update(self, session: Session) -> None:
        if session.id in self.tables.writable().sessions:
            await self.add(session)


@dataclass(frozen=True, slots=True)
class MemoryTaxonomy:
    """Implements `ports.store.Taxonomy`."""

    tables: Tables

    async def categories(self) -> list[Category]:
        return _by_name(self.tables.categories.values())

    async def pic_teams(self) -> list[PicTeam]:
        return _by_name(self.tables.pic_teams.values())

    async def add_category(self, category: Category) -> None:
        categories = self.tables.writable().categories
        _refuse_slug("Category", category.slug, categories.values())
        categories[category.id] = as_stored(category)

    async def add_pic_team(self, team: PicTeam) -> None:
        teams = self.tables.writable().pic_teams
        _refuse_slug("PIC team", team.slug, teams.values())
        teams[team.id] = as_stored(team)


def _by_name(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (one.name.lower(), one.id))


def _refuse_slug(kind: str, slug: str, entries: Iterable[Category | PicTeam]) -> None:
    if any(one.slug == slug for one in entries):
        raise DuplicateSlug(kind, slug)


@dataclass(frozen=True, slots=True)
class MemoryNotifications:
    """Implements `ports.store.Notifications`."""

    tables: Tables

    async def add(self, notifications: Sequence[Notification]) -> None:
        tables = self.tables.writable()
        for one in notifications:
            tables.notifications[one.id] = without_dangling(tables, as_stored(one))

    async def of_user(self, user_id: UserId, page: Page) -> tuple[list[Notification], int]:
        own = [one for one in self.tables.notifications.values() if one.user_id == user_id]
        own.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return cut(own, page), len(own)


@dataclass(frozen=True, slots=True)
class MemoryAuditLog:
    """Implements `ports.store.AuditLog`."""

    tables: Tables

    async def add(self, entry: AuditEntry) -> None:
        self.tables.writable().audit[entry.id] = as_stored(entry)

    async def page(self, page: Page) -> tuple[list[AuditEntry], int]:
        entries = sorted(self.tables.audit.values(), key=lambda one: (one.at, one.id), reverse=True)
        return cut(entries, page), len(entries)
