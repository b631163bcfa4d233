"""Dispatching workflows, as GitHub sees it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from cronjobs_adapters.http import HttpDeliverer
from cronjobs_core.domain.executions import Delivery, Reason
from cronjobs_core.domain.targets import GitHubWorkflow
from cronjobs_core.testing.contracts.targets import a_run, deliver_in_time
from integration.http.conftest import Open, loopback_rules
from servers.github import TOKEN, FakeGitHub
from servers.sockets import closed_port

DAILY = GitHubWorkflow(owner="acme", repo="reports", workflow="daily.yml")
OWN_TOKEN = "token-of-one-run-only"  # noqa: S105 -- opens nothing


@pytest.fixture
async def github() -> AsyncIterator[FakeGitHub]:
    """Give a GitHub that knows one workflow and the shared token."""
    async with FakeGitHub() as server:
        yield server


@pytest.fixture
def deliverer(open_deliverer: Open, github: FakeGitHub) -> HttpDeliverer:
    """Give a deliverer with the shared token."""
    return open_deliverer(github_token=TOKEN, github_url=github.url("/"))


async def dispatch(
    deliverer: HttpDeliverer, target: GitHubWorkflow = DAILY, **run: Any
) -> Delivery:
    """Deliver a run to a workflow, without a token of its own unless one is given."""
    return await deliver_in_time(deliverer, a_run(target, **{"github_token": None} | run))


async def test_a_dispatch_is_the_documented_request(
    deliverer: HttpDeliverer, github: FakeGitHub
) -> None:
    """Path, headers and body are what GitHub's API asks for (6.5)."""
    delivery = await dispatch(deliverer, metadata={"env": "prod"})
    assert delivery == Delivery(
        succeeded=True,
        response_status=204,
        output="Workflow triggered successfully on branch master",
    )
    [request] = github.requests
    assert request.path == "/repos/acme/reports/actions/workflows/daily.yml/dispatches"
    assert json.loads(request.body) == {"ref": "master", "inputs": {"env": "prod"}}
    assert request.headers == {
        "host": f"127.0.0.1:{github.port}",
        "accept": "application/vnd.github+json",
        "accept-encoding": "identity",
        "authorization": f"Bearer {TOKEN}",
        "content-length": str(len(request.body)),
        "content-type": "application/json",
        "user-agent": "cronjobs/1.2.3",
        "x-github-api-version": "2022-11-28",
    }


@pytest.mark.parametrize(
    ("metadata", "ref"),
    [
        ({"branchDetails": "release", "ref": "x", "branch": "y"}, "release"),
        ({"branchDetails": " ", "ref": "v1.2", "branch": "y"}, "v1.2"),
        ({"branchDetails": 7, "branch": "y"}, "y"),
        ({}, "main"),
    ],
)
async def test_the_branch_comes_from_the_metadata_else_from_the_setting(
    open_deliverer: Open, github: FakeGitHub, metadata: dict[str, Any], ref: str
) -> None:
    """The first usable of branchDetails, ref and branch is dispatched, and named (C070)."""
    deliverer = open_deliverer(
        loopback_rules(github_ref="main"), github_token=TOKEN, github_url=github.url("")
    )
    delivery = await dispatch(deliverer, metadata=metadata)
    assert json.loads(github.requests[0].body)["ref"] == ref
    assert delivery.output == f"Workflow triggered successfully on branch {ref}"


async def test_inputs_are_texts(deliverer: HttpDeliverer, github: FakeGitHub) -> None:
    """GitHub takes texts only, whatever a job's metadata holds (C068)."""
    metadata = {
        "n": 1, "f": 1.5, "yes": True, "no": False, "none": None,
        "text": "a b", "object": {"a": 1}, "list": [1, "ü"],
    }  # fmt: skip
    await dispatch(deliverer, metadata=metadata)
    assert json.loads(github.requests[0].body)["inputs"] == {
        "n": "1", "f": "1.5", "yes": "true", "no": "false", "none": "",
        "text": "a b", "object": '{"a":1}', "list": '[1,"ü"]',
    }  # fmt: skip


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_every_way_of_saying_yes_is_a_success(
    deliverer: HttpDeliverer, github: FakeGitHub, status: int
) -> None:
    """GitHub's answer to a dispatch has wobbled between these (C074)."""
    github.answers["acme/reports/daily.yml"] = (status, "" if status == 204 else "{}")
    delivery = await dispatch(deliverer)
    assert (delivery.succeeded, delivery.response_status) == (True, status)


@pytest.mark.parametrize("status", [202, 307, 401, 403, 422, 429, 500])
async def test_a_rejection_shows_githubs_own_words(
    deliverer: HttpDeliverer, github: FakeGitHub, status: int
) -> None:
    """People see the status and what GitHub said; nothing is sent twice (C067, C071)."""
    github.answers["acme/reports/daily.yml"] = (status, '{"message":"because"}')
    delivery = await dispatch(deliverer)
    assert delivery.reason is Reason.GITHUB_REJECTED
    assert delivery.response_status == status
    assert delivery.error_message == (
        f'GitHub Actions dispatch failed. Status: {status}, Response: {{"message":"because"}}'
    )
    assert len(github.requests) == 1


async def test_a_long_rejection_is_cut(deliverer: HttpDeliverer, github: FakeGitHub) -> None:
    """A page of HTML does not become an error message."""
    github.answers["acme/reports/daily.yml"] = (500, "x" * 5000)
    message = (await dispatch(deliverer)).error_message or ""
    assert message.endswith("Response: " + "x" * 1000)


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("daily", ["daily"]),
        ("daily.yml", ["daily", "daily.yml"]),
        ("daily.yaml", ["daily", "daily.yml", "daily.yaml"]),
    ],
)
async def test_a_bare_name_is_tried_as_a_file(
    deliverer: HttpDeliverer, github: FakeGitHub, known: str, asked: list[str]
) -> None:
    """Users may leave the ending out, and the history names what was found."""
    github.answers = {f"acme/reports/{known}": (204, "")}
    bare = GitHubWorkflow(owner="acme", repo="reports", workflow="daily")
    delivery = await dispatch(deliverer, bare)
    assert delivery.succeeded
    assert delivery.target == (None if known == "daily" else f"acme/reports/{known}")
    assert github.dispatches == [f"acme/reports/{one}" for one in asked]


async def test_the_first_answer_that_is_not_404_counts(
    deliverer: HttpDeliverer, github: FakeGitHub
) -> None:
    """A workflow that was found and refuses is not looked for any further."""
    github.answers = {"acme/reports/daily.yml": (422, "no"), "acme/reports/daily.yaml": (204, "")}
    bare = GitHubWorkflow(owner="acme", repo="reports", workflow="daily")
    delivery = await dispatch(deliverer, bare)
    assert (delivery.response_status, delivery.target) == (422, "acme/reports/daily.yml")


@pytest.mark.parametrize(("workflow", "requests"), [("other", 3), ("other.yml", 1), ("12345", 1)])
async def test_a_workflow_that_nobody_knows_is_a_rejection(
    deliverer: HttpDeliverer, github: FakeGitHub, workflow: str, requests: int
) -> None:
    """Files and numeric ids stand for themselves; the target stays as it was recorded."""
    unknown = GitHubWorkflow(owner="acme", repo="reports", workflow=workflow)
    delivery = await dispatch(deliverer, unknown)
    assert (delivery.reason, delivery.response_status) == (Reason.GITHUB_REJECTED, 404)
    assert delivery.target is None
    assert len(github.requests) == requests


async def test_all_spellings_share_one_deadline(
    deliverer: HttpDeliverer, github: FakeGitHub
) -> None:
    """Looking for a file takes no more time than one call may."""
    github.answers = {"acme/reports/daily.yml": (0, "")}
    bare = GitHubWorkflow(owner="acme", repo="reports", workflow="daily")
    delivery = await dispatch(deliverer, bare, deadline=0.3)
    assert delivery.reason is Reason.TIMEOUT
    assert delivery.error_message == (
        "GitHub Actions request failed: no complete answer within 0.3 seconds; "
        "the target may have received the request"
    )


async def test_a_runs_own_token_goes_before_the_shared_one(
    deliverer: HttpDeliverer, github: FakeGitHub
) -> None:
    """Who gives a token acts under their own rights, for this run alone."""
    github.tokens.add(OWN_TOKEN)
    await dispatch(deliverer, github_token=OWN_TOKEN)
    await dispatch(deliverer, github_token=" ")  # noqa: S106 -- blank counts as none
    sent = [one.headers["authorization"] for one in github.requests]
    assert sent == [f"Bearer {OWN_TOKEN}", f"Bearer {TOKEN}"]


async def test_without_any_token_nothing_is_sent(open_deliverer: Open, github: FakeGitHub) -> None:
    """The history says what the operator has to do."""
    delivery = await dispatch(open_deliverer(github_url=github.url("")), job_name="Backup")
    assert delivery == Delivery.failure(
        Reason.GITHUB_TOKEN_MISSING,
        "GitHub token not configured. Cannot trigger workflow for job 'Backup'",
    )
    assert github.connections == 0


async def test_the_shared_token_is_used_for_admitted_repositories_only(
    open_deliverer: Open, github: FakeGitHub
) -> None:
    """A job stored under wider rules does not lend its author the token (S36)."""
    deliverer = open_deliverer(
        loopback_rules(github_repos=("acme/web-*",)), github_token=TOKEN, github_url=github.url("")
    )
    delivery = await dispatch(deliverer)
    assert delivery == Delivery.failure(
        Reason.BLOCKED_TARGET,
        "GitHub Actions request failed: The repository acme/reports is not allowed here.",
    )
    assert github.connections == 0
    github.tokens.add(OWN_TOKEN)
    assert (await dispatch(deliverer, github_token=OWN_TOKEN)).succeeded


@pytest.mark.parametrize("part", ["..", "a/b", "a%2fb", "a?b", "", "a b"])
@pytest.mark.parametrize("field", ["owner", "repo", "workflow"])
async def test_no_other_path_of_the_api_can_be_reached(
    deliverer: HttpDeliverer, github: FakeGitHub, field: str, part: str
) -> None:
    """A stored name with a slash does not turn a dispatch into another call (S36)."""
    parts = {"owner": "acme", "repo": "reports", "workflow": "daily.yml", field: part}
    delivery = await dispatch(deliverer, GitHubWorkflow(**parts))
    assert delivery.reason is Reason.INVALID_TARGET
    assert github.connections == 0


@pytest.mark.parametrize("padding", [0, 990])
async def test_the_token_is_shown_nowhere(
    deliverer: HttpDeliverer, github: FakeGitHub, padding: int
) -> None:
    """A token that GitHub repeats is blotted out before the text is cut (C104, S37)."""
    github.answers["acme/reports/daily.yml"] = (500, "x" * padding + TOKEN)
    delivery = await dispatch(deliverer)
    assert TOKEN[:8] not in repr(delivery)
    assert "x***" in (delivery.error_message or "") or padding == 0


@pytest.mark.parametrize("token", ["with\nnewline", "with\x00nul", "ünicode", "\ud800"])
async def test_a_token_that_no_header_can_carry_fails_without_being_shown(
    deliverer: HttpDeliverer, github: FakeGitHub, token: str
) -> None:
    """A mangled token ends as a failure and cannot add a header of its own."""
    delivery = await dispatch(deliverer, github_token=token)
    assert delivery == Delivery.failure(
        Reason.INVALID_TARGET, "GitHub Actions request failed: the request cannot be formed"
    )
    assert github.requests == []


async def test_a_github_that_is_down_is_a_failed_connection(open_deliverer: Open) -> None:
    """An outage is told from a rejection."""
    url = f"http://127.0.0.1:{closed_port()}"
    delivery = await dispatch(open_deliverer(github_token=TOKEN, github_url=url))
    assert delivery == Delivery.failure(
        Reason.CONNECTION, "GitHub Actions request failed: connection refused"
    )
