"""Repositories of accounts in memory that have one fault each.

The docstring says what a repository does wrong; `caught_by` names the test whose sentence it
breaks.
"""

from dataclasses import replace
from datetime import datetime

from cronjobs_core.domain.errors import AccountTaken
from cronjobs_core.domain.ids import SessionId, UserId
from cronjobs_core.domain.notifications import Audience
from cronjobs_core.domain.preferences import UiPreferences
from cronjobs_core.domain.users import Role, User
from cronjobs_core.testing.memory_accounts import (
    MemoryPreferences,
    MemorySessions,
    MemoryUsers,
)


class KeepsZones(MemoryUsers):
    """Users come back with their instants in the zone in which they were given."""

    caught_by = "test_instants_come_back_in_utc"

    async def add(self, user: User) -> None:
        await super().add(user)
        self.tables.users[user.id] = user


class TellsTheAddressFirst(MemoryUsers):
    """Where both are taken, the address is told."""

    caught_by = "test_a_taken_user_name_is_told_first"

    async def add(self, user: User) -> None:
        if any(one.email == user.email for one in self.tables.users.values()):
            raise AccountTaken("Email")
        await super().add(user)


class LooksLoginsUpToTheLetter(MemoryUsers):
    """A login in other letters finds nobody."""

    caught_by = "test_a_login_is_a_user_name"

    async def by_login(self, login: str) -> User | None:
        known = {name for one in self.tables.users.values() for name in (one.username, one.email)}
        return await super().by_login(login) if login in known else None


class TellsThoseWhoLeft(MemoryUsers):
    """Users that are not active are told as well."""

    caught_by = "test_everyone_is_every_active_user"

    async def in_audience(self, audience: Audience) -> list[UserId]:
        return (
            sorted(self.tables.users) if audience.everyone else await super().in_audience(audience)
        )


class CountsAdminsWhoLeft(MemoryUsers):
    """Admins that are not active are counted."""

    caught_by = "test_counting_active_admins"

    async def active_admins(self) -> int:
        return sum(user.role is Role.ADMIN for user in self.tables.users.values())


class KeepsPreferencesOfTheGone(MemoryUsers):
    """The columns of a deleted user stay."""

    caught_by = "test_what_is_a_users_own_goes_with_them"

    async def delete(self, user_id: UserId) -> None:
        kept = dict(self.tables.ui_preferences)
        await super().delete(user_id)
        self.tables.ui_preferences.update(kept)


class DeletesJobsWithTheirOwner(MemoryUsers):
    """The jobs of a deleted user go with them."""

    caught_by = "test_the_jobs_of_a_deleted_user_stay"

    async def delete(self, user_id: UserId) -> None:
        owned = [job.id for job in self.tables.jobs.values() if job.created_by == user_id]
        await super().delete(user_id)
        for job_id in owned:
            del self.tables.jobs[job_id]


class EndsSessionsAgain(MemorySessions):
    """Sessions that have ended end anew."""

    caught_by = "test_a_session_that_has_ended_does_not_end_again"

    async def end_all(
        self, user_id: UserId, at: datetime, *, keep: SessionId | None = None
    ) -> None:
        sessions = self.tables.writable().sessions
        for one in sessions.values():
            if one.user_id == user_id and one.id != keep:
                sessions[one.id] = replace(one, ended_at=at)


class EndsTheKeptSession(MemorySessions):
    """All sessions end, whichever is to be kept."""

    caught_by = "test_all_sessions_of_a_user_end"

    async def end_all(
        self,
        user_id: UserId,
        at: datetime,
        *,
        keep: SessionId | None = None,  # noqa: ARG002 -- the fault
    ) -> None:
        await super().end_all(user_id, at)


class TakesTheLaterId(MemoryPreferences):
    """Later columns bring their own id along."""

    caught_by = "test_later_columns_replace_earlier_ones"

    async def put_ui(self, preferences: UiPreferences) -> None:
        self.tables.writable().ui_preferences[preferences.user_id] = preferences
