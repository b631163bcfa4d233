"""Calling a target once, to see whether it answers: nothing is stored, nobody is told."""

from dataclasses import dataclass
from typing import Final

from cronjobs_core.domain import fields as read
from cronjobs_core.domain.errors import InvalidInput, MissingTarget
from cronjobs_core.domain.executions import (
    Delivery,
    Execution,
    ExecutionStatus,
    Run,
    TriggerType,
)
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.ids import ExecutionId, JobId
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.target_form import TRIO, target_values
from cronjobs_core.domain.targets import (
    MAX_GITHUB_NAME,
    MAX_URL,
    GitHubWorkflow,
    Target,
    TargetRules,
    Webhook,
    check_webhook_url,
)
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.targets import Deliverer
from cronjobs_core.ports.world import Clock, NewId

_URL_HELP: Final = "Webhook URL must start with http:// or https://"
DEFAULT_DEADLINE: Final = 10.0
MAX_DEADLINE: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TryTarget:
    """A trial of a webhook or a workflow, sent as a run would send it."""

    deliverer: Deliverer
    clock: Clock
    new_id: NewId
    targets: TargetRules

    async def try_out(self, actor: Actor, fields: Fields) -> tuple[Target, Delivery]:
        """Call the target that `fields` name; a URL wins over a workflow.

        Raises InvalidInput and MissingTarget before anything is called.
        """
        authorise(actor, Action.TRY_TARGET)
        metadata = fields.get("metadata")
        if metadata is not None and not isinstance(metadata, dict):
            raise InvalidInput("Invalid metadata", '"metadata" must be an object.')
        target = self._target(fields)
        now = self.clock.now()
        execution = Execution(
            id=ExecutionId(self.new_id()),
            job_id=JobId(self.new_id()),
            status=ExecutionStatus.RUNNING,
            trigger_type=TriggerType.MANUAL,
            scheduled_for=None,
            started_at=now,
        )
        run = Run(
            execution=execution,
            job_name="test run",
            target=target,
            metadata=metadata or {},
            deadline=_deadline(fields.get("timeout_seconds")),
        )
        return target, await self.deliverer.deliver(run)

    def _target(self, fields: Fields) -> Target:
        url = read.text(fields, "target_url", MAX_URL)
        for key in TRIO:
            read.text(fields, key, MAX_GITHUB_NAME)
        if url:
            workflow = GitHubWorkflow.from_shorthand(url) if "://" not in url else None
            if workflow is None:
                check_webhook_url(url, self.targets, help_text=_URL_HELP)
                return Webhook(url=url)
            workflow.check(self.targets)
            return workflow
        values = target_values(fields, None, self.targets)
        owner, repo, name = (values.get(key) for key in TRIO)
        if owner and repo and name:
            return GitHubWorkflow(owner=owner, repo=repo, workflow=name)
        raise MissingTarget(
            "Provide target_url or GitHub config (github_owner, github_repo, github_workflow_name)."
        )


def _deadline(sent: object) -> float:
    """Seconds for the trial: 10 unless sent, clamped to 1..30."""
    if sent is None:
        return DEFAULT_DEADLINE
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise InvalidInput("Invalid timeout_seconds", "timeout_seconds must be a number.")
    return min(max(float(sent), 1.0), MAX_DEADLINE)
