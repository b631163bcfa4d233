"""Narrowing, sorting and paging the list of jobs, and what it costs (contract 4.4, F-24)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from api import NOW, Api, Person
from cronjobs_core.domain.jobs import Job
from cronjobs_core.testing.builders import a_job, an_execution
from integration.api.cases import numbered
from integration.api.shapes import JOB

TRIO = {"github_owner": "acme", "github_repo": "api-Tests", "github_workflow_name": "Daily.yml"}


async def stored(api: Api, *jobs: Job) -> None:
    """Store jobs past the application."""
    async with api.container.store().writing() as uow:
        for job in jobs:
            await uow.jobs.add(job)
        await uow.commit()


async def names(person: Person, **query: Any) -> list[str]:
    """Return the names of the jobs that are found; `count` is their number."""
    answer = await person.get("/jobs", **query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"count", "jobs"}
    assert all(set(job) == JOB for job in body["jobs"])
    return [job["name"] for job in body["jobs"]]


@pytest.fixture
async def many(api: Api) -> None:
    """Give 25 jobs, `job 00` the newest."""
    await stored(
        api,
        *(a_job(name=f"job {n:02}", created_at=NOW - timedelta(minutes=n)) for n in range(25)),
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, range(25)),
        ({"page": 1, "per_page": 10}, range(10)),
        ({"page": 3, "per_page": 10}, range(20, 25)),
        ({"page": 4, "per_page": 10}, []),
        ({"page": 1_000_000, "per_page": 1000}, []),
        ({"per_page": 7}, range(7)),
        ({"page": 1}, range(25)),
        ({"page": 2}, []),
        ({"page": 1, "per_page": 1000}, range(25)),
    ],
)
async def test_a_page_is_a_slice_and_the_count_is_of_all(
    viewer: Person, many: None, query: dict[str, int], found: Any
) -> None:
    """Without a page there are all: the frontend needs the whole list."""
    del many
    body = (await viewer.get("/jobs", **query)).json()
    assert [job["name"] for job in body["jobs"]] == [f"job {n:02}" for n in found]
    assert body["count"] == 25


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            (name, value)
            for name in ("page", "per_page")
            for value in ("0", "-1", "abc", "", "1.5", "٣", str(10**20))
        ),
        ("per_page", "1001"),
        ("is_active", "maybe"),
        ("is_active", ""),
        ("sort_by", "password_hash"),
        ("sort_by", "NAME"),
        ("sort_by", ""),
        ("sort_dir", "up"),
        ("sort_dir", "DESC"),
        ("search", "x" * 201),
        ("category", "x" * 201),
        ("pic_team", "x" * 201),
    ],
)
async def test_a_wish_that_makes_no_sense_is_400(viewer: Person, name: str, value: str) -> None:
    """Decision 0.19, C-01: in the contract's shape, never 422."""
    answer = await viewer.get("/jobs", **{name: value})
    body = answer.json()
    assert (answer.status_code, body["error"]) == (400, "Validation error")
    assert body["message"] == body["detail"] == body["details"][name]


@pytest.mark.parametrize(
    ("query", "found"),
    numbered(
        [
            ({"search": "nightly"}, "nightly"),
            ({"search": "NIGHT"}, "nightly"),
            ({"search": "füße"}, "umlauts"),
            ({"search": "FÜSSE"}, ""),
            ({"search": "漢"}, "umlauts"),
            ({"search": "hooks.example.com/night"}, "nightly"),
            ({"search": "API-tests"}, "github"),
            ({"search": "daily.YML"}, "github"),
            ({"search": "acme"}, ""),
            ({"search": "100%"}, "wild"),
            ({"search": "%"}, "wild"),
            ({"search": "_"}, "wild"),
            ({"search": "\\"}, "wild"),
            ({"search": "%%"}, ""),
            ({"search": "n%y"}, ""),
            ({"search": "n_ghtly"}, ""),
            ({"search": "' OR 1=1 --"}, ""),
            ({"search": '"'}, ""),
            ({"search": "\0"}, ""),
            ({"search": ""}, "github nightly umlauts wild"),
            ({"category": "regression"}, "github"),
            ({"category": "Regression "}, "github"),
            ({"category": "nowhere"}, ""),
            ({"category": ""}, "github nightly umlauts wild"),
            ({"category": "!!!"}, ""),
            ({"pic_team": "payments"}, "github umlauts"),
            ({"pic_team": "PAYMENTS"}, "github umlauts"),
            ({"is_active": "false"}, "umlauts"),
            ({"is_active": "0"}, "umlauts"),
            ({"is_active": "true"}, "github nightly wild"),
            ({"pic_team": "payments", "is_active": "true"}, "github"),
            ({"search": "n", "category": "regression", "pic_team": "payments"}, ""),
            ({"search": "e", "category": "regression", "pic_team": "payments"}, "github"),
        ]
    ),
)
async def test_a_list_is_narrowed(
    api: Api, viewer: Person, query: dict[str, str], found: str
) -> None:
    """Text is found as it is written, in any case of letters: no letter of it is a pattern."""
    jobs = {
        "nightly": a_job(name="Nightly report", target_url="https://hooks.example.com/Night"),
        "github": a_job(
            name="Suite",
            target_url=None,
            category="regression",
            pic_team="payments",
            **TRIO,
        ),
        "umlauts": a_job(name="Füße 漢字", pic_team="payments", is_active=False),
        "wild": a_job(name="100%_\\ load"),
    }
    await stored(api, *jobs.values())
    by_name = {job.name: key for key, job in jobs.items()}
    assert sorted(by_name[name] for name in await names(viewer, **query)) == found.split()


@pytest.mark.parametrize(
    ("sort_by", "ascending"),
    [
        ("created_at", "cab"),
        ("updated_at", "bca"),
        ("name", "abc"),
        ("category", "bca"),
        ("pic_team", "cba"),
        ("end_date", "acb"),
        ("last_execution_at", "bac"),
    ],
)
async def test_a_list_is_sorted_by_each_field(
    api: Api, viewer: Person, sort_by: str, ascending: str
) -> None:
    """Both ways, names in any case; what has no value comes last either way."""
    day = timedelta(days=1)
    a = a_job(
        name="alpha",
        created_at=NOW - 2 * day,
        updated_at=NOW,
        category="z",
        pic_team="z",
        end_date=date(2026, 12, 1),
    )
    b = a_job(
        name="Beta",
        created_at=NOW - day,
        updated_at=NOW - 2 * day,
        category="Alpha",
        pic_team="m",
        end_date=date(2026, 12, 3),
    )
    c = a_job(
        name="gamma",
        created_at=NOW - 3 * day,
        updated_at=NOW - day,
        category="beta",
        pic_team="C",
        end_date=date(2026, 12, 2),
    )
    empty = a_job(name="zz", created_at=NOW, updated_at=NOW + day, category="zz", end_date=None)
    await stored(api, a, b, c, empty)
    async with api.container.store().writing() as uow:
        runs = [(b, -9), (a, -2), (a, -20), (c, -1)]
        await uow.executions.claim(
            [an_execution(job_id=job.id, started_at=NOW + n * day) for job, n in runs]
        )
        await uow.commit()
    labels = {a.name: "a", b.name: "b", c.name: "c", empty.name: ""}
    for direction, expected in (("asc", ascending), ("desc", ascending[::-1])):
        found = await names(viewer, sort_by=sort_by, sort_dir=direction)
        assert "".join(labels[name] for name in found) == expected
        if sort_by in {"end_date", "pic_team", "last_execution_at"}:
            assert found[-1] == empty.name


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ({"sort_by": "created_at"}, {"sort_by": "created_at", "sort_dir": "desc"}),
        ({"sort_by": "name"}, {"sort_by": "name", "sort_dir": "asc"}),
        ({"sort_dir": "asc"}, {"sort_by": "created_at", "sort_dir": "asc"}),
    ],
)
async def test_each_order_has_a_usual_direction(
    viewer: Person, many: None, query: dict[str, str], same: dict[str, str]
) -> None:
    """The newest first, names from A to Z."""
    del many
    assert await names(viewer, **query) == await names(viewer, **same)


@pytest.mark.parametrize("sort_by", ["created_at", "category", "pic_team", "last_execution_at"])
@pytest.mark.parametrize("sort_dir", ["asc", "desc"])
async def test_ties_fall_on_one_page_only(
    api: Api, viewer: Person, sort_by: str, sort_dir: str
) -> None:
    """Jobs that are equal keep one order, so that no page repeats or omits one."""
    await stored(api, *(a_job(name=f"job {n}") for n in range(23)))
    order = {"sort_by": sort_by, "sort_dir": sort_dir}
    whole = await names(viewer, **order)
    pages = [await names(viewer, **order, page=page, per_page=5) for page in range(1, 6)]
    assert [name for page in pages for name in page] == whole
    assert len(set(whole)) == 23


async def test_filters_and_pages_go_together(viewer: Person, many: None) -> None:
    """`count` is the number of those that match, whatever the page shows of them."""
    del many
    query = {"search": "job 1", "sort_by": "name", "sort_dir": "desc", "per_page": 3, "page": 2}
    body = (await viewer.get("/jobs", **query)).json()
    assert [job["name"] for job in body["jobs"]] == ["job 16", "job 15", "job 14"]
    assert body["count"] == 10


@contextmanager
def statements(api: Api) -> Iterator[list[str]]:
    """Give the list of the statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    engine = api.container.engine().sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "query",
    [{}, {"page": "1", "per_page": "100"}, {"search": "job", "sort_by": "last_execution_at"}],
    ids=str,
)
async def test_the_list_costs_the_same_for_few_and_for_many(
    api: Api, viewer: Person, query: dict[str, str]
) -> None:
    """F-24: the number of statements does not grow with the jobs or their history."""
    counts: list[int] = []
    for start, end in ((0, 10), (10, 200)):
        jobs = [a_job(name=f"job {n}") for n in range(start, end)]
        await stored(api, *jobs)
        async with api.container.store().writing() as uow:
            runs = [an_execution(job_id=job.id) for job in jobs for _ in range(3)]
            await uow.executions.claim(runs)
            await uow.commit()
        with statements(api) as sent:
            answer = await viewer.get("/jobs", **query)
        assert answer.json()["count"] == end
        counts.append(len(sent))
    assert counts[0] == counts[1] > 0
    assert counts[0] <= 8
