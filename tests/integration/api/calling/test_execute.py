"""Running jobs by hand: who and what is refused, and what is answered (contract 4.6)."""

import json
from datetime import date
from typing import Any

import pytest

from api import Api, Person
from cronjobs_core.testing.builders import a_job
from integration.api.calling.neighbours import TRIO, Neighbours, run
from integration.api.cases import numbered
from integration.api.contents import rows, unchanged
from integration.api.shapes import EXECUTION, check_instants, holds, refusal
from servers.github import TOKEN
from servers.sockets import closed_port

DISPATCH_HELP = (
    "Invalid dispatch URL format. Expected one of: <owner>/<repo>/<workflow>, "
    "/<owner>/<repo>/actions/workflows/<workflow>, or "
    "https://github.com/<owner>/<repo>/actions/workflows/<workflow>."
)
NO_TARGET = refusal(
    "Missing target configuration", "Job has no valid target configuration to execute."
)
EXPIRED = refusal("Job expired", "This job has passed its end_date and was auto-paused.")


async def test_a_run_is_finished_and_told_whole(api: Api, user: Person, near: Neighbours) -> None:
    """C-14: the answer has the keys of both specifications, and the execution is final."""
    job = await user.create_job(target_url=near.hook.url("/ok"))
    answer = await user.post(f"/jobs/{job['id']}/execute")
    body = answer.json()
    assert (answer.status_code, set(body), set(body["execution"])) == (
        200,
        {"message", "job_id", "execution_id", "execution"},
        EXECUTION,
    )
    assert (body["message"], body["job_id"]) == ("Job triggered successfully", job["id"])
    execution = body["execution"]
    assert body["execution_id"] == execution["id"]
    holds(
        execution,
        {
            "job_id": job["id"],
            "status": "success",
            "trigger_type": "manual",
            "execution_type": "webhook",
            "target": near.hook.url("/ok"),
            "response_status": 200,
            "error_message": None,
            "output": "ok",
            "reason": None,
            "attempt": 1,
            "scheduled_for": None,
            "triggered_by": user.id,
            "github_run": None,
        },
    )
    assert check_instants(body) == 2
    assert len(await rows(api, "job_executions")) == 1


async def test_the_target_gets_the_metadata_or_a_plain_get(user: Person, near: Neighbours) -> None:
    """Section 6.4: JSON by POST where there is metadata, GET where there is none."""
    job = await user.create_job(target_url=near.hook.url("/ok"))
    await run(user, job)
    await run(user, job, {"metadata": {}})
    first, second = near.hook.requests
    assert (first.method, json.loads(first.body)) == ("POST", {"kind": "nightly"})
    assert first.headers["content-type"] == "application/json"
    assert (second.method, second.body) == ("GET", b"")


async def test_github_is_asked_to_dispatch(user: Person, near: Neighbours) -> None:
    """C-39, F-17: with both targets GitHub runs; the words are those of scheduled runs."""
    job = await user.create_job(target_url=near.hook.url("/ok"), **TRIO)
    execution = await run(user, job)
    holds(
        execution,
        {
            "status": "success",
            "execution_type": "github_actions",
            "target": "acme/reports/daily.yml",
            "response_status": 204,
            "output": "Workflow triggered successfully on branch master",
        },
    )
    assert near.github.dispatches == ["acme/reports/daily.yml"]
    assert near.hook.requests == []


@pytest.mark.parametrize(("path", "status"), [("/status/500", 500), ("/redirect/302//ok", 302)])
async def test_a_failed_run_is_a_good_answer(
    user: Person, near: Neighbours, path: str, status: int
) -> None:
    """Section 4.6: 200 once a row exists, whatever came of it; F-05: no redirect is followed."""
    job = await user.create_job(target_url=near.hook.url(path))
    execution = await run(user, job)
    assert (execution["status"], execution["response_status"], execution["reason"]) == (
        "failed",
        status,
        "http_status",
    )
    assert execution["error_message"].startswith(f"Webhook returned status {status}")
    assert [request.path for request in near.hook.requests] == [path]


async def test_a_target_that_is_not_there_is_a_failed_run(user: Person) -> None:
    """Nobody listens: the row says so in words, and the answer is 200 all the same."""
    job = await user.create_job(target_url=f"http://127.0.0.1:{closed_port()}/")
    execution = await run(user, job)
    assert (execution["status"], execution["response_status"], execution["reason"]) == (
        "failed",
        None,
        "connection",
    )
    assert execution["error_message"].startswith("Webhook call failed: ")


async def test_the_order_is_thing_owner_end_date_body(
    api: Api, user: Person, other: Person, near: Neighbours
) -> None:
    """Section 4.6: 404, 403, expired, then the body, from its type to its target."""
    ended = a_job(created_by=user.id, end_date=date(2026, 11, 24), is_active=False)
    empty = a_job(created_by=user.id, target_url=None)
    async with api.container.store().writing() as uow:
        await uow.jobs.add(ended)
        await uow.jobs.add(empty)
        await uow.commit()
    good = await user.create_job(target_url=None, **TRIO)
    text = {"content": b"{", "headers": {"content-type": "text/plain"}}
    broken = {"content": b"{", "headers": {"content-type": "application/json"}}
    not_object = refusal("Invalid payload", '"metadata" must be a JSON object.')
    bad_url = {"dispatch_url": "https://example.com/"}
    yours = refusal("Insufficient permissions", "You can only execute your own jobs")
    steps: list[tuple[Person, str, dict[str, Any], int, dict[str, Any]]] = [
        (user, "x", text, 404, refusal("Job not found", "No job found with ID: x")),
        (other, ended.id, text, 403, yours),
        (user, ended.id, text, 400, EXPIRED),
        (user, good["id"], text, 400, refusal("Content-Type must be application/json")),
        (user, good["id"], broken, 400, refusal("Invalid JSON")),
        (
            user,
            good["id"],
            {"json": [1]},
            400,
            refusal("Invalid payload", "JSON body must be an object."),
        ),
        (user, good["id"], {"json": {"metadata": [], **bad_url}}, 400, not_object),
        (user, good["id"], {"json": {"inputs": "x", **bad_url}}, 400, not_object),
        (user, good["id"], {"json": bad_url}, 400, refusal("Invalid payload", DISPATCH_HELP)),
        (user, empty.id, {"json": {"metadata": []}}, 400, not_object),
        (user, empty.id, {}, 400, NO_TARGET),
    ]
    async with unchanged(api):
        for person, job_id, sent, status, body in steps:
            answer = await person.call("POST", f"/jobs/{job_id}/execute", **sent)
            assert (answer.status_code, answer.json()) == (status, body)
    assert near.hook.requests == near.github.requests == []


@pytest.mark.parametrize(
    ("fields", "body"),
    numbered(
        [
            ({"target_url": 5}, refusal("Invalid target_url", "target_url must be a string.")),
            ({"target_url": ["x"]}, refusal("Invalid target_url", "target_url must be a string.")),
            (
                {"target_url": "example.com"},
                refusal(
                    "Invalid target_url", "target_url must include scheme (http:// or https://)."
                ),
            ),
            (
                {"target_url": "ftp://127.0.0.1/"},
                refusal("Invalid target_url", "target_url must start with https:// or http://."),
            ),
            (
                {"target_url": "http://u:p@127.0.0.1/"},
                refusal("Invalid target_url", "target_url must not hold a user name or password."),
            ),
            (
                {"github_token": 5},
                refusal("Invalid github_token", "github_token must be a string."),
            ),
            (
                {"github_token": "x" * 1001},
                refusal("Invalid github_token", "github_token must be at most 1000 characters."),
            ),
            (
                {"github_token": "a\r\nX-Evil: b"},
                refusal("Invalid github_token", "github_token must not hold control characters."),
            ),
        ]
    ),
)
async def test_an_override_that_breaks_a_rule_is_400(
    api: Api, user: Person, near: Neighbours, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """F-13: wrong kinds are told in words; nothing is called and nothing recorded."""
    job = await user.create_job(target_url=near.hook.url("/ok"))
    async with unchanged(api):
        answer = await user.post(f"/jobs/{job['id']}/execute", fields)
    assert (answer.status_code, answer.json()) == (400, body)
    assert near.hook.requests == []


async def test_an_expired_job_is_paused_and_its_people_are_told(
    api: Api, user: Person, admin: Person
) -> None:
    """F-08: pausing is never silent; no execution is recorded, the next try says the same."""
    ended = a_job(created_by=user.id, end_date=date(2026, 11, 24), name="Ended")
    async with api.container.store().writing() as uow:
        await uow.jobs.add(ended)
        await uow.commit()
    for _ in range(2):
        answer = await user.post(f"/jobs/{ended.id}/execute")
        assert (answer.status_code, answer.json()) == (400, EXPIRED)
    assert (await user.get(f"/jobs/{ended.id}")).json()["job"]["is_active"] is False
    assert await rows(api, "job_executions") == []
    told = {row["user_id"]: row for row in await rows(api, "notifications")}
    assert set(told) == {user.id, admin.id}
    assert told[user.id]["title"] == "Job auto-paused (end date passed)"
    assert told[user.id]["message"] == (
        'Job "Ended" passed its end_date (2026-11-24 JST) and was auto-paused.'
    )


async def test_an_inactive_job_can_be_run(user: Person, near: Neighbours) -> None:
    """C-42: paused means not by schedule; whoever wants it now gets it, and it stays paused."""
    job = await user.create_job(target_url=near.hook.url("/ok"), is_active=False)
    assert (await run(user, job))["status"] == "success"
    assert (await user.get(f"/jobs/{job['id']}")).json()["job"]["is_active"] is False


async def test_those_involved_are_told(
    api: Api, user: Person, admin: Person, near: Neighbours
) -> None:
    """Decision 0.6: the creator, whoever ran it, and the admins hear how it went."""
    job = await user.create_job(target_url=near.hook.url("/status/500"))
    before = await rows(api, "notifications")
    execution = await run(user, job)
    new = [row for row in await rows(api, "notifications") if row not in before]
    assert {row["user_id"] for row in new} == {user.id, admin.id}
    assert {(row["title"], row["type"], row["related_execution_id"]) for row in new} == {
        ("Job Failed", "error", execution["id"])
    }


async def test_a_token_for_one_run_is_kept_nowhere(
    api: Api, user: Person, near: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """C104, S37: neither a row nor an answer nor the log holds the caller's token."""
    marker = "ghp_MARKER"
    near.github.tokens = {marker}
    near.github.answers = {"acme/reports/daily.yml": (422, '{"message":"{headers}"}')}
    job = await user.create_job(target_url=None, **TRIO)
    with caplog.at_level("DEBUG"):
        answer = await user.post(f"/jobs/{job['id']}/execute", {"github_token": marker})
    assert answer.json()["execution"]["response_status"] == 422
    assert near.github.requests[0].headers["authorization"] == f"Bearer {marker}"
    listed = await user.get("/executions")
    stored = [
        str(await rows(api, name))
        for name in ("jobs", "job_executions", "notifications", "audit_log")
    ]
    for text in (answer.text, listed.text, caplog.text, *stored):
        assert marker not in text
        assert TOKEN not in text
