"""Mail flags and table columns (contract 4.3, C-24)."""

from typing import Any

import pytest

from api import Api, Person
from integration.api.cases import numbered
from integration.api.contents import rows, unchanged
from integration.api.shapes import COLUMNS, FLAGS, PREFERENCES, check_instants, refusal

READ = "Notification preferences retrieved successfully"
CHANGED = "Notification preferences updated successfully"
NO_ACCESS = refusal("Forbidden: Cannot access other users preferences")
NO_UPDATE = refusal("Forbidden: Cannot update other users preferences")
NOT_FOUND = refusal("User not found")
NO_COLUMNS = refusal("Missing required fields", '"jobs_table_columns" is required.')
NO_OBJECT = refusal("Invalid payload", '"jobs_table_columns" must be an object.')
KINDS = pytest.mark.parametrize("kind", ["preferences", "ui-preferences"])


def path(person_id: str, kind: str = "preferences") -> str:
    """Return the path to a user's preferences."""
    return f"/auth/users/{person_id}/{kind}"


def flags(body: dict[str, Any]) -> dict[str, bool]:
    """Return the six flags of an answer, which are booleans."""
    found = {name: body["preferences"][name] for name in FLAGS}
    assert all(isinstance(value, bool) for value in found.values())
    return found


async def columns(person: Person) -> Any:
    """Return the columns that the person sees."""
    body = (await person.get(path(person.id, "ui-preferences"))).json()
    return body["preferences"]["jobs_table_columns"]


async def test_the_first_look_shows_and_stores_the_defaults(api: Api, viewer: Person) -> None:
    """One row, made by whoever looks first, and the same at every further look."""
    first = await viewer.get(path(viewer.id))
    body = first.json()
    assert (first.status_code, set(body), body["message"]) == (
        200,
        {"message", "preferences"},
        READ,
    )
    assert set(body["preferences"]) == PREFERENCES
    assert (flags(body), body["preferences"]["user_id"]) == (FLAGS, viewer.id)
    assert check_instants(body) == 2
    api.clock.tick(60)
    assert (await viewer.get(path(viewer.id))).json() == body
    (row,) = await rows(api, "user_notification_preferences")
    assert row["id"] == body["preferences"]["id"]


@pytest.mark.parametrize("name", FLAGS)
async def test_one_flag_is_set_without_the_others(api: Api, user: Person, name: str) -> None:
    """C-24: a first PUT makes the row with the defaults of the first GET."""
    wanted = not FLAGS[name]
    answer = await user.put(path(user.id), {name: wanted, "unknown": 1})
    assert (answer.status_code, answer.json()["message"]) == (200, CHANGED)
    assert flags(answer.json()) == FLAGS | {name: wanted}
    api.clock.tick(60)
    other = next(one for one in FLAGS if one != name)
    again = await user.put(path(user.id), {other: not FLAGS[other], name: None})
    assert flags(again.json()) == FLAGS | {name: wanted, other: not FLAGS[other]}
    assert again.json()["preferences"]["updated_at"] == "2026-11-25T00:00:30.123Z"
    read = (await user.get(path(user.id))).json()
    assert read == {"message": READ, "preferences": again.json()["preferences"]}


async def test_an_empty_change_is_no_error(user: Person) -> None:
    """Partial means that nothing has to be sent."""
    assert flags((await user.put(path(user.id), {})).json()) == FLAGS


@pytest.mark.parametrize("value", ["false", "true", "", 0, 1, [], {}], ids=repr)
async def test_a_flag_that_is_no_boolean_is_400(api: Api, user: Person, value: object) -> None:
    """F-27: the text "false" once switched a flag on; now nothing is stored."""
    async with unchanged(api):
        answer = await user.put(path(user.id), {"daily_digest": True, "weekly_report": value})
    body = refusal("Invalid weekly_report", "weekly_report must be true or false.")
    assert (answer.status_code, answer.json()) == (400, body)


async def test_the_first_look_shows_the_default_columns(api: Api, viewer: Person) -> None:
    """Exactly these five."""
    answer = await viewer.get(path(viewer.id, "ui-preferences"))
    body = {"preferences": {"jobs_table_columns": COLUMNS}}
    assert (answer.status_code, answer.json()) == (200, body)
    assert await columns(viewer) == COLUMNS
    assert len(await rows(api, "user_ui_preferences")) == 1


@pytest.mark.parametrize(
    ("sent", "shown"),
    numbered(
        [
            ({}, {}),
            ({"pic_team": False}, {"pic_team": False}),
            ({"unknown": True, "target_url": True}, {"target_url": True}),
            ({"pic_team": None, "end_date": False}, {"end_date": False}),
            ({name: not value for name, value in COLUMNS.items()}, None),
        ]
    ),
)
async def test_a_choice_is_whole(
    user: Person, sent: dict[str, Any], shown: dict[str, bool] | None
) -> None:
    """What a choice leaves out is the default again, not what was stored; unknown keys go."""
    await user.put(path(user.id, "ui-preferences"), {"jobs_table_columns": {"end_date": False}})
    answer = await user.put(path(user.id, "ui-preferences"), {"jobs_table_columns": sent})
    expected = sent if shown is None else COLUMNS | shown
    assert (answer.status_code, answer.json()) == (
        200,
        {"preferences": {"jobs_table_columns": expected}},
    )
    assert await columns(user) == expected


@pytest.mark.parametrize(
    ("fields", "body"),
    numbered(
        [
            ({}, NO_COLUMNS),
            ({"jobs_table_columns": None}, NO_COLUMNS),
            ({"pic_team": True}, NO_COLUMNS),
            ({"jobs_table_columns": []}, NO_OBJECT),
            ({"jobs_table_columns": "x"}, NO_OBJECT),
            ({"jobs_table_columns": 5}, NO_OBJECT),
            (
                {"jobs_table_columns": {"end_date": False, "pic_team": "false"}},
                refusal("Invalid pic_team", "pic_team must be true or false."),
            ),
        ]
    ),
)
async def test_a_choice_that_is_none_is_400(
    api: Api, user: Person, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """In the contract's words, and nothing is stored."""
    async with unchanged(api):
        answer = await user.put(path(user.id, "ui-preferences"), fields)
    assert (answer.status_code, answer.json()) == (400, body)


@KINDS
async def test_the_order_is_owner_type_existence_text_object(
    api: Api, admin: Person, user: Person, kind: str
) -> None:
    """Section 4.3: here the owner is asked before the content type."""
    text = {"content": b"{", "headers": {"content-type": "text/plain"}}
    json = {"content": b"{", "headers": {"content-type": "application/json"}}
    steps: list[tuple[Person, str, dict[str, Any], int, dict[str, Any]]] = [
        (user, admin.id, text, 403, NO_UPDATE),
        (user, "does-not-exist", text, 403, NO_UPDATE),
        (admin, "x", text, 400, refusal("Content-Type must be application/json")),
        (admin, "x", json, 404, NOT_FOUND),
        (user, user.id, json, 400, refusal("Invalid JSON")),
        (
            user,
            user.id,
            {"json": []},
            400,
            refusal("Invalid payload", "JSON body must be an object."),
        ),
    ]
    async with unchanged(api):
        for person, wanted, sent, status, body in steps:
            answer = await person.call("PUT", path(wanted, kind), **sent)
            assert (answer.status_code, answer.json()) == (status, body)


@KINDS
async def test_looking_at_others_is_refused_and_makes_no_row(
    api: Api, admin: Person, user: Person, viewer: Person, kind: str
) -> None:
    """403 for any id to others, 404 to admins; the rows are not made by trying."""
    async with unchanged(api):
        for person in (user, viewer):
            for wanted in (admin.id, "does-not-exist"):
                answer = await person.get(path(wanted, kind))
                assert (answer.status_code, answer.json()) == (403, NO_ACCESS)
        answer = await admin.get(path("does-not-exist", kind))
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


async def test_admins_choose_for_others(admin: Person, user: Person) -> None:
    """Section 3.2: what an admin sets is what the user finds."""
    await admin.put(path(user.id), {"daily_digest": True})
    await admin.put(path(user.id, "ui-preferences"), {"jobs_table_columns": {"pic_team": False}})
    assert flags((await user.get(path(user.id))).json())["daily_digest"] is True
    assert (await columns(user))["pic_team"] is False
