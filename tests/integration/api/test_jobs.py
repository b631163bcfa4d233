"""Reading jobs: the list and one of them (contract 4.0, 4.4)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from api import NOW, Api, Person
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.testing.builders import a_job, an_execution
from integration.api.cases import numbered
from integration.api.shapes import JOB, check_instants, holds, refusal


async def stored(api: Api, *jobs: Job) -> Job:
    """Store jobs past the application, as old data would be; returns the first."""
    async with api.container.store().writing() as uow:
        for job in jobs:
            await uow.jobs.add(job)
        await uow.commit()
    return jobs[0]


async def started(api: Api, job_id: str, at: datetime) -> None:
    """Store an execution of the job that started at `at`."""
    async with api.container.store().writing() as uow:
        await uow.executions.claim([an_execution(job_id=JobId(job_id), started_at=at)])
        await uow.commit()


async def test_an_empty_list_is_a_list(viewer: Person) -> None:
    """A fresh installation shows nothing, and no error."""
    assert (await viewer.get("/jobs")).json() == {"count": 0, "jobs": []}


async def test_everybody_reads_every_job_newest_first(
    api: Api, user: Person, viewer: Person
) -> None:
    """The frontend filters, sorts and pages in the browser: it needs them all, whole."""
    mine = await user.create_job(name="Mine")
    old = [a_job(created_at=NOW - timedelta(days=days)) for days in range(1, 240)]
    await stored(api, *old)
    body = (await viewer.get("/jobs")).json()
    assert set(body) == {"count", "jobs"}
    assert body["count"] == len(body["jobs"]) == 240
    assert [job["id"] for job in body["jobs"]] == [mine["id"], *(job.id for job in old)]
    assert all(set(job) == JOB for job in body["jobs"])
    assert check_instants(body) >= 2 * 240


async def test_unknown_query_parameters_do_not_shorten_the_list(
    viewer: Person, user: Person
) -> None:
    """Section 4.4: without a page asked for there is no page; what is unknown is ignored."""
    await user.create_job()
    answer = await viewer.get("/jobs", limit="0", offset="5", odd="x")
    assert answer.json()["count"] == len(answer.json()["jobs"]) == 1


async def test_one_job_is_what_the_list_shows(viewer: Person, user: Person) -> None:
    """Whoever opens a row finds the same as in the list."""
    job = await user.create_job()
    body = (await viewer.get(f"/jobs/{job['id']}")).json()
    assert list(body) == ["job"]
    assert body["job"] == (await viewer.get("/jobs")).json()["jobs"][0] == job


async def test_a_created_job_reads_as_it_was_sent(user: Person, viewer: Person) -> None:
    """Every field of section 4.0 comes back in its form."""
    sent = {
        "name": "Füße & 漢字 🚀",
        "cron_expression": "0 2 * * 1-5",
        "target_url": "https://hooks.example.com/run",
        "metadata": {"a": [1, 2.5, None, True, {"b": "ü"}], "empty": {}},
        "end_date": "2027-01-31",
        "pic_team": "payments",
        "enable_email_notifications": True,
        "notification_emails": ["a@example.com", "b@example.com"],
        "notify_on_success": True,
        "is_active": True,
    }
    job = await user.create_job(**sent)
    read = (await viewer.get(f"/jobs/{job['id']}")).json()["job"]
    holds(read, sent)
    holds(
        read,
        {
            "category": "general",
            "github_owner": None,
            "github_repo": None,
            "github_workflow_name": None,
            "created_by": user.id,
            "created_at": "2026-11-24T23:59:30.123Z",
            "updated_at": "2026-11-24T23:59:30.123Z",
            "last_execution_at": None,
            "next_execution_at": "2026-11-26T02:00:00+09:00",
        },
    )


@pytest.mark.parametrize(
    "job_id", ["does-not-exist", "0", "x" * 5000, "%00", "a%2Fb", "%F0%9F%9A%80"]
)
async def test_an_unknown_id_is_404(viewer: Person, job_id: str) -> None:
    """Ids are opaque: malformed and unknown are the same, and never 400 or 422."""
    answer = await viewer.get(f"/jobs/{job_id}")
    assert answer.status_code == 404
    assert {"error", "message"} <= set(answer.json())


async def test_the_404_names_the_id(viewer: Person) -> None:
    """Section 4.4, to the letter."""
    answer = await viewer.get("/jobs/does-not-exist")
    assert answer.json() == refusal("Job not found", "No job found with ID: does-not-exist")


async def test_the_last_execution_is_the_newest_start(api: Api, user: Person) -> None:
    """Section 4.0: of any status, in UTC, the same in the list and in the detail (C-38)."""
    job = await user.create_job()
    for minutes in (3, 1, 2):
        await started(api, job["id"], NOW - timedelta(minutes=minutes))
    for shown in (
        (await user.get("/jobs")).json()["jobs"][0],
        (await user.get(f"/jobs/{job['id']}")).json()["job"],
        (await user.put(f"/jobs/{job['id']}", {"metadata": {}})).json()["job"],
    ):
        assert shown["last_execution_at"] == "2026-11-24T23:58:30.123Z"


@pytest.mark.parametrize(
    ("fields", "due"),
    numbered(
        [
            ({"cron_expression": "* * * * *"}, "2026-11-25T09:00:00+09:00"),
            ({"cron_expression": "0 10 * * 2"}, "2026-12-01T10:00:00+09:00"),
            ({"is_active": False}, None),
            ({"cron_expression": "not a cron text"}, None),
            ({"cron_expression": "0 0 30 2 *"}, None),
            ({"end_date": date(2026, 11, 24)}, None),
            ({"cron_expression": "0 8 * * *", "end_date": date(2026, 11, 25)}, None),
            (
                {"cron_expression": "0 23 * * *", "end_date": date(2026, 11, 25)},
                "2026-11-25T23:00:00+09:00",
            ),
            ({"end_date": None}, "2026-11-25T09:00:00+09:00"),
        ]
    ),
)
async def test_the_next_execution_is_the_one_that_will_happen(
    api: Api, viewer: Person, fields: dict[str, Any], due: str | None
) -> None:
    """F-29: no future is shown to a job that is paused, broken or past its end date."""
    job = await stored(api, a_job(**{"cron_expression": "* * * * *"} | fields))
    shown = (await viewer.get(f"/jobs/{job.id}")).json()["job"]
    assert shown["next_execution_at"] == due
    assert (await viewer.get("/jobs")).json()["jobs"][0]["next_execution_at"] == due


async def test_a_job_whose_creator_is_gone_is_nobodys(api: Api, viewer: Person) -> None:
    """Section 4.3: jobs outlive the accounts of their creators."""
    job = await stored(api, a_job(created_by=None))
    shown = (await viewer.get(f"/jobs/{job.id}")).json()["job"]
    assert (shown["created_by"], shown["metadata"], shown["notification_emails"]) == (None, {}, [])
