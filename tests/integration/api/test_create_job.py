"""Creating jobs: what is accepted, and the words for what is not (contract 4.5)."""

from typing import Any

import pytest

from api import Api, Person, job_body
from cronjobs_core.testing.builders import a_category, a_pic_team
from integration.api.cases import numbered
from integration.api.contents import rows, unchanged
from integration.api.shapes import JOB, check_instants, holds, refusal
from integration.api.words import (
    FIVE_FIELDS,
    NO_TARGET,
    NO_TEAM,
    SLEEPING_TEAM,
    UNKNOWN_CATEGORY,
    UNKNOWN_TEAM,
    URL_OR_GITHUB,
)

GITHUB = {
    "target_url": None,
    "github_owner": "acme",
    "github_repo": "reports",
    "github_workflow_name": "daily.yml",
}
Case = tuple[dict[str, Any], dict[str, Any]]

REFUSED: list[Case] = [
    ({"name": "   "}, refusal("Job name cannot be empty")),
    ({"name": ""}, refusal("Job name cannot be empty")),
    (
        {"name": "Taken"},
        refusal(
            "Duplicate job name",
            'A job with the name "Taken" already exists. Please use a unique name.',
        ),
    ),
    ({"name": "x" * 256}, refusal("Invalid name", "name must be at most 255 characters.")),
    ({"name": 5}, refusal("Invalid name", "name must be a string.")),
    ({"name": ["x"]}, refusal("Invalid name", "name must be a string.")),
    ({"name": {"x": 1}}, refusal("Invalid name", "name must be a string.")),
    ({"name": "a\r\nb"}, refusal("Invalid name", "name must not hold control characters.")),
    ({"cron_expression": ""}, refusal("Invalid cron expression", "Cron expression is required.")),
    ({"cron_expression": "* * * *"}, refusal("Invalid cron expression", FIVE_FIELDS)),
    ({"cron_expression": "* * * * * *"}, refusal("Invalid cron expression", FIVE_FIELDS)),
    (
        {"cron_expression": 5},
        refusal("Invalid cron expression", "cron_expression must be a string."),
    ),
    ({"target_url": "example.com/hook"}, refusal("Invalid target_url", URL_OR_GITHUB)),
    ({"target_url": "a/b"}, refusal("Invalid target_url", URL_OR_GITHUB)),
    (
        {"target_url": "http://example.com/"},
        refusal("Invalid target_url", "target_url must start with https://."),
    ),
    (
        {"target_url": "ftp://example.com/"},
        refusal("Invalid target_url", "target_url must start with https://."),
    ),
    (
        {"target_url": "https://user:pw@example.com/"},
        refusal("Invalid target_url", "target_url must not hold a user name or password."),
    ),
    ({"target_url": "https://"}, refusal("Invalid target_url", "target_url must name a host.")),
    (
        {"target_url": "https://example.com/a b"},
        refusal("Invalid target_url", "target_url must not hold blanks or control characters."),
    ),
    (
        {"target_url": f"https://example.com/{'x' * 500}"},
        refusal("Invalid target_url", "target_url must be at most 500 characters."),
    ),
    ({"target_url": 5}, refusal("Invalid target_url", "target_url must be a string.")),
    (
        {**GITHUB, "github_owner": "../.."},
        refusal(
            "Invalid GitHub target",
            "github_owner may hold only letters, digits, dots, hyphens and underscores.",
        ),
    ),
    (
        {**GITHUB, "github_repo": "a?y="},
        refusal(
            "Invalid GitHub target",
            "github_repo may hold only letters, digits, dots, hyphens and underscores.",
        ),
    ),
    (
        {**GITHUB, "github_workflow_name": "daily.sh"},
        refusal("Invalid GitHub target", "github_workflow_name must end with .yml or .yaml."),
    ),
    (
        {**GITHUB, "github_repo": "x" * 256},
        refusal("Invalid github_repo", "github_repo must be at most 255 characters."),
    ),
    (
        {**GITHUB, "github_owner": 5},
        refusal("Invalid github_owner", "github_owner must be a string."),
    ),
    ({"category": "nowhere"}, refusal("Invalid category", UNKNOWN_CATEGORY)),
    ({"category": 5}, refusal("Invalid category", "category must be a string.")),
    ({"category": []}, refusal("Invalid category", "category must be a string.")),
    ({"metadata": []}, refusal("Invalid metadata", "metadata must be a JSON object")),
    ({"metadata": "{}"}, refusal("Invalid metadata", "metadata must be a JSON object")),
    ({"metadata": 0}, refusal("Invalid metadata", "metadata must be a JSON object")),
    ({"metadata": False}, refusal("Invalid metadata", "metadata must be a JSON object")),
    (
        {"notification_emails": "a@example.com"},
        refusal("Invalid notification_emails", "notification_emails must be a list"),
    ),
    (
        {"notification_emails": {"a": 1}},
        refusal("Invalid notification_emails", "notification_emails must be a list"),
    ),
    (
        {"notification_emails": [1]},
        refusal("Invalid email", '"" is not a valid e-mail address.'),
    ),
    (
        {"notification_emails": ["nobody"]},
        refusal("Invalid email", '"nobody" is not a valid e-mail address.'),
    ),
    (
        {"notification_emails": [f"a{n}@example.com" for n in range(21)]},
        refusal(
            "Invalid notification_emails", "notification_emails must hold at most 20 addresses."
        ),
    ),
    (
        {"enable_email_notifications": "true"},
        refusal(
            "Invalid enable_email_notifications",
            "enable_email_notifications must be true or false.",
        ),
    ),
    (
        {"notify_on_success": 1},
        refusal("Invalid notify_on_success", "notify_on_success must be true or false."),
    ),
    ({"end_date": "31/12/2026"}, refusal("Invalid end_date", "Invalid end_date. Use YYYY-MM-DD.")),
    ({"end_date": "2026-02-30"}, refusal("Invalid end_date", "Invalid end_date. Use YYYY-MM-DD.")),
    ({"end_date": "20261231"}, refusal("Invalid end_date", "Invalid end_date. Use YYYY-MM-DD.")),
    (
        {"end_date": "\uff12\uff10\uff12\uff16-12-31"},
        refusal("Invalid end_date", "Invalid end_date. Use YYYY-MM-DD."),
    ),
    ({"end_date": 20261231}, refusal("Invalid end_date", "Invalid end_date. Use YYYY-MM-DD.")),
    (
        {"end_date": None},
        refusal("Missing required fields", '"end_date" is required (YYYY-MM-DD).'),
    ),
    (
        {"end_date": " "},
        refusal("Missing required fields", '"end_date" is required (YYYY-MM-DD).'),
    ),
    (
        {"end_date": "2026-11-24"},
        refusal("Invalid end_date", "end_date must be today or in the future (JST)."),
    ),
    ({"pic_team": None}, refusal("Invalid PIC team", NO_TEAM)),
    ({"pic_team": " "}, refusal("Invalid PIC team", NO_TEAM)),
    ({"pic_team": "!!!"}, refusal("Invalid PIC team", NO_TEAM)),
    ({"pic_team": "nobody"}, refusal("Invalid PIC team", UNKNOWN_TEAM)),
    ({"pic_team": "asleep"}, refusal("Invalid PIC team", SLEEPING_TEAM)),
    ({"pic_team": 5}, refusal("Invalid pic_team", "pic_team must be a string.")),
    ({"is_active": "yes"}, refusal("Invalid is_active", "is_active must be true or false.")),
    ({"target_url": None}, refusal("Missing target configuration", NO_TARGET)),
    ({"target_url": ""}, refusal("Missing target configuration", NO_TARGET)),
    ({**GITHUB, "github_owner": None}, refusal("Missing target configuration", NO_TARGET)),
    ({**GITHUB, "github_repo": ""}, refusal("Missing target configuration", NO_TARGET)),
    ({**GITHUB, "github_workflow_name": None}, refusal("Missing target configuration", NO_TARGET)),
]


async def furnish(api: Api) -> None:
    """Store a category, the sleeping team `asleep`, and one that is known by its name."""
    async with api.container.store().writing() as uow:
        await uow.taxonomy.add_category(a_category(slug="regression", name="Regression"))
        await uow.taxonomy.add_category(a_category(slug="old", name="Old", is_active=False))
        await uow.taxonomy.add_pic_team(a_pic_team(slug="asleep", is_active=False))
        await uow.taxonomy.add_pic_team(a_pic_team(slug="qa-tech", name="Quality & Tech"))
        await uow.commit()


async def test_a_job_is_created_whole(api: Api, user: Person) -> None:
    """F-28: the answer is the row that the frontend shows, with its next execution."""
    answer = await user.post("/jobs", job_body())
    body = answer.json()
    assert (answer.status_code, set(body), body["message"]) == (
        201,
        {"message", "job"},
        "Job created successfully",
    )
    assert set(body["job"]) == JOB
    assert check_instants(body) == 3
    assert body["job"]["next_execution_at"] == "2026-11-25T09:00:00+09:00"
    assert [row["name"] for row in await rows(api, "jobs")] == ["Nightly report"]


async def test_everybody_is_told(api: Api, user: Person) -> None:
    """Section 8.1: one message for each active user, stored when the answer comes."""
    job = await user.create_job()
    told = await rows(api, "notifications")
    assert len(told) == 4
    assert {(row["title"], row["type"], row["related_job_id"]) for row in told} == {
        ("New Job Created", "info", job["id"])
    }
    assert {row["message"] for row in told} == {
        'Job "Nightly report" was created by user@example.com.'
    }


@pytest.mark.parametrize(("fields", "body"), numbered(REFUSED))
async def test_what_breaks_a_rule_is_400_in_the_contracts_words(
    api: Api, user: Person, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """F-12, F-13, F-22: the words say what to change, and nothing is stored."""
    await furnish(api)
    await user.create_job(name="Taken")
    async with unchanged(api):
        answer = await user.post("/jobs", {**job_body(), **fields})
    assert (answer.status_code, answer.json()) == (400, body)


@pytest.mark.parametrize(
    ("sent", "missing"),
    numbered(
        [
            ({}, ["name", "cron_expression", "end_date"]),
            ({"end_date": None}, ["name", "cron_expression"]),
            ({"name": "x"}, ["cron_expression", "end_date"]),
            ({"name": None, "cron_expression": None, "end_date": ""}, ["name", "cron_expression"]),
            ({"name": 5, "cron_expression": ""}, ["end_date"]),
        ]
    ),
)
async def test_missing_fields_are_named_before_anything_is_judged(
    api: Api, user: Person, sent: dict[str, Any], missing: list[str]
) -> None:
    """F-12: null counts as absent, but for the end date, which has a sentence of its own."""
    async with unchanged(api):
        answer = await user.post("/jobs", sent)
    message = f"Missing required fields: {', '.join(missing)}."
    expected = refusal("Missing required fields", message, missing_fields=missing)
    assert (answer.status_code, answer.json()) == (400, expected)


LADDER: list[tuple[str, Any, str, str | None]] = [
    ("name", " ", "Job name cannot be empty", None),
    ("name", "Taken", "Duplicate job name", None),
    ("cron_expression", "* *", "Invalid cron expression", FIVE_FIELDS),
    ("target_url", "hook", "Invalid target_url", URL_OR_GITHUB),
    ("category", "nowhere", "Invalid category", UNKNOWN_CATEGORY),
    ("metadata", [], "Invalid metadata", "metadata must be a JSON object"),
    (
        "notification_emails",
        "a",
        "Invalid notification_emails",
        "notification_emails must be a list",
    ),
    ("end_date", "soon", "Invalid end_date", "Invalid end_date. Use YYYY-MM-DD."),
    ("end_date", None, "Missing required fields", '"end_date" is required (YYYY-MM-DD).'),
    (
        "end_date",
        "2026-11-24",
        "Invalid end_date",
        "end_date must be today or in the future (JST).",
    ),
    ("pic_team", "nobody", "Invalid PIC team", UNKNOWN_TEAM),
]


@pytest.mark.parametrize("step", range(len(LADDER)))
async def test_of_many_mistakes_the_contracts_first_is_told(user: Person, step: int) -> None:
    """Whoever corrects what they are told is told the next thing, in the contract's order."""
    await user.create_job(name="Taken")
    field, value, error, message = LADDER[step]
    wrong = {field: value for field, value, _, _ in reversed(LADDER[step:])}
    body = (await user.post("/jobs", {**job_body(), **wrong, field: value})).json()
    assert body["error"] == error
    assert message is None or body["message"] == message


async def test_every_mistake_is_listed_beside_the_first(user: Person) -> None:
    """The specification's `details`: a form can mark all its wrong fields at once."""
    wrong = {"cron_expression": "* *", "category": "nowhere", "pic_team": "nobody"}
    body = (await user.post("/jobs", job_body(**wrong))).json()
    assert body["error"] == "Invalid cron expression"
    assert body["details"] == {
        "cron_expression": FIVE_FIELDS,
        "category": UNKNOWN_CATEGORY,
        "pic_team": UNKNOWN_TEAM,
    }


@pytest.mark.parametrize(
    ("fields", "stored"),
    numbered(
        [
            ({"name": "  Trimmed  "}, {"name": "Trimmed"}),
            ({"name": "x" * 255}, {"name": "x" * 255}),
            ({"cron_expression": " 0\t2  * * 1-5 "}, {"cron_expression": "0 2 * * 1-5"}),
            ({"category": "Regression"}, {"category": "regression"}),
            ({"category": "old"}, {"category": "old"}),
            ({"category": None}, {"category": "general"}),
            ({"category": "General"}, {"category": "general"}),
            ({"category": " "}, {"category": "general"}),
            ({"pic_team": "Payments"}, {"pic_team": "payments"}),
            ({"pic_team": "quality & tech"}, {"pic_team": "qa-tech"}),
            ({"pic_team": None, "pic_team_slug": "payments"}, {"pic_team": "payments"}),
            ({"metadata": None}, {"metadata": {}}),
            ({"end_date": "2026-11-25"}, {"end_date": "2026-11-25"}),
            ({"is_active": False}, {"is_active": False, "next_execution_at": None}),
            ({"is_active": None}, {"is_active": True}),
            (GITHUB, {**GITHUB, "target_url": None}),
            ({**GITHUB, "github_workflow_name": "4711"}, {"github_workflow_name": "4711"}),
            ({**GITHUB, "github_workflow_name": "Suite_Launcher"}, {"github_repo": "reports"}),
            ({"target_url": "acme/reports/daily"}, {**GITHUB, "github_workflow_name": "daily"}),
            (
                {**GITHUB, "target_url": "https://hooks.example.com/run"},
                {**GITHUB, "target_url": "https://hooks.example.com/run"},
            ),
            (
                {"github_owner": None, "github_repo": None},
                {"github_owner": None, "github_repo": None},
            ),
            (
                {"enable_email_notifications": False, "notification_emails": ["a@example.com"]},
                {"notification_emails": [], "notify_on_success": False},
            ),
            (
                {
                    "enable_email_notifications": True,
                    "notification_emails": [" a@example.com ", "a@example.com", " "],
                    "notify_on_success": True,
                },
                {"notification_emails": ["a@example.com"], "notify_on_success": True},
            ),
            ({"unknown": {"deep": [1]}}, {"name": "Nightly report"}),
        ]
    ),
)
async def test_what_is_sent_is_stored_in_its_tidy_form(
    api: Api, user: Person, fields: dict[str, Any], stored: dict[str, Any]
) -> None:
    """Defaults, aliases and spellings of section 4.5 end in one stored form."""
    await furnish(api)
    job = await user.create_job(**fields)
    holds(job, stored)


async def test_nobody_creates_in_anothers_name(user: Person, admin: Person) -> None:
    """C101, S23: ids, owners and dates are the server's to give."""
    chosen = {
        "id": "chosen",
        "created_by": admin.id,
        "created_at": "2000-01-01T00:00:00Z",
        "last_execution_at": "2000-01-01T00:00:00Z",
        "next_execution_at": "2000-01-01T00:00:00Z",
    }
    job = await user.create_job(**chosen)
    assert job["created_by"] == user.id
    assert all(job[key] != value for key, value in chosen.items())


async def test_the_day_is_the_schedulers(api: Api, user: Person) -> None:
    """At 23:59 UTC it is tomorrow in Tokyo already: yesterday's date there is refused."""
    assert api.clock.now().date().isoformat() == "2026-11-24"
    answer = await user.post("/jobs", job_body(end_date="2026-11-24"))
    assert answer.json()["error"] == "Invalid end_date"
    assert (await user.create_job(end_date="2026-11-25"))["end_date"] == "2026-11-25"
