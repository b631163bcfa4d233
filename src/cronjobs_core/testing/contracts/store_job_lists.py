"""The repository of jobs: which jobs a query finds, and in which order."""

from datetime import date, timedelta
from typing import Final

import pytest

from cronjobs_core.domain.jobs import Job, JobOrder, JobQuery, ListedJob
from cronjobs_core.domain.paging import Page
from cronjobs_core.ports.store import Reading, Store
from cronjobs_core.testing.builders import NOON, a_job, an_execution
from cronjobs_core.testing.contracts.store_case import StoreCase, given

HOUR: Final = timedelta(hours=1)
SHELF: Final = (
    a_job(name="Nightly Report", category="regression", pic_team="payments"),
    a_job(name="Weekly", target_url="https://REPORTS.example.com/run", is_active=False),
    a_job(name="Sync", target_url=None, github_repo="reporter", category="regression"),
    a_job(name="Build", github_workflow_name="Report.yml", pic_team="payments", is_active=False),
    a_job(name="100% of a_b\\c", category="refund", pic_team="ops"),
    a_job(name="MÜLLER", category="report", pic_team="report", github_owner="report"),
)
"""Jobs of all kinds, each found by its place."""

QUERIES: Final = {
    "anything": (JobQuery(), [0, 1, 2, 3, 4, 5]),
    "a text in any field and case": (JobQuery(search="rEPORT"), [0, 1, 2, 3]),
    "a text in the middle": (JobQuery(search="ightl"), [0]),
    "a text that is nowhere": (JobQuery(search="yearly"), []),
    "a blank": (JobQuery(search="y r"), [0]),
    "a per cent sign": (JobQuery(search="0%"), [4]),
    "an underscore": (JobQuery(search="a_b"), [4]),
    "a backslash": (JobQuery(search="b\\"), [4]),
    "no pattern": (JobQuery(search="n%y"), []),
    "no single letter": (JobQuery(search="s_nc"), []),
    "no shell pattern": (JobQuery(search="S*"), []),
    "a letter of another alphabet": (JobQuery(search="müll"), [5]),
    "a category": (JobQuery(category="regression"), [0, 2]),
    "no such category": (JobQuery(category="Regression"), []),
    "a team": (JobQuery(pic_team="payments"), [0, 3]),
    "no such team": (JobQuery(pic_team="pay"), []),
    "active ones": (JobQuery(is_active=True), [0, 2, 4, 5]),
    "paused ones": (JobQuery(is_active=False), [1, 3]),
    "all at once": (
        JobQuery(search="report", category="regression", pic_team="payments", is_active=True),
        [0],
    ),
}

LOW, MIDDLE, HIGH, NULL = 0, 1, 2, 3
VALUES: Final = {
    JobOrder.CREATED_AT: (NOON - HOUR, NOON, NOON + HOUR),
    JobOrder.UPDATED_AT: (NOON - HOUR, NOON, NOON + HOUR),
    JobOrder.NAME: ("apple", "Banana", "cherry"),
    JobOrder.CATEGORY: ("apple", "Banana", "cherry"),
    JobOrder.PIC_TEAM: ("apple", "Banana", "cherry", None),
    JobOrder.END_DATE: (date(2026, 9, 30), date(2026, 10, 1), date(2027, 1, 1), None),
}
"""Values of every order that is a field of jobs, as they sort."""
every_field = pytest.mark.parametrize(("order", "values"), VALUES.items(), ids=VALUES.keys())


class JobListsContract(StoreCase):
    """What `ports.job_repositories.Jobs` says of `find`, a test for each sentence.

    That it takes a constant number of queries is for the adapter's own tests.
    """

    @pytest.mark.parametrize(("query", "expected"), QUERIES.values(), ids=QUERIES.keys())
    async def test_a_query_finds_the_jobs_that_match(
        self, store: Store, query: JobQuery, expected: list[int]
    ) -> None:
        """The jobs that match are found, and how many they are; what is None matches any."""
        await given(store, *SHELF)
        async with store.reading() as unit:
            listed, total = await unit.jobs.find(query)
        assert sorted(SHELF.index(one.job) for one in listed) == expected
        assert total == len(expected)

    @every_field
    async def test_jobs_are_sorted_as_asked(
        self, store: Store, order: JobOrder, values: tuple[object, ...]
    ) -> None:
        """Jobs are listed by the field asked for, texts without regard to case, null last."""
        jobs = await _shuffled(store, order, values)
        async with store.reading() as unit:
            listed = await _jobs(unit, JobQuery(sort_by=order, descending=False))
        assert listed == jobs

    @every_field
    async def test_jobs_are_sorted_downwards_as_asked(
        self, store: Store, order: JobOrder, values: tuple[object, ...]
    ) -> None:
        """The other way round, the highest comes first, and null still last."""
        *jobs, last = await _shuffled(store, order, values)
        expected = [*reversed(jobs), last] if values[-1] is None else [last, *reversed(jobs)]
        async with store.reading() as unit:
            listed = await _jobs(unit, JobQuery(sort_by=order, descending=True))
        assert listed == expected

    @pytest.mark.parametrize(
        ("descending", "expected"),
        [(False, [LOW, MIDDLE, HIGH, NULL]), (True, [HIGH, MIDDLE, LOW, NULL])],
        ids=["up", "down"],
    )
    async def test_jobs_are_sorted_by_their_newest_start(
        self, store: Store, descending: bool, expected: list[int]
    ) -> None:
        """By last execution, it is the newest `started_at` that counts; none comes last."""
        jobs = [a_job(), a_job(), a_job(), a_job()]
        starts = {LOW: (1, 0), MIDDLE: (2,), HIGH: (0, 3)}
        await given(store, *(jobs[place] for place in (HIGH, NULL, LOW, MIDDLE)))
        for place, hours in starts.items():
            for hour in hours:
                start = NOON + hour * HOUR
                await given(store, an_execution(job_id=jobs[place].id, started_at=start))
        query = JobQuery(sort_by=JobOrder.LAST_EXECUTION_AT, descending=descending)
        async with store.reading() as unit:
            assert await _jobs(unit, query) == [jobs[place] for place in expected]

    async def test_without_a_wish_the_newest_job_is_first(self, store: Store) -> None:
        """A query that says nothing lists the newest `created_at` first."""
        middle, newest, oldest = (
            a_job(created_at=NOON + hours * HOUR, updated_at=NOON - hours * HOUR)
            for hours in (0, 1, -1)
        )
        await given(store, middle, newest, oldest)
        async with store.reading() as unit:
            assert await _jobs(unit, JobQuery()) == [newest, middle, oldest]

    @pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
    @pytest.mark.parametrize("order", JobOrder)
    async def test_jobs_that_sort_alike_are_listed_by_id(
        self, store: Store, order: JobOrder, descending: bool
    ) -> None:
        """Jobs that are alike in what they are sorted by, or have none, are listed by id."""
        names = ("same", "SAME", "Same") if order is JobOrder.NAME else ("a", "c", "b")
        first, second, third = (a_job(name=name) for name in names)
        await given(store, second, third, first)
        async with store.reading() as unit:
            listed = await _jobs(unit, JobQuery(sort_by=order, descending=descending))
        assert listed == [first, second, third]

    async def test_found_jobs_come_with_their_newest_start(self, store: Store) -> None:
        """Each job that is found comes with the newest `started_at` of its own, or None."""
        ran, never_ran = a_job(), a_job()
        await given(store, ran, never_ran)
        starts = (NOON + HOUR, NOON + 2 * HOUR, NOON)
        await given(store, *(an_execution(job_id=ran.id, started_at=start) for start in starts))
        async with store.reading() as unit:
            listed, _ = await unit.jobs.find(JobQuery())
        assert listed == [
            ListedJob(job=ran, last_execution_at=NOON + 2 * HOUR),
            ListedJob(job=never_ran, last_execution_at=None),
        ]

    async def test_pages_of_jobs_follow_each_other(self, store: Store) -> None:
        """Pages hold the list in its order, without gap or repetition, each with the total."""
        jobs = [a_job() for _ in range(5)]
        await given(store, *jobs, a_job(is_active=False))
        query = JobQuery(is_active=True)
        async with store.reading() as unit:
            pages = [await unit.jobs.find(query, Page(number, 2)) for number in (1, 2, 3, 4)]
        expected = [jobs[:2], jobs[2:4], jobs[4:], []]
        assert [[one.job for one in listed] for listed, _ in pages] == expected
        assert [total for _, total in pages] == [len(jobs)] * len(pages)


async def _shuffled(store: Store, order: JobOrder, values: tuple[object, ...]) -> list[Job]:
    """Store a job with each of the values, so that neither id nor time sorts them as these do."""
    jobs = {index: a_job(**{order.value: values[index]}) for index in _mixed(len(values))}
    await given(store, *jobs.values())
    return [jobs[index] for index in range(len(values))]


def _mixed(count: int) -> list[int]:
    """The numbers below `count`: in no order up or down, the last one not at an end."""
    return [1, count - 1, *range(2, count - 1), 0]


async def _jobs(unit: Reading, query: JobQuery) -> list[Job]:
    listed, _ = await unit.jobs.find(query)
    return [one.job for one in listed]
