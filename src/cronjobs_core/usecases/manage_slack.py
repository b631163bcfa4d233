"""The Slack settings, for admins."""

from dataclasses import dataclass

from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import Store
from cronjobs_core.ports.telling import Note
from cronjobs_core.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageSlack:
    """Where Slack messages go."""

    store: Store
    clock: Clock
    note: Note

    async def get(self, actor: Actor) -> SlackSettings:
        """The settings; they come into being when first asked for."""
        authorise(actor, Action.MANAGE_SLACK)
        async with self.store.reading() as view:
            stored = await view.slack.get()
        if stored is not None:
            return stored
        async with self.store.writing() as uow:
            settings = await uow.slack.get() or SlackSettings.initial(self.clock.now())
            await uow.slack.put(settings)
            await uow.commit()
        return settings

    async def change(self, actor: Actor, fields: Fields) -> SlackSettings:
        """Set what `fields` name; raises InvalidInput and then changes nothing."""
        authorise(actor, Action.MANAGE_SLACK)
        now = self.clock.now()
        async with self.store.writing() as uow:
            before = await uow.slack.get() or SlackSettings.initial(now)
            after = before.change(fields, now)
            await uow.slack.put(after)
            await self.note(uow, actor, "slack.update", before, after)
            await uow.commit()
        return after
