"""What use cases have said within their own unit of work: who changed what, and who hears of it."""

from collections.abc import Awaitable, Callable

from cronjobs_core.domain.audit import Entity
from cronjobs_core.domain.notifications import Notice
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import UnitOfWork

Note = Callable[[UnitOfWork, Actor | None, str, Entity | None, Entity | None], Awaitable[None]]
"""Write into the audit log: actor (None: the service itself), action, before and after."""

Tell = Callable[[UnitOfWork, Notice], Awaitable[None]]
"""Put a notice into the lists of its audience."""
