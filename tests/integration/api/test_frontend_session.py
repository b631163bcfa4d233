"""A working day in the frontend: its requests in order, as axios sends them (contract 12).

Every key that the frontend reads is there, with the type that it needs.
"""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx2
import pytest

from api import PASSWORD, Api
from integration.api.runs import TRIO, Neighbours, calling, neighbours
from integration.api.shapes import COLUMNS, FLAGS
from integration.api.town import Town

ORIGIN: Final = "http://localhost:5173"
AXIOS: Final = {
    "accept": "application/json, text/plain, */*",
    "accept-encoding": "gzip, deflate, br",
    "origin": ORIGIN,
    "referer": f"{ORIGIN}/",
    "user-agent": "Mozilla/5.0",
}
NOTHING: Final = object()
"""No data: axios then sends neither a body nor a content type."""

Check = Callable[[object], bool]
Shape = dict[str, Any]
"""What is read of an answer: a type, a check, or the shape of what is inside, for each key."""


def optional(kind: type) -> Check:
    """Return the check for null or a value of the kind."""
    return lambda value: value is None or isinstance(value, kind)


def instant(value: object) -> bool:
    """Whether date-fns' `parseISO` and `new Date` read the text as the same instant."""
    return (
        isinstance(value, str)
        and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)", value)
        is not None
        and datetime.fromisoformat(value).tzinfo is not None
    )


def optional_instant(value: object) -> bool:
    """Whether the value is null or an instant."""
    return value is None or instant(value)


def day(value: object) -> bool:
    """Whether the value is a date of the form that date inputs show."""
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def number(value: object) -> bool:
    """Whether the value is a number and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool)


USER: Final[Shape] = {
    "id": str,
    "username": str,
    "email": str,
    "role": lambda value: value in {"admin", "user", "viewer"},
    "is_active": bool,
    "created_at": instant,
    "updated_at": instant,
}
JOB: Final[Shape] = {
    "id": str,
    "name": str,
    "is_active": bool,
    "target_url": optional(str),
    "github_owner": optional(str),
    "github_repo": optional(str),
    "github_workflow_name": optional(str),
    "category": str,
    "pic_team": optional(str),
    "end_date": day,
    "cron_expression": str,
    "last_execution_at": optional_instant,
    "next_execution_at": optional_instant,
    "metadata": dict,
}
EXECUTION: Final[Shape] = {
    "id": str,
    "job_id": str,
    "job_name": str,
    "status": lambda value: value in {"running", "success", "failed", "skipped", "missed"},
    "trigger_type": lambda value: value in {"scheduled", "manual"},
    "execution_type": lambda value: value in {"github_actions", "webhook", None},
    "started_at": instant,
    "completed_at": optional_instant,
    "duration_seconds": lambda value: value is None or number(value),
    "target": optional(str),
    "response_status": optional(int),
    "error_message": optional(str),
    "output": optional(str),
}
NOTIFICATION: Final[Shape] = {
    "id": str,
    "title": str,
    "message": str,
    "type": lambda value: value in {"success", "error", "warning", "info"},
    "related_job_id": optional(str),
    "related_execution_id": optional(str),
    "is_read": bool,
    "created_at": instant,
}
ENTRY: Final[Shape] = {"id": str, "slug": str, "name": str, "is_active": bool}
TEAM: Final[Shape] = {**ENTRY, "slack_handle": optional(str)}
SLACK: Final[Shape] = {
    "is_enabled": bool,
    "webhook_url": optional(str),
    "channel": optional(str),
    "updated_at": instant,
}
STATISTICS: Final[Shape] = dict.fromkeys(
    ("successful_executions", "failed_executions", "running_executions", "success_rate"), number
)
PAGE: Final[Shape] = dict.fromkeys(("total", "page", "total_pages"), number)
FORM: Final = {
    "name": "Nightly suite",
    "cron_expression": "0 2 * * 1-5",
    **TRIO,
    "end_date": "2026-12-31",
    "pic_team": "payments",
    "metadata": {"branchDetails": "master", "parallelExecutors": "2"},
    "category": "general",
}


def check(value: object, shape: object, where: str = "") -> None:
    """Fail unless the value has all that is read of it."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), where
        for key, inner in shape.items():
            assert key in value, f"{where}.{key}"
            check(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        for one in value:
            check(one, shape[0], f"{where}[]")
    elif isinstance(shape, type):
        assert isinstance(value, shape), f"{where}: {value!r}"
    else:
        assert callable(shape)
        assert shape(value), f"{where}: {value!r}"


@dataclass
class Browser:
    """A tab with the frontend in it: its stored tokens, and how its interceptor calls."""

    client: httpx2.AsyncClient
    storage: dict[str, Any] = field(default_factory=dict)

    async def axios(
        self, method: str, path: str, data: object = NOTHING, shape: object = None, **query: str
    ) -> Any:
        """Send a request; fail for a status or an answer that the page could not use."""
        answer = await self.send(method, path, data, **query)
        assert answer.status_code in {200, 201}, f"{method} {path}: {answer.text}"
        assert answer.headers["access-control-allow-origin"] == "*"
        if shape is not None:
            check(answer.json(), shape, path)
        return answer.json()

    async def send(
        self, method: str, path: str, data: object = NOTHING, **query: str
    ) -> httpx2.Response:
        """Send a request as axios does in a browser, with the stored token if there is one."""
        headers = dict(AXIOS)
        if "token" in self.storage:
            headers["authorization"] = f"Bearer {self.storage['token']}"
        sent: dict[str, Any] = {}
        if data is not NOTHING:
            headers["content-type"] = "application/json"
            sent["content"] = json.dumps(data, separators=(",", ":")).encode()
        url = f"/api/v2{path}"
        return await self.client.request(method, url, headers=headers, params=query, **sent)

    async def sign_in(self, typed: str, password: str = PASSWORD) -> None:
        """The login page: `email` where the typed text has an `@`, else `username`."""
        key = "email" if "@" in typed else "username"
        shape = {"access_token": str, "refresh_token": str, "user": USER}
        body = await self.axios("POST", "/auth/login", {key: typed, "password": password}, shape)
        self.storage = {
            "token": body["access_token"],
            "refresh": body["refresh_token"],
            "user": body["user"],
        }

    async def refresh(self) -> None:
        """The interceptor: the body `null` under the refresh token; a new one is not stored."""
        expired, self.storage["token"] = self.storage["token"], self.storage["refresh"]
        body = await self.axios("POST", "/auth/refresh", None, {"access_token": str})
        self.storage["token"] = body["access_token"]
        assert self.storage["token"] != expired

    @property
    def seconds_left(self) -> float:
        """What the header's banner counts down: `exp` of the token's payload."""
        payload = self.storage["token"].split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        exp: float = json.loads(base64.urlsafe_b64decode(padded))["exp"]
        return exp

    @property
    def me(self) -> str:
        """The path of the signed-in user."""
        return f"/auth/users/{self.storage['user']['id']}"

    async def poll(self) -> None:
        """What runs every 10 to 15 seconds: the dashboard, the executions, the dropdown."""
        recent = {"from": "2026-11-23T23:59:30.123Z", "to": "2026-11-24T23:59:30.123Z"}
        listed = {"executions": [EXECUTION], **PAGE, "limit": number}
        told = {"notifications": [NOTIFICATION], **PAGE, "per_page": number}
        await asyncio.gather(
            self.axios("GET", "/jobs", shape={"jobs": [JOB]}),
            self.axios("GET", "/executions/statistics", shape=STATISTICS, **recent),
            self.axios(
                "GET",
                "/executions/statistics",
                shape=STATISTICS,
                **{"from": "2026-11-18", "to": "2026-11-24"},
            ),
            self.axios("GET", "/executions", shape=listed, page="1", limit="20"),
            self.axios(
                "GET",
                "/notifications",
                shape=told,
                page="1",
                per_page="10",
                unread_only="false",
            ),
            self.axios("GET", "/notifications/unread-count", shape={"unread_count": number}),
        )


@pytest.fixture(scope="module")
async def near() -> AsyncIterator[Neighbours]:
    """Give the servers that jobs call."""
    async with neighbours() as both:
        yield both


@pytest.fixture(scope="module")
async def application(
    town: Town, near: Neighbours, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    """Give an application whose jobs may call them."""
    async with calling(town, tmp_path_factory.mktemp("session"), near) as api:
        yield api


@pytest.fixture(autouse=True)
def fresh(near: Neighbours) -> None:
    """Begin with empty logs."""
    near.forget()


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
    columns = {"preferences": {"jobs_table_columns": dict.fromkeys(COLUMNS, bool)}}
    await browser.axios("GET", f"{browser.me}/ui-preferences", shape=columns)
    chosen = {"jobs_table_columns": {**COLUMNS, "target_url": True}}
    saved = await browser.axios("PUT", f"{browser.me}/ui-preferences", chosen, columns)
    assert saved["preferences"] == chosen

    await browser.axios("GET", "/job-categories", shape={"categories": [ENTRY]})
    await browser.axios("GET", "/pic-teams", shape={"pic_teams": [TEAM]})
    cron = {"expression": FORM["cron_expression"]}
    checked = await browser.axios("POST", "/jobs/validate-cron", cron, {"message": str})
    assert checked["valid"] is True
    wrong = await browser.axios("POST", "/jobs/validate-cron", {"expression": "x"})
    check(wrong, {"error": str, "message": str})
    assert wrong["valid"] is False
    preview = {"timezone": str, "next_runs": [instant]}
    for count in (1, 5):
        shown = await browser.axios("POST", "/jobs/cron-preview", {**cron, "count": count}, preview)
        assert len(shown["next_runs"]) == count
    tried = {**TRIO, "metadata": FORM["metadata"]}
    result = await browser.axios("POST", "/jobs/test-run", tried, {"ok": bool, "message": str})
    assert result["ok"] is True

    await browser.axios("POST", "/jobs", FORM)
    (job,) = (await browser.axios("GET", "/jobs", shape={"jobs": [JOB]}))["jobs"]
    path = f"/jobs/{job['id']}"
    assert (await browser.axios("GET", path, shape={"job": JOB}))["job"] == job
    url = "https://github.com/acme/reports/actions/workflows/daily.yml"
    run = {"dispatch_url": url, **TRIO, "metadata": {"n": 3, "composite": {"k": "v"}}}
    await browser.axios("POST", f"{path}/execute", run)
    assert near.github.dispatches == ["acme/reports/daily.yml"] * 2
    edited = await browser.axios("PUT", path, {**FORM, "name": "Renamed"}, {"job": JOB})
    assert instant(edited["job"]["last_execution_at"])
    await browser.axios("GET", f"{path}/executions", shape={"executions": list})

    await read_the_executions(browser, job["id"])
    await read_the_messages(browser)
    await browser.poll()
    await browser.axios("DELETE", path)
    assert (await browser.axios("GET", "/jobs"))["jobs"] == []

    expiry = browser.seconds_left
    api.clock.set(datetime.fromtimestamp(expiry - 60, api.clock.now().tzinfo))
    await browser.refresh()
    assert browser.seconds_left == pytest.approx(expiry + 3600 - 60)
    await browser.send("POST", "/auth/logout")
    assert (await browser.send("GET", "/jobs")).status_code == 401


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


async def test_a_day_of_an_admin(api: Api, browser: Browser) -> None:
    """Users, categories, teams, Slack and the own profile, as the settings pages send them."""
    await browser.sign_in("admin")
    people = {"users": [USER]}
    assert len((await browser.axios("GET", "/auth/users", shape=people))["users"]) == 4
    new = {
        "username": "john_doe",
        "email": "john@corp.local",
        "password": "secret12",
        "role": "user",
    }
    made = (await browser.axios("POST", "/auth/register", new))["user"]
    path = f"/auth/users/{made['id']}"
    await browser.axios("GET", path, shape={"user": USER})
    edit = {"email": "john@corp.local", "role": "viewer", "is_active": True}
    shown = await browser.axios("PUT", path, edit, {"user": USER})
    assert shown["user"]["role"] == "viewer"
    await browser.axios("PUT", path, {**edit, "password": "secret13"})
    await browser.axios("DELETE", path)

    for where, key, body, shape in (
        ("/job-categories", "category", {"name": "Smoke tests"}, ENTRY),
        ("/pic-teams", "pic_team", {"name": "QA Tech", "slack_handle": "@qa"}, TEAM),
    ):
        entry = (await browser.axios("POST", where, body, {key: shape}))[key]
        for change in ({"name": "Renamed"}, {"is_active": False}, {"is_active": True}):
            changed = {key: shape, "jobs_updated": number}
            await browser.axios("PUT", f"{where}/{entry['id']}", change, changed)
        lists = {"categories" if key == "category" else "pic_teams": [shape]}
        await browser.axios("GET", where, shape=lists, include_inactive="true")
        await browser.axios("DELETE", f"{where}/{entry['id']}")
    team = (await browser.axios("GET", "/pic-teams"))["pic_teams"][0]
    body = {"name": "Payments", "slack_handle": "@pay", "is_active": True}
    await browser.axios("PUT", f"/pic-teams/{team['id']}", body, {"pic_team": TEAM})

    await browser.axios("GET", "/settings/slack", shape={"slack_settings": SLACK})
    for form in (
        {"is_enabled": False, "webhook_url": None, "channel": None},
        {"is_enabled": True, "webhook_url": "https://hooks.slack.example.com/x", "channel": "#a"},
        {"is_enabled": False, "webhook_url": None, "channel": None},
    ):
        body = await browser.axios("PUT", "/settings/slack", form, {"slack_settings": SLACK})
        assert {name: body["slack_settings"][name] for name in form} == form
    await change_the_profile(api, browser)


async def change_the_profile(api: Api, browser: Browser) -> None:
    """The profile and security tabs; the password alone, and on with the tokens of before."""
    flags = {"preferences": dict.fromkeys(FLAGS, bool)}
    shown = await browser.axios("GET", f"{browser.me}/preferences", shape=flags)
    six = {name: not shown["preferences"][name] for name in FLAGS}
    saved = await browser.axios("PUT", f"{browser.me}/preferences", six, flags)
    assert {name: saved["preferences"][name] for name in FLAGS} == six
    await browser.axios("PUT", browser.me, {"email": "boss@example.com"}, {"user": USER})
    await browser.axios("PUT", browser.me, {"password": "new-secret"}, {"user": USER})
    await browser.poll()
    await browser.refresh()
    await browser.poll()
    again = Browser(api.client)
    await again.sign_in("boss@example.com", "new-secret")


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


async def test_what_a_viewer_may_not_is_told_and_signs_nobody_out(browser: Browser) -> None:
    """403 with a text: a 401 or 422 would throw the viewer out of the page."""
    await browser.sign_in("viewer")
    await browser.axios("GET", "/pic-teams", shape={"pic_teams": [TEAM]}, include_inactive="true")
    for answer in (
        await browser.send("POST", "/jobs", FORM),
        await browser.send("POST", "/jobs/test-run", TRIO),
        await browser.send("GET", "/auth/users"),
        await browser.send("GET", "/settings/slack"),
        await browser.send("PUT", browser.me, {"role": "admin"}),
    ):
        assert answer.status_code == 403
        texts = [answer.json().get(key) for key in ("message", "error", "detail")]
        assert any(isinstance(text, str) and text for text in texts)
        assert all(text is None or isinstance(text, str) for text in texts)
    await browser.poll()
