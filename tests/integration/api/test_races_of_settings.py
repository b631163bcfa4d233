"""F-15: first looks, changes and deletions of one thing at once (contract 4.3, 4.11 to 4.13).

Each is tried fifty times at once: there is one row, and no answer is a 500.
"""

import asyncio
from typing import Any

import pytest

from api import Api, Person
from cronjobs_core.domain.ids import UserId
from cronjobs_core.testing.builders import a_category, a_notification, a_pic_team
from integration.api.contents import rows
from integration.api.shapes import COLUMNS, FLAGS, refusal
from integration.api.test_races import TRIES, outcomes, refused

SLACK = "/settings/slack"
KINDS = {
    "preferences": ("user_notification_preferences", {"daily_digest": True}),
    "ui-preferences": ("user_ui_preferences", {"jobs_table_columns": {"pic_team": False}}),
}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


@EVERY_KIND
async def test_fifty_first_looks_make_one_row(api: Api, user: Person, kind: str) -> None:
    """The UI asks on each first visit, from every tab at once."""
    path = f"/auth/users/{user.id}/{kind}"
    answers = await asyncio.gather(*(user.get(path) for _ in range(TRIES)))
    assert outcomes(answers) == {200: TRIES}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert len(await rows(api, KINDS[kind][0])) == 1


@EVERY_KIND
async def test_fifty_first_changes_make_one_row(
    api: Api, admin: Person, user: Person, kind: str
) -> None:
    """By the user and by an admin; whoever looks afterwards sees what was set."""
    table, body = KINDS[kind]
    path = f"/auth/users/{user.id}/{kind}"
    answers = await asyncio.gather(*((user, admin)[n % 2].put(path, body) for n in range(TRIES)))
    assert outcomes(answers) == {200: TRIES}
    assert len(await rows(api, table)) == 1
    shown = (await user.get(path)).json()["preferences"]
    assert shown == answers[0].json()["preferences"]


@EVERY_KIND
async def test_a_first_look_does_not_undo_a_choice(user: Person, kind: str) -> None:
    """Tabs that looked before there was a row do not put the defaults over a choice."""
    path = f"/auth/users/{user.id}/{kind}"
    answers = await asyncio.gather(
        user.put(path, KINDS[kind][1]), *(user.get(path) for _ in range(TRIES))
    )
    assert outcomes(answers) == {200: TRIES + 1}
    shown = (await user.get(path)).json()["preferences"]
    assert shown == answers[0].json()["preferences"]


async def test_different_flags_set_at_once_are_all_kept(user: Person) -> None:
    """No update is lost, though there was no row when they were sent."""
    path = f"/auth/users/{user.id}/preferences"
    wanted = {name: not value for name, value in FLAGS.items()}
    answers = await asyncio.gather(
        *(user.put(path, {name: value}) for name, value in wanted.items()),
        *(user.get(path) for _ in range(TRIES)),
    )
    assert outcomes(answers) == {200: TRIES + len(wanted)}
    shown = (await user.get(path)).json()["preferences"]
    assert {name: shown[name] for name in FLAGS} == wanted


async def test_fifty_looks_at_slack_make_one_row(api: Api, admin: Person) -> None:
    """There were four once."""
    answers = await asyncio.gather(*(admin.get(SLACK) for _ in range(TRIES)))
    assert outcomes(answers) == {200: TRIES}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert len(await rows(api, "slack_settings")) == 1


async def test_fifty_changes_of_slack_make_one_row(api: Api, admin: Person) -> None:
    """Changes of different fields are both kept, between looks."""
    url = "https://hooks.slack.example.com/services/x"
    bodies: list[dict[str, Any]] = [{"channel": "#jobs"}, {"webhook_url": url}]
    answers = await asyncio.gather(
        *(admin.put(SLACK, bodies[n % 2]) for n in range(TRIES)),
        *(admin.get(SLACK) for _ in range(TRIES)),
    )
    assert outcomes(answers) == {200: 2 * TRIES}
    (row,) = await rows(api, "slack_settings")
    assert (row["channel"], row["webhook_url"]) == ("#jobs", url)


@pytest.mark.parametrize(
    ("path", "table", "kind"),
    [
        ("/job-categories", "job_categories", "Category"),
        ("/pic-teams", "pic_teams", "PIC team"),
    ],
)
async def test_one_of_fifty_takes_the_slug(
    api: Api, admin: Person, path: str, table: str, kind: str
) -> None:
    """Entries that are renamed at once do not end up under one slug."""
    made = [a_category() if table == "job_categories" else a_pic_team() for _ in range(TRIES)]
    async with api.container.store().writing() as uow:
        for entry in made:
            if table == "job_categories":
                await uow.taxonomy.add_category(entry)
            else:
                await uow.taxonomy.add_pic_team(entry)
        await uow.commit()
    answers = await asyncio.gather(
        *(admin.put(f"{path}/{entry.id}", {"name": "New One"}) for entry in made)
    )
    assert outcomes(answers) == {200: 1, 409: TRIES - 1}
    body = refusal("Duplicate slug", f'{kind} slug "new-one" already exists.')
    assert refused(answers) == [body]
    assert [row["slug"] for row in await rows(api, table)].count("new-one") == 1


async def test_one_of_many_takes_the_address(api: Api, admin: Person) -> None:
    """Accounts that are changed at once do not end up with one address."""
    people = [await api.user() for _ in range(10)]
    answers = await asyncio.gather(
        *(
            admin.put(f"/auth/users/{one.id}", {"email": "one@example.com", "role": "viewer"})
            for one in people
        )
    )
    assert outcomes(answers) == {200: 1, 409: 9}
    assert refused(answers) == [refusal("Email already exists")]
    stored = await rows(api, "users")
    assert [row["email"] for row in stored].count("one@example.com") == 1
    changed = [row for row in stored if row["id"] in {one.id for one in people}]
    assert [row["role"] for row in changed].count("viewer") == 1


@pytest.mark.parametrize("round_", range(5))
async def test_two_admins_who_remove_each_other_leave_one(
    api: Api, admin: Person, round_: int
) -> None:
    """S09: whichever way comes first, somebody can still manage the installation."""
    other = await api.admin()
    pairs = [(admin, other), (other, admin)]
    if round_ % 2:
        pairs.reverse()
    answers = await asyncio.gather(
        *(
            request
            for one, two in pairs
            for request in (
                one.put(f"/auth/users/{two.id}", {"role": "viewer"}),
                one.delete(f"/auth/users/{two.id}"),
                one.put(f"/auth/users/{two.id}", {"is_active": False}),
            )
        )
    )
    assert set(outcomes(answers)) <= {200, 400, 401, 403, 404}
    left = [row for row in await rows(api, "users") if row["role"] == "admin" and row["is_active"]]
    assert len(left) == 1


async def test_one_of_fifty_deletes_the_user(api: Api, admin: Person, user: Person) -> None:
    """The others find nobody; whoever looks at preferences meanwhile leaves no row behind."""
    path = f"/auth/users/{user.id}"
    answers = await asyncio.gather(
        *(admin.delete(path) for _ in range(TRIES)),
        *(admin.get(f"{path}/{kind}") for kind in KINDS for _ in range(10)),
    )
    assert outcomes(answers[:TRIES]) == {200: 1, 404: TRIES - 1}
    assert refused(answers[:TRIES]) == [refusal("User not found")]
    assert set(outcomes(answers[TRIES:])) <= {200, 404}
    for table, _ in KINDS.values():
        assert await rows(api, table) == []


async def test_fifty_readings_of_one_message_are_one(api: Api, user: Person) -> None:
    """Each answer shows the one `read_at`, and one deletion of fifty is the deletion."""
    message = a_notification(user_id=UserId(user.id))
    async with api.container.store().writing() as uow:
        await uow.notifications.add([message])
        await uow.commit()
    path = f"/notifications/{message.id}"
    read = await asyncio.gather(*(user.call("PUT", f"{path}/read") for _ in range(TRIES)))
    assert outcomes(read) == {200: TRIES}
    assert all(answer.json() == read[0].json() for answer in read)
    deleted = await asyncio.gather(*(user.delete(path) for _ in range(TRIES)))
    assert outcomes(deleted) == {200: 1, 404: TRIES - 1}


async def test_a_choice_of_columns_is_never_half_of_another(user: Person) -> None:
    """Two tabs that choose at once: what is shown is one of the choices, whole."""
    path = f"/auth/users/{user.id}/ui-preferences"
    choices = [dict.fromkeys(COLUMNS, True), dict.fromkeys(COLUMNS, False)]
    answers = await asyncio.gather(
        *(user.put(path, {"jobs_table_columns": choices[n % 2]}) for n in range(TRIES)),
        *(user.get(path) for _ in range(TRIES)),
    )
    assert outcomes(answers) == {200: 2 * TRIES}
    shown = [answer.json()["preferences"]["jobs_table_columns"] for answer in answers]
    assert all(one in [*choices, COLUMNS] for one in shown)
    assert (await user.get(path)).json()["preferences"]["jobs_table_columns"] in choices
