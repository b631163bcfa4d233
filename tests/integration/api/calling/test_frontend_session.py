"""A working day in the frontend: its requests in order, as axios sends them (contract 12).

Every key that the frontend reads is there, with the type that it needs.
"""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from api import Api
from integration.api.browser import (
    AXIOS,
    ENTRY,
    EXECUTION,
    FORM,
    JOB,
    NOTIFICATION,
    ORIGIN,
    PAGE,
    TEAM,
    Browser,
    check,
    instant,
    number,
)
from integration.api.calling.neighbours import TRIO, Neighbours
from integration.api.shapes import COLUMNS


@pytest.fixture
def browser(api: Api) -> Browser:
    """Give a tab that nobody has signed in yet."""
    return Browser(api.client)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/auth/login"),
        ("POST", "/auth/refresh"),
        ("PUT", "/jobs/x"),
        ("DELETE", "/notifications/delete-read"),
        ("GET", "/jobs"),
        ("POST", "/jobs/bulk-upload"),
    ],
)
async def test_the_browser_asks_first(browser: Browser, method: str, path: str) -> None:
    """A preflight carries no token and is answered before anybody is asked who they are."""
    headers = {
        "origin": ORIGIN,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type",
    }
    answer = await browser.client.request("OPTIONS", f"/api/v2{path}", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] in {"*", ORIGIN}
    assert method in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"authorization", "content-type"} <= {one.strip() for one in allowed.split(",")}


async def test_a_day_of_a_user(api: Api, browser: Browser, near: Neighbours) -> None:
    """Sign in, look around, make a job, run it, read about it, clear up, sign out."""
    await browser.sign_in("user@example.com")
    await browser.poll()
    await choose_the_columns(browser)
    await fill_in_the_form(browser)
    (job,) = (await browser.axios("GET", "/jobs", shape={"jobs": [JOB]}))["jobs"]
    await run_and_edit(browser, job)
    assert near.github.dispatches == ["acme/reports/daily.yml"] * 2
    await read_the_executions(browser, job["id"])
    await read_the_messages(browser)
    await browser.poll()
    await browser.axios("DELETE", f"/jobs/{job['id']}")
    assert (await browser.axios("GET", "/jobs"))["jobs"] == []

    expiry = browser.expires
    api.clock.set(datetime.fromtimestamp(expiry - 60, api.clock.now().tzinfo))
    await browser.refresh()
    assert browser.expires == pytest.approx(expiry + 3600 - 60)
    await browser.axios("POST", "/auth/logout")
    assert (await browser.send("GET", "/jobs")).status_code == 401


async def choose_the_columns(browser: Browser) -> None:
    """The table of jobs asks for its columns, and stores another choice."""
    columns = {"preferences": {"jobs_table_columns": dict.fromkeys(COLUMNS, bool)}}
    await browser.axios("GET", f"{browser.me}/ui-preferences", shape=columns)
    chosen = {"jobs_table_columns": {**COLUMNS, "target_url": True}}
    saved = await browser.axios("PUT", f"{browser.me}/ui-preferences", chosen, columns)
    assert saved["preferences"] == chosen


async def fill_in_the_form(browser: Browser) -> None:
    """The form loads its menus, checks the cron text while it is typed, tries, and saves."""
    await browser.axios("GET", "/job-categories", shape={"categories": [ENTRY]})
    await browser.axios("GET", "/pic-teams", shape={"pic_teams": [TEAM]})
    cron = {"expression": FORM["cron_expression"]}
    checked = await browser.axios("POST", "/jobs/validate-cron", cron, {"message": str})
    assert checked["valid"] is True
    texts = {"error": str, "message": str}
    wrong = await browser.axios("POST", "/jobs/validate-cron", {"expression": "x"}, texts)
    assert wrong["valid"] is False
    preview = {"timezone": str, "next_runs": [instant]}
    for count in (1, 5):
        shown = await browser.axios("POST", "/jobs/cron-preview", {**cron, "count": count}, preview)
        assert len(shown["next_runs"]) == count
    tried = {**TRIO, "metadata": FORM["metadata"]}
    result = await browser.axios("POST", "/jobs/test-run", tried, {"ok": bool, "message": str})
    assert result["ok"] is True
    await browser.axios("POST", "/jobs", FORM)


async def run_and_edit(browser: Browser, job: dict[str, Any]) -> None:
    """The dialog of a run, and the row that is replaced by the answer to an edit."""
    path = f"/jobs/{job['id']}"
    assert (await browser.axios("GET", path, shape={"job": JOB}))["job"] == job
    url = "https://github.com/acme/reports/actions/workflows/daily.yml"
    run = {"dispatch_url": url, **TRIO, "metadata": {"n": 3, "composite": {"k": "v"}}}
    await browser.axios("POST", f"{path}/execute", run)
    edited = await browser.axios("PUT", path, {**FORM, "name": "Renamed"}, {"job": JOB})
    assert instant(edited["job"]["last_execution_at"])
    await browser.axios("GET", f"{path}/executions", shape={"executions": list})


async def read_the_executions(browser: Browser, job_id: str) -> None:
    """The executions page: its filters, and the dialog of a row."""
    listed = {"executions": [EXECUTION], **PAGE, "limit": number}
    for query in (
        {"job_id": job_id},
        {"status": "success"},
        {"status": "failed,running", "trigger_type": "scheduled"},
        {"trigger_type": "manual", "execution_type": "github_actions"},
        {"from": "2026-11-24T00:00:00.000Z", "to": "2026-11-25T00:00:00.000Z"},
    ):
        body = await browser.axios(
            "GET", "/executions", shape=listed, page="1", limit="20", **query
        )
        assert body["total"] == (0 if "running" in query.get("status", "") else 1)
    row = (await browser.axios("GET", "/executions", page="1", limit="20"))["executions"][0]
    shown = await browser.axios("GET", f"/executions/{row['id']}", shape={"execution": EXECUTION})
    assert shown["execution"] == row
    assert number(row["duration_seconds"])
    assert len(row["target"].split("/")) == 3


async def read_the_messages(browser: Browser) -> None:
    """The dropdown and the page of notifications; its times are sent with milliseconds."""
    told = {"notifications": [NOTIFICATION], **PAGE, "per_page": number}
    days = {"from": "2026-11-24T00:00:00.000Z", "to": "2026-11-25T00:00:00.000Z"}
    for query in ({}, days, {"from": "2026-11-24", "to": "2026-11-24"}):
        body = await browser.axios(
            "GET",
            "/notifications",
            shape=told,
            page="1",
            per_page="20",
            unread_only="true",
            **query,
        )
        count = await browser.axios(
            "GET", "/notifications/unread-count", shape={"unread_count": number}, **query
        )
        assert count["unread_count"] == body["total"] == 3
    first, second, _ = body["notifications"]
    await browser.axios("PUT", f"/notifications/{first['id']}/read")
    await browser.axios("DELETE", f"/notifications/{second['id']}")
    await browser.axios("PUT", "/notifications/read-all")
    cleared = await browser.axios(
        "DELETE", "/notifications/delete-read", shape={"deleted_count": number}, **days
    )
    assert cleared == {"deleted_count": 2}


async def test_a_bulk_action_is_a_burst(browser: Browser) -> None:
    """Select all, disable, enable, delete: each a parallel call for every row."""
    await browser.sign_in("user")
    for n in range(30):
        await browser.axios("POST", "/jobs", {**FORM, "name": f"Suite {n}"})
    jobs = (await browser.axios("GET", "/jobs"))["jobs"]
    for is_active in (False, True):
        body = {"is_active": is_active}
        rows = await asyncio.gather(
            *(browser.axios("PUT", f"/jobs/{one['id']}", body, {"job": JOB}) for one in jobs),
            browser.poll(),
        )
        assert all(row["job"]["is_active"] is is_active for row in rows[:-1])
    await asyncio.gather(
        *(browser.axios("DELETE", f"/jobs/{one['id']}") for one in jobs), browser.poll()
    )
    assert (await browser.axios("GET", "/jobs"))["jobs"] == []


async def test_an_expired_tab_signs_itself_in_again(api: Api, browser: Browser) -> None:
    """The interceptor: 401, one refresh, the same request again; and after 30 days the login."""
    await browser.sign_in("viewer")
    for hours in (2, 30, 500):
        api.clock.tick(hours * 3600)
        assert (await browser.send("GET", "/jobs")).status_code == 401
        await browser.refresh()
        await browser.poll()
    api.clock.tick(30 * 24 * 3600)
    browser.storage["token"] = browser.storage["refresh"]
    assert (await browser.send("POST", "/auth/refresh", None)).status_code == 401


async def test_an_upload_of_jobs(browser: Browser) -> None:
    """BulkUploadJobsCard: a form with the tidied file; the card counts, and lists the errors."""
    await browser.sign_in("user")
    rows = [
        "Job Name,Repo,Workflow Name,Branch,Cron schedule (JST),Status,End Date,PIC Team",
        "Good,reports,daily,master,0 2 * * 1,Enable,2026-12-31,Payments",
        "Lost,reports,daily,master,0 2 * * 1,Enable,2026-12-31,Nobody",
    ]
    answer = await browser.client.post(
        "/api/v2/jobs/bulk-upload",
        headers={**AXIOS, "authorization": f"Bearer {browser.storage['token']}"},
        files={"file": ("jobs-normalized.csv", "\r\n".join(rows).encode(), "text/csv")},
        data={"default_github_owner": "acme"},
    )
    assert answer.status_code == 200
    error = {"row": number, "job_name": str, "error": str, "message": str, "pic_team": str}
    check(answer.json(), {"created_count": number, "error_count": number, "errors": [error]})
    assert (answer.json()["created_count"], answer.json()["error_count"]) == (1, 1)
    (problem,) = answer.json()["errors"]
    assert problem["error"] == "Invalid PIC team"
    assert "unknown pic team" in problem["message"].lower()
    await browser.poll()
