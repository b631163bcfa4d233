"""Whatever is sent to the API, by whomever, gets an answer that its OpenAPI document declares.

All of Schemathesis's checks are on. Where one asks for more than the contract promises it is off
for single operations, and the reason stands beside them. `ignored_auth` looks at no OAuth2 scheme,
so the test itself sees that nobody gets in. Chains of requests are not made up: what one request
changes is undone before the next.

`make test` sends few examples, the same each time. Of the boundary values an admin, who is refused
nothing, sends those that break a schema, and a user, to whom things belong, those that keep it.
With FUZZ_EXAMPLES (`make fuzz`) every role sends all, and that many examples an operation, at
random.
"""

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from fastapi import FastAPI, Response
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.engine.recorder import ScenarioRecorder

from cronjobs_core.domain.users import Role
from cronjobs_http.app import API
from integration.forgetful import Forgetful

FEW: Final = 2
FORGETFUL: Final = {"extra-data-sources": {"responses": False}}
"""What was made by one request is not there for the next: ids come from the examples."""
EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", FEW))
Case = schemathesis.Case[Any]
THOROUGH: Final = EXAMPLES > FEW
REFRESH: Final = f"{API}/auth/refresh"
PUBLIC: Final = {f"GET {API}/health", f"POST {API}/auth/login", f"POST {API}/auth/login/form"}

MORE_THAN_A_SCHEMA_SAYS: Final = {
    "the user name or the e-mail address, one of the two": ["login"],
    "at least one field that is not null": ["update_user"],
    "five fields of cron, that come together at some time": ["preview_cron", "describe_cron"],
    "a target: a URL that may be called, or three names that GitHub would take": [
        "try_target",
        "execute_job",
    ],
    "both of these, and a team and a category that exist": ["create_job", "update_job"],
    "a name that makes a slug": [
        "create_category",
        "update_category",
        "create_pic_team",
        "update_pic_team",
    ],
    "dates in the right order": [
        "list_executions",
        "list_executions_of_job",
        "statistics",
        "list_notifications",
        "count_unread",
        "delete_read",
    ],
    "a URL, and https, before Slack can be switched on": ["update_slack_settings"],
    "a file that is CSV": ["bulk_upload"],
    "anybody but oneself": ["delete_user"],
    "values that databases hold, in keys that are ignored too: no NUL, 64 bits, 20 levels": [
        "refresh",
        "register",
        "update_preferences",
        "update_ui_preferences",
        "validate_cron",
    ],
}
"""What the contract asks of a request beyond its schema: these may refuse what conforms to it."""
LESS_THAN_A_SCHEMA_SAYS: Final = {
    "it is there to say what is wrong with a text: 200 either way (contract 4.8)": "validate_cron",
    "a token in the header wins, and the body is not looked at (contract 4.2)": "refresh",
}
"""What may be accepted that does not conform to its schema."""


def config(caller: Role | None) -> schemathesis.Config:
    """Return what is sent as a caller, and what of the answers is checked."""
    refusing = [operation for group in MORE_THAN_A_SCHEMA_SAYS.values() for operation in group]
    return schemathesis.Config.from_dict(
        {
            "generation": {"max-examples": EXAMPLES, "deterministic": not THOROUGH},
            "phases": {
                "examples": FORGETFUL,
                "coverage": {**boundaries(caller), **FORGETFUL},
                "fuzzing": FORGETFUL,
                "stateful": {"enabled": False},
            },
            "auth": {"auto-signup": False},
            "cache": {"enabled": False},
            "operations": [
                *_without("positive_data_acceptance", refusing),
                *_without("negative_data_rejection", LESS_THAN_A_SCHEMA_SAYS.values()),
            ],
        }
    )


def boundaries(caller: Role | None) -> dict[str, Any]:
    """Return which boundary values a caller sends."""
    if THOROUGH:
        return {"enabled": True}
    modes = {Role.ADMIN: "negative", Role.USER: "positive"}
    if caller not in modes:
        return {"enabled": False}
    return {"enabled": True, "generation": {"mode": modes[caller]}}


def _without(check: str, operations: Iterable[str]) -> list[dict[str, Any]]:
    off = {check: {"enabled": False}}
    return [{"include-operation-id": operation, "checks": off} for operation in operations]


@pytest.fixture
def application(tmp_path: Path) -> Forgetful:
    """Give the application; Schemathesis starts it, and ends it after its last request."""
    return Forgetful(tmp_path)


def document(application: Forgetful, caller: Role | None) -> schemathesis.BaseSchema:
    """Return the document as it is served, which is the committed one, with a caller's tokens."""
    where = f"{API}/openapi.json"
    found = schemathesis.openapi.from_asgi(where, application, config=config(caller))
    if caller is not None:
        tokens = application.tokens[caller]

        @found.auth(refresh_interval=None)
        class Bearer:
            """Sends the token that the operation wants."""

            def get(self, case: Case, _: schemathesis.AuthContext) -> str:
                """Return an access token, or the refresh token to refresh it with."""
                return str(tokens["refresh_token" if case.path == REFRESH else "access_token"])

            def set(self, case: Case, token: str, _: schemathesis.AuthContext) -> None:
                """Send it."""
                case.headers["Authorization"] = f"Bearer {token}"

    return found


@pytest.mark.parametrize("caller", [*Role, None], ids=[*Role, "nobody"])
def test_every_answer_is_one_that_the_document_declares(
    application: Forgetful, caller: Role | None
) -> None:
    """A client made from the document meets no status, header, type or body that is not in it."""
    problems, admitted = fuzz(document(application, caller))
    assert not problems, "\n\n".join(sorted(problems))
    if caller is None:
        assert admitted == PUBLIC


def test_an_answer_that_is_not_declared_is_seen() -> None:
    """The test above can fail: a status of which the document says nothing is a problem."""
    app = FastAPI()

    @app.get("/pot", responses={200: {"description": "Tea."}})
    async def brew() -> Response:
        return Response(status_code=418)

    few = schemathesis.Config.from_dict({"generation": {"max-examples": 1}})
    problems, _ = fuzz(schemathesis.openapi.from_asgi("/openapi.json", app, config=few))
    assert any("GET /pot: Undocumented status code" in one for one in problems)


def fuzz(document: schemathesis.BaseSchema) -> tuple[set[str], set[str]]:
    """Send everything; return what is wrong with the answers, and what was admitted."""
    problems: set[str] = set()
    admitted: set[str] = set()
    for event in from_schema(document).execute():
        match event:
            case ScenarioFinished(recorder=recorder):
                problems.update(failures(recorder))
                admitted.update(successes(recorder))
            case NonFatalError():
                problems.add(f"{event.label}: {event.value!r}")
            case FatalError():
                problems.add(repr(event.exception))
            case _:
                pass
    return problems, admitted


def failures(recorder: ScenarioRecorder) -> Iterator[str]:
    """Yield what is wrong with the answers of an operation, and how to get them again."""
    for check in chain.from_iterable(recorder.checks.values()):
        if check.failure_info is not None:
            failed = check.failure_info
            yield f"{recorder.label}: {failed.failure}\n    {failed.code_sample}"


def successes(recorder: ScenarioRecorder) -> Iterator[str]:
    """Yield the operation's name for each request that was admitted."""
    for sent in recorder.interactions.values():
        if sent.response is not None and sent.response.status_code < 400:
            yield recorder.label
