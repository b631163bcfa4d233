"""The settings pages of the frontend: their requests in order, as axios sends them (contract 12).

Every key that the frontend reads is there, with the type that it needs.
"""

import pytest

from api import Api
from integration.api.browser import ENTRY, FORM, SLACK, TEAM, USER, Browser, number
from integration.api.calling.neighbours import TRIO
from integration.api.shapes import FLAGS


@pytest.fixture
def browser(api: Api) -> Browser:
    """Give a tab that nobody has signed in yet."""
    return Browser(api.client)


async def test_a_day_of_an_admin(api: Api, browser: Browser) -> None:
    """Users, categories, teams, Slack and the own profile, as the settings pages send them."""
    await browser.sign_in("admin")
    people = {"users": [USER]}
    assert len((await browser.axios("GET", "/auth/users", shape=people))["users"]) == 4
    new = {
        "username": "john_doe",
        "email": "john@corp.local",
        "password": "secret12",
        "role": "user",
    }
    made = (await browser.axios("POST", "/auth/register", new))["user"]
    path = f"/auth/users/{made['id']}"
    await browser.axios("GET", path, shape={"user": USER})
    edit = {"email": "john@corp.local", "role": "viewer", "is_active": True}
    shown = await browser.axios("PUT", path, edit, {"user": USER})
    assert shown["user"]["role"] == "viewer"
    await browser.axios("PUT", path, {**edit, "password": "secret13"})
    await browser.axios("DELETE", path)

    for where, key, body, shape in (
        ("/job-categories", "category", {"name": "Smoke tests"}, ENTRY),
        ("/pic-teams", "pic_team", {"name": "QA Tech", "slack_handle": "@qa"}, TEAM),
    ):
        entry = (await browser.axios("POST", where, body, {key: shape}))[key]
        for change in ({"name": "Renamed"}, {"is_active": False}, {"is_active": True}):
            changed = {key: shape, "jobs_updated": number}
            await browser.axios("PUT", f"{where}/{entry['id']}", change, changed)
        lists = {"categories" if key == "category" else "pic_teams": [shape]}
        await browser.axios("GET", where, shape=lists, include_inactive="true")
        await browser.axios("DELETE", f"{where}/{entry['id']}")
    team = (await browser.axios("GET", "/pic-teams"))["pic_teams"][0]
    body = {"name": "Payments", "slack_handle": "@pay", "is_active": True}
    await browser.axios("PUT", f"/pic-teams/{team['id']}", body, {"pic_team": TEAM})

    await browser.axios("GET", "/settings/slack", shape={"slack_settings": SLACK})
    for form in (
        {"is_enabled": False, "webhook_url": None, "channel": None},
        {"is_enabled": True, "webhook_url": "https://hooks.slack.example.com/x", "channel": "#a"},
        {"is_enabled": False, "webhook_url": None, "channel": None},
    ):
        body = await browser.axios("PUT", "/settings/slack", form, {"slack_settings": SLACK})
        assert {name: body["slack_settings"][name] for name in form} == form
    await change_the_profile(api, browser)


async def change_the_profile(api: Api, browser: Browser) -> None:
    """The profile and security tabs; the password alone, and on with the tokens of before."""
    flags = {"preferences": dict.fromkeys(FLAGS, bool)}
    shown = await browser.axios("GET", f"{browser.me}/preferences", shape=flags)
    six = {name: not shown["preferences"][name] for name in FLAGS}
    saved = await browser.axios("PUT", f"{browser.me}/preferences", six, flags)
    assert {name: saved["preferences"][name] for name in FLAGS} == six
    await browser.axios("PUT", browser.me, {"email": "boss@example.com"}, {"user": USER})
    await browser.axios("PUT", browser.me, {"password": "new-secret"}, {"user": USER})
    await browser.poll()
    await browser.refresh()
    await browser.poll()
    again = Browser(api.client)
    await again.sign_in("boss@example.com", "new-secret")


async def test_what_a_viewer_may_not_is_told_and_signs_nobody_out(browser: Browser) -> None:
    """403 with a text: a 401 or 422 would throw the viewer out of the page."""
    await browser.sign_in("viewer")
    await browser.axios("GET", "/pic-teams", shape={"pic_teams": [TEAM]}, include_inactive="true")
    for answer in (
        await browser.send("POST", "/jobs", FORM),
        await browser.send("POST", "/jobs/test-run", TRIO),
        await browser.send("GET", "/auth/users"),
        await browser.send("GET", "/settings/slack"),
        await browser.send("PUT", browser.me, {"role": "admin"}),
    ):
        assert answer.status_code == 403
        texts = [answer.json().get(key) for key in ("message", "error", "detail")]
        assert any(isinstance(text, str) and text for text in texts)
        assert all(text is None or isinstance(text, str) for text in texts)
    await browser.poll()
