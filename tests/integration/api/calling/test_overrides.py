"""What a run by hand may do differently, and which wish wins (contract 4.6, C-13, C-19)."""

import json
from typing import Any

import pytest

from api import Api, Person
from integration.api.calling.neighbours import TRIO, Neighbours, run
from integration.api.cases import numbered
from integration.api.contents import rows
from integration.api.shapes import holds

STORED = "acme/reports/daily.yml"
ELSEWHERE = "https://github.com/umbrella/tools/actions/workflows/nightly.yml"
FORMS = [
    "umbrella/tools/nightly.yml",
    "/umbrella/tools/actions/workflows/nightly.yml",
    "https://github.com/umbrella/tools/actions/workflows/nightly.yml",
    "https://api.github.com/repos/umbrella/tools/actions/workflows/nightly.yml/dispatches",
    "  umbrella/tools/nightly.yml ",
]
WISHES: list[tuple[dict[str, Any], str]] = [
    # Nothing, or nothing else than what is stored.
    ({}, STORED),
    (TRIO, STORED),
    ({"dispatch_url": "", **dict.fromkeys(TRIO, "")}, STORED),
    ({"dispatch_url": None, **dict.fromkeys(TRIO)}, STORED),
    ({"dispatch_url": "   "}, STORED),
    ({"dispatch_url": STORED}, STORED),
    # A dispatch URL beats what is stored, also when the form sends the stored names with it.
    *(({"dispatch_url": form}, "umbrella/tools/nightly.yml") for form in FORMS),
    ({"dispatch_url": ELSEWHERE, **TRIO}, "umbrella/tools/nightly.yml"),
    (
        {"dispatch_url": ELSEWHERE, **TRIO, "github_workflow_name": "daily"},
        "umbrella/tools/nightly.yml",
    ),
    # A name that differs beats both.
    ({"github_owner": "umbrella"}, "umbrella/reports/daily.yml"),
    ({**TRIO, "github_repo": "tools"}, "acme/tools/daily.yml"),
    ({**TRIO, "github_workflow_name": "weekly.yml"}, "acme/reports/weekly.yml"),
    (
        {"dispatch_url": ELSEWHERE, **TRIO, "github_workflow_name": "weekly.yml"},
        "umbrella/tools/weekly.yml",
    ),
    (
        {"dispatch_url": ELSEWHERE, "github_owner": "initech", "github_repo": "reports"},
        "initech/tools/nightly.yml",
    ),
    # `X` is `X.yml`: to leave the ending out is no change.
    ({"github_workflow_name": "daily"}, STORED),
    ({"github_workflow_name": "daily.yaml"}, STORED),
    # A URL is no wish about a workflow.
    ({"target_url": "https://example.com/"}, STORED),
    ({"target_url": "http://10.0.0.1/"}, STORED),
]


@pytest.fixture(autouse=True)
def fresh(near: Neighbours) -> None:
    """Begin with empty logs, and a GitHub that knows every workflow that is wished for."""
    near.forget()
    near.github.answers = {target: (204, "") for _, target in WISHES}


async def stored_as(api: Api, job: dict[str, Any]) -> dict[str, Any]:
    """Return the job's row."""
    return next(row for row in await rows(api, "jobs") if row["id"] == job["id"])


@pytest.mark.parametrize("with_url", [False, True])
@pytest.mark.parametrize(("wish", "target"), numbered(WISHES))
async def test_the_wish_that_differs_most_clearly_wins(
    api: Api, user: Person, near: Neighbours, wish: dict[str, Any], target: str, *, with_url: bool
) -> None:
    """C-19: editing the dispatch URL and "retry" work, also for a job that has a URL besides."""
    url = near.hook.url("/ok") if with_url else None
    job = await user.create_job(target_url=url, **TRIO)
    before = await stored_as(api, job)
    execution = await run(user, job, wish)
    assert near.github.dispatches == [target]
    assert (execution["status"], execution["target"]) == ("success", target)
    assert near.hook.requests == []
    assert await stored_as(api, job) == before


@pytest.mark.parametrize(
    ("wish", "called"),
    numbered(
        [
            ({}, "/ok"),
            ({"target_url": ""}, "/ok"),
            ({"target_url": None}, "/ok"),
            ({"target_url": "  "}, "/ok"),
            ({"target_url": "OTHER"}, "/ok/other"),
            ({"target_url": " OTHER "}, "/ok/other"),
            ({"target_url": "OTHER", **TRIO, "dispatch_url": ELSEWHERE}, "/ok/other"),
            ({**TRIO, "dispatch_url": "not even a dispatch URL"}, "/ok"),
        ]
    ),
)
async def test_a_webhook_job_calls_the_url_of_the_wish(
    api: Api, user: Person, near: Neighbours, wish: dict[str, Any], called: str
) -> None:
    """Section 4.6: a blank URL means the stored one, and GitHub's fields are not this job's."""
    job = await user.create_job(target_url=near.hook.url("/ok"))
    before = await stored_as(api, job)
    other = near.hook.url("/ok/other")
    sent = {
        key: value.replace("OTHER", other) if isinstance(value, str) else value
        for key, value in wish.items()
    }
    execution = await run(user, job, sent)
    assert [request.path for request in near.hook.requests] == [called]
    assert execution["target"] == near.hook.url(called)
    assert near.github.requests == []
    assert await stored_as(api, job) == before


@pytest.mark.parametrize(
    ("wish", "sent"),
    numbered(
        [
            ({}, {"kind": "nightly"}),
            ({"metadata": None}, {"kind": "nightly"}),
            ({"metadata": {"a": [1, None]}}, {"a": [1, None]}),
            ({"inputs": {"b": True}}, {"b": True}),
            ({"metadata": None, "inputs": {"b": True}}, {"b": True}),
            ({"metadata": {"a": 1}, "inputs": {"b": 2}}, {"a": 1}),
            ({"metadata": {}, "inputs": {"b": 2}}, None),
        ]
    ),
)
async def test_metadata_of_the_wish_replaces_the_stored(
    user: Person, near: Neighbours, wish: dict[str, Any], sent: dict[str, Any] | None
) -> None:
    """C-13: `inputs` is another name for it, `metadata` wins, and nothing is merged or stored."""
    job = await user.create_job(target_url=near.hook.url("/ok"))
    await run(user, job, wish)
    body = near.hook.requests[0].body
    assert (json.loads(body) if body else None) == sent
    assert json.loads((await user.get(f"/jobs/{job['id']}")).text)["job"]["metadata"] == {
        "kind": "nightly"
    }


@pytest.mark.parametrize(
    ("metadata", "ref"),
    numbered(
        [
            ({}, "master"),
            ({"branchDetails": "one", "ref": "two", "branch": "three"}, "one"),
            ({"branchDetails": " ", "ref": "two", "branch": "three"}, "two"),
            ({"branchDetails": 5, "branch": "three"}, "three"),
        ]
    ),
)
async def test_inputs_are_texts_and_name_the_branch(
    user: Person, near: Neighbours, metadata: dict[str, Any], ref: str
) -> None:
    """C-20, C068: one rule for the branch; whatever the modal types, GitHub gets texts."""
    job = await user.create_job(target_url=None, **TRIO)
    await run(user, job, {"metadata": {**metadata, "n": 1, "flag": True, "o": {"a": 1}}})
    body = json.loads(near.github.requests[0].body)
    assert body["ref"] == ref
    holds(body["inputs"], {"n": "1", "flag": "true", "o": '{"a":1}'})
    assert all(isinstance(value, str) for value in body["inputs"].values())


@pytest.mark.parametrize(
    "wish",
    [
        {"github_owner": "../.."},
        {"github_repo": "a?y="},
        {"github_workflow_name": "daily.sh"},
        {"dispatch_url": "a%2fb/c/d.yml"},
        {"dispatch_url": "acme/../user.yml"},
    ],
    ids=str,
)
async def test_no_wish_builds_another_path_of_the_api(
    api: Api, user: Person, near: Neighbours, wish: dict[str, str]
) -> None:
    """F-22: the shared token goes to dispatches of plainly named workflows and nowhere else."""
    job = await user.create_job(target_url=None, **TRIO)
    answer = await user.post(f"/jobs/{job['id']}/execute", wish)
    assert (answer.status_code, answer.json()["error"]) == (400, "Invalid GitHub target")
    assert near.github.requests == []
    assert await rows(api, "job_executions") == []


async def test_a_workflow_that_is_unknown_under_its_bare_name_is_found(
    user: Person, near: Neighbours
) -> None:
    """Section 6.5: a bare name is tried with both endings, and the one found is recorded."""
    near.github.answers = {"acme/reports/daily.yaml": (204, "")}
    job = await user.create_job(target_url=None, **{**TRIO, "github_workflow_name": "daily"})
    execution = await run(user, job)
    assert near.github.dispatches == [
        "acme/reports/daily",
        "acme/reports/daily.yml",
        "acme/reports/daily.yaml",
    ]
    assert (execution["status"], execution["target"]) == ("success", "acme/reports/daily.yaml")
