"""Changing categories and PIC teams (contract 4.12, 14)."""

from typing import Any

import pytest

from api import Api, Person
from cronjobs_core.testing.builders import a_category, a_pic_team
from integration.api.cases import numbered
from integration.api.contents import rows, unchanged
from integration.api.shapes import CATEGORY, PIC_TEAM, check_instants, refusal

CATEGORIES = "/job-categories"
TEAMS = "/pic-teams"
BOTH = pytest.mark.parametrize("path", [CATEGORIES, TEAMS])
KEYS = {CATEGORIES: "category", TEAMS: "pic_team"}
KINDS = {CATEGORIES: "Category", TEAMS: "PIC team"}
SLUG_KEY = refusal("Invalid payload", "Slug cannot be edited directly; it is derived from name.")
NO_NAME = refusal("Invalid name", "Name cannot be empty.")
NO_SLUG = refusal("Invalid slug", "Unable to generate a valid slug from name.")
NO_BOOLEAN = refusal("Invalid is_active", "is_active must be true or false.")


async def stored(api: Api, path: str, slug: str = "ops", name: str = "Ops", **values: Any) -> str:
    """Store an entry past the application; return its path."""
    values = {"slug": slug, "name": name, **values}
    async with api.container.store().writing() as uow:
        if path == CATEGORIES:
            category = a_category(**values)
            await uow.taxonomy.add_category(category)
            entry_id: str = category.id
        else:
            team = a_pic_team(**values)
            await uow.taxonomy.add_pic_team(team)
            entry_id = team.id
        await uow.commit()
    return f"{path}/{entry_id}"


def entry(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the entry of an answer, which has all its keys."""
    found: dict[str, Any] = body[KEYS[path]]
    assert set(found) == (CATEGORY if path == CATEGORIES else PIC_TEAM)
    return found


@BOTH
async def test_jobs_follow_an_entry_to_its_new_name(
    api: Api, admin: Person, user: Person, path: str
) -> None:
    """F-35: the slug is made of the name, jobs are re-pointed, and their number is told."""
    where = await stored(api, path)
    await stored(api, TEAMS if path == CATEGORIES else CATEGORIES)
    jobs = [
        await user.create_job(name=f"Job {n}", category="ops", pic_team="ops") for n in range(3)
    ]
    await user.put(f"/jobs/{jobs[0]['id']}", {"is_active": False})
    alone = await user.create_job(name="Alone")
    answer = await admin.put(where, {"name": "  Data Base! "})
    body = answer.json()
    assert (answer.status_code, set(body)) == (200, {"message", KEYS[path], "jobs_updated"})
    assert (body["message"], body["jobs_updated"]) == (f"{KINDS[path]} updated", 3)
    found = entry(path, body)
    assert (found["name"], found["slug"], found["is_active"]) == ("Data Base!", "data-base", True)
    assert found["updated_at"] == "2026-11-24T23:59:30.123Z"
    assert check_instants(body) == 2
    key, stays = ("category", "pic_team") if path == CATEGORIES else ("pic_team", "category")
    shown = {one["id"]: one for one in (await user.get("/jobs")).json()["jobs"]}
    for job in jobs:
        assert (shown[job["id"]][key], shown[job["id"]][stays]) == ("data-base", "ops")
    assert shown[alone["id"]] == alone


@BOTH
@pytest.mark.parametrize(
    ("fields", "after"),
    numbered(
        [
            ({}, {}),
            ({"name": None, "is_active": None, "slug": None}, {}),
            ({"unknown": 1}, {}),
            ({"name": "Ops"}, {}),
            ({"name": "OPS"}, {"name": "OPS"}),
            ({"is_active": False}, {"is_active": False}),
            ({"is_active": False, "name": "O P S"}, {"is_active": False, "name": "O P S"}),
        ]
    ),
)
async def test_a_switch_or_a_spelling_moves_no_job(
    api: Api, admin: Person, path: str, fields: dict[str, Any], after: dict[str, Any]
) -> None:
    """Decision 0.12: null and absent leave; `jobs_updated` is 0 where there is nothing to move."""
    where = await stored(api, path)
    body = (await admin.put(where, fields)).json()
    assert body["jobs_updated"] == 0
    found = entry(path, body)
    slug = "o-p-s" if after.get("name") == "O P S" else "ops"
    expected = {"name": "Ops", "slug": slug, "is_active": True, **after}
    assert {key: found[key] for key in expected} == expected


async def test_a_team_gets_another_handle(api: Api, admin: Person) -> None:
    """The handle can be changed alone, and null leaves it."""
    where = await stored(api, TEAMS)
    for sent, shown in ((" @new ", "@new"), (None, "@new")):
        body = (await admin.put(where, {"slack_handle": sent})).json()
        assert body["pic_team"]["slack_handle"] == shown


@BOTH
@pytest.mark.parametrize(
    ("fields", "body"),
    numbered(
        [
            ({"name": ""}, NO_NAME),
            ({"name": "  ", "slug": "x"}, NO_NAME),
            ({"name": 5}, refusal("Invalid name", "name must be a string.")),
            (
                {"name": "x" * 256},
                refusal("Invalid name", "name must be at most 255 characters."),
            ),
            ({"name": "日本語"}, NO_SLUG),
            ({"name": "!!!", "slug": "x"}, NO_SLUG),
            ({"slug": "ops"}, SLUG_KEY),
            ({"slug": ""}, SLUG_KEY),
            ({"slug": 5, "is_active": "x"}, SLUG_KEY),
            ({"is_active": "false"}, NO_BOOLEAN),
            ({"is_active": 1}, NO_BOOLEAN),
        ]
    ),
)
async def test_a_change_that_breaks_a_rule_is_400_and_changes_nothing(
    api: Api, admin: Person, path: str, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """F-01: a category was once renamed, with its jobs, by a request answered with 400."""
    where = await stored(api, path)
    team = {} if path == TEAMS else {"pic_team": "payments"}
    await admin.create_job(**{KEYS[path]: "ops"}, **team)
    async with unchanged(api):
        answer = await admin.put(where, {"name": "Good", "is_active": False, **fields})
    assert (answer.status_code, answer.json()) == (400, body)


async def test_an_empty_handle_is_400_and_renames_nothing(api: Api, admin: Person) -> None:
    """Section 14: in these words, after the name was found good."""
    where = await stored(api, TEAMS)
    async with unchanged(api):
        for handle, body in (
            ("", refusal("Invalid slack_handle", "slack_handle cannot be empty.")),
            (5, refusal("Invalid slack_handle", "slack_handle must be a string.")),
        ):
            answer = await admin.put(where, {"name": "Good", "slack_handle": handle})
            assert (answer.status_code, answer.json()) == (400, body)


@BOTH
async def test_a_name_whose_slug_is_taken_is_409(api: Api, admin: Person, path: str) -> None:
    """C-33: the entry keeps its name, and its jobs."""
    await stored(api, path, slug="data-base", name="Data Base")
    where = await stored(api, path)
    async with unchanged(api):
        answer = await admin.put(where, {"name": "DATA  base", "is_active": False})
    body = refusal("Duplicate slug", f'{KINDS[path]} slug "data-base" already exists.')
    assert (answer.status_code, answer.json()) == (409, body)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    numbered(
        [
            ({"name": "Common"}, 'The "General" category cannot be renamed.'),
            ({"name": "general"}, 'The "General" category cannot be renamed.'),
            ({"name": "!!!"}, 'The "General" category cannot be renamed.'),
            ({"name": "Common", "slug": "x"}, 'The "General" category cannot be renamed.'),
            ({"is_active": False}, 'The "General" category cannot be disabled.'),
            ({"name": "General", "is_active": False}, 'The "General" category cannot be disabled.'),
        ]
    ),
)
async def test_general_stays_general(
    api: Api, admin: Person, fields: dict[str, Any], sentence: str
) -> None:
    """F-35, decision 0.13: what jobs fall back on is neither renamed nor disabled."""
    where = await stored(api, CATEGORIES, slug="general", name="General")
    async with unchanged(api):
        answer = await admin.put(where, fields)
        deleted = await admin.delete(where)
    assert (answer.status_code, answer.json()) == (400, refusal("Invalid category", sentence))
    disabled = 'The "General" category cannot be disabled.'
    assert (deleted.status_code, deleted.json()) == (400, refusal("Invalid category", disabled))
    same = await admin.put(where, {"name": "General", "is_active": True})
    assert same.status_code == 200


@BOTH
async def test_deleting_is_disabling(api: Api, admin: Person, user: Person, path: str) -> None:
    """The entry leaves the menus; jobs keep it, and may be edited (a form always sends it)."""
    where = await stored(api, path)
    job = await user.create_job(**{KEYS[path]: "ops"})
    for _ in range(2):
        answer = await admin.delete(where)
        body = answer.json()
        assert (answer.status_code, set(body)) == (200, {"message", KEYS[path]})
        assert body["message"] == f"{KINDS[path]} disabled"
        assert entry(path, body)["is_active"] is False
    key = "categories" if path == CATEGORIES else "pic_teams"
    shown = (await user.get(path)).json()[key]
    assert "ops" not in [one["slug"] for one in shown]
    edit = {"name": "Renamed", "category": job["category"], "pic_team": job["pic_team"]}
    edited = await user.put(f"/jobs/{job['id']}", edit)
    assert (edited.status_code, edited.json()["job"][KEYS[path]]) == (200, "ops")


async def test_a_disabled_team_takes_no_new_jobs(api: Api, admin: Person, user: Person) -> None:
    """Section 4.5: an edit may not move a job to it either."""
    where = await stored(api, TEAMS)
    job = await user.create_job()
    await admin.delete(where)
    answer = await user.put(f"/jobs/{job['id']}", {"pic_team": "ops"})
    assert answer.json()["error"] == "Invalid PIC team"
    await admin.put(where, {"is_active": True})
    assert (await user.put(f"/jobs/{job['id']}", {"pic_team": "Ops"})).status_code == 200


@BOTH
async def test_the_order_is_type_text_object_existence_fields(
    api: Api, admin: Person, path: str
) -> None:
    """Section 4.12: here the body is looked at before the entry is looked for."""
    name = "category" if path == CATEGORIES else "PIC team"
    steps: list[tuple[dict[str, Any], int, dict[str, Any]]] = [
        ({"content": b"{}"}, 400, refusal("Content-Type must be application/json")),
        (
            {"content": b"{", "headers": {"content-type": "application/json"}},
            400,
            refusal("Invalid JSON"),
        ),
        ({"json": []}, 400, refusal("Invalid payload", "JSON body must be an object.")),
        ({"json": {"name": ""}}, 404, refusal("Not found", f"No {name} found with ID: x")),
    ]
    async with unchanged(api):
        for sent, status, body in steps:
            answer = await admin.call("PUT", f"{path}/x", **sent)
            assert (answer.status_code, answer.json()) == (status, body)
        answer = await admin.delete(f"{path}/x")
        assert (answer.status_code, answer.json()) == (
            404,
            refusal("Not found", f"No {name} found with ID: x"),
        )


@BOTH
async def test_a_change_is_in_the_audit_log(api: Api, admin: Person, path: str) -> None:
    """S63: who renamed what, in the transaction of the renaming."""
    where = await stored(api, path)
    await admin.put(where, {"name": "New"})
    log = await rows(api, "audit_log")
    (found,) = [row for row in log if row["action"] == f"{KEYS[path]}.update"]
    assert (found["actor_name"], found["entity_id"]) == ("admin", where.rpartition("/")[2])
