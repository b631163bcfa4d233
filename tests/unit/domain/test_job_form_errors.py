"""What a request for a job is refused for: every error body of contract 4.5, and their order."""

from typing import Any

import pytest

from cronjobs_core.domain.errors import InvalidInput, JobExpired, MissingTarget
from cronjobs_core.domain.job_form import (
    Surroundings,
    changed_job_values,
    new_job_values,
)
from cronjobs_core.domain.jobs import Job
from unit.domain.job_forms import AROUND, EXPIRED, NAME_TAKEN, STORED, VALID, Sent

ONLY_PLAIN = "may hold only letters, digits, dots, hyphens and underscores."
NO_SCHEME = "target_url must include scheme (http:// or https://)."
OR_GITHUB = (
    " For GitHub dispatch, use github_owner/github_repo/github_workflow_name "
    "or provide owner/repo/workflow."
)
UNKNOWN_CATEGORY = "Unknown category. Create it in Settings → Categories first, or choose General."
NO_TEAM = "PIC team is required. Create one in Settings → PIC Teams."
UNKNOWN_TEAM = "Unknown PIC team. Create it in Settings → PIC Teams first."
DISABLED_TEAM = "PIC team is disabled. Enable it in Settings → PIC Teams or choose another."
NO_TARGET = (
    'Please provide either "target_url" or GitHub Actions configuration '
    "(github_owner, github_repo, github_workflow_name)"
)
BAD_DAY = "Invalid end_date. Use YYYY-MM-DD."
PAST_DAY = "end_date must be today or in the future (JST)."


def refused_new(fields: Sent, around: Surroundings = AROUND) -> InvalidInput:
    """Return the error of a creation that must be refused."""
    with pytest.raises(InvalidInput) as refused:
        new_job_values(fields, around)
    return refused.value


def refused_change(fields: Sent, around: Surroundings = AROUND, job: Job = STORED) -> InvalidInput:
    """Return the error of a change that must be refused."""
    with pytest.raises(InvalidInput) as refused:
        changed_job_values(job, fields, around)
    return refused.value


# What POST and PUT answer alike: the field as sent, `error`, `message`.
SAME_ON_BOTH = [
    ("name", "", "Job name cannot be empty", None),
    ("name", "   ", "Job name cannot be empty", None),
    ("name", 5, "Invalid name", "name must be a string."),
    ("name", "n" * 256, "Invalid name", "name must be at most 255 characters."),
    ("name", "a\nb", "Invalid name", "name must not hold control characters."),
    ("cron_expression", "", "Invalid cron expression", "Cron expression is required."),
    ("cron_expression", "  ", "Invalid cron expression", "Cron expression is required."),
    (
        "cron_expression",
        "0 9 * *",
        "Invalid cron expression",
        "Cron expression must have exactly 5 fields (minute hour day month day-of-week).",
    ),
    ("cron_expression", 5, "Invalid cron expression", "cron_expression must be a string."),
    ("target_url", 5, "Invalid target_url", "target_url must be a string."),
    (
        "target_url",
        f"https://example.com/{'x' * 500}",
        "Invalid target_url",
        "target_url must be at most 500 characters.",
    ),
    (
        "target_url",
        "http://example.com/",
        "Invalid target_url",
        "target_url must start with https://.",
    ),
    (
        "target_url",
        "https://127.0.0.1/",
        "Invalid target_url",
        "target_url points to an address that is not allowed.",
    ),
    ("github_owner", 5, "Invalid github_owner", "github_owner must be a string."),
    (
        "github_repo",
        "r" * 256,
        "Invalid github_repo",
        "github_repo must be at most 255 characters.",
    ),
    ("github_owner", "../../user", "Invalid GitHub target", f"github_owner {ONLY_PLAIN}"),
    ("github_repo", "a?y=", "Invalid GitHub target", f"github_repo {ONLY_PLAIN}"),
    (
        "github_workflow_name",
        "build.txt",
        "Invalid GitHub target",
        "github_workflow_name must end with .yml or .yaml.",
    ),
    ("category", "Unheard of", "Invalid category", UNKNOWN_CATEGORY),
    ("category", "東京", "Invalid category", UNKNOWN_CATEGORY),
    ("category", 5, "Invalid category", "category must be a string."),
    ("metadata", [], "Invalid metadata", "metadata must be a JSON object"),
    ("metadata", "{}", "Invalid metadata", "metadata must be a JSON object"),
    (
        "notification_emails",
        "ops@example.com",
        "Invalid notification_emails",
        "notification_emails must be a list",
    ),
    (
        "notification_emails",
        ["nobody"],
        "Invalid email",
        '"nobody" is not a valid e-mail address.',
    ),
    (
        "enable_email_notifications",
        "yes",
        "Invalid enable_email_notifications",
        "enable_email_notifications must be true or false.",
    ),
    (
        "notify_on_success",
        1,
        "Invalid notify_on_success",
        "notify_on_success must be true or false.",
    ),
    ("end_date", "15.01.2026", "Invalid end_date", BAD_DAY),
    ("end_date", "2026-02-30", "Invalid end_date", BAD_DAY),
    ("end_date", "20260115", "Invalid end_date", BAD_DAY),
    ("end_date", 20260115, "Invalid end_date", BAD_DAY),
    ("end_date", "2026-01-14", "Invalid end_date", PAST_DAY),
    ("pic_team", "", "Invalid PIC team", NO_TEAM),
    ("pic_team", "!!!", "Invalid PIC team", NO_TEAM),
    ("pic_team", "Nobody", "Invalid PIC team", UNKNOWN_TEAM),
    ("pic_team", "gone", "Invalid PIC team", DISABLED_TEAM),
    ("pic_team", 5, "Invalid pic_team", "pic_team must be a string."),
    ("is_active", "false", "Invalid is_active", "is_active must be true or false."),
    ("options", [], "Invalid options", "options must be a JSON object."),
]
# What they answer differently: on POST, then on PUT.
POST_ONLY = [
    ("target_url", "example.com/run", "Invalid target_url", NO_SCHEME + OR_GITHUB),
    ("target_url", "example.com/a/b", "Invalid target_url", NO_SCHEME + OR_GITHUB),
    ("end_date", None, "Missing required fields", '"end_date" is required (YYYY-MM-DD).'),
    ("end_date", "", "Missing required fields", '"end_date" is required (YYYY-MM-DD).'),
    ("pic_team", None, "Invalid PIC team", NO_TEAM),
    (
        "target_url",
        "",
        "Missing target configuration",
        NO_TARGET,
    ),
    (
        "target_url",
        None,
        "Missing target configuration",
        NO_TARGET,
    ),
]
PUT_ONLY = [
    ("target_url", "example.com/run", "Invalid target_url", NO_SCHEME),
    ("end_date", None, "Invalid end_date", "end_date is required (YYYY-MM-DD)."),
    ("end_date", " ", "Invalid end_date", "end_date is required (YYYY-MM-DD)."),
    (
        "target_url",
        "",
        "Missing target configuration",
        "Job must have either target_url or complete GitHub Actions configuration",
    ),
]


def ids(rows: list[tuple[str, Any, str, str | None]]) -> list[str]:
    """Return an id for each row."""
    return [f"{number} {row[0]}" for number, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("field", "value", "error", "message"),
    SAME_ON_BOTH + POST_ONLY,
    ids=ids(SAME_ON_BOTH + POST_ONLY),
)
def test_what_a_new_job_is_refused_for(
    field: str, value: object, error: str, message: str | None
) -> None:
    """One bad field of a new job is answered with exactly its error and message."""
    problem = refused_new(VALID | {field: value})
    assert (problem.error, problem.message, problem.extra) == (error, message, {})


@pytest.mark.parametrize(
    ("field", "value", "error", "message"),
    SAME_ON_BOTH + PUT_ONLY,
    ids=ids(SAME_ON_BOTH + PUT_ONLY),
)
def test_what_a_change_is_refused_for(
    field: str, value: object, error: str, message: str | None
) -> None:
    """One bad field of a change is answered with exactly its error and message."""
    problem = refused_change({field: value})
    assert (problem.error, problem.message, problem.extra) == (error, message, {})


def test_a_taken_name() -> None:
    """A taken name is told; on creation together with what to do about it."""
    told = 'A job with the name "Nightly" already exists.'
    created, changed = (
        refused_new(VALID, NAME_TAKEN),
        refused_change({"name": "Nightly"}, NAME_TAKEN),
    )
    assert created.error == changed.error == "Duplicate job name"
    assert created.message == f"{told} Please use a unique name."
    assert changed.message == told


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, ["name", "cron_expression", "end_date"]),
        ({"pic_team": "payments", "metadata": []}, ["name", "cron_expression", "end_date"]),
        (VALID | {"name": None, "cron_expression": None}, ["name", "cron_expression"]),
        ({key: VALID[key] for key in VALID if key != "end_date"}, ["end_date"]),
    ],
)
def test_missing_fields_are_named(fields: Sent, missing: list[str]) -> None:
    """Absent or null required fields are told before anything else, all of them."""
    problem = refused_new(fields)
    assert problem.error == "Missing required fields"
    assert problem.extra == {"missing_fields": missing}
    assert problem.message == f"Missing required fields: {', '.join(missing)}."


# In the order of the contract: a field, a bad value, the error.
ORDER_OF_ERRORS = [
    ("name", "", "Job name cannot be empty"),
    ("cron_expression", "x", "Invalid cron expression"),
    ("target_url", "example.com", "Invalid target_url"),
    ("category", "unheard of", "Invalid category"),
    ("metadata", [], "Invalid metadata"),
    ("notification_emails", "x", "Invalid notification_emails"),
    ("end_date", "x", "Invalid end_date"),
    ("pic_team", "unheard of", "Invalid PIC team"),
    ("is_active", "x", "Invalid is_active"),
]


@pytest.mark.parametrize("refused", [refused_new, refused_change], ids=["POST", "PUT"])
@pytest.mark.parametrize("first", range(len(ORDER_OF_ERRORS)))
def test_errors_come_in_the_contracts_order(refused: Any, first: int) -> None:
    """Of several problems the first in the contract's order is raised, whatever the order sent."""
    bad = {field: value for field, value, _ in reversed(ORDER_OF_ERRORS[first:])}
    assert refused({**VALID, **bad}).error == ORDER_OF_ERRORS[first][2]


@pytest.mark.parametrize("refused", [refused_new, refused_change], ids=["POST", "PUT"])
def test_several_problems_are_all_listed(refused: Any) -> None:
    """Where there are several problems, `details` has a sentence for each field, in order."""
    bad = {field: value for field, value, _ in reversed(ORDER_OF_ERRORS)}
    details = refused({**VALID, **bad}).extra["details"]
    assert list(details) == [field for field, _, _ in ORDER_OF_ERRORS]
    assert details["name"] == "Job name cannot be empty"
    assert details["metadata"] == "metadata must be a JSON object"
    assert details["pic_team"] == UNKNOWN_TEAM


def test_a_missing_target_is_told_last() -> None:
    """That nothing can be called is told when every field by itself is in order."""
    nothing_to_call = VALID | {"target_url": ""}
    assert isinstance(refused_new(nothing_to_call), MissingTarget)
    assert refused_new(nothing_to_call | {"is_active": "x"}).error == "Invalid is_active"


def test_an_expired_job_cannot_be_enabled() -> None:
    """A job whose end date has passed is not enabled unless the date is moved."""
    problem = refused_change({"is_active": True}, job=EXPIRED)
    assert isinstance(problem, JobExpired)
    assert problem.error == "Job expired"
    told = "Job cannot be enabled after end_date has passed. Update end_date first."
    assert problem.message == told
    moved = changed_job_values(EXPIRED, {"is_active": True, "end_date": "2026-01-15"}, AROUND)
    assert moved["is_active"] is True


def test_an_expired_job_is_told_before_a_missing_target() -> None:
    """Expired comes before the missing target, and after every field by itself."""
    both = {"is_active": True, "target_url": ""}
    assert isinstance(refused_change(both, job=EXPIRED), JobExpired)
    assert refused_change({**both, "metadata": []}, job=EXPIRED).error == "Invalid metadata"
