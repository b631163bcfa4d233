"""Who may call what: every route of the application, and what each caller gets there.

To add a route, add a line to `ROUTES`; where its path names something new, add how to make that
to `MAKERS` in `things.py`. Paths are those of the OpenAPI document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api import PASSWORD, job_body
from integration.api.shapes import detailed, refusal
from integration.api.things import UNREACHABLE

NOBODY: Final = "nobody"
VIEWER: Final = "viewer"
OWNER: Final = "user"
"""A user; where the path names something it is theirs, or about them."""
OTHER: Final = "other"
ADMIN: Final = "admin"
CALLERS: Final = (NOBODY, VIEWER, OWNER, OTHER, ADMIN)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status, and the whole body that comes with it."""

    status: int
    body: Mapping[str, Any]


Answer = int | Refusal
"""The status for a caller who is admitted, or the refusal."""
Answers = Mapping[str, Answer]

NO_TOKEN: Final = Refusal(401, detailed("Unauthorized", "Not authenticated"))
WRONG_TOKEN: Final = Refusal(401, detailed("Unauthorized", "Invalid token type"))
USERS_ONLY: Final = Refusal(
    403, detailed("Insufficient permissions", "User or admin access required")
)
ADMINS_ONLY: Final = Refusal(403, detailed("Insufficient permissions", "Admin access required"))
FOR_ROLES: Final = (NO_TOKEN, USERS_ONLY, ADMINS_ONLY)
"""Refusals that do not depend on what the path names, so they come before 404 (decision 0.10)."""


def public(status: int = 200) -> Answers:
    """Return the answers of a route for everybody, signed in or not."""
    return dict.fromkeys(CALLERS, status)


def signed_in(status: int = 200) -> Answers:
    """Return the answers of a route for every role."""
    return {**public(status), NOBODY: NO_TOKEN}


def writers(status: int = 200) -> Answers:
    """Return the answers of a route for users and admins."""
    return {**signed_in(status), VIEWER: USERS_ONLY}


def admins(status: int = 200) -> Answers:
    """Return the answers of a route for admins."""
    refused: Answers = dict.fromkeys((VIEWER, OWNER, OTHER), ADMINS_ONLY)
    return {**signed_in(status), **refused}


def job_owners(verb: str, status: int = 200) -> Answers:
    """Return the answers of a route for the job's owner and admins."""
    body = refusal("Insufficient permissions", f"You can only {verb} your own jobs")
    return {**writers(status), OTHER: Refusal(403, body)}


def account_owners(error: str, status: int = 200) -> Answers:
    """Return the answers of a route for the account's owner and admins."""
    refused: Answers = dict.fromkeys((VIEWER, OTHER), Refusal(403, refusal(error)))
    return {**signed_in(status), **refused}


def recipients(verb: str, status: int = 200) -> Answers:
    """Return the answers of a route for the one user whom a notification is for."""
    body = refusal(f"Forbidden: Cannot {verb} other users notifications")
    refused: Answers = dict.fromkeys((VIEWER, OTHER, ADMIN), Refusal(403, body))
    return {**signed_in(status), **refused}


JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Route:
    """A route with a request that is good, and the answers that each caller gets to it.

    `hides`: those who may not touch a thing do not learn either that it does not exist. `media` is
    what those who are admitted get.
    """

    method: str
    path: str
    answers: Answers
    request: Mapping[str, Any] = field(default_factory=dict)
    hides: bool = False
    media: str = JSON

    def __str__(self) -> str:
        return f"{self.method} {self.path.removeprefix(API)}"

    def answer(self, caller: str) -> Answer:
        """Return what the caller gets for a thing that exists."""
        return self.answers[caller]

    def answer_to_unknown(self, caller: str) -> Answer:
        """Return what the caller gets for a thing that does not exist."""
        nobodys = self.hides and caller == OWNER
        answer = self.answers[OTHER if nobodys else caller]
        refused = isinstance(answer, Refusal) and (self.hides or answer in FOR_ROLES)
        return answer if refused else 404


API: Final = "/api/v2"
_CRON: Final = {"json": {"expression": "0 2 * * *"}}
_LOGIN: Final = {"username": "user", "password": PASSWORD}
_NEW_USER: Final = {
    "username": "newcomer",
    "email": "newcomer@example.com",
    "password": "a-long-password",
}

ROUTES: Final = (
    Route("GET", "/", public()),
    Route("GET", f"{API}/health", public()),
    Route("POST", f"{API}/auth/login", public(), {"json": _LOGIN}),
    Route("POST", f"{API}/auth/login/form", public(), {"data": _LOGIN}),
    # All callers send access tokens.
    Route("POST", f"{API}/auth/refresh", {**dict.fromkeys(CALLERS, WRONG_TOKEN), NOBODY: NO_TOKEN}),
    Route("GET", f"{API}/auth/me", signed_in()),
    Route("GET", f"{API}/auth/verify", signed_in()),
    Route("POST", f"{API}/auth/logout", signed_in()),
    Route("POST", f"{API}/auth/register", admins(201), {"json": _NEW_USER}),
    Route("GET", f"{API}/jobs", signed_in()),
    Route("POST", f"{API}/jobs", writers(201), {"json": job_body()}),
    Route("GET", f"{API}/jobs/{{job_id}}", signed_in()),
    Route(
        "PUT", f"{API}/jobs/{{job_id}}", job_owners("update"), {"json": {"metadata": {"a": "b"}}}
    ),
    Route("DELETE", f"{API}/jobs/{{job_id}}", job_owners("delete")),
    Route("POST", f"{API}/jobs/{{job_id}}/execute", job_owners("execute")),
    Route("POST", f"{API}/jobs/validate-cron", signed_in(), _CRON),
    Route("POST", f"{API}/jobs/cron-preview", signed_in(), _CRON),
    Route("POST", f"{API}/jobs/cron-description", signed_in(), _CRON),
    Route("GET", f"{API}/executions", signed_in()),
    Route("GET", f"{API}/executions/statistics", signed_in()),
    Route("GET", f"{API}/executions/{{execution_id}}", signed_in()),
    Route("GET", f"{API}/jobs/{{job_id}}/executions", signed_in()),
    Route("GET", f"{API}/jobs/{{job_id}}/executions/stats", signed_in()),
    Route("GET", f"{API}/jobs/{{job_id}}/executions/{{execution_id}}", signed_in()),
    Route("GET", f"{API}/job-categories", signed_in()),
    Route("POST", f"{API}/job-categories", admins(201), {"json": {"name": "Smoke tests"}}),
    Route("GET", f"{API}/pic-teams", signed_in()),
    Route(
        "POST",
        f"{API}/pic-teams",
        admins(201),
        {"json": {"name": "Catalog", "slack_handle": "@catalog"}},
    ),
    Route("GET", f"{API}/scheduler/status", admins()),
    # Nobody leads here: an admin is admitted, and told so.
    Route("POST", f"{API}/scheduler/resync", admins(409)),
    Route("POST", f"{API}/jobs/test-run", writers(), {"json": {"target_url": UNREACHABLE}}),
    Route("PUT", f"{API}/job-categories/{{category_id}}", admins(), {"json": {"name": "Nights"}}),
    Route("DELETE", f"{API}/job-categories/{{category_id}}", admins()),
    Route("PUT", f"{API}/pic-teams/{{team_id}}", admins(), {"json": {"name": "Nights"}}),
    Route("DELETE", f"{API}/pic-teams/{{team_id}}", admins()),
    Route("GET", f"{API}/auth/users", admins()),
    Route(
        "GET",
        f"{API}/auth/users/{{user_id}}",
        account_owners("Forbidden. You can only view your own profile."),
        hides=True,
    ),
    Route(
        "PUT",
        f"{API}/auth/users/{{user_id}}",
        account_owners("Forbidden. You can only update your own profile."),
        {"json": {"email": "another@example.com"}},
        hides=True,
    ),
    Route("DELETE", f"{API}/auth/users/{{user_id}}", admins()),
    Route(
        "GET",
        f"{API}/auth/users/{{user_id}}/preferences",
        account_owners("Forbidden: Cannot access other users preferences"),
        hides=True,
    ),
    Route(
        "PUT",
        f"{API}/auth/users/{{user_id}}/preferences",
        account_owners("Forbidden: Cannot update other users preferences"),
        {"json": {"daily_digest": True}},
        hides=True,
    ),
    Route(
        "GET",
        f"{API}/auth/users/{{user_id}}/ui-preferences",
        account_owners("Forbidden: Cannot access other users preferences"),
        hides=True,
    ),
    Route(
        "PUT",
        f"{API}/auth/users/{{user_id}}/ui-preferences",
        account_owners("Forbidden: Cannot update other users preferences"),
        {"json": {"jobs_table_columns": {"pic_team": False}}},
        hides=True,
    ),
    Route("GET", f"{API}/notifications", signed_in()),
    Route("GET", f"{API}/notifications/unread-count", signed_in()),
    Route("PUT", f"{API}/notifications/read-all", signed_in()),
    Route("PUT", f"{API}/notifications/{{notification_id}}/read", recipients("access")),
    Route("DELETE", f"{API}/notifications/{{notification_id}}", recipients("delete")),
    Route("DELETE", f"{API}/notifications/delete-read", signed_in()),
    Route("POST", f"{API}/jobs/bulk-upload", writers(), {"files": {"file": ("jobs.csv", b"name")}}),
    Route("GET", f"{API}/jobs/export", signed_in(), media=CSV),
    Route("GET", f"{API}/jobs/import-template", signed_in(), media=CSV),
    Route("GET", f"{API}/settings/slack", admins()),
    Route("PUT", f"{API}/settings/slack", admins(), {"json": {"channel": "#nights"}}),
)
DOCUMENTS: Final = (
    f"{API}/openapi.json",
    "/docs",
    "/docs/oauth2-redirect",
    "/docs-assets",
    "/redoc",
)
"""What the framework adds by itself: public, and no part of the contract's matrix."""
