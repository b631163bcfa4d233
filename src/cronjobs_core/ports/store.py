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

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Protocol

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.executions import (
    Execution,
    ExecutionFilter,
    ListedExecution,
    Statistics,
)
from cronjobs_core.domain.ids import ExecutionId, JobId, SessionId, UserId
from cronjobs_core.domain.jobs import Job, ListedJob
from cronjobs_core.domain.notifications import Audience, Notification
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Session, User


class Jobs(Protocol):
    """Jobs, with names that are unique to the letter."""

    async def add(self, job: Job) -> None:
        """Store a new job; raises DuplicateJobName where another has its name."""
        ...

    async def get(self, job_id: JobId) -> Job | None:
        """The job, or None."""
        ...

    async def get_listed(self, job_id: JobId) -> ListedJob | None:
        """The job with the newest `started_at` of its executions, or None."""
        ...

    async def list_all(self) -> list[ListedJob]:
        """Every job, newest `created_at` first, then by id; in a constant number of queries."""
        ...

    async def many(self, job_ids: Collection[JobId]) -> dict[JobId, Job]:
        """Those of the jobs that exist, by id."""
        ...

    async def active(self) -> list[Job]:
        """Every job with `is_active`, in no order."""
        ...

    async def count(self) -> int:
        """How many jobs there are, active or not."""
        ...

    async def ended_before(self, day: date) -> list[Job]:
        """Active jobs whose end date lies before `day`, by id."""
        ...

    async def name_taken(self, name: str, *, other_than: JobId | None = None) -> bool:
        """Whether a job, other than the one named, has exactly this name."""
        ...

    async def update(self, job: Job) -> None:
        """Store the job in place of the one with its id; a job that is gone stays gone.

        Raises DuplicateJobName where another has its name.
        """
        ...

    async def delete(self, job_id: JobId) -> None:
        """Remove the job and its executions; notifications about them stay and name nothing."""
        ...


class Executions(Protocol):
    """The history: at most one execution for a job and a `scheduled_for`."""

    async def claim(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        """Store those whose occurrence has no execution yet; returns the ids of the stored ones.

        Losing to another is no error. Of two in the call for one occurrence the first is stored.
        Executions of a job that does not exist are left out. Manual runs are never refused.
        """
        ...

    async def get(self, execution_id: ExecutionId) -> ListedExecution | None:
        """The execution with the name and repository of its job, or None."""
        ...

    async def finish(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        """Store the outcome of each that is still running; returns the ids of those.

        What is finished already, or was deleted with its job, is left as it is.
        """
        ...

    async def running_jobs(self, job_ids: Collection[JobId]) -> set[JobId]:
        """Those of the jobs that have an execution with status running."""
        ...

    async def page(self, where: ExecutionFilter, page: Page) -> tuple[list[ListedExecution], int]:
        """One page, newest `started_at` first, then by id descending; and the total matching."""
        ...

    async def statistics(self, where: ExecutionFilter) -> Statistics:
        """Counts and averages over everything that matches."""
        ...


class Users(Protocol):
    """Users, with unique user names and e-mail addresses (both stored lower-case)."""

    async def add(self, user: User) -> None:
        """Store a new user; raises AccountTaken ("Username" before "Email")."""
        ...

    async def get(self, user_id: UserId) -> User | None:
        """The user, or None."""
        ...

    async def by_login(self, login: str) -> User | None:
        """The user whose user name, else whose address, is `login` in any case of letters."""
        ...

    async def count(self) -> int:
        """How many users there are, active or not."""
        ...

    async def update(self, user: User) -> None:
        """Store the user in place of the one with its id; raises AccountTaken."""
        ...

    async def in_audience(self, audience: Audience) -> list[UserId]:
        """Who hears what is told to `audience`: active users, each once, by id."""
        ...


class Sessions(Protocol):
    """Sign-ins."""

    async def add(self, session: Session) -> None:
        """Store a new session."""
        ...

    async def get(self, session_id: SessionId) -> Session | None:
        """The session, or None."""
        ...

    async def update(self, session: Session) -> None:
        """Store the session in place of the one with its id."""
        ...


class Taxonomy(Protocol):
    """Categories and PIC teams, each with unique slugs."""

    async def categories(self) -> list[Category]:
        """All, active or not, by lower-case name, then by id."""
        ...

    async def pic_teams(self) -> list[PicTeam]:
        """All, active or not, by lower-case name, then by id."""
        ...

    async def add_category(self, category: Category) -> None:
        """Store a new category; raises DuplicateSlug ("Category")."""
        ...

    async def add_pic_team(self, team: PicTeam) -> None:
        """Store a new team; raises DuplicateSlug ("PIC team")."""
        ...


class Notifications(Protocol):
    """Each user's list of messages."""

    async def add(self, notifications: Sequence[Notification]) -> None:
        """Store them; a related job or execution that is gone by now is left out of its row."""
        ...

    async def of_user(self, user_id: UserId, page: Page) -> tuple[list[Notification], int]:
        """One page of the user's, newest first, then by id descending; and their total."""
        ...


class AuditLog(Protocol):
    """What was changed, in the order in which it was. Nothing here is ever changed or removed."""

    async def add(self, entry: AuditEntry) -> None:
        """Append the entry."""
        ...

    async def page(self, page: Page) -> tuple[list[AuditEntry], int]:
        """One page, newest first, then by id descending; and the total."""
        ...


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
