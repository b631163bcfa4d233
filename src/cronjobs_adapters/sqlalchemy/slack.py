"""The Slack settings."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from cronjobs_adapters.sqlalchemy.rows import columns, from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import slack_settings
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.slack import SlackSettings


@dataclass(frozen=True, slots=True)
class SqlSlack:
    """Implements `ports.record_repositories.Slack`."""

    transaction: Transaction

    async def get(self) -> SlackSettings | None:
        newest = (slack_settings.c.updated_at.desc(), slack_settings.c.id.desc())
        wanted = select(*columns(SlackSettings)).order_by(*newest).limit(1)
        row = await self.transaction.row(wanted, lock=slack_settings)
        return None if row is None else from_row(SlackSettings, row)

    async def put(self, settings: SlackSettings) -> None:
        others = delete(slack_settings).where(slack_settings.c.id != settings.id)
        await self.transaction.write(others)
        await self.transaction.put(slack_settings, "id", to_row(settings))
