"""The frontend in a browser tab: how axios calls, and what the pages read (contract 12)."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx2
import jwt

from api import PASSWORD
from integration.api.calling.neighbours import TRIO

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
"""What the form of a job sends."""


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
    def expires(self) -> float:
        """What the header's banner counts down to: `exp` of the token's payload, in seconds."""
        payload = jwt.decode(self.storage["token"], options={"verify_signature": False})
        exp: float = payload["exp"]
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
