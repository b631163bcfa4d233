"""The store: units of work over the repositories, one per aggregate.

Promises that hold for all of it, each with a contract test:

- What a unit of work wrote is seen by others after `commit()` and not before; leaving the block
  without `commit()`, by an error or not, stores nothing of it.
- A unit of work sees its own writes.
- Of two writing units that change the same thing one waits for the other, and the second sees
  what the first committed: no update is lost.
- A reading unit sees one state of the store from its first read to its end, and never waits
  for a writer.
- Instants come back as the same instant, in UTC, to the microsecond. Texts come back unchanged.
- Mappings and tuples of entities come back equal.
- A store that is out of reach, locked for too long or full raises Unavailable.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from cronjobs_core.ports.account_repositories import Preferences, Sessions, Users
from cronjobs_core.ports.job_repositories import Executions, Jobs
from cronjobs_core.ports.record_repositories import AuditLog, Notifications, Slack, Taxonomy


class Reading(Protocol):
    """All repositories, for reading; a write through them raises RuntimeError."""

    @property
    def jobs(self) -> Jobs:
        """The jobs."""
        ...

    @property
    def executions(self) -> Executions:
        """The history."""
        ...

    @property
    def users(self) -> Users:
        """The users."""
        ...

    @property
    def sessions(self) -> Sessions:
        """The sign-ins."""
        ...

    @property
    def preferences(self) -> Preferences:
        """What users chose."""
        ...

    @property
    def slack(self) -> Slack:
        """The Slack settings."""
        ...

    @property
    def taxonomy(self) -> Taxonomy:
        """The two lists."""
        ...

    @property
    def notifications(self) -> Notifications:
        """The messages."""
        ...

    @property
    def audit(self) -> AuditLog:
        """The audit log."""
        ...


class UnitOfWork(Reading, Protocol):
    """All repositories, for reading and writing, in one transaction."""

    async def commit(self) -> None:
        """Make everything written so far durable and visible; once, at the end of the block."""
        ...


class Store(Protocol):
    """Opens units of work. No unit stays open across a call to anything but the store."""

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        """A unit that only reads."""
        ...

    def writing(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit that writes; it is rolled back unless committed."""
        ...

    async def ping(self) -> None:
        """Return if the store answers; raises Unavailable."""
        ...
