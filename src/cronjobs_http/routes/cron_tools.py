"""Checking, previewing and describing cron texts (contract 4.8)."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cronjobs_core.domain.errors import InvalidCronExpression, InvalidInput
from cronjobs_core.usecases.cron_tools import DEFAULT_PREVIEW
from cronjobs_http.access import Body, MayRead, ServicesDep
from cronjobs_http.openapi import documented_body
from cronjobs_http.wire import LocalInstant, WireModel

router = APIRouter(prefix="/jobs", tags=["cron"])


class CronIn(BaseModel):
    """A cron text, under one of two keys; `expression` wins."""

    expression: str | None = None
    cron_expression: str | None = None


class PreviewIn(CronIn):
    """A cron text and how many occurrences to show (5 by default, 20 at most)."""

    count: int | None = Field(DEFAULT_PREVIEW, description="0 is the default, less is none.")


class CronValid(WireModel):
    """Whether the text is a good cron expression; `error` and `message` say why it is not."""

    valid: bool
    message: str | None
    error: str | None = None
    cron_expression: str
    expression: str
    description: str | None = None
    warnings: list[str] = Field(default_factory=list)


class CronPreview(WireModel):
    """The next occurrences, with the scheduler's offset."""

    cron_expression: str
    timezone: str
    next_runs: list[LocalInstant]
    count: int


class CronDescription(WireModel):
    """The expression in words."""

    cron_expression: str
    description: str


@router.post(
    "/validate-cron", openapi_extra=documented_body(CronIn), response_model_exclude_none=True
)
async def validate_cron(actor: MayRead, body: Body, core: ServicesDep) -> CronValid:
    """Say whether a cron text is good; 200 either way."""
    text = _text(body)
    check = core.cron_tools.check(actor, text) if isinstance(text, str) else None
    problem = "Cron expression must be a string." if check is None else check.problem
    return CronValid(
        valid=problem is None,
        error=None if problem is None else "Invalid cron expression",
        message=problem or "Valid cron expression",
        cron_expression=str(text),
        expression=str(text),
        description=check.description if check is not None else None,
        warnings=list(check.warnings) if check is not None else [],
    )


@router.post("/cron-preview", openapi_extra=documented_body(PreviewIn))
async def preview_cron(actor: MayRead, body: Body, core: ServicesDep) -> CronPreview:
    """List the next occurrences of a cron text from now."""
    text = _required_text(body)
    runs = core.cron_tools.preview(actor, text, _count(body.get("count")))
    zone = str(core.cron_tools.zone)
    return CronPreview(cron_expression=text, timezone=zone, next_runs=runs, count=len(runs))


@router.post("/cron-description", openapi_extra=documented_body(CronIn))
async def describe_cron(actor: MayRead, body: Body, core: ServicesDep) -> CronDescription:
    """Put a cron text into words."""
    text = _required_text(body)
    description = core.cron_tools.describe(actor, text)
    return CronDescription(cron_expression=text, description=description)


def _text(body: dict[str, Any]) -> object:
    """What was sent under either key; nothing is an empty text."""
    sent = body.get("expression")
    return sent if sent is not None else body.get("cron_expression", "") or ""


def _required_text(body: dict[str, Any]) -> str:
    text = _text(body)
    other = body.get("cron_expression")
    if not isinstance(text, str) or not isinstance(other, str | None):
        raise InvalidCronExpression("Cron expression must be a string.")
    return text


def _count(sent: object) -> int:
    if sent is None or (sent == 0 and not isinstance(sent, bool)):
        return DEFAULT_PREVIEW
    if isinstance(sent, bool) or not isinstance(sent, int):
        raise InvalidInput("Invalid count", "count must be an integer.")
    return sent
