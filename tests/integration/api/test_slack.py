"""The Slack settings (contract 4.13, 14)."""

from typing import Any

import pytest

from api import Api, Person
from integration.api.cases import numbered
from integration.api.contents import rows, unchanged
from integration.api.shapes import SLACK_SETTINGS, check_instants, refusal

PATH = "/settings/slack"
URL = "https://hooks.slack.example.com/services/T0/B0/secret"
NO_URL = refusal("Invalid settings", "webhook_url is required when Slack is enabled.")
NO_HTTPS = refusal("Invalid settings", "webhook_url must be an https URL.")


async def test_the_first_look_makes_the_row(api: Api, admin: Person) -> None:
    """Off and empty, and the same at every further look."""
    answer = await admin.get(PATH)
    body = answer.json()
    assert (answer.status_code, list(body)) == (200, ["slack_settings"])
    assert set(body["slack_settings"]) == SLACK_SETTINGS
    assert check_instants(body) == 2
    settings = body["slack_settings"]
    assert [settings[key] for key in ("is_enabled", "webhook_url", "channel")] == [
        False,
        None,
        None,
    ]
    api.clock.tick(60)
    assert (await admin.get(PATH)).json() == body
    assert len(await rows(api, "slack_settings")) == 1


async def test_the_form_is_stored_and_shown_in_clear(api: Api, admin: Person) -> None:
    """The frontend edits the URL in place, so admins see it; texts are trimmed."""
    sent = {"is_enabled": True, "webhook_url": f"  {URL} ", "channel": " #jobs "}
    answer = await admin.put(PATH, sent)
    body = answer.json()
    assert (answer.status_code, set(body), body["message"]) == (
        200,
        {"message", "slack_settings"},
        "Slack settings updated",
    )
    shown = body["slack_settings"]
    assert (shown["is_enabled"], shown["webhook_url"], shown["channel"]) == (True, URL, "#jobs")
    assert (await admin.get(PATH)).json() == {"slack_settings": shown}
    api.clock.tick(60)
    later = (await admin.put(PATH, {"channel": "#other"})).json()["slack_settings"]
    assert later == {**shown, "channel": "#other", "updated_at": "2026-11-25T00:00:30.123Z"}


@pytest.mark.parametrize(
    ("fields", "after"),
    numbered(
        [
            ({}, {}),
            ({"unknown": 1, "is_enabled": None}, {}),
            ({"channel": ""}, {"channel": None}),
            ({"channel": None}, {"channel": None}),
            ({"channel": "   "}, {"channel": None}),
            ({"is_enabled": False}, {"is_enabled": False}),
            (
                {"is_enabled": False, "webhook_url": None, "channel": None},
                {"is_enabled": False, "webhook_url": None, "channel": None},
            ),
            ({"is_enabled": False, "webhook_url": ""}, {"is_enabled": False, "webhook_url": None}),
        ]
    ),
)
async def test_what_is_empty_is_cleared_and_what_is_absent_stays(
    admin: Person, fields: dict[str, Any], after: dict[str, Any]
) -> None:
    """Section 4.13: the form sends null for an emptied text."""
    sent = {"is_enabled": True, "webhook_url": URL, "channel": "#jobs"}
    before = (await admin.put(PATH, sent)).json()["slack_settings"]
    answer = await admin.put(PATH, fields)
    assert (answer.status_code, answer.json()["slack_settings"]) == (200, {**before, **after})


@pytest.mark.parametrize(
    ("fields", "body"),
    numbered(
        [
            ({"webhook_url": None}, NO_URL),
            ({"webhook_url": ""}, NO_URL),
            ({"webhook_url": "  ", "is_enabled": True}, NO_URL),
            ({"webhook_url": "http://hooks.slack.example.com/x"}, NO_HTTPS),
            ({"webhook_url": "hooks.slack.example.com"}, NO_HTTPS),
            ({"webhook_url": "https://"}, NO_HTTPS),
            ({"webhook_url": "javascript:alert(1)"}, NO_HTTPS),
            ({"webhook_url": "http://x", "is_enabled": False}, NO_HTTPS),
            ({"webhook_url": 5}, refusal("Invalid webhook_url", "webhook_url must be a string.")),
            (
                {"webhook_url": f"https://x.example/{'x' * 500}"},
                refusal("Invalid webhook_url", "webhook_url must be at most 500 characters."),
            ),
            ({"channel": 5}, refusal("Invalid channel", "channel must be a string.")),
            (
                {"channel": "x" * 256},
                refusal("Invalid channel", "channel must be at most 255 characters."),
            ),
            (
                {"is_enabled": "false"},
                refusal("Invalid is_enabled", "is_enabled must be true or false."),
            ),
            ({"is_enabled": 0}, refusal("Invalid is_enabled", "is_enabled must be true or false.")),
        ]
    ),
)
async def test_a_change_that_is_refused_changes_nothing(
    api: Api, admin: Person, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """F-01, F-13, F-27: the channel beside it is not stored, and "false" is not true."""
    await admin.put(PATH, {"is_enabled": True, "webhook_url": URL})
    async with unchanged(api):
        answer = await admin.put(PATH, {"channel": "#other", **fields})
    assert (answer.status_code, answer.json()) == (400, body)


async def test_enabling_without_a_url_leaves_no_row(api: Api, admin: Person) -> None:
    """F-01: Slack was once enabled by the request that was answered with this error."""
    async with unchanged(api):
        answer = await admin.put(PATH, {"is_enabled": True})
    assert (answer.status_code, answer.json()) == (400, NO_URL)
    assert (await admin.get(PATH)).json()["slack_settings"]["is_enabled"] is False


async def test_a_body_is_asked_for(api: Api, admin: Person) -> None:
    """Content type, then JSON, then an object."""
    async with unchanged(api):
        for sent, body in (
            ({"content": b"{}"}, refusal("Content-Type must be application/json")),
            (
                {"content": b"{", "headers": {"content-type": "application/json"}},
                refusal("Invalid JSON"),
            ),
            ({"json": []}, refusal("Invalid payload", "JSON body must be an object.")),
        ):
            answer = await admin.call("PUT", PATH, **sent)
            assert (answer.status_code, answer.json()) == (400, body)


async def test_the_audit_log_does_not_hold_the_url(api: Api, admin: Person) -> None:
    """S63: whoever reads the log cannot post to the channel."""
    await admin.put(PATH, {"is_enabled": True, "webhook_url": URL})
    (entry,) = [row for row in await rows(api, "audit_log") if row["action"] == "slack.update"]
    assert entry["actor_name"] == "admin"
    assert "secret" not in str(entry)
