"""The Slack settings: one incoming webhook for the whole installation."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self
from urllib.parse import urlsplit

from cronjobs_core.domain import fields as read
from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.fields import Fields

SETTINGS_ID: Final = "00000000-0000-4000-8000-000000000001"
"""The one row's id: two first readers cannot make two rows."""
MAX_URL: Final = 500
MAX_CHANNEL: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """Where Slack messages go, and whether. The URL is a secret: whoever has it can post."""

    id: str
    is_enabled: bool
    webhook_url: str | None
    channel: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def initial(cls, at: datetime) -> Self:
        """The settings of an installation that never touched them."""
        return cls(
            id=SETTINGS_ID,
            is_enabled=False,
            webhook_url=None,
            channel=None,
            created_at=at,
            updated_at=at,
        )

    def change(self, sent: Fields, at: datetime) -> Self:
        """The settings with what `sent` names; "" and null clear a text. Raises InvalidInput."""
        enabled = read.flag(sent, "is_enabled")
        url = self.webhook_url
        if "webhook_url" in sent:
            url = read.text(sent, "webhook_url", MAX_URL) or None
        channel = self.channel
        if "channel" in sent:
            channel = read.text(sent, "channel", MAX_CHANNEL) or None
        changed = replace(
            self,
            is_enabled=self.is_enabled if enabled is None else enabled,
            webhook_url=url,
            channel=channel,
            updated_at=at,
        )
        _check(changed)
        return changed


def _check(settings: SlackSettings) -> None:
    if settings.is_enabled and settings.webhook_url is None:
        message = "webhook_url is required when Slack is enabled."
        raise InvalidInput("Invalid settings", message)
    if settings.webhook_url is not None and not _is_https(settings.webhook_url):
        raise InvalidInput("Invalid settings", "webhook_url must be an https URL.")


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and not parts.username
    except ValueError:
        return False
