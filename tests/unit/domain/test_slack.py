"""The Slack settings."""

from datetime import timedelta

import pytest

from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.testing.builders import NOON

URL = "https://hooks.slack.example/services/T0/B0/x"
LATER = NOON + timedelta(hours=1)
UNTOUCHED = SlackSettings.initial(NOON)
SET = UNTOUCHED.change({"is_enabled": True, "webhook_url": URL, "channel": "#ops"}, NOON)


def test_untouched_settings() -> None:
    """A new installation posts nowhere, and every first reader sees the same row."""
    assert (UNTOUCHED.is_enabled, UNTOUCHED.webhook_url, UNTOUCHED.channel) == (False, None, None)
    assert SlackSettings.initial(LATER).id == UNTOUCHED.id


def test_settings_are_changed() -> None:
    """What is sent is stored trimmed; what is not sent, and a null switch, stay."""
    changed = SET.change({"channel": " #dev ", "is_enabled": None}, LATER)
    assert (changed.is_enabled, changed.webhook_url, changed.channel) == (True, URL, "#dev")
    assert (changed.created_at, changed.updated_at) == (NOON, LATER)


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_texts_are_cleared(blank: str | None) -> None:
    """A blank or null text is cleared."""
    changed = SET.change({"is_enabled": False, "webhook_url": blank, "channel": blank}, LATER)
    assert (changed.webhook_url, changed.channel) == (None, None)


@pytest.mark.parametrize(
    ("settings", "sent"),
    [(UNTOUCHED, {"is_enabled": True}), (SET, {"webhook_url": ""})],
    ids=["switched on", "cleared"],
)
def test_slack_needs_a_url_while_enabled(settings: SlackSettings, sent: dict[str, object]) -> None:
    """Neither switching on without a URL nor clearing it while on is accepted."""
    with pytest.raises(InvalidInput) as refused:
        settings.change(sent, LATER)
    assert refused.value.error == "Invalid settings"
    assert refused.value.message == "webhook_url is required when Slack is enabled."


@pytest.mark.parametrize(
    "url", ["http://hooks.slack.example/", "hooks.slack.example", "https://", "https://[::1/"]
)
def test_slack_is_called_over_https(url: str) -> None:
    """A URL that the sender would refuse is refused when it is set, also while switched off."""
    with pytest.raises(InvalidInput, match="webhook_url must be an https URL"):
        UNTOUCHED.change({"webhook_url": url}, LATER)


@pytest.mark.parametrize("field", ["webhook_url", "channel", "is_enabled"])
def test_values_of_another_type(field: str) -> None:
    """A value of another type is refused by the name of its field."""
    with pytest.raises(InvalidInput, match=f"{field} must be"):
        UNTOUCHED.change({field: 5}, LATER)
