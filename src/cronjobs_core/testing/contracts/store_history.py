"""The repository of executions: pages and statistics of the history."""

from datetime import timedelta
from typing import Final

import pytest

from cronjobs_core.domain.executions import (
    Execution,
    ExecutionFilter,
    ExecutionStatus,
    ListedExecution,
    Statistics,
    TriggerType,
)
from cronjobs_core.domain.paging import Page
from cronjobs_core.ports.store import Reading, Store
from cronjobs_core.testing.builders import NOON, a_job, an_execution
from cronjobs_core.testing.contracts.store_case import WHOLE, StoreCase, given

HOUR = timedelta(hours=1)
JOB: Final = a_job(name="Nightly", github_repo="nightly")
OTHER_JOB: Final = a_job()
HISTORY: Final = tuple(
    an_execution(
        job_id=job.id,
        started_at=NOON + hour * HOUR,
        status=status,
        scheduled_for=planned,
        execution_type=kind,
        duration_seconds=seconds,
    )
    for hour, (job, status, planned, kind, seconds) in enumerate(
        (
            (JOB, ExecutionStatus.SUCCESS, NOON, "webhook", 1.0),
            (JOB, ExecutionStatus.FAILED, NOON + HOUR, "webhook", 8.0),
            (JOB, ExecutionStatus.SUCCESS, None, "github_actions", 2.5),
            (OTHER_JOB, ExecutionStatus.RUNNING, None, "webhook", None),
            (OTHER_JOB, ExecutionStatus.SKIPPED, NOON, None, None),
            (OTHER_JOB, ExecutionStatus.MISSED, NOON + HOUR, None, None),
            (OTHER_JOB, ExecutionStatus.SKIPPED, NOON + 2 * HOUR, "webhook", None),
        )
    )
)
"""One execution an hour, the oldest first."""

FILTERS: Final = {
    "anything": (ExecutionFilter(), [0, 1, 2, 3, 4, 5, 6]),
    "a job": (ExecutionFilter(job_id=JOB.id), [0, 1, 2]),
    "no such job": (ExecutionFilter(job_id=a_job().id), []),
    "a status": (ExecutionFilter(statuses=("success",)), [0, 2]),
    "any of two statuses": (ExecutionFilter(statuses=("failed", "running")), [1, 3]),
    "no such status": (ExecutionFilter(statuses=("odd",)), []),
    "a trigger": (ExecutionFilter(trigger_type="manual"), [2, 3]),
    "another trigger": (ExecutionFilter(trigger_type=TriggerType.SCHEDULED), [0, 1, 4, 5, 6]),
    "a type": (ExecutionFilter(execution_type="github_actions"), [2]),
    "since, inclusive": (ExecutionFilter(since=NOON + 5 * HOUR), [5, 6]),
    "until, exclusive": (ExecutionFilter(until=NOON + 2 * HOUR), [0, 1]),
    "a range": (ExecutionFilter(since=NOON + HOUR, until=NOON + 3 * HOUR), [1, 2]),
    "all at once": (
        ExecutionFilter(
            job_id=JOB.id,
            statuses=("success", "failed"),
            trigger_type="scheduled",
            execution_type="webhook",
            since=NOON,
            until=NOON + HOUR,
        ),
        [0],
    ),
}
every_filter = pytest.mark.parametrize(("where", "expected"), FILTERS.values(), ids=FILTERS.keys())


class HistoryContract(StoreCase):
    """What `ports.job_repositories.Executions` says of many, a test for each sentence."""

    @every_filter
    async def test_a_page_holds_what_matches(
        self, store: Store, where: ExecutionFilter, expected: list[int]
    ) -> None:
        """A page holds what matches the filter, newest `started_at` first, and the total."""
        await given(store, JOB, OTHER_JOB, *HISTORY)
        async with store.reading() as unit:
            listed, total = await unit.executions.page(where, WHOLE)
        assert [one.execution for one in listed] == [HISTORY[i] for i in reversed(expected)]
        assert total == len(expected)

    async def test_pages_follow_each_other(self, store: Store) -> None:
        """Pages hold the list in its order, without gap or repetition, each with the total."""
        await given(store, JOB, OTHER_JOB, *HISTORY)
        async with store.reading() as unit:
            pages = [await _ids(unit, Page(number, 3)) for number in (1, 2, 3, 4)]
        newest_first = [one.id for one in reversed(HISTORY)]
        assert pages == [newest_first[:3], newest_first[3:6], newest_first[6:], []]

    async def test_every_page_has_the_total(self, store: Store) -> None:
        """The total counts all that match, also on a page that holds fewer or none."""
        await given(store, JOB, OTHER_JOB, *HISTORY)
        async with store.reading() as unit:
            for number in (1, 3, 99):
                _, total = await unit.executions.page(ExecutionFilter(), Page(number, 3))
                assert total == len(HISTORY)

    async def test_executions_of_one_instant_are_listed_by_id(self, store: Store) -> None:
        """Executions with the same `started_at` are listed by id, descending."""
        first, second, third = (an_execution(job_id=JOB.id) for _ in range(3))
        await given(store, JOB, second, third, first)
        async with store.reading() as unit:
            assert await _ids(unit, WHOLE) == [third.id, second.id, first.id]

    async def test_listed_executions_come_with_their_job(self, store: Store) -> None:
        """Each listed execution comes with the name and repository of its own job."""
        own, others = an_execution(job_id=JOB.id), an_execution(job_id=OTHER_JOB.id)
        await given(store, JOB, OTHER_JOB, own, others)
        async with store.reading() as unit:
            listed, _ = await unit.executions.page(ExecutionFilter(), WHOLE)
        assert listed == [
            ListedExecution(execution=others, job_name=OTHER_JOB.name, github_repo=None),
            ListedExecution(execution=own, job_name="Nightly", github_repo="nightly"),
        ]

    async def test_statistics_count_every_status_apart(self, store: Store) -> None:
        """Statistics count each status by itself; skipped and missed are no part of the total."""
        await given(store, JOB, OTHER_JOB, *HISTORY)
        async with store.reading() as unit:
            counted = await unit.executions.statistics(ExecutionFilter())
        assert _counts(counted) == _expected_counts(HISTORY)
        assert counted.total == sum(
            one.status in {"success", "failed", "running"} for one in HISTORY
        )

    @every_filter
    async def test_statistics_count_what_matches(
        self, store: Store, where: ExecutionFilter, expected: list[int]
    ) -> None:
        """Statistics are made over everything that matches the filter, and nothing else."""
        await given(store, JOB, OTHER_JOB, *HISTORY)
        async with store.reading() as unit:
            counted = await unit.executions.statistics(where)
        assert _counts(counted) == _expected_counts([HISTORY[i] for i in expected])

    async def test_averages_are_of_successes_and_of_all(self, store: Store) -> None:
        """Averages are in seconds: one over successes, one over all that have a duration."""
        await given(store, JOB, OTHER_JOB, *HISTORY)
        async with store.reading() as unit:
            counted = await unit.executions.statistics(ExecutionFilter())
        assert counted.average_of_successes == pytest.approx((1.0 + 2.5) / 2)
        assert counted.average_of_all == pytest.approx((1.0 + 8.0 + 2.5) / 3)

    async def test_no_average_of_nothing(self, store: Store) -> None:
        """Averages are None where nothing that matches has a duration."""
        await given(store, JOB, OTHER_JOB, *HISTORY)
        async with store.reading() as unit:
            of_running = await unit.executions.statistics(ExecutionFilter(statuses=("running",)))
            of_failed = await unit.executions.statistics(ExecutionFilter(statuses=("failed",)))
        assert (of_running.average_of_all, of_running.average_of_successes) == (None, None)
        assert of_failed.average_of_successes is None

    async def test_statistics_of_an_empty_history(self, store: Store) -> None:
        """Statistics of nothing are zeros, without averages."""
        async with store.reading() as unit:
            assert await unit.executions.statistics(ExecutionFilter()) == Statistics()


async def _ids(unit: Reading, page: Page) -> list[str]:
    listed, _ = await unit.executions.page(ExecutionFilter(), page)
    return [one.execution.id for one in listed]


def _counts(counted: Statistics) -> dict[str, int]:
    return {status: getattr(counted, status) for status in ExecutionStatus}


def _expected_counts(executions: tuple[Execution, ...] | list[Execution]) -> dict[str, int]:
    return {status: sum(one.status is status for one in executions) for status in ExecutionStatus}
