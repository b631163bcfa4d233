"""The repositories of jobs and of their history."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

from cronjobs_core.domain.executions import (
    Execution,
    ExecutionFilter,
    ListedExecution,
    Statistics,
)
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.domain.jobs import Job, JobQuery, ListedJob
from cronjobs_core.domain.paging import Page


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

    async def find(self, query: JobQuery, page: Page | None = None) -> tuple[list[ListedJob], int]:
        """The jobs that match, in the order asked for, then by id; and how many match in all.

        All of them, or one page. Texts are sorted without regard to case; what is null comes
        last. In a constant number of queries.
        """
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

    async def names_taken(self, names: Collection[str]) -> set[str]:
        """Those of the names that some job has, to the letter."""
        ...

    async def add_many(self, jobs: Sequence[Job]) -> None:
        """Store new jobs, all or none; raises DuplicateJobName for a name taken or repeated."""
        ...

    async def move_to_category(self, old: str, new: str) -> int:
        """Let every job of the category `old` (a slug) be of `new`; returns how many."""
        ...

    async def move_to_pic_team(self, old: str, new: str) -> int:
        """Let every job of the team `old` (a slug) be of `new`; returns how many."""
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
