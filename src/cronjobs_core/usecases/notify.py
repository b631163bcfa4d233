"""In-app notifications, written in the transaction of what they tell."""

from dataclasses import dataclass

from cronjobs_core.domain.ids import NotificationId
from cronjobs_core.domain.notifications import Notice, copies
from cronjobs_core.ports.store import UnitOfWork
from cronjobs_core.ports.world import Clock, NewId


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Puts messages into people's lists."""

    clock: Clock
    new_id: NewId

    async def tell(self, uow: UnitOfWork, notice: Notice) -> None:
        """Copy `notice` into the list of everyone in its audience; the caller commits."""
        users = await uow.users.in_audience(notice.audience)
        recipients = [(NotificationId(self.new_id()), user_id) for user_id in users]
        await uow.notifications.add(copies(notice, recipients, self.clock.now()))
