"""The requests of the frontend, as axios sends them (contract 12)."""

from typing import Any

import httpx2
import pytest

from api import PASSWORD, Api, Person
from integration.api.calling.neighbours import TRIO, Neighbours

AXIOS = {
    "accept": "application/json, text/plain, */*",
    "accept-encoding": "gzip, deflate, br",
    "origin": "http://localhost:5173",
    "referer": "http://localhost:5173/",
    "user-agent": "Mozilla/5.0",
}
JSON = {"content-type": "application/json"}
FORM = {
    "name": "Nightly suite",
    "cron_expression": "0 2 * * 1-5",
    **TRIO,
    "end_date": "2026-12-31",
    "pic_team": "payments",
    "metadata": {"branchDetails": "master", "parallelExecutors": "2"},
    "category": "general",
}


async def axios(
    person: Person, method: str, path: str, data: Any = ..., **query: str
) -> httpx2.Response:
    """Send a request as axios does in a browser: without data there is no content type."""
    sent: dict[str, Any] = {} if data is ... else {"json": data}
    return await person.call(method, path, headers=AXIOS, params=query, **sent)


async def test_the_login_page(api: Api) -> None:
    """authService.login: `email` where the typed text has an `@`, else `username`."""
    for typed in ("user", "user@example.com"):
        key = "email" if "@" in typed else "username"
        body = {key: typed, "password": PASSWORD}
        answer = await api.client.post("/api/v2/auth/login", json=body, headers=AXIOS)
        assert answer.status_code == 200
        assert {"access_token", "refresh_token", "user"} <= set(answer.json())
        assert isinstance(answer.json()["user"]["is_active"], bool)


async def test_the_session_banner(user: Person) -> None:
    """Header: refresh with the body `null` and the refresh token as bearer, then go on."""
    headers = {**AXIOS, **JSON, "Authorization": f"Bearer {user.tokens['refresh_token']}"}
    answer = await user.call("POST", "/auth/refresh", content=b"null", headers=headers)
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    again = await user.call("GET", "/jobs", headers={"Authorization": f"Bearer {token}"})
    assert again.status_code == 200


@pytest.mark.parametrize(
    "sent", [{}, {"content": b"", "headers": JSON}, {"content": b"null", "headers": JSON}], ids=str
)
async def test_signing_out(user: Person, sent: dict[str, Any]) -> None:
    """authService.logout: no body, or what other axios adapters make of none."""
    answer = await user.call("POST", "/auth/logout", **sent)
    assert answer.status_code == 200
    assert (await user.get("/jobs")).status_code == 401


async def test_the_user_form(admin: Person) -> None:
    """userService: the form sends these four."""
    body = {
        "username": "john_doe",
        "email": "john@corp.local",
        "password": "secret12",
        "role": "user",
    }
    answer = await axios(admin, "POST", "/auth/register", body)
    assert answer.status_code == 201
    assert answer.json()["user"]["username"] == "john_doe"


async def test_the_job_form(user: Person) -> None:
    """JobForm: check while typing, preview, save, and edit with the same body again."""
    checked = await axios(user, "POST", "/jobs/validate-cron", {"expression": "0 2 * * 1-5"})
    assert checked.json()["valid"] is True
    preview = await axios(
        user, "POST", "/jobs/cron-preview", {"expression": "0 2 * * 1-5", "count": 1}
    )
    assert preview.json()["timezone"] == "Asia/Tokyo"
    created = await axios(user, "POST", "/jobs", FORM)
    assert created.status_code == 201
    job = created.json()["job"]
    assert job["next_execution_at"] == preview.json()["next_runs"][0]
    saved = await axios(user, "PUT", f"/jobs/{job['id']}", {**FORM, "category": "general"})
    assert saved.json()["job"] == {**job, "updated_at": saved.json()["job"]["updated_at"]}


async def test_the_switch_in_the_table(user: Person) -> None:
    """F-28: the answer of the toggle replaces the row, so its times are in it."""
    job = (await axios(user, "POST", "/jobs", FORM)).json()["job"]
    await user.post(f"/jobs/{job['id']}/execute")
    for is_active in (False, True):
        answer = await axios(user, "PUT", f"/jobs/{job['id']}", {"is_active": is_active})
        row = answer.json()["job"]
        assert row["last_execution_at"] == "2026-11-24T23:59:30.123Z"
        assert (row["next_execution_at"] is not None) is is_active
    assert (await axios(user, "DELETE", f"/jobs/{job['id']}")).status_code == 200


async def test_the_run_dialog_of_a_workflow(user: Person, near: Neighbours) -> None:
    """RunJobModal: all names with the dispatch URL, metadata typed, overflow in `composite`."""
    job = (await axios(user, "POST", "/jobs", FORM)).json()["job"]
    body = {
        "dispatch_url": "https://github.com/acme/reports/actions/workflows/daily.yml",
        **TRIO,
        "metadata": {"branchDetails": "main", "n": 3, "on": True, "composite": {"k": "v"}},
    }
    answer = await axios(user, "POST", f"/jobs/{job['id']}/execute", body)
    assert answer.json()["execution"]["status"] == "success"
    assert near.github.dispatches == ["acme/reports/daily.yml"]


async def test_the_run_dialog_of_a_webhook(user: Person, near: Neighbours) -> None:
    """RunJobModal: the URL it shows, with the metadata if there is some."""
    url = near.hook.url("/ok")
    hook = {**FORM, **dict.fromkeys(TRIO, ""), "target_url": url}
    job = (await axios(user, "POST", "/jobs", hook)).json()["job"]
    answer = await axios(user, "POST", f"/jobs/{job['id']}/execute", {"target_url": url})
    assert answer.json()["execution"]["status"] == "success"


async def test_the_retry_of_a_failed_run(user: Person, near: Neighbours) -> None:
    """ExecutionsPage: a dispatch URL is rebuilt from the three segments of `target`."""
    near.github.answers = {"umbrella/tools/nightly.yml": (204, "")}
    job = (await axios(user, "POST", "/jobs", FORM)).json()["job"]
    first = await axios(
        user, "POST", f"/jobs/{job['id']}/execute", {"dispatch_url": "umbrella/tools/nightly.yml"}
    )
    owner, repo, workflow = first.json()["execution"]["target"].split("/")
    url = f"https://github.com/{owner}/{repo}/actions/workflows/{workflow}"
    second = await axios(user, "POST", f"/jobs/{job['id']}/execute", {"dispatch_url": url, **TRIO})
    assert second.json()["execution"]["target"] == "umbrella/tools/nightly.yml"


async def test_the_executions_page(user: Person, near: Neighbours) -> None:
    """executionService: its filters, and ISO instants with milliseconds."""
    job = (await axios(user, "POST", "/jobs", FORM)).json()["job"]
    await axios(user, "POST", f"/jobs/{job['id']}/execute", {})
    query = {
        "page": "1",
        "limit": "20",
        "job_id": job["id"],
        "status": "failed,running,success",
        "trigger_type": "manual",
        "execution_type": "github_actions",
        "from": "2026-11-24T00:00:00.000Z",
        "to": "2026-11-25T00:00:00.000Z",
    }
    body = (await axios(user, "GET", "/executions", **query)).json()
    assert (body["total"], body["page"], body["limit"], body["total_pages"]) == (1, 1, 20, 1)
    row = body["executions"][0]
    assert isinstance(row["duration_seconds"], float | int)
    found = await axios(user, "GET", f"/executions/{row['id']}")
    assert found.json()["execution"] == row
    assert near.github.dispatches == ["acme/reports/daily.yml"]


async def test_the_dashboard(user: Person) -> None:
    """Every 15 seconds: all jobs, and the statistics of days and of the last 24 hours."""
    await axios(user, "POST", "/jobs", FORM)
    assert len((await axios(user, "GET", "/jobs")).json()["jobs"]) == 1
    for query in (
        {"from": "2026-11-18", "to": "2026-11-24"},
        {"from": "2026-11-23T23:59:30.123Z", "to": "2026-11-24T23:59:30.123Z"},
    ):
        body = (await axios(user, "GET", "/executions/statistics", **query)).json()
        keys = ("successful_executions", "failed_executions", "running_executions", "success_rate")
        assert [body[key] for key in keys] == [0, 0, 0, 0.0]


async def test_the_settings_pages(admin: Person, viewer: Person) -> None:
    """jobCategoryService, picTeamService: a name is enough; the upload page asks as any role."""
    category = await axios(admin, "POST", "/job-categories", {"name": "Smoke tests"})
    assert category.json()["category"]["slug"] == "smoke-tests"
    team = await axios(admin, "POST", "/pic-teams", {"name": "QA Tech", "slack_handle": "@qa"})
    assert team.json()["pic_team"]["slug"] == "qa-tech"
    for path, key in (("/job-categories", "categories"), ("/pic-teams", "pic_teams")):
        answer = await axios(viewer, "GET", path, include_inactive="true")
        assert [one["slug"] for one in answer.json()[key]]


async def test_every_error_has_a_text_to_show(user: Person, viewer: Person, admin: Person) -> None:
    """The interceptor shows the first of `message`, `error`, `detail` that is a text."""
    answers = [
        await axios(viewer, "POST", "/jobs", FORM),
        await axios(user, "POST", "/jobs", {**FORM, "name": ""}),
        await axios(user, "POST", "/jobs", {}),
        await axios(user, "GET", "/jobs/x"),
        await axios(user, "GET", "/executions", page="x"),
        await axios(user, "POST", "/jobs"),
        await axios(admin, "POST", "/auth/register", {"username": "john.doe"}),
        await axios(admin, "POST", "/pic-teams", {"name": "Payments", "slack_handle": "@p"}),
        await axios(admin, "POST", "/scheduler/resync"),
    ]
    for answer in answers:
        assert answer.status_code not in {401, 422}
        body = answer.json()
        shown = [body[key] for key in ("message", "error", "detail") if key in body]
        assert shown
        assert all(isinstance(text, str) and text for text in shown)
