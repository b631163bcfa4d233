"""Errors: what each tells, and to which group of callers it belongs."""

import pytest

from cronjobs_core.domain import errors
from cronjobs_core.domain.errors import CronjobsError

GROUPS = (
    errors.InvalidInput,
    errors.NotFound,
    errors.Conflict,
    errors.Forbidden,
    errors.Unauthenticated,
    errors.TooManyRequests,
    errors.Unavailable,
)
TREE = {
    one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)
}


@pytest.mark.parametrize("kind", sorted(TREE - {CronjobsError}, key=lambda one: one.__name__))
def test_every_error_belongs_to_one_group(kind: type[CronjobsError]) -> None:
    """The shell needs to know seven groups: each error of the core is in exactly one."""
    assert sum(issubclass(kind, group) for group in GROUPS) == 1


@pytest.mark.parametrize(
    ("error", "title", "message"),
    [
        (errors.NotFound("Not found", "No such thing."), "Not found", "No such thing."),
        (errors.InvalidInput("Job name cannot be empty"), "Job name cannot be empty", None),
        (errors.Unauthenticated("Invalid token"), "Unauthorized", "Invalid token"),
        (errors.TooManyRequests("Slow down.", retry_after=1), "Too many requests", "Slow down."),
        (errors.Unavailable("The store is locked."), "Service unavailable", "The store is locked."),
        (errors.AccountTaken("Email"), "Email already exists", "Email already exists"),
        (
            errors.DuplicateSlug("PIC team", "ops"),
            "Duplicate slug",
            'PIC team slug "ops" already exists.',
        ),
        (
            errors.NotLeader(),
            "Not the leader",
            "Scheduler is not running as leader in this process.",
        ),
        (errors.job_not_found("j"), "Job not found", "No job found with ID: j"),
        (
            errors.execution_not_found("e"),
            "Execution not found",
            "No execution found with ID: e",
        ),
        (
            errors.execution_not_found("e", "j"),
            "Execution not found",
            "No execution found with ID: e for job: j",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_an_error_tells(error: CronjobsError, title: str, message: str | None) -> None:
    """Each error has the contract's title and sentence, and reads well in a log."""
    assert (error.error, error.message) == (title, message)
    assert str(error) == (message or title)


def test_when_to_try_again() -> None:
    """What passes by itself says after how many seconds."""
    assert errors.TooManyRequests("x", retry_after=1.5).retry_after == 1.5
    assert errors.Unavailable("x").retry_after == 5.0


def test_a_request_of_the_wrong_shape_tells_its_first_problem() -> None:
    """The first problem is the message, all of them are the details (E-VAL)."""
    error = errors.InvalidFields({"page": "page must be a number.", "limit": "limit is too low."})
    assert (error.error, error.message) == ("Validation error", "page must be a number.")
    assert error.extra == {
        "details": {"page": "page must be a number.", "limit": "limit is too low."}
    }


def test_the_field_of_a_cron_expression() -> None:
    """An error in a cron text names the field at fault, or none where all of it is."""
    assert errors.InvalidCronExpression("x", "minute").field == "minute"
    assert errors.InvalidCronExpression("x").field is None
