"""The Slack settings (contract 4.13, F-01, F-15)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from cronjobs_core.domain.audit import HIDDEN
from cronjobs_core.domain.errors import InvalidInput, RoleRequired, Unavailable
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.slack import SETTINGS_ID, SlackSettings
from cronjobs_core.domain.users import Role
from house import House
from unit.usecases.hesitant import hesitant

URL = "https://hooks.slack.example.com/services/T0/B0/secret"
NO_URL = "webhook_url is required when Slack is enabled."
NO_HTTPS = "webhook_url must be an https URL."


async def stored(house: House) -> SlackSettings | None:
    """The settings as stored now."""
    async with house.store.reading() as view:
        return await view.slack.get()


async def test_the_first_look_makes_settings_that_are_off(house: House) -> None:
    """There is one set of settings, and it is there from the first time that somebody looks."""
    admin = await house.user(Role.ADMIN)
    first = await house.services.manage_slack.get(admin)
    assert first == await stored(house)
    assert (first.id, first.is_enabled, first.webhook_url, first.channel) == (
        SETTINGS_ID,
        False,
        None,
        None,
    )
    house.clock.tick(60)
    assert await house.services.manage_slack.get(admin) == first
    assert await house.audited() == []


async def test_slack_is_switched_on_with_a_url(house: House) -> None:
    """Texts are trimmed; what is not sent stays; an empty text or null clears."""
    admin = await house.user(Role.ADMIN)
    change = house.services.manage_slack.change
    on = await change(
        admin, {"is_enabled": True, "webhook_url": f" {URL} ", "channel": " #jobs ", "x": 1}
    )
    assert (on.is_enabled, on.webhook_url, on.channel) == (True, URL, "#jobs")
    house.clock.tick(60)
    moved = await change(admin, {"channel": "", "is_enabled": None})
    assert moved == replace(on, channel=None, updated_at=house.clock.now())
    off = await change(admin, {"is_enabled": False, "webhook_url": None})
    assert (off.is_enabled, off.webhook_url) == (False, None)
    assert await stored(house) == off
    assert await house.audited() == ["slack.update"] * 3


@pytest.mark.parametrize(
    ("sent", "error", "message"),
    [
        ({"webhook_url": ""}, "Invalid settings", NO_URL),
        ({"webhook_url": None}, "Invalid settings", NO_URL),
        ({"webhook_url": "http://hooks.slack.example.com/x"}, "Invalid settings", NO_HTTPS),
        ({"webhook_url": "hooks.slack.example.com/x"}, "Invalid settings", NO_HTTPS),
        ({"webhook_url": "https://"}, "Invalid settings", NO_HTTPS),
        ({"webhook_url": "https://[::1"}, "Invalid settings", NO_HTTPS),
        ({"webhook_url": "https://a:b@slack.example.com/"}, "Invalid settings", NO_HTTPS),
        ({"webhook_url": 5}, "Invalid webhook_url", "webhook_url must be a string."),
        (
            {"webhook_url": f"https://{'x' * 500}"},
            "Invalid webhook_url",
            "webhook_url must be at most 500 characters.",
        ),
        ({"channel": []}, "Invalid channel", "channel must be a string."),
        ({"channel": "x" * 256}, "Invalid channel", "channel must be at most 255 characters."),
        ({"is_enabled": "false"}, "Invalid is_enabled", "is_enabled must be true or false."),
    ],
)
async def test_a_change_that_is_refused_changes_nothing(
    house: House, sent: dict[str, Any], error: str, message: str
) -> None:
    """F-01: nothing is enabled and nothing moved by a request that is answered with an error."""
    admin = await house.user(Role.ADMIN)
    change = house.services.manage_slack.change
    before = await change(admin, {"is_enabled": True, "webhook_url": URL})
    with pytest.raises(InvalidInput) as refused:
        await change(admin, {"channel": "#other", **sent})
    assert (refused.value.error, refused.value.message) == (error, message)
    assert await stored(house) == before
    assert await house.audited() == ["slack.update"]


async def test_slack_is_not_enabled_without_a_url_at_first_either(house: House) -> None:
    """F-01: and no row is left of the attempt."""
    admin = await house.user(Role.ADMIN)
    with pytest.raises(InvalidInput, match=NO_URL):
        await house.services.manage_slack.change(admin, {"is_enabled": True})
    assert await stored(house) is None


@pytest.mark.parametrize("role", [Role.USER, Role.VIEWER])
async def test_the_settings_are_the_admins(house: House, role: Role) -> None:
    """Whoever has the URL can post: nobody else sees or changes it."""
    actor = await house.user(role)
    for attempt in (
        house.services.manage_slack.get(actor),
        house.services.manage_slack.change(actor, {"channel": "#x"}),
    ):
        with pytest.raises(RoleRequired, match="Admin access required"):
            await attempt
    assert await stored(house) is None


async def test_the_audit_log_does_not_hold_the_url(house: House) -> None:
    """S63: the log tells that the URL was changed, and not to what."""
    admin = await house.user(Role.ADMIN)
    await house.services.manage_slack.change(
        admin, {"is_enabled": True, "webhook_url": URL, "channel": "#jobs"}
    )
    async with house.store.reading() as view:
        (entry,), _ = await view.audit.page(Page(1, 10))
    assert (entry.actor_id, entry.entity_type, entry.entity_id) == (
        admin.user_id,
        "slack_settings",
        SETTINGS_ID,
    )
    assert entry.after == {"is_enabled": True, "webhook_url": HIDDEN, "channel": "#jobs"}
    assert "secret" not in repr(entry)


async def test_without_its_audit_entry_no_change_happens(house: House) -> None:
    """The entry is in the transaction of the change."""
    admin = await house.user(Role.ADMIN)

    async def out_of_reach(*_: object) -> None:
        raise Unavailable("The store is out of reach.")

    broken = replace(house.services.manage_slack, note=out_of_reach)
    with pytest.raises(Unavailable):
        await broken.change(admin, {"channel": "#x"})
    assert await stored(house) is None


async def test_fifty_at_once_share_one_set_of_settings(house: House) -> None:
    """F-15: first looks and first changes together lose no change."""
    admin = await house.user(Role.ADMIN)
    slack = hesitant(house.services.manage_slack)
    await asyncio.gather(
        *(slack.get(admin) for _ in range(48)),
        slack.change(admin, {"channel": "#jobs"}),
        slack.change(admin, {"webhook_url": URL}),
        *(slack.get(admin) for _ in range(48)),
    )
    found = await slack.get(admin)
    assert (found.id, found.webhook_url, found.channel) == (SETTINGS_ID, URL, "#jobs")
