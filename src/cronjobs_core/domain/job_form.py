"""From the fields of a request to the validated values of a job.

Validation is complete before anything is written. Problems are found in the contract's order
(sections 4.5 and 0.11); the first one is raised, and where there are several it lists them all
under `details`, one sentence per field.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from cronjobs_core.domain import fields as read
from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.errors import (
    DuplicateJobName,
    InvalidInput,
    JobExpired,
    MissingTarget,
)
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.job_options import read_options
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.target_form import TRIO, target_values
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.domain.taxonomy import GENERAL, Category, Directory, PicTeam, slugify

MAX_NAME: Final = 255
MAX_CRON: Final = 100
MAX_SLUG: Final = 100
REQUIRED: Final = ("name", "cron_expression", "end_date")

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a form is judged against: the store's lists, the operator's rules, today's date."""

    name_taken: bool
    categories: Directory[Category]
    teams: Directory[PicTeam]
    targets: TargetRules
    today: date


@dataclass(frozen=True, slots=True)
class _Form:
    """The fields sent, with the job they change (None for a new one)."""

    fields: Fields
    around: Surroundings
    job: Job | None = None

    def sent(self, key: str) -> bool:
        return not read.is_absent(self.fields, key)


_Step = Callable[[_Form], Values]


def new_job_values(fields: Fields, around: Surroundings) -> Values:
    """Values for every field of a new job but `id`, `created_by` and its instants.

    Raises InvalidInput as the module says; `missing_fields` names absent required ones.
    """
    missing = [
        key
        for key in REQUIRED
        if (key not in fields if key == "end_date" else read.is_absent(fields, key))
    ]
    if missing:
        message = f"Missing required fields: {', '.join(missing)}."
        raise InvalidInput("Missing required fields", message, missing_fields=missing)
    values = _collect(_Form(fields, around), _STEPS)
    _require_target(
        values.get("target_url"),
        [values.get(key) for key in TRIO],
        'Please provide either "target_url" or GitHub Actions configuration '
        "(github_owner, github_repo, github_workflow_name)",
    )
    return values


def new_job_field(field: str, value: object, around: Surroundings) -> Values:
    """What one field alone gives a new job, for callers that judge in an order of their own.

    Raises InvalidInput as the whole form would, without `details`.
    """
    return dict(_STEPS)[field](_Form({field: value}, around))


def changed_job_values(job: Job, fields: Fields, around: Surroundings) -> Values:
    """Values for the fields that the request changes, ready for `Job.change`.

    Raises InvalidInput as the module says, JobExpired where the job would be active beyond its
    end date, MissingTarget where it would have nothing to call.
    """
    values = _collect(_Form(fields, around, job), _STEPS)
    after = replace(job, **values)
    if after.is_active and after.end_date is not None and after.end_date < around.today:
        raise JobExpired("Job cannot be enabled after end_date has passed. Update end_date first.")
    _require_target(
        after.target_url,
        [after.github_owner, after.github_repo, after.github_workflow_name],
        "Job must have either target_url or complete GitHub Actions configuration",
    )
    return values


def _collect(form: _Form, steps: Iterable[tuple[str, _Step]]) -> Values:
    values: Values = {}
    problems: dict[str, InvalidInput] = {}
    for field, step in steps:
        try:
            values.update(step(form))
        except InvalidInput as problem:
            problems[field] = problem
    if not problems:
        return values
    first = next(iter(problems.values()))
    if len(problems) > 1:
        details = {field: problem.message or problem.error for field, problem in problems.items()}
        first.extra = {**first.extra, "details": details}
    raise first


def _require_target(url: str | None, trio: list[str | None], message: str) -> None:
    if not url and not all(trio):
        raise MissingTarget(message)


def _name(form: _Form) -> Values:
    name = read.text(form.fields, "name", MAX_NAME)
    if name is None:
        return {}
    if not name:
        raise InvalidInput("Job name cannot be empty")
    if form.around.name_taken:
        hint = "" if form.job is not None else " Please use a unique name."
        raise DuplicateJobName(name, hint=hint)
    return {"name": name}


def _cron(form: _Form) -> Values:
    text = form.fields.get("cron_expression")
    if text is None:
        return {}
    if not isinstance(text, str):
        message = "cron_expression must be a string."
        raise InvalidInput("Invalid cron expression", message)
    CronExpression.parse(text)
    return {"cron_expression": " ".join(text.split())}


def _target(form: _Form) -> Values:
    return target_values(form.fields, form.job, form.around.targets)


def _category(form: _Form) -> Values:
    text = read.text(form.fields, "category", MAX_NAME)
    if text is None:
        return {} if form.job is not None else {"category": GENERAL}
    entry = form.around.categories.find(text) if text else None
    if entry is not None:
        return {"category": entry.slug}
    if not text or slugify(text) == GENERAL:
        return {"category": GENERAL}
    raise InvalidInput(
        "Invalid category",
        "Unknown category. Create it in Settings → Categories first, or choose General.",
    )


def _metadata(form: _Form) -> Values:
    if "metadata" not in form.fields:
        return {} if form.job is not None else {"metadata": {}}
    value = form.fields["metadata"]
    if value is not None and not isinstance(value, dict):
        raise InvalidInput("Invalid metadata", "metadata must be a JSON object")
    return {"metadata": value or {}}


def _mail(form: _Form) -> Values:
    """Recipients and the wish for success mails stay only while mails are enabled."""
    job = form.job
    enabled = read.flag(form.fields, "enable_email_notifications")
    emails = read.email_list(form.fields, "notification_emails")
    on_success = read.flag(form.fields, "notify_on_success")
    if job is not None:
        enabled = job.enable_email_notifications if enabled is None else enabled
        emails = job.notification_emails if emails is None else emails
        on_success = job.notify_on_success if on_success is None else on_success
    return {
        "enable_email_notifications": bool(enabled),
        "notification_emails": emails or () if enabled else (),
        "notify_on_success": bool(on_success and enabled),
    }


def _end_date(form: _Form) -> Values:
    if "end_date" not in form.fields:
        return {}
    value = form.fields["end_date"]
    if value is None or (isinstance(value, str) and not value.strip()):
        if form.job is None:
            raise InvalidInput("Missing required fields", '"end_date" is required (YYYY-MM-DD).')
        raise InvalidInput("Invalid end_date", "end_date is required (YYYY-MM-DD).")
    day = parse_day(value)
    unchanged = form.job is not None and day == form.job.end_date
    if day < form.around.today and not unchanged:
        message = "end_date must be today or in the future (JST)."
        raise InvalidInput("Invalid end_date", message)
    return {"end_date": day}


def parse_day(value: object) -> date:
    """The day that a `YYYY-MM-DD` text names; raises InvalidInput for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InvalidInput("Invalid end_date", "Invalid end_date. Use YYYY-MM-DD.")
    return day


def _pic_team(form: _Form) -> Values:
    key = "pic_team" if form.sent("pic_team") else "pic_team_slug"
    text = read.text(form.fields, key, MAX_NAME)
    if text is None and form.job is not None:
        return {}
    if not text or (not slugify(text) and form.around.teams.find(text) is None):
        raise InvalidInput(
            "Invalid PIC team", "PIC team is required. Create one in Settings → PIC Teams."
        )
    team = form.around.teams.find(text)
    slug = team.slug if team is not None else slugify(text)
    if form.job is not None and slug == form.job.pic_team:  # an edit of something else
        return {"pic_team": slug}
    if team is None:
        message = "Unknown PIC team. Create it in Settings → PIC Teams first."
        raise InvalidInput("Invalid PIC team", message)
    if not team.is_active:
        raise InvalidInput(
            "Invalid PIC team",
            "PIC team is disabled. Enable it in Settings → PIC Teams or choose another.",
        )
    return {"pic_team": team.slug}


def _is_active(form: _Form) -> Values:
    active = read.flag(form.fields, "is_active")
    if active is None:
        return {} if form.job is not None else {"is_active": True}
    return {"is_active": active}


def _options(form: _Form) -> Values:
    """The options sent take the place of all stored ones; null is the same as {} for a new job."""
    if not form.sent("options"):
        return {}
    return {"options": read_options(form.fields["options"])}


_STEPS: Final[tuple[tuple[str, _Step], ...]] = (
    ("name", _name),
    ("cron_expression", _cron),
    ("target_url", _target),
    ("category", _category),
    ("metadata", _metadata),
    ("notification_emails", _mail),
    ("end_date", _end_date),
    ("pic_team", _pic_team),
    ("is_active", _is_active),
    ("options", _options),
)
