"""Trying a target before a job is made of it (contract 4.9)."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cronjobs_core.domain.executions import Delivery, Reason
from cronjobs_core.domain.targets import MAX_GITHUB_NAME, MAX_URL, GitHubWorkflow, Target
from cronjobs_http.access import Body, MayTryTargets, ServicesDep
from cronjobs_http.openapi import documented_body
from cronjobs_http.wire import WireModel

router = APIRouter(prefix="/jobs", tags=["jobs"])


class TrialIn(BaseModel):
    """What to call; a URL wins over a workflow. Nothing is stored."""

    target_url: str | None = Field(None, max_length=MAX_URL)
    github_owner: str | None = Field(None, max_length=MAX_GITHUB_NAME)
    github_repo: str | None = Field(None, max_length=MAX_GITHUB_NAME)
    github_workflow_name: str | None = Field(None, max_length=MAX_GITHUB_NAME)
    metadata: dict[str, Any] | None = None
    timeout_seconds: float | None = Field(None, description="10 by default, clamped to 1..30.")


class TrialOut(WireModel):
    """What came of it; without an answer there is no `status_code`, when ok no `error`."""

    ok: bool
    type: str
    status_code: int | None = None
    error: str | None = None
    message: str


@router.post("/test-run", openapi_extra=documented_body(TrialIn), response_model_exclude_none=True)
async def try_target(actor: MayTryTargets, body: Body, core: ServicesDep) -> TrialOut:
    """Call a target once and say what came of it; no row, no notification."""
    target, delivery = await core.try_target.try_out(actor, body)
    return _shown(target, delivery)


def _shown(target: Target, delivery: Delivery) -> TrialOut:
    github = isinstance(target, GitHubWorkflow)
    kind = "github" if github else "webhook"
    if delivery.reason is Reason.GITHUB_TOKEN_MISSING:
        return TrialOut(
            ok=False,
            type=kind,
            error="GitHub token not configured",
            message="Set GITHUB_TOKEN in backend .env to test-run GitHub workflows.",
        )
    if delivery.response_status is None:
        message = delivery.error_message or "No answer."
        return TrialOut(ok=False, type=kind, error="Request failed", message=message)
    if github:
        outcome = "triggered" if delivery.succeeded else "failed"
        message = f"GitHub workflow dispatch {outcome}."
    else:
        message = f"Webhook test run {'succeeded' if delivery.succeeded else 'failed'}."
    return TrialOut(
        ok=delivery.succeeded, type=kind, status_code=delivery.response_status, message=message
    )
