"""The Slack settings (contract 4.13)."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cronjobs_core.domain.slack import MAX_CHANNEL, MAX_URL
from cronjobs_http.access import Body, MayManageSlack, ServicesDep
from cronjobs_http.openapi import documented_body
from cronjobs_http.wire import Instant, WireModel

router = APIRouter(prefix="/settings/slack", tags=["settings"])


class SlackSettingsOut(WireModel):
    """The settings; the URL is shown to admins because they edit it in place."""

    id: str
    is_enabled: bool
    webhook_url: str | None
    channel: str | None
    created_at: Instant
    updated_at: Instant


class SlackAnswer(WireModel):
    """The Slack settings."""

    slack_settings: SlackSettingsOut


class SlackUpdated(SlackAnswer):
    """The Slack settings after a change."""

    message: str = "Slack settings updated"


class SlackPatch(BaseModel):
    """What to change; "" and null clear a text."""

    is_enabled: bool | None = None
    webhook_url: str | None = Field(None, max_length=MAX_URL, description="An https URL.")
    channel: str | None = Field(None, max_length=MAX_CHANNEL)


@router.get("")
async def get_slack_settings(actor: MayManageSlack, core: ServicesDep) -> SlackAnswer:
    """Read the Slack settings."""
    settings = await core.manage_slack.get(actor)
    return SlackAnswer(slack_settings=SlackSettingsOut.model_validate(settings))


@router.put("", openapi_extra=documented_body(SlackPatch))
async def update_slack_settings(
    actor: MayManageSlack, body: Body, core: ServicesDep
) -> SlackUpdated:
    """Change the Slack settings."""
    settings = await core.manage_slack.change(actor, body)
    return SlackUpdated(slack_settings=SlackSettingsOut.model_validate(settings))
