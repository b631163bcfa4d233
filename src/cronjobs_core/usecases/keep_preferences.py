"""What users chose for themselves; kept from the first time that somebody asks."""

from dataclasses import dataclass, replace

from cronjobs_core.domain.errors import NotFound
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.policy import Action, authorise_on
from cronjobs_core.domain.preferences import (
    DEFAULT_COLUMNS,
    NotificationFlags,
    NotificationPreferences,
    UiPreferences,
    columns,
)
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import Reading, Store
from cronjobs_core.ports.world import Clock, NewId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPreferences:
    """Mail flags and table columns, for oneself; admins for anybody."""

    store: Store
    clock: Clock
    new_id: NewId

    def check_owner(self, actor: Actor, user_id: UserId) -> None:
        """Raise NotYours as a change would."""
        authorise_on(actor, Action.UPDATE_PREFERENCES, user_id)

    async def check_user(self, user_id: UserId) -> None:
        """Raise NotFound where there is no such user."""
        async with self.store.reading() as view:
            await _check_user(view, user_id)

    async def notification_flags(self, actor: Actor, user_id: UserId) -> NotificationPreferences:
        """The user's mail flags; the defaults are stored where there are none yet."""
        return await self.change_notification_flags(actor, user_id, {}, Action.READ_PREFERENCES)

    async def change_notification_flags(
        self,
        actor: Actor,
        user_id: UserId,
        fields: Fields,
        action: Action = Action.UPDATE_PREFERENCES,
    ) -> NotificationPreferences:
        """Set the flags that `fields` name; raises NotYours, NotFound, InvalidInput."""
        authorise_on(actor, action, user_id)
        async with self.store.reading() as view:
            await _check_user(view, user_id)
            stored = await view.preferences.notification(user_id)
        if stored is not None and not fields:
            return stored
        now = self.clock.now()
        async with self.store.writing() as uow:
            await _check_user(uow, user_id)
            before = await uow.preferences.notification(user_id) or NotificationPreferences(
                id=self.new_id(),
                user_id=user_id,
                flags=NotificationFlags(),
                created_at=now,
                updated_at=now,
            )
            after = replace(before, flags=before.flags.changed(fields), updated_at=now)
            await uow.preferences.put_notification(after)
            await uow.commit()
        return after

    async def table_columns(self, actor: Actor, user_id: UserId) -> UiPreferences:
        """The columns of the user's job table; the defaults are stored where there are none yet."""
        authorise_on(actor, Action.READ_PREFERENCES, user_id)
        async with self.store.reading() as view:
            await _check_user(view, user_id)
            stored = await view.preferences.ui(user_id)
        if stored is None:
            stored = await self._put_columns(user_id, dict(DEFAULT_COLUMNS), overwrite=False)
        return stored.complete()

    async def change_table_columns(
        self, actor: Actor, user_id: UserId, fields: Fields
    ) -> UiPreferences:
        """Set the columns; those not sent fall back to the default. Raises as the flags do."""
        authorise_on(actor, Action.UPDATE_PREFERENCES, user_id)
        return await self._put_columns(user_id, columns(fields), overwrite=True)

    async def _put_columns(
        self, user_id: UserId, chosen: dict[str, bool], *, overwrite: bool
    ) -> UiPreferences:
        now = self.clock.now()
        async with self.store.writing() as uow:
            await _check_user(uow, user_id)
            stored = await uow.preferences.ui(user_id)
            if stored is not None and not overwrite:
                return stored
            before = stored or UiPreferences(
                id=self.new_id(),
                user_id=user_id,
                jobs_table_columns=chosen,
                created_at=now,
                updated_at=now,
            )
            after = replace(before, jobs_table_columns=chosen, updated_at=now)
            await uow.preferences.put_ui(after)
            await uow.commit()
        return after


async def _check_user(view: Reading, user_id: UserId) -> None:
    if await view.users.get(user_id) is None:
        raise NotFound("User not found")
