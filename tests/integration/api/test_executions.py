"""Reading the history: lists, single executions, statistics (contract 4.10)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api import NOW, Api, Person
from cronjobs_core.domain.executions import Execution, ExecutionStatus, Reason, TriggerType
from cronjobs_core.domain.ids import JobId
from cronjobs_core.testing.builders import an_execution
from integration.api.calling.neighbours import TRIO
from integration.api.shapes import EXECUTION, LISTED_EXECUTION, check_instants, refusal

STATISTICS = {
    "total_executions",
    "successful_executions",
    "failed_executions",
    "running_executions",
    "success_rate",
    "average_duration_seconds",
    "range",
    # decision 0.5
    "skipped_executions",
    "missed_executions",
}
NOTHING = {
    "total_executions": 0,
    "successful_executions": 0,
    "failed_executions": 0,
    "running_executions": 0,
    "skipped_executions": 0,
    "missed_executions": 0,
    "success_rate": 0.0,
    "average_duration_seconds": 0.0,
    "range": {"from": None, "to": None},
}
JOB_STATISTICS = {
    "total_executions",
    "success_count",
    "failed_count",
    "running_count",
    "success_rate",
    "average_duration_seconds",
    "skipped_count",
    "missed_count",
}


async def stored(api: Api, *executions: Execution) -> list[Execution]:
    """Store executions past the application."""
    async with api.container.store().writing() as uow:
        await uow.executions.claim(executions)
        await uow.commit()
    return list(executions)


def ended(
    job: dict[str, Any], status: ExecutionStatus, minutes: int, seconds: float | None = None
) -> Execution:
    """Return an execution of the job that started so many minutes ago and took so long."""
    start = NOW - timedelta(minutes=minutes)
    done = None if status is ExecutionStatus.RUNNING else start + timedelta(seconds=seconds or 0)
    return an_execution(
        job_id=JobId(job["id"]),
        status=status,
        started_at=start,
        completed_at=done,
        duration_seconds=seconds,
    )


async def a_past(api: Api, job: dict[str, Any]) -> list[Execution]:
    """Store one execution of each kind, the newest first."""
    runs = [
        ended(job, ExecutionStatus.RUNNING, 1),
        ended(job, ExecutionStatus.SUCCESS, 2, 1.0),
        ended(job, ExecutionStatus.SUCCESS, 3, 2.0),
        ended(job, ExecutionStatus.FAILED, 4, 9.3),
        ended(job, ExecutionStatus.SUCCESS, 5, 1.1),
        replace(ended(job, ExecutionStatus.SKIPPED, 6), reason=Reason.OVERLAP),
        replace(ended(job, ExecutionStatus.MISSED, 7), reason=Reason.LATE),
    ]
    return await stored(api, *runs)


async def test_an_empty_history_is_a_page(viewer: Person) -> None:
    """A fresh installation shows page one of none."""
    assert (await viewer.get("/executions")).json() == {
        "executions": [],
        "total": 0,
        "page": 1,
        "limit": 20,
        "total_pages": 0,
    }


async def test_the_list_holds_what_the_modal_shows(api: Api, user: Person, viewer: Person) -> None:
    """C-26: the details are rendered from the row of the list, `output` included."""
    job = await user.create_job(target_url=None, **TRIO)
    planned = datetime(2026, 11, 24, 23, 58, tzinfo=UTC)
    run = an_execution(
        job_id=JobId(job["id"]),
        scheduled_for=planned,
        status=ExecutionStatus.FAILED,
        started_at=planned + timedelta(milliseconds=1500),
        completed_at=planned + timedelta(seconds=3),
        duration_seconds=1.5,
        execution_type="github_actions",
        target="acme/reports/daily.yml",
        response_status=422,
        error_message="It failed.",
        output="Why it failed",
        reason=Reason.GITHUB_REJECTED,
    )
    await stored(api, run)
    body = (await viewer.get("/executions")).json()
    assert set(body["executions"][0]) == LISTED_EXECUTION
    assert body["executions"][0] == {
        "id": run.id,
        "job_id": job["id"],
        "job_name": "Nightly report",
        "github_repo": "reports",
        "status": "failed",
        "trigger_type": "scheduled",
        "scheduled_for": "2026-11-24T23:58:00.000Z",
        "started_at": "2026-11-24T23:58:01.500Z",
        "completed_at": "2026-11-24T23:58:03.000Z",
        "duration_seconds": 1.5,
        "execution_type": "github_actions",
        "target": "acme/reports/daily.yml",
        "response_status": 422,
        "error_message": "It failed.",
        "output": "Why it failed",
        "reason": "github_rejected",
        "attempt": 1,
        "triggered_by": None,
        "github_run": None,
    }


async def test_one_execution_is_found_both_ways(api: Api, user: Person, viewer: Person) -> None:
    """The detail of the global list names the job, the job's own names it beside."""
    job = await user.create_job()
    run = (await a_past(api, job))[1]
    body = (await viewer.get(f"/executions/{run.id}")).json()
    assert list(body) == ["execution"]
    assert set(body["execution"]) == LISTED_EXECUTION
    of_job = (await viewer.get(f"/jobs/{job['id']}/executions/{run.id}")).json()
    assert set(of_job) == {"job", "execution"}
    assert of_job["job"] == {"id": job["id"], "name": "Nightly report"}
    assert set(of_job["execution"]) == EXECUTION
    assert of_job["execution"].items() <= body["execution"].items()
    assert check_instants(body) == 2


async def test_what_is_not_found_is_named(api: Api, user: Person, viewer: Person) -> None:
    """Section 4.10: the job is looked for first; another job's execution is not this job's."""
    job = await user.create_job()
    other = await user.create_job(name="Other")
    run = (await a_past(api, other))[0]
    missing = "No execution found with ID:"
    for path, body in {
        "/executions/x": refusal("Execution not found", f"{missing} x"),
        "/jobs/x/executions": refusal("Job not found", "No job found with ID: x"),
        "/jobs/x/executions/stats": refusal("Job not found", "No job found with ID: x"),
        f"/jobs/x/executions/{run.id}": refusal("Job not found", "No job found with ID: x"),
        f"/jobs/{job['id']}/executions/x": refusal(
            "Execution not found", f"{missing} x for job: {job['id']}"
        ),
        f"/jobs/{job['id']}/executions/{run.id}": refusal(
            "Execution not found", f"{missing} {run.id} for job: {job['id']}"
        ),
    }.items():
        answer = await viewer.get(path)
        assert (answer.status_code, answer.json()) == (404, body)


async def test_statistics_count_what_ran(api: Api, user: Person, viewer: Person) -> None:
    """Decision 0.5: what was skipped or missed stands beside and never lowers the rate."""
    await a_past(api, await user.create_job())
    body = (await viewer.get("/executions/statistics")).json()
    assert set(body) == STATISTICS
    assert body == {
        "total_executions": 5,
        "successful_executions": 3,
        "failed_executions": 1,
        "running_executions": 1,
        "skipped_executions": 1,
        "missed_executions": 1,
        "success_rate": 60.0,
        "average_duration_seconds": 3.35,
        "range": {"from": None, "to": None},
    }


async def test_statistics_of_nothing_are_zeros(viewer: Person) -> None:
    """Section 4.10: an unknown job is no error here, and nothing is divided by nothing."""
    for query in ({}, {"job_id": "x"}):
        assert (await viewer.get("/executions/statistics", **query)).json() == NOTHING


async def test_the_range_of_statistics_is_told_in_utc(viewer: Person) -> None:
    """C-30: a date as `to` shows as the midnight that ends it."""
    query = {"from": "2026-11-01T09:00:00+09:00", "to": "2026-11-24"}
    body = (await viewer.get("/executions/statistics", **query)).json()
    assert body["range"] == {
        "from": "2026-11-01T00:00:00.000Z",
        "to": "2026-11-25T00:00:00.000Z",
    }


async def test_statistics_of_a_job_average_its_successes(
    api: Api, user: Person, viewer: Person
) -> None:
    """Section 4.10: two decimals, successes only, and the newest execution whole."""
    job = await user.create_job()
    newest = (await a_past(api, job))[0]
    await a_past(api, await user.create_job(name="Other"))
    body = (await viewer.get(f"/jobs/{job['id']}/executions/stats")).json()
    assert set(body) == {"job_id", "job_name", "statistics", "latest_execution"}
    assert set(body["statistics"]) == JOB_STATISTICS
    assert (body["job_id"], body["job_name"]) == (job["id"], "Nightly report")
    assert body["statistics"] == {
        "total_executions": 5,
        "success_count": 3,
        "failed_count": 1,
        "running_count": 1,
        "skipped_count": 1,
        "missed_count": 1,
        "success_rate": 60.0,
        "average_duration_seconds": 1.37,
    }
    assert set(body["latest_execution"]) == EXECUTION
    assert body["latest_execution"]["id"] == newest.id


async def test_a_job_that_never_ran_has_no_average(user: Person) -> None:
    """Null, not zero: nothing took no time."""
    job = await user.create_job()
    body = (await user.get(f"/jobs/{job['id']}/executions/stats")).json()
    assert body["latest_execution"] is None
    assert body["statistics"]["average_duration_seconds"] is None
    assert body["statistics"]["success_rate"] == 0.0


async def test_rates_have_two_decimals(api: Api, user: Person) -> None:
    """One success of three is 33.33 per cent."""
    job = await user.create_job()
    await stored(
        api,
        ended(job, ExecutionStatus.SUCCESS, 1, 1.0),
        ended(job, ExecutionStatus.FAILED, 2, 1.0),
        ended(job, ExecutionStatus.FAILED, 3, 1.0),
    )
    assert (await user.get("/executions/statistics")).json()["success_rate"] == 33.33


async def test_a_job_lists_its_newest_and_counts_them_all(
    api: Api, user: Person, viewer: Person
) -> None:
    """C-27: `total_executions` is what matches, not what is shown."""
    job = await user.create_job()
    runs = await a_past(api, job)
    await a_past(api, await user.create_job(name="Other"))
    body = (await viewer.get(f"/jobs/{job['id']}/executions", limit="3")).json()
    assert set(body) == {"job_id", "job_name", "total_executions", "executions"}
    assert (body["job_id"], body["job_name"], body["total_executions"]) == (
        job["id"],
        "Nightly report",
        7,
    )
    assert [one["id"] for one in body["executions"]] == [run.id for run in runs[:3]]
    assert all(set(one) == EXECUTION for one in body["executions"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "success"}, [1, 2, 4]),
        ({"status": "failed,running"}, [0, 3]),
        ({"status": " failed , running ,"}, [0, 3]),
        ({"status": "skipped,missed"}, [5, 6]),
        ({"status": "nonsense"}, []),
        ({"status": ""}, [0, 1, 2, 3, 4, 5, 6]),
        ({"trigger_type": "manual"}, [0, 1, 2, 3, 4, 5, 6]),
        ({"trigger_type": "scheduled"}, []),
        ({"trigger_type": ""}, [0, 1, 2, 3, 4, 5, 6]),
        ({"from": "2026-11-24T23:55:30.123456"}, [0, 1, 2, 3]),
        ({"from": "2026-11-24T23:55:30.123457"}, [0, 1, 2]),
        ({"to": "2026-11-24T23:55:30.123456"}, [4, 5, 6]),
        ({"to": "2026-11-24"}, [0, 1, 2, 3, 4, 5, 6]),
        ({"from": "2026-11-25"}, []),
        ({"to": "2026-11-23"}, []),
        ({"from": "2026-11-24", "to": "2026-11-24"}, [0, 1, 2, 3, 4, 5, 6]),
        (
            {"from": "2026-11-24T23:54:30Z", "to": "2026-11-24T23:57:00Z", "status": "success"},
            [2, 4],
        ),
    ],
    ids=str,
)
async def test_both_lists_are_narrowed_the_same_way(
    api: Api, user: Person, query: dict[str, str], found: list[int]
) -> None:
    """`from` is inclusive, `to` exclusive, a date as `to` the whole day; a list means any of it."""
    job = await user.create_job()
    runs = await a_past(api, job)
    wanted = [runs[index].id for index in found]
    for path in ("/executions", f"/jobs/{job['id']}/executions"):
        body = (await user.get(path, **query)).json()
        assert [one["id"] for one in body["executions"]] == wanted
        assert body.get("total", body.get("total_executions")) == len(wanted)


async def test_the_global_list_is_narrowed_by_job_and_kind(api: Api, user: Person) -> None:
    """The page's filters: one job, and webhooks or workflows only."""
    job = await user.create_job()
    github = await user.create_job(name="Other", target_url=None, **TRIO)
    hook = an_execution(job_id=JobId(job["id"]))
    workflow = an_execution(job_id=JobId(github["id"]), execution_type="github_actions")
    planned = an_execution(job_id=JobId(job["id"]), scheduled_for=NOW)
    await stored(api, hook, workflow, planned)
    for query, wanted in [
        ({"job_id": job["id"]}, {hook.id, planned.id}),
        ({"job_id": "x"}, set()),
        ({"execution_type": "github_actions"}, {workflow.id}),
        ({"execution_type": "webhook"}, {hook.id, planned.id}),
        ({"trigger_type": TriggerType.SCHEDULED.value}, {planned.id}),
    ]:
        body = (await user.get("/executions", **query)).json()
        assert {one["id"] for one in body["executions"]} == wanted


async def test_every_execution_is_on_one_page_though_they_began_together(
    api: Api, user: Person
) -> None:
    """C106: 108 runs of one minute fill six pages, each once, in the same order every time."""
    job = await user.create_job()
    await stored(api, *(an_execution(job_id=JobId(job["id"])) for _ in range(108)))
    seen: list[str] = []
    for page in range(1, 7):
        body = (await user.get("/executions", page=str(page), limit="20")).json()
        assert (body["total"], body["page"], body["limit"], body["total_pages"]) == (
            108,
            page,
            20,
            6,
        )
        seen += [one["id"] for one in body["executions"]]
    assert len(seen) == len(set(seen)) == 108
    whole = (await user.get("/executions", limit="200")).json()["executions"]
    assert [one["id"] for one in whole] == seen
    assert (await user.get("/executions", page="7")).json()["executions"] == []
