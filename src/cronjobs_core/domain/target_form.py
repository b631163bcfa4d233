"""From the fields of a request to the validated target of a job.

The URL and the GitHub trio are read together: a shorthand URL fills the trio, and the operator's
default owner completes it.
"""

from typing import Final

from cronjobs_core.domain import fields as read
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.targets import (
    MAX_GITHUB_NAME,
    MAX_URL,
    GitHubWorkflow,
    TargetRules,
    check_github_name,
    check_webhook_url,
    check_workflow_name,
)

TRIO: Final = ("github_owner", "github_repo", "github_workflow_name")
_URL_HELP: Final = "target_url must include scheme (http:// or https://)."
_GITHUB_HELP: Final = (
    " For GitHub dispatch, use github_owner/github_repo/github_workflow_name "
    "or provide owner/repo/workflow."
)

TargetValues = dict[str, str | None]


def target_values(fields: Fields, job: Job | None, rules: TargetRules) -> TargetValues:
    """The target fields that the request sets, for a new job (None) or a change of `job`.

    "" clears a field, null leaves it. Raises InvalidInput for a text of the wrong kind or length
    and InvalidTarget for a target that may not be called.
    """
    values: TargetValues = {}
    if not read.is_absent(fields, "target_url"):
        url = read.text(fields, "target_url", MAX_URL) or None
        shorthand = GitHubWorkflow.from_shorthand(url) if url and "://" not in url else None
        if shorthand is not None:
            shorthand.check(rules)
            trio = (shorthand.owner, shorthand.repo, shorthand.workflow)
            return {"target_url": None, **dict(zip(TRIO, trio, strict=True))}
        if url is not None:
            help_text = _URL_HELP if job is not None else _URL_HELP + _GITHUB_HELP
            check_webhook_url(url, rules, help_text=help_text)
        values["target_url"] = url
    values.update(_trio(fields))
    return _completed(values, job, rules)


def _trio(fields: Fields) -> TargetValues:
    values: TargetValues = {}
    for key in TRIO:
        if read.is_absent(fields, key):
            continue
        value = read.text(fields, key, MAX_GITHUB_NAME) or None
        if value is not None and key == "github_workflow_name":
            check_workflow_name(value)
        elif value is not None:
            check_github_name(key, value)
        values[key] = value
    return values


def _completed(values: TargetValues, job: Job | None, rules: TargetRules) -> TargetValues:
    """Fill in the default owner where repository and workflow stand alone, and judge the trio."""
    result = {key: getattr(job, key, None) for key in ("target_url", *TRIO)} | values
    owner, repo, workflow = (result[key] for key in TRIO)
    if repo and workflow and not owner and not result["target_url"]:
        owner = rules.github_owner or None
        values["github_owner"] = owner
    changed = job is None or any(key in values for key in TRIO)
    if changed and owner and repo and workflow:
        GitHubWorkflow(owner=owner, repo=repo, workflow=workflow).check(rules)
    return values
