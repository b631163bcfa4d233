"""The messages in users' lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from cronjobs_adapters.sqlalchemy.rows import from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import job_executions, jobs, notifications
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.notifications import Notification
from cronjobs_core.domain.paging import Page


@dataclass(frozen=True, slots=True)
class SqlNotifications:
    """Implements `ports.store.Notifications`."""

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

    async def of_user(self, user_id: UserId, page: Page) -> tuple[list[Notification], int]:
        own = notifications.c.user_id == user_id
        order = (notifications.c.created_at.desc(), notifications.c.id.desc())
        listed = select(notifications).where(own).order_by(*order)
        rows = await self.transaction.rows(listed.limit(page.size).offset(page.offset))
        total = await self.transaction.count(notifications, own)
        return [from_row(Notification, row) for row in rows], total
