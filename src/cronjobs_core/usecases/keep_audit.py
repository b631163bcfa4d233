"""The audit log, written in the transaction of the change."""

from dataclasses import dataclass

from cronjobs_core.domain.audit import Entity, entry
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import UnitOfWork
from cronjobs_core.ports.world import Clock, NewId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAudit:
    """Writes down who changed what."""

    clock: Clock
    new_id: NewId

    async def note(
        self,
        uow: UnitOfWork,
        actor: Actor | None,
        action: str,
        before: Entity | None,
        after: Entity | None,
    ) -> None:
        """Append the change (None as `actor`: the service itself); the caller commits."""
        await uow.audit.add(
            entry(
                id=self.new_id(),
                at=self.clock.now(),
                actor=actor,
                action=action,
                before=before,
                after=after,
            )
        )
