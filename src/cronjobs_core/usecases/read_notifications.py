"""Everybody's own list of messages."""

from dataclasses import dataclass

from cronjobs_core.domain.errors import Forbidden, NotFound
from cronjobs_core.domain.ids import NotificationId
from cronjobs_core.domain.notifications import Notification, NotificationFilter
from cronjobs_core.domain.paging import DateRange, Page
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import Reading, Store
from cronjobs_core.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotifications:
    """Reading, counting, marking and deleting: one's own only, admins included."""

    store: Store
    clock: Clock

    async def page(
        self, actor: Actor, bounds: DateRange, page: Page, *, unread_only: bool
    ) -> tuple[list[Notification], int]:
        """One page of the actor's messages, newest first; and the total."""
        where = _of(actor, bounds, is_read=False if unread_only else None)
        async with self.store.reading() as view:
            return await view.notifications.page(where, page)

    async def unread(self, actor: Actor, bounds: DateRange) -> int:
        """How many of the actor's messages are unread."""
        async with self.store.reading() as view:
            return await view.notifications.count(_of(actor, bounds, is_read=False))

    async def mark_read(self, actor: Actor, notification_id: NotificationId) -> Notification:
        """Mark one as read; the second time changes nothing. Raises NotFound, Forbidden."""
        authorise(actor, Action.OWN_NOTIFICATIONS)
        async with self.store.writing() as uow:
            before = await _own(uow, actor, notification_id, "access")
            after = before.read(self.clock.now())
            await uow.notifications.update(after)
            await uow.commit()
        return after

    async def mark_all_read(self, actor: Actor) -> int:
        """Mark all as read; returns how many were not."""
        authorise(actor, Action.OWN_NOTIFICATIONS)
        async with self.store.writing() as uow:
            count = await uow.notifications.mark_all_read(actor.user_id, self.clock.now())
            await uow.commit()
        return count

    async def delete(self, actor: Actor, notification_id: NotificationId) -> None:
        """Remove one; raises NotFound, Forbidden."""
        authorise(actor, Action.OWN_NOTIFICATIONS)
        async with self.store.writing() as uow:
            await _own(uow, actor, notification_id, "delete")
            await uow.notifications.delete(notification_id)
            await uow.commit()

    async def delete_read(self, actor: Actor, bounds: DateRange) -> int:
        """Remove the read ones within the bounds; returns how many."""
        where = _of(actor, bounds, is_read=True)
        async with self.store.writing() as uow:
            count = await uow.notifications.delete_matching(where)
            await uow.commit()
        return count


def _of(actor: Actor, bounds: DateRange, *, is_read: bool | None) -> NotificationFilter:
    authorise(actor, Action.OWN_NOTIFICATIONS)
    return NotificationFilter(
        user_id=actor.user_id, is_read=is_read, since=bounds.since, until=bounds.until
    )


async def _own(
    view: Reading, actor: Actor, notification_id: NotificationId, verb: str
) -> Notification:
    found = await view.notifications.get(notification_id)
    if found is None:
        raise NotFound("Notification not found")
    if found.user_id != actor.user_id:
        raise Forbidden(f"Forbidden: Cannot {verb} other users notifications")
    return found
