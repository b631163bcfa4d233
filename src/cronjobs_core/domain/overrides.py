"""What a manual run may do differently, for that run only (contract 4.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cronjobs_core.domain import fields as read
from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.target_form import TRIO
from cronjobs_core.domain.targets import (
    MAX_GITHUB_NAME,
    MAX_URL,
    GitHubWorkflow,
    Target,
    TargetRules,
    Webhook,
    check_webhook_url,
)

MAX_TOKEN: Final = 1000
_LIMITS: Final = {"target_url": MAX_URL, "dispatch_url": MAX_URL} | dict.fromkeys(
    TRIO, MAX_GITHUB_NAME
)
"""The texts, those included that do not matter to the job's kind of target."""
_URL_HELP: Final = "target_url must include scheme (http:// or https://)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """The target and metadata of one manual run. `target` is None where nothing can be called."""

    target: Target | None
    metadata: Mapping[str, Any]
    github_token: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, job: Job, fields: Fields, rules: TargetRules) -> "Overrides":
        """What `fields` make of `job`; blank or absent fields leave the stored value.

        Raises InvalidInput for a field of the wrong kind and for a target that is not allowed.
        """
        metadata = _metadata(job, fields)
        for key, limit in _LIMITS.items():
            read.text(fields, key, limit)
        stored = job.target
        names_github = any(not read.is_absent(fields, key) for key in (*TRIO, "dispatch_url"))
        if isinstance(stored, GitHubWorkflow) or (stored is None and names_github):
            target: Target | None = _workflow(job, fields, rules)
        else:
            target = _webhook(stored, fields, rules)
        token = read.text(fields, "github_token", MAX_TOKEN) or None
        return cls(target=target, metadata=metadata, github_token=token)


def _metadata(job: Job, fields: Fields) -> Mapping[str, Any]:
    sent = fields.get("metadata")
    if sent is None:
        sent = fields.get("inputs")
    if sent is None:
        return job.metadata
    if not isinstance(sent, dict):
        raise InvalidInput("Invalid payload", '"metadata" must be a JSON object.')
    return sent


def _webhook(stored: Target | None, fields: Fields, rules: TargetRules) -> Target | None:
    url = read.text(fields, "target_url", MAX_URL)
    if not url:
        return stored
    check_webhook_url(url, rules, help_text=_URL_HELP)
    return Webhook(url=url)


def _workflow(job: Job, fields: Fields, rules: TargetRules) -> GitHubWorkflow | None:
    """A name that differs from the stored one wins over the dispatch URL, that over what is stored.

    The frontend always sends all four, so an unchanged name must not undo a changed URL (C-19).
    """
    dispatch = read.text(fields, "dispatch_url", MAX_URL)
    base = GitHubWorkflow.from_dispatch_url(dispatch) if dispatch else None
    from_url = (base.owner, base.repo, base.workflow) if base else (None, None, None)
    chosen: list[str | None] = []
    for key, url_value in zip(TRIO, from_url, strict=True):
        stored: str | None = getattr(job, key)
        sent = read.text(fields, key, MAX_GITHUB_NAME)
        differs = bool(sent) and _bare(sent or "") != _bare(stored or "")
        chosen.append(sent if differs else url_value or stored)
    owner, repo, workflow = chosen
    owner = owner or rules.github_owner
    if not (owner and repo and workflow):
        return None
    target = GitHubWorkflow(owner=owner, repo=repo, workflow=workflow)
    target.check(rules)
    return target


def _bare(name: str) -> str:
    return name.removesuffix(".yml").removesuffix(".yaml")
