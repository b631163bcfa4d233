"""Categories and PIC teams: the lists, and new entries (contract 4.12)."""

from typing import Any

import pytest

from api import Api, Person
from cronjobs_core.testing.builders import a_category, a_pic_team
from integration.api.cases import numbered
from integration.api.contents import unchanged
from integration.api.shapes import CATEGORY, PIC_TEAM, check_instants, refusal

CATEGORIES = "/job-categories"
TEAMS = "/pic-teams"
BOTH = pytest.mark.parametrize("path", [CATEGORIES, TEAMS])
TEAM = {"name": "Store Ops", "slack_handle": "@store-ops"}
NO_NAME = refusal("Missing required fields", '"name" is required.')
NO_HANDLE = refusal("Missing required fields", '"slack_handle" is required.')
NO_SLUG = refusal("Invalid slug", "Unable to generate a valid slug from name.")


async def stored(api: Api, path: str, *names: str, is_active: bool = True) -> None:
    """Store entries of these names, past the application."""
    async with api.container.store().writing() as uow:
        for name in names:
            if path == CATEGORIES:
                await uow.taxonomy.add_category(a_category(name=name, is_active=is_active))
            else:
                await uow.taxonomy.add_pic_team(a_pic_team(name=name, is_active=is_active))
        await uow.commit()


def listed(path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of a list, which stand under the one key of the answer."""
    key = "categories" if path == CATEGORIES else "pic_teams"
    assert list(body) == [key]
    entries: list[dict[str, Any]] = body[key]
    return entries


@BOTH
async def test_everybody_reads_the_active_entries_by_name(
    api: Api, viewer: Person, path: str
) -> None:
    """The frontend's menus show them in this order, whatever the case of their letters."""
    await stored(api, path, "beta", "Alpha", "GAMMA")
    await stored(api, path, "Old", is_active=False)
    entries = listed(path, (await viewer.get(path)).json())
    names = [entry["name"] for entry in entries if entry["name"] != "Payments"]
    assert names == ["Alpha", "beta", "GAMMA"]
    assert all(set(entry) == (CATEGORY if path == CATEGORIES else PIC_TEAM) for entry in entries)
    assert check_instants(entries) == 2 * len(entries)


@BOTH
@pytest.mark.parametrize("wish", ["true", "1", "yes", "on", "True"])
async def test_only_admins_see_inactive_entries(
    api: Api, admin: Person, user: Person, viewer: Person, *, path: str, wish: str
) -> None:
    """Section 3.2: the wish of others is ignored, as the upload page sends it for every role."""
    await stored(api, path, "Old", is_active=False)
    for person, sees in ((admin, True), (user, False), (viewer, False)):
        answer = await person.get(path, include_inactive=wish)
        names = [entry["name"] for entry in listed(path, answer.json())]
        assert ("Old" in names) is sees
    kept = listed(path, (await admin.get(path, include_inactive="false")).json())
    assert "Old" not in [entry["name"] for entry in kept]


@BOTH
@pytest.mark.parametrize("wish", ["maybe", "2", ""])
async def test_a_wish_that_is_no_boolean_is_400(admin: Person, path: str, wish: str) -> None:
    """C-01: a wrong query is told in the contract's shape."""
    answer = await admin.get(path, include_inactive=wish)
    body = answer.json()
    assert (answer.status_code, body["error"]) == (400, "Validation error")
    assert body["message"] == body["detail"] == body["details"]["include_inactive"]


async def test_a_new_category_is_named_and_slugged(admin: Person) -> None:
    """The slug is made of the name: lower case, one hyphen for whatever is no letter or digit."""
    answer = await admin.post(CATEGORIES, {"name": "  Prod / Canary!  "})
    body = answer.json()
    assert (answer.status_code, set(body), body["message"]) == (
        201,
        {"message", "category"},
        "Category created",
    )
    category = body["category"]
    assert set(category) == CATEGORY
    assert (category["name"], category["slug"], category["is_active"]) == (
        "Prod / Canary!",
        "prod-canary",
        True,
    )
    assert category in listed(CATEGORIES, (await admin.get(CATEGORIES)).json())


async def test_a_new_team_has_a_slack_handle(admin: Person) -> None:
    """C-32: the handle is asked for where the team is made."""
    answer = await admin.post(TEAMS, TEAM)
    body = answer.json()
    assert (answer.status_code, set(body), body["message"]) == (
        201,
        {"message", "pic_team"},
        "PIC team created",
    )
    team = body["pic_team"]
    assert set(team) == PIC_TEAM
    assert (team["name"], team["slug"], team["slack_handle"]) == (
        "Store Ops",
        "store-ops",
        "@store-ops",
    )


@BOTH
@pytest.mark.parametrize(
    ("slug", "becomes"),
    [
        ("My Slug", "my-slug"),
        (None, "store-ops"),
        ("", "store-ops"),
        ("!!!", "store-ops"),
        ("x" * 100, "x" * 100),
    ],
)
async def test_a_slug_can_be_given(
    admin: Person, path: str, slug: str | None, becomes: str
) -> None:
    """A given slug is tidied; the name stands in where nothing is left of it."""
    body = (await admin.post(path, {**TEAM, "slug": slug})).json()
    entry = body["category" if path == CATEGORIES else "pic_team"]
    assert entry["slug"] == becomes


@BOTH
@pytest.mark.parametrize(
    ("fields", "body"),
    numbered(
        [
            ({"name": None}, NO_NAME),
            ({"name": ""}, NO_NAME),
            ({"name": "   "}, NO_NAME),
            ({"name": 5}, refusal("Invalid name", "name must be a string.")),
            ({"name": ["x"]}, refusal("Invalid name", "name must be a string.")),
            ({"name": "x" * 256}, refusal("Invalid name", "name must be at most 255 characters.")),
            ({"name": "a\nb"}, refusal("Invalid name", "name must not hold control characters.")),
            ({"name": "!!!"}, NO_SLUG),
            ({"name": "日本語"}, NO_SLUG),
            ({"name": "x" * 101}, refusal("Invalid slug", "slug must be at most 100 characters.")),
            ({"slug": 5}, refusal("Invalid slug", "slug must be a string.")),
            ({"slug": "x" * 101}, refusal("Invalid slug", "slug must be at most 100 characters.")),
        ]
    ),
)
async def test_an_entry_that_breaks_a_rule_is_400(
    api: Api, admin: Person, path: str, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """Each field has its sentence, and nothing is stored."""
    async with unchanged(api):
        answer = await admin.post(path, {**TEAM, **fields})
    assert (answer.status_code, answer.json()) == (400, body)


@pytest.mark.parametrize(
    ("fields", "body"),
    numbered(
        [
            ({}, NO_NAME),
            ({"name": "Store Ops"}, NO_HANDLE),
            ({**TEAM, "slack_handle": None}, NO_HANDLE),
            ({**TEAM, "slack_handle": "  "}, NO_HANDLE),
            ({"name": "!!!"}, NO_HANDLE),
            (
                {**TEAM, "slack_handle": 5},
                refusal("Invalid slack_handle", "slack_handle must be a string."),
            ),
            (
                {**TEAM, "slack_handle": "x" * 256},
                refusal("Invalid slack_handle", "slack_handle must be at most 255 characters."),
            ),
        ]
    ),
)
async def test_a_team_needs_a_name_then_a_handle(
    api: Api, admin: Person, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """The name is asked for first, then the handle, then a slug is made."""
    async with unchanged(api):
        answer = await admin.post(TEAMS, fields)
    assert (answer.status_code, answer.json()) == (400, body)


@BOTH
@pytest.mark.parametrize("again", [{}, {"name": "STORE  ops"}, {"name": "x", "slug": "store-ops"}])
async def test_a_slug_that_is_taken_is_409(
    api: Api, admin: Person, path: str, again: dict[str, str]
) -> None:
    """C-33: jobs refer to entries by slug, so there is one of each."""
    assert (await admin.post(path, TEAM)).status_code == 201
    async with unchanged(api):
        answer = await admin.post(path, {**TEAM, **again})
    kind = "Category" if path == CATEGORIES else "PIC team"
    body = refusal("Duplicate slug", f'{kind} slug "store-ops" already exists.')
    assert (answer.status_code, answer.json()) == (409, body)
