"""Repositories of executions in memory that have one fault each.

The docstring says what a repository does wrong; `caught_by` names the test whose sentence it
breaks.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from cronjobs_core.domain.errors import CronjobsError
from cronjobs_core.domain.executions import Execution, ExecutionFilter, ListedExecution, Statistics
from cronjobs_core.domain.ids import ExecutionId
from cronjobs_core.domain.paging import Page
from cronjobs_core.testing.memory_executions import MemoryExecutions


class AcceptsAnOccurrenceTwice(MemoryExecutions):
    """A claim takes an occurrence that has an execution."""

    caught_by = "test_a_claim_stores_free_occurrences"

    async def claim(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        claimed: set[ExecutionId] = set()
        for one in executions:
            planned = one.scheduled_for
            claimed |= await super().claim([replace(one, scheduled_for=None)])
            if one.id in claimed:
                self.tables.executions[one.id] = replace(one, scheduled_for=planned)
        return claimed


class RaisesOnALostRace(MemoryExecutions):
    """A claim that loses is an error."""

    caught_by = "test_losing_is_no_error"

    async def claim(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        claimed = await super().claim(executions)
        if executions and not claimed:
            raise CronjobsError("occurrence taken")
        return claimed


class RefusesManualRuns(MemoryExecutions):
    """A job may run by hand only once at a time."""

    caught_by = "test_manual_runs_are_never_refused"

    async def claim(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        busy = await self.running_jobs({one.job_id for one in executions})
        return await super().claim(
            [one for one in executions if one.scheduled_for or one.job_id not in busy]
        )


class OverwritesOutcomes(MemoryExecutions):
    """A second outcome replaces the first."""

    caught_by = "test_a_finished_execution_is_left_as_it_is"

    async def finish(self, executions: Sequence[Execution]) -> set[ExecutionId]:
        rows = self.tables.writable().executions
        known = [one for one in executions if one.id in rows]
        rows.update({one.id: one for one in known})
        return {one.id for one in known}


class CountsThePageOnly(MemoryExecutions):
    """The total is the number of what stands on the page."""

    caught_by = "test_every_page_has_the_total"

    async def page(self, where: ExecutionFilter, page: Page) -> tuple[list[ListedExecution], int]:
        listed, _ = await super().page(where, page)
        return listed, len(listed)


class IncludesTheEndOfARange(MemoryExecutions):
    """A range holds the instant at which it ends."""

    caught_by = "test_a_page_holds_what_matches"

    async def page(self, where: ExecutionFilter, page: Page) -> tuple[list[ListedExecution], int]:
        until = where.until and where.until + timedelta(microseconds=1)
        return await super().page(replace(where, until=until), page)


class CountsSkippedAsFailed(MemoryExecutions):
    """Statistics hold what was skipped against the job."""

    caught_by = "test_statistics_count_every_status_apart"

    async def statistics(self, where: ExecutionFilter) -> Statistics:
        counted = await super().statistics(where)
        return replace(counted, failed=counted.failed + counted.skipped, skipped=0)


class AveragesOverFailures(MemoryExecutions):
    """The average of successes includes failures."""

    caught_by = "test_averages_are_of_successes_and_of_all"

    async def statistics(self, where: ExecutionFilter) -> Statistics:
        counted = await super().statistics(where)
        return replace(counted, average_of_successes=counted.average_of_all)
