"""The repositories of sessions and preferences."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cronjobs_core.domain.preferences import NotificationFlags
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import (
    NOON,
    a_session,
    a_user,
    notification_preferences,
    ui_preferences,
)
from cronjobs_core.testing.contracts.store_case import StoreCase, committing, found, given

HOUR = timedelta(hours=1)


class SessionsContract(StoreCase):
    """What `ports.account_repositories.Sessions` says, a test for each sentence."""

    async def test_a_user_has_many_sessions(self, store: Store) -> None:
        """Every new session is stored, also of one user."""
        user = a_user()
        first, second = a_session(user_id=user.id), a_session(user_id=user.id)
        await given(store, user, first, second)
        async with store.reading() as unit:
            assert await unit.sessions.get(first.id) == first
            assert await unit.sessions.get(second.id) == second

    async def test_getting_no_session(self, store: Store) -> None:
        """Getting a session that does not exist gives None."""
        async with store.reading() as unit:
            assert await unit.sessions.get(a_session().id) is None

    async def test_updating_a_session(self, store: Store) -> None:
        """An updated session stands in place of the one with its id, and of no other."""
        user = a_user()
        session, other = a_session(user_id=user.id), a_session(user_id=user.id)
        await given(store, user, session, other)
        async with committing(store) as unit:
            await unit.sessions.update(session.end(NOON + HOUR))
        async with store.reading() as unit:
            assert await unit.sessions.get(session.id) == session.end(NOON + HOUR)
            assert await unit.sessions.get(other.id) == other

    @pytest.mark.parametrize("keeping", [False, True], ids=["all", "all but one"])
    async def test_all_sessions_of_a_user_end(self, store: Store, keeping: bool) -> None:
        """Every session of the user ends at the instant given, but for the one that is kept."""
        user = a_user()
        first, second, current = (a_session(user_id=user.id) for _ in range(3))
        await given(store, user, first, second, current)
        keep = current.id if keeping else None
        async with committing(store) as unit:
            await unit.sessions.end_all(user.id, NOON + HOUR, keep=keep)
        async with store.reading() as unit:
            assert await found(unit, first) == first.end(NOON + HOUR)
            assert await found(unit, second) == second.end(NOON + HOUR)
            assert await found(unit, current) == (current if keeping else current.end(NOON + HOUR))

    async def test_a_session_that_has_ended_does_not_end_again(self, store: Store) -> None:
        """A session that ended before keeps its end."""
        user = a_user()
        ended = a_session(user_id=user.id, ended_at=NOON)
        await given(store, user, ended)
        async with committing(store) as unit:
            await unit.sessions.end_all(user.id, NOON + HOUR)
        async with store.reading() as unit:
            assert await found(unit, ended) == ended

    async def test_the_sessions_of_others_do_not_end(self, store: Store) -> None:
        """The sessions of other users go on; a user without any is no error."""
        user, other = a_user(), a_user()
        others = a_session(user_id=other.id)
        await given(store, user, other, others)
        async with committing(store) as unit:
            await unit.sessions.end_all(user.id, NOON + HOUR)
        async with store.reading() as unit:
            assert await found(unit, others) == others


class PreferencesContract(StoreCase):
    """What `ports.account_repositories.Preferences` says, a test for each sentence."""

    async def test_a_user_who_chose_nothing(self, store: Store) -> None:
        """A user who stored neither kind of preferences has None; one kind is not the other."""
        user, flagged, arranged = a_user(), a_user(), a_user()
        flags = notification_preferences(user_id=flagged.id)
        columns = ui_preferences(user_id=arranged.id)
        await given(store, user, flagged, arranged, flags, columns)
        async with store.reading() as unit:
            assert await unit.preferences.notification(user.id) is None
            assert await unit.preferences.ui(user.id) is None
            assert await unit.preferences.notification(arranged.id) is None
            assert await unit.preferences.ui(flagged.id) is None

    @pytest.mark.parametrize("flag", NotificationFlags.__dataclass_fields__)
    async def test_each_flag_is_kept_apart(self, store: Store, flag: str) -> None:
        """Each of the mail flags comes back as it was stored, whatever the others are."""
        user = a_user()
        opposite = not getattr(NotificationFlags(), flag)
        flags = replace(NotificationFlags(), **{flag: opposite})
        chosen = notification_preferences(user_id=user.id, flags=flags)
        await given(store, user, chosen)
        async with store.reading() as unit:
            assert await unit.preferences.notification(user.id) == chosen

    async def test_later_mail_flags_replace_earlier_ones(self, store: Store) -> None:
        """A user's later flags stand in place of the earlier, whose id and `created_at` stay."""
        user, other = a_user(), a_user()
        first, others = (notification_preferences(user_id=one.id) for one in (user, other))
        second = notification_preferences(
            user_id=user.id,
            flags=NotificationFlags(email_on_job_success=False, daily_digest=True),
            created_at=NOON + HOUR,
            updated_at=NOON + HOUR,
        )
        await given(store, user, other, first, others, second)
        async with store.reading() as unit:
            kept = replace(second, id=first.id, created_at=first.created_at)
            assert await unit.preferences.notification(user.id) == kept
            assert await unit.preferences.notification(other.id) == others

    async def test_later_columns_replace_earlier_ones(self, store: Store) -> None:
        """A user's later columns stand in place of the earlier, whose id and `created_at` stay."""
        user, other = a_user(), a_user()
        first, others = (ui_preferences(user_id=one.id) for one in (user, other))
        second = ui_preferences(
            user_id=user.id,
            jobs_table_columns={"end_date": False},
            created_at=NOON + HOUR,
            updated_at=NOON + HOUR,
        )
        await given(store, user, other, first, others, second)
        async with store.reading() as unit:
            kept = replace(second, id=first.id, created_at=first.created_at)
            assert await unit.preferences.ui(user.id) == kept
            assert await unit.preferences.ui(other.id) == others
