"""Changing jobs: in which order it is judged, and that it is all or nothing (contract 4.5)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from api import Api, Person, job_body
from cronjobs_core.domain.jobs import Job
from cronjobs_core.testing.builders import a_category, a_job, a_pic_team
from integration.api.cases import numbered
from integration.api.contents import rows, unchanged
from integration.api.shapes import JOB, check_instants, refusal
from integration.api.words import (
    FIVE_FIELDS,
    SLEEPING_TEAM,
    UNKNOWN_CATEGORY,
    UNKNOWN_TEAM,
    URL,
)

GITHUB = {"github_owner": "acme", "github_repo": "reports", "github_workflow_name": "daily.yml"}
NO_TYPE = refusal("Content-Type must be application/json")
NO_TARGET = refusal(
    "Missing target configuration",
    "Job must have either target_url or complete GitHub Actions configuration",
)
EXPIRED = refusal(
    "Job expired", "Job cannot be enabled after end_date has passed. Update end_date first."
)
PAST = date(2026, 11, 24)


async def stored(api: Api, owner: Person | None, **fields: Any) -> Job:
    """Store a job of the owner's, or nobody's, past the application, as old data would be."""
    owner_id = owner.id if owner is not None else None
    job = a_job(created_by=owner_id, pic_team="payments", **fields)
    async with api.container.store().writing() as uow:
        await uow.jobs.add(job)
        await uow.commit()
    return job


async def current(person: Person, job_id: str) -> dict[str, Any]:
    """Return the job as it is now."""
    job: dict[str, Any] = (await person.get(f"/jobs/{job_id}")).json()["job"]
    return job


async def test_only_what_is_sent_changes(api: Api, user: Person) -> None:
    """F-28: the answer replaces the frontend's row, so it is the whole job as it is now."""
    job = await user.create_job()
    api.clock.tick(60)
    answer = await user.put(f"/jobs/{job['id']}", {"metadata": {"kind": "daily"}})
    body = answer.json()
    assert (answer.status_code, set(body), set(body["job"]), body["message"]) == (
        200,
        {"message", "job"},
        JOB,
        "Job updated successfully",
    )
    assert body["job"] == {
        **job,
        "metadata": {"kind": "daily"},
        "updated_at": "2026-11-25T00:00:30.123Z",
        "next_execution_at": "2026-11-25T09:01:00+09:00",
    }
    assert body["job"] == await current(user, job["id"])
    assert check_instants(body) == 3


async def test_the_order_is_thing_owner_type_text_object_fields(
    api: Api, user: Person, other: Person
) -> None:
    """Section 4.5: 404, 403, then what is wrong with the body, from its type to its fields."""
    job = await user.create_job()
    path = f"/jobs/{job['id']}"
    text = {"content": b"{", "headers": {"content-type": "text/plain"}}
    json = {"content": b"{", "headers": {"content-type": "application/json"}}
    steps: list[tuple[Person, str, dict[str, Any], int, dict[str, Any]]] = [
        (user, "/jobs/x", text, 404, refusal("Job not found", "No job found with ID: x")),
        (
            other,
            path,
            text,
            403,
            refusal("Insufficient permissions", "You can only update your own jobs"),
        ),
        (user, path, text, 400, NO_TYPE),
        (user, path, json, 400, refusal("Invalid JSON")),
        (
            user,
            path,
            {"json": []},
            400,
            refusal("Invalid payload", "JSON body must be an object."),
        ),
        (user, path, {"json": {"name": ""}}, 400, refusal("Job name cannot be empty")),
    ]
    async with unchanged(api):
        for person, where, sent, status, body in steps:
            answer = await person.call("PUT", where, **sent)
            assert (answer.status_code, answer.json()) == (status, body)


@pytest.mark.parametrize(
    ("fields", "body"),
    numbered(
        [
            ({"name": " "}, refusal("Job name cannot be empty")),
            (
                {"name": "Taken"},
                refusal("Duplicate job name", 'A job with the name "Taken" already exists.'),
            ),
            ({"name": 5}, refusal("Invalid name", "name must be a string.")),
            ({"cron_expression": "* *"}, refusal("Invalid cron expression", FIVE_FIELDS)),
            (
                {"cron_expression": "0 0 30 2 *"},
                refusal(
                    "Invalid cron expression", "It never fires: day 30 does not come in month 2."
                ),
            ),
            ({"target_url": "example.com"}, refusal("Invalid target_url", URL)),
            (
                {"target_url": "http://example.com/"},
                refusal("Invalid target_url", "target_url must start with https://."),
            ),
            (
                {"github_workflow_name": "../x"},
                refusal(
                    "Invalid GitHub target",
                    "github_workflow_name may hold only "
                    "letters, digits, dots, hyphens and underscores.",
                ),
            ),
            ({"category": "nowhere"}, refusal("Invalid category", UNKNOWN_CATEGORY)),
            ({"metadata": []}, refusal("Invalid metadata", "metadata must be a JSON object")),
            (
                {"notification_emails": "x"},
                refusal("Invalid notification_emails", "notification_emails must be a list"),
            ),
            (
                {"end_date": "soon"},
                refusal("Invalid end_date", "Invalid end_date. Use YYYY-MM-DD."),
            ),
            (
                {"end_date": None},
                refusal("Invalid end_date", "end_date is required (YYYY-MM-DD)."),
            ),
            ({"end_date": ""}, refusal("Invalid end_date", "end_date is required (YYYY-MM-DD).")),
            (
                {"end_date": "2026-11-24"},
                refusal("Invalid end_date", "end_date must be today or in the future (JST)."),
            ),
            ({"pic_team": "nobody"}, refusal("Invalid PIC team", UNKNOWN_TEAM)),
            ({"pic_team": "asleep"}, refusal("Invalid PIC team", SLEEPING_TEAM)),
            (
                {"is_active": "false"},
                refusal("Invalid is_active", "is_active must be true or false."),
            ),
            ({"is_active": 0}, refusal("Invalid is_active", "is_active must be true or false.")),
            ({"target_url": ""}, NO_TARGET),
            ({"target_url": "", "github_owner": "a", "github_repo": "b"}, NO_TARGET),
        ]
    ),
)
async def test_what_breaks_a_rule_is_400_and_changes_nothing(
    api: Api, user: Person, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """F-01, F-27: a good field beside a bad one is not stored, and "false" is not true."""
    async with api.container.store().writing() as uow:
        await uow.taxonomy.add_pic_team(a_pic_team(slug="asleep", is_active=False))
        await uow.commit()
    await user.create_job(name="Taken")
    job = await user.create_job()
    async with unchanged(api):
        good = {"name": "Renamed", "metadata": {"changed": "yes"}}
        answer = await user.put(f"/jobs/{job['id']}", {**good, **fields})
    assert (answer.status_code, answer.json()) == (400, body)


LADDER = [
    ("name", "Taken", "Duplicate job name"),
    ("cron_expression", "* *", "Invalid cron expression"),
    ("target_url", "hook", "Invalid target_url"),
    ("category", "nowhere", "Invalid category"),
    ("metadata", [], "Invalid metadata"),
    ("notification_emails", "a", "Invalid notification_emails"),
    ("end_date", "", "Invalid end_date"),
    ("pic_team", "nobody", "Invalid PIC team"),
]


@pytest.mark.parametrize("step", range(len(LADDER)))
async def test_of_many_mistakes_the_contracts_first_is_told(
    api: Api, user: Person, step: int
) -> None:
    """Decision 0.11: the order of creating, and what the whole job lacks comes last."""
    await user.create_job(name="Taken")
    job = await stored(api, user, end_date=PAST, is_active=False)
    wrong = {field: value for field, value, _ in LADDER[step:]}
    body = (await user.put(f"/jobs/{job.id}", {"is_active": True, **wrong})).json()
    assert body["error"] == LADDER[step][2]


async def test_an_expired_job_is_told_before_a_missing_target(api: Api, user: Person) -> None:
    """Decision 0.11: `Job expired`, then `Missing target configuration`."""
    job = await stored(api, user, end_date=PAST, is_active=False)
    path = f"/jobs/{job.id}"
    async with unchanged(api):
        answer = await user.put(path, {"is_active": True, "target_url": ""})
        assert (answer.status_code, answer.json()) == (400, EXPIRED)
        answer = await user.put(path, {"target_url": ""})
        assert (answer.status_code, answer.json()) == (400, NO_TARGET)


async def test_an_expired_job_is_enabled_with_a_new_end_date(api: Api, user: Person) -> None:
    """The sentence says what to do, and it works; the form's old date alone is no mistake."""
    job = await stored(api, user, end_date=PAST, is_active=False)
    path = f"/jobs/{job.id}"
    same = await user.put(path, {"name": "Renamed", "end_date": PAST.isoformat()})
    assert same.json()["job"]["name"] == "Renamed"
    answer = await user.put(path, {"is_active": True, "end_date": "2026-11-25"})
    assert answer.json()["job"]["is_active"] is True


@pytest.mark.parametrize(
    ("fields", "after"),
    numbered(
        [
            ({}, {}),
            (dict.fromkeys(job_body()) | {"end_date": "2026-12-31"}, {"metadata": {}}),
            ({"name": None, "cron_expression": None, "category": None, "pic_team": None}, {}),
            ({"target_url": None, **dict.fromkeys(GITHUB)}, {}),
            ({"is_active": None, "notification_emails": None}, {}),
            ({"metadata": None}, {"metadata": {}}),
            ({"metadata": {}}, {"metadata": {}}),
            (GITHUB, GITHUB),
            ({**GITHUB, "target_url": ""}, {**GITHUB, "target_url": None}),
            ({"target_url": "acme/reports/daily.yml"}, {**GITHUB, "target_url": None}),
            (
                {"cron_expression": " 0  9 * * * "},
                {"cron_expression": "0 9 * * *"},
            ),
            ({"category": "Regression"}, {"category": "regression"}),
            ({"category": ""}, {"category": "general"}),
            ({"name": "Nightly report"}, {}),
            ({"id": "x", "created_by": "x", "created_at": "2000-01-01"}, {}),
            ({"is_active": False}, {"is_active": False, "next_execution_at": None}),
        ]
    ),
)
async def test_null_leaves_and_an_empty_text_clears(
    api: Api, user: Person, fields: dict[str, Any], after: dict[str, Any]
) -> None:
    """Decision 0.12, F-12: nothing turns into the text `None`, and nobody becomes the owner."""
    async with api.container.store().writing() as uow:
        await uow.taxonomy.add_category(a_category(slug="regression", name="Regression"))
        await uow.commit()
    job = await user.create_job()
    answer = await user.put(f"/jobs/{job['id']}", fields)
    assert answer.status_code == 200, answer.text
    changed = {**job, **after}
    assert {**answer.json()["job"], "updated_at": ""} == {**changed, "updated_at": ""}


async def test_github_fields_are_cleared_by_empty_texts(user: Person) -> None:
    """Decision 0.12: a job leaves GitHub for a webhook."""
    job = await user.create_job(target_url=None, **GITHUB)
    fields = {"target_url": "https://hooks.example.com/run", **dict.fromkeys(GITHUB, "")}
    after = (await user.put(f"/jobs/{job['id']}", fields)).json()["job"]
    assert [after[key] for key in GITHUB] == [None, None, None]
    assert after["target_url"] == "https://hooks.example.com/run"


async def test_mail_settings_stay_while_mails_are_enabled(user: Person) -> None:
    """Section 4.5: switching mails off empties the rest, even what is sent with it."""
    job = await user.create_job()
    path = f"/jobs/{job['id']}"
    wishes = {"notification_emails": ["a@example.com"], "notify_on_success": True}
    keys = ("enable_email_notifications", *wishes)

    async def after(fields: dict[str, Any]) -> list[Any]:
        changed = (await user.put(path, fields)).json()["job"]
        return [changed[key] for key in keys]

    assert await after(wishes) == [False, [], False]
    assert await after({"enable_email_notifications": True, **wishes}) == [
        True,
        ["a@example.com"],
        True,
    ]
    assert await after({"notify_on_success": False}) == [True, ["a@example.com"], False]
    assert await after({"enable_email_notifications": False, **wishes}) == [False, [], False]


async def test_a_team_that_was_disabled_since_does_not_block_the_form(
    api: Api, user: Person
) -> None:
    """The frontend's form always sends the team: an unchanged one must not refuse the rest."""
    async with api.container.store().writing() as uow:
        await uow.taxonomy.add_pic_team(a_pic_team(slug="asleep", name="Asleep", is_active=False))
        job = replace(a_job(created_by=user.id), pic_team="asleep", category="gone")
        await uow.jobs.add(job)
        await uow.commit()
    answer = await user.put(f"/jobs/{job.id}", {"name": "Renamed", "pic_team": "asleep"})
    assert answer.json()["job"]["name"] == "Renamed"


@pytest.mark.parametrize(
    ("fields", "title", "kind", "verb"),
    [
        ({"metadata": {}}, "Job Updated", "info", "updated"),
        ({"is_active": True}, "Job Updated", "info", "updated"),
        ({"is_active": False}, "Job Disabled", "warning", "disabled"),
        ({"is_active": False, "name": "Nightly report"}, "Job Disabled", "warning", "disabled"),
    ],
)
async def test_one_message_tells_what_happened(
    api: Api, user: Person, *, fields: dict[str, Any], title: str, kind: str, verb: str
) -> None:
    """Section 8.1: exactly one broadcast, about the switch where the job was switched."""
    job = await user.create_job()
    before = await rows(api, "notifications")
    await user.put(f"/jobs/{job['id']}", fields)
    new = [row for row in await rows(api, "notifications") if row not in before]
    assert len(new) == 4
    assert {(row["title"], row["type"], row["message"]) for row in new} == {
        (title, kind, f'Job "Nightly report" was {verb} by user@example.com.')
    }


async def test_an_admin_changes_everybodys_jobs(api: Api, user: Person, admin: Person) -> None:
    """Section 3.2: also such as belong to nobody; the owner stays."""
    job = await user.create_job()
    orphan = await stored(api, None)
    for job_id, owner in ((job["id"], user.id), (orphan.id, None)):
        answer = await admin.put(f"/jobs/{job_id}", {"metadata": {"by": "admin"}})
        assert answer.json()["job"]["created_by"] == owner


async def test_jobs_of_nobody_belong_to_admins(api: Api, user: Person) -> None:
    """S26: a user does not inherit what an account left behind."""
    orphan = await stored(api, None)
    async with unchanged(api):
        answer = await user.put(f"/jobs/{orphan.id}", {"name": "Mine"})
    assert answer.json()["message"] == "You can only update your own jobs"
