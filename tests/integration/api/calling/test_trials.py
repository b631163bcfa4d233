"""Trying a target out: what is sent, what is answered, what is not stored (contract 4.9)."""

import json
from pathlib import Path
from typing import Any

import pytest

from api import Api, Person
from integration.api.calling.neighbours import TRIO, Neighbours, calling
from integration.api.cases import numbered
from integration.api.contents import unchanged
from integration.api.shapes import refusal
from integration.api.things import UNREACHABLE
from integration.api.town import USER, Town, at_home
from servers.github import TOKEN
from servers.sockets import closed_port

PATH = "/jobs/test-run"
SENT = {"ok": True, "type": "webhook", "message": "Webhook test run succeeded."}
NOT_SENT = {"ok": False, "type": "webhook", "message": "Webhook test run failed."}
TRIGGERED = {"ok": True, "type": "github", "message": "GitHub workflow dispatch triggered."}
NOT_TRIGGERED = {"ok": False, "type": "github", "message": "GitHub workflow dispatch failed."}
NO_TARGET = refusal(
    "Missing target configuration",
    "Provide target_url or GitHub config (github_owner, github_repo, github_workflow_name).",
)
NO_SCHEME = refusal("Invalid target_url", "Webhook URL must start with http:// or https://")
NO_OBJECT = refusal("Invalid metadata", '"metadata" must be an object.')
NO_NUMBER = refusal("Invalid timeout_seconds", "timeout_seconds must be a number.")


async def trial(api: Api, person: Person, body: dict[str, Any]) -> dict[str, Any]:
    """Try a target out: 200 whatever comes of it, and nothing is stored."""
    async with unchanged(api):
        answer = await person.post(PATH, body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def test_a_webhook_gets_what_a_run_would_send(
    api: Api, user: Person, near: Neighbours
) -> None:
    """C-20: a POST of the metadata, or a GET where there is none."""
    url = near.hook.url("/ok?a=b")
    metadata = {"kind": "nightly", "n": [1, 2.5, None], "ü": "漢"}
    expected = {**SENT, "status_code": 200}
    assert await trial(api, user, {"target_url": f" {url} ", "metadata": metadata}) == expected
    assert await trial(api, user, {"target_url": url, "metadata": None}) == expected
    assert await trial(api, user, {"target_url": url, "metadata": {}}) == expected
    posted, *got = near.hook.requests
    assert (posted.method, posted.path, json.loads(posted.body)) == ("POST", "/ok?a=b", metadata)
    assert posted.headers["content-type"] == "application/json"
    assert [(one.method, one.body) for one in got] == [("GET", b"")] * 2


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("/status/201", {**SENT, "status_code": 201}),
        ("/status/204", {**SENT, "status_code": 204}),
        ("/status/299", {**SENT, "status_code": 299}),
        ("/status/304", {**NOT_SENT, "status_code": 304}),
        ("/status/400", {**NOT_SENT, "status_code": 400}),
        ("/status/503", {**NOT_SENT, "status_code": 503}),
        ("/redirect/302/%2Fok", {**NOT_SENT, "status_code": 302}),
    ],
)
async def test_the_status_of_a_webhook_is_told(
    api: Api, user: Person, near: Neighbours, path: str, result: dict[str, Any]
) -> None:
    """2xx is good; a redirect is not, and is not followed (F-05)."""
    assert await trial(api, user, {"target_url": near.hook.url(path)}) == result
    assert len(near.hook.requests) == 1


async def test_a_webhook_that_does_not_answer_is_told_as_such(
    api: Api, user: Person, near: Neighbours
) -> None:
    """Three keys and a sentence: nobody there, hung up, too slow."""
    for url in (
        f"http://127.0.0.1:{closed_port()}/",
        near.hook.url("/reset"),
        near.hook.url("/hang-up"),
        near.hook.url("/blackhole"),
    ):
        answer = await trial(api, user, {"target_url": url, "timeout_seconds": 0.1})
        message = answer.pop("message")
        assert answer == {"ok": False, "type": "webhook", "error": "Request failed"}
        assert isinstance(message, str)
        assert message


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_a_workflow_is_dispatched(
    api: Api, user: Person, near: Neighbours, status: int
) -> None:
    """F-18: each status by which GitHub says that it took the dispatch."""
    near.github.answers = {"acme/reports/daily.yml": (status, "")}
    metadata = {"branchDetails": "main", "n": 1, "on": True}
    answer = await trial(api, user, {**TRIO, "target_url": "", "metadata": metadata})
    assert answer == {**TRIGGERED, "status_code": status}
    (request,) = near.github.requests
    assert json.loads(request.body) == {
        "ref": "main",
        "inputs": {"branchDetails": "main", "n": "1", "on": "true"},
    }
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["x-github-api-version"] == "2022-11-28"


@pytest.mark.parametrize(
    ("metadata", "ref"),
    [
        ({}, "master"),
        ({"branch": "three"}, "three"),
        ({"ref": "two", "branch": "three"}, "two"),
        ({"branchDetails": "one", "ref": "two"}, "one"),
    ],
)
async def test_the_branch_follows_the_one_rule(
    api: Api, user: Person, near: Neighbours, metadata: dict[str, str], ref: str
) -> None:
    """C-20: what a trial starts is what the job would start."""
    assert (await trial(api, user, {**TRIO, "metadata": metadata}))["ok"] is True
    assert json.loads(near.github.requests[0].body)["ref"] == ref


async def test_a_bare_workflow_name_is_looked_for_with_its_endings(
    api: Api, user: Person, near: Neighbours
) -> None:
    """Section 6.5: as a run would."""
    answer = await trial(api, user, {**TRIO, "github_workflow_name": "daily"})
    assert answer == {**TRIGGERED, "status_code": 204}
    assert near.github.dispatches == ["acme/reports/daily", "acme/reports/daily.yml"]


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500])
async def test_a_workflow_that_github_refuses_is_told(
    api: Api, user: Person, near: Neighbours, status: int
) -> None:
    """The status is GitHub's; nothing of its answer or of the token is shown."""
    near.github.answers = {"acme/reports/daily.yml": (status, "{headers}")}
    answer = await trial(api, user, TRIO)
    assert answer == {**NOT_TRIGGERED, "status_code": status}


async def test_a_github_that_does_not_answer_is_told_as_such(
    api: Api, user: Person, near: Neighbours
) -> None:
    """The keys are those of a webhook, under GitHub's type."""
    near.github.answers = {"acme/reports/daily.yml": (0, "")}
    answer = await trial(api, user, {**TRIO, "timeout_seconds": 1})
    assert answer.pop("message")
    assert answer == {"ok": False, "type": "github", "error": "Request failed"}


async def test_without_a_token_nothing_is_called(
    town: Town, near: Neighbours, tmp_path: Path
) -> None:
    """The sentence says what the operator has to set."""
    async with calling(town, tmp_path, near, github_token="") as api:
        answer = await trial(api, at_home(town.people[USER], api), TRIO)
    assert answer == {
        "ok": False,
        "type": "github",
        "error": "GitHub token not configured",
        "message": "Set GITHUB_TOKEN in backend .env to test-run GitHub workflows.",
    }
    assert near.github.requests == []


async def test_the_shared_token_stays_with_the_operators_repositories(
    town: Town, near: Neighbours, tmp_path: Path
) -> None:
    """Decision 0.4, F-22: a trial may not use it elsewhere either."""
    async with calling(town, tmp_path, near, github_allowed_repos="umbrella/*") as api:
        person = at_home(town.people[USER], api)
        answer = await person.post(PATH, TRIO)
        body = refusal("Invalid GitHub target", "The repository acme/reports is not allowed here.")
        assert (answer.status_code, answer.json()) == (400, body)
    assert near.github.requests == []


async def test_a_url_wins_over_a_workflow(api: Api, user: Person, near: Neighbours) -> None:
    """The form sends the GitHub fields in any case; with a URL they are not judged."""
    odd = {"github_owner": "../..", "github_repo": "", "github_workflow_name": "x.exe"}
    for trio in (TRIO, odd):
        answer = await trial(api, user, {**trio, "target_url": near.hook.url("/ok")})
        assert answer == {**SENT, "status_code": 200}
    assert near.github.requests == []


@pytest.mark.parametrize(
    ("fields", "body"),
    numbered(
        [
            ({}, NO_TARGET),
            ({"target_url": None}, NO_TARGET),
            ({"target_url": "  ", "metadata": {}}, NO_TARGET),
            ({**TRIO, "github_owner": ""}, NO_TARGET),
            ({**TRIO, "github_owner": None}, NO_TARGET),
            ({**TRIO, "github_repo": ""}, NO_TARGET),
            ({**TRIO, "github_workflow_name": None}, NO_TARGET),
            ({"metadata": []}, NO_OBJECT),
            ({"metadata": "{}", "target_url": "x"}, NO_OBJECT),
            ({"metadata": 5, "timeout_seconds": "x"}, NO_OBJECT),
            ({"target_url": "example.com/x"}, NO_SCHEME),
            ({"target_url": "//example.com/x"}, NO_SCHEME),
            (
                {"target_url": "ftp://example.com/x"},
                refusal("Invalid target_url", "target_url must start with https:// or http://."),
            ),
            ({"target_url": 5}, refusal("Invalid target_url", "target_url must be a string.")),
            (
                {"target_url": UNREACHABLE, "github_repo": 5},
                refusal("Invalid github_repo", "github_repo must be a string."),
            ),
            (
                {"target_url": f"https://x.example/{'x' * 500}"},
                refusal("Invalid target_url", "target_url must be at most 500 characters."),
            ),
            (
                {**TRIO, "github_owner": "../../user"},
                refusal(
                    "Invalid GitHub target",
                    "github_owner may hold only letters, digits, dots, hyphens and underscores.",
                ),
            ),
            (
                {**TRIO, "github_workflow_name": "a?y="},
                refusal(
                    "Invalid GitHub target",
                    "github_workflow_name may hold only letters, digits, dots, hyphens and "
                    "underscores.",
                ),
            ),
            ({**TRIO, "timeout_seconds": "abc"}, NO_NUMBER),
            ({**TRIO, "timeout_seconds": True}, NO_NUMBER),
            ({**TRIO, "timeout_seconds": [5]}, NO_NUMBER),
        ]
    ),
)
async def test_what_cannot_be_tried_is_400(
    api: Api, user: Person, near: Neighbours, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """F-13: each problem in its words, and nobody is called."""
    async with unchanged(api):
        answer = await user.post(PATH, fields)
    assert (answer.status_code, answer.json()) == (400, body)
    assert near.hook.requests == near.github.requests == []


async def test_a_body_is_asked_for(api: Api, user: Person) -> None:
    """Content type, then JSON, then an object."""
    async with unchanged(api):
        for sent, body in (
            ({}, refusal("Content-Type must be application/json")),
            (
                {"content": b"{", "headers": {"content-type": "application/json"}},
                refusal("Invalid JSON"),
            ),
            ({"json": []}, refusal("Invalid payload", "JSON body must be an object.")),
        ):
            answer = await user.call("POST", PATH, **sent)
            assert (answer.status_code, answer.json()) == (400, body)
