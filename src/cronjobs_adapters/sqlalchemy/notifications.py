"""The messages in users' lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from cronjobs_adapters.sqlalchemy.rows import columns, from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import job_executions, jobs, notifications
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.ids import NotificationId, UserId
from cronjobs_core.domain.notifications import Notification, NotificationFilter
from cronjobs_core.domain.paging import Page


@dataclass(frozen=True, slots=True)
class SqlNotifications:
    """Implements `ports.record_repositories.Notifications`."""

    transaction: Transaction

    async def add(self, new: Sequence[Notification]) -> None:
        self.transaction.require_writing()
        rows = [to_row(one) for one in new]
        for name, column in (
            ("related_job_id", jobs.c.id),
            ("related_execution_id", job_executions.c.id),
        ):
            named = {row[name] for row in rows} - {None}
            there = await self.transaction.held(column, named)
            for row in rows:
                row[name] = row[name] if row[name] in there else None
        if rows:
            await self.transaction.write(insert(notifications), rows)

    async def get(self, notification_id: NotificationId) -> Notification | None:
        wanted = select(*columns(Notification)).where(notifications.c.id == notification_id)
        row = await self.transaction.row(wanted, lock=notifications)
        return None if row is None else from_row(Notification, row)

    async def page(self, where: NotificationFilter, page: Page) -> tuple[list[Notification], int]:
        order = (notifications.c.created_at.desc(), notifications.c.id.desc())
        listed = select(*columns(Notification)).where(*_conditions(where)).order_by(*order)
        rows = await self.transaction.rows(listed.limit(page.size).offset(page.offset))
        return [from_row(Notification, row) for row in rows], await self.count(where)

    async def count(self, where: NotificationFilter) -> int:
        return await self.transaction.count(notifications, *_conditions(where))

    async def update(self, notification: Notification) -> None:
        change = update(notifications).where(notifications.c.id == notification.id)
        await self.transaction.write(change.values(to_row(notification)))

    async def mark_all_read(self, user_id: UserId, at: datetime) -> int:
        unread = _conditions(NotificationFilter(user_id=user_id, is_read=False))
        change = update(notifications).where(*unread).values(is_read=True, read_at=at)
        return await self.transaction.write(change)

    async def delete(self, notification_id: NotificationId) -> None:
        gone = delete(notifications).where(notifications.c.id == notification_id)
        await self.transaction.write(gone)

    async def delete_matching(self, where: NotificationFilter) -> int:
        return await self.transaction.write(delete(notifications).where(*_conditions(where)))


def _conditions(where: NotificationFilter) -> list[ColumnElement[bool]]:
    """What the filter asks for; a field that is None asks for nothing."""
    conditions = [notifications.c.user_id == where.user_id]
    if where.is_read is not None:
        conditions.append(notifications.c.is_read == where.is_read)
    if where.since is not None:
        conditions.append(notifications.c.created_at >= where.since)
    if where.until is not None:
        conditions.append(notifications.c.created_at < where.until)
    return conditions
