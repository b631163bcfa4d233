"""The audit log."""

from dataclasses import dataclass

from sqlalchemy import insert, select

from cronjobs_adapters.sqlalchemy.rows import columns, from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import audit_log
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.paging import Page


@dataclass(frozen=True, slots=True)
class SqlAuditLog:
    """Implements `ports.record_repositories.AuditLog`."""

    transaction: Transaction

    async def add(self, entry: AuditEntry) -> None:
        await self.transaction.write(insert(audit_log), to_row(entry))

    async def page(self, page: Page) -> tuple[list[AuditEntry], int]:
        newest = select(*columns(AuditEntry)).order_by(audit_log.c.at.desc(), audit_log.c.id.desc())
        rows = await self.transaction.rows(newest.limit(page.size).offset(page.offset))
        return [from_row(AuditEntry, row) for row in rows], await self.transaction.count(audit_log)
