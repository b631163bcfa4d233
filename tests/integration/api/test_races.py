"""F-15: what many want at once is given to one; the others are told so, and none gets a 500."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from api import Api, Person, job_body
from integration.api.contents import rows
from integration.api.shapes import detailed, holds, refusal

TRIES = 50
JOBS = 20
"""How many there are where each of the calls is about a job of its own."""


def outcomes(answers: Sequence[httpx2.Response]) -> Counter[int]:
    """Count the answers by status."""
    return Counter(answer.status_code for answer in answers)


def refused(answers: Sequence[httpx2.Response]) -> list[object]:
    """Return the different bodies of the answers that are errors."""
    bodies: list[object] = []
    for answer in answers:
        if answer.status_code >= 400 and answer.json() not in bodies:
            bodies.append(answer.json())
    return bodies


async def test_one_of_fifty_makes_the_job(api: Api, user: Person, other: Person) -> None:
    """Two people with the same idea make one job, and one message about it."""
    answers = await asyncio.gather(
        *((user, other)[n % 2].post("/jobs", job_body()) for n in range(TRIES))
    )
    assert outcomes(answers) == {201: 1, 400: TRIES - 1}
    taken = 'A job with the name "Nightly report" already exists. Please use a unique name.'
    assert refused(answers) == [refusal("Duplicate job name", taken)]
    assert len(await rows(api, "jobs")) == 1
    assert len(await rows(api, "notifications")) == 4


async def test_one_of_many_takes_the_new_name(api: Api, user: Person) -> None:
    """Jobs that are renamed at once do not end up under one name."""
    jobs = [await user.create_job(name=f"Job {n}") for n in range(JOBS)]
    answers = await asyncio.gather(
        *(user.put(f"/jobs/{job['id']}", {"name": "Report"}) for job in jobs)
    )
    assert outcomes(answers) == {200: 1, 400: JOBS - 1}
    taken = 'A job with the name "Report" already exists.'
    assert refused(answers) == [refusal("Duplicate job name", taken)]
    assert [row["name"] for row in await rows(api, "jobs")].count("Report") == 1


async def test_one_of_fifty_makes_the_account(api: Api, admin: Person) -> None:
    """S10, S72: one person is registered, whoever pressed the button twice."""
    body = {"username": "hanako", "email": "hanako@example.com", "password": "a-long-password"}
    answers = await asyncio.gather(*(admin.post("/auth/register", body) for _ in range(TRIES)))
    assert outcomes(answers) == {201: 1, 409: TRIES - 1}
    assert refused(answers) == [detailed("Username already exists", "Username already exists")]
    assert len(await rows(api, "users")) == 5


async def test_one_of_fifty_takes_the_address(api: Api, admin: Person) -> None:
    """Different names, one address: still one account."""
    answers = await asyncio.gather(
        *(
            admin.post(
                "/auth/register",
                {"username": f"hanako{n}", "email": "h@example.com", "password": "a-long-password"},
            )
            for n in range(TRIES)
        )
    )
    assert outcomes(answers) == {201: 1, 409: TRIES - 1}
    assert refused(answers) == [detailed("Email already exists", "Email already exists")]
    assert len(await rows(api, "users")) == 5


@pytest.mark.parametrize(
    ("path", "kind", "table"),
    [
        ("/job-categories", "Category", "job_categories"),
        ("/pic-teams", "PIC team", "pic_teams"),
    ],
)
async def test_one_of_fifty_makes_the_entry(
    api: Api, admin: Person, path: str, kind: str, table: str
) -> None:
    """Categories and teams are one by slug, whatever the case of the name."""
    names = ("Store Ops", "STORE OPS", "store  ops")
    answers = await asyncio.gather(
        *(admin.post(path, {"name": names[n % 3], "slack_handle": "@store"}) for n in range(TRIES))
    )
    assert outcomes(answers) == {201: 1, 409: TRIES - 1}
    message = f'{kind} slug "store-ops" already exists.'
    assert refused(answers) == [refusal("Duplicate slug", message)]
    assert [row["slug"] for row in await rows(api, table)].count("store-ops") == 1


async def test_one_of_fifty_deletes_the_job(api: Api, user: Person) -> None:
    """A burst of deletions is one deletion and its message; the others find nothing."""
    job = await user.create_job()
    answers = await asyncio.gather(*(user.delete(f"/jobs/{job['id']}") for _ in range(TRIES)))
    assert outcomes(answers) == {200: 1, 404: TRIES - 1}
    told = [row["title"] for row in await rows(api, "notifications")]
    assert told.count("Job Deleted") == 4


async def test_a_burst_of_single_calls_loses_none(api: Api, user: Person) -> None:
    """Section 12: bulk enable, disable and delete are many parallel single calls."""
    jobs = [await user.create_job(name=f"Job {n}") for n in range(JOBS)]
    paths = [f"/jobs/{job['id']}" for job in jobs]
    disabled = await asyncio.gather(*(user.put(path, {"is_active": False}) for path in paths))
    assert outcomes(disabled) == {200: JOBS}
    assert not any(row["is_active"] for row in await rows(api, "jobs"))
    deleted = await asyncio.gather(*(user.delete(path) for path in paths))
    assert outcomes(deleted) == {200: JOBS}
    assert await rows(api, "jobs") == []


async def test_changes_of_different_fields_at_once_both_stay(user: Person) -> None:
    """No update is lost: each change is made to what the one before it left."""
    job = await user.create_job()
    path = f"/jobs/{job['id']}"
    changes: list[dict[str, Any]] = [
        {"metadata": {"changed": "yes"}},
        {"cron_expression": "0 1 * * *"},
        {"is_active": False},
        {"end_date": "2027-01-01"},
        {"target_url": "https://hooks.example.com/other"},
    ]
    answers = await asyncio.gather(*(user.put(path, change) for change in changes))
    assert outcomes(answers) == {200: len(changes)}
    after = (await user.get(path)).json()["job"]
    for change in changes:
        holds(after, change)
