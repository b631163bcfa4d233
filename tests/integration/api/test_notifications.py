"""The caller's own notifications (contract 4.11, 14)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api import Api, Person
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.notifications import Notification, NotificationType
from cronjobs_core.testing.builders import a_notification
from integration.api.contents import rows, unchanged
from integration.api.shapes import NOTIFICATION, check_instants, refusal

PATH = "/notifications"
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
OPEN = {"from": None, "to": None}
NOT_FOUND = refusal("Notification not found")
NO_DATE = refusal("Invalid date", "Invalid date")
NO_RANGE = refusal("Invalid date range", '"from" must be earlier than "to".')
RANGED = pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("GET", f"{PATH}/unread-count"), ("DELETE", f"{PATH}/delete-read")],
)


async def told(api: Api, person: Person, *days: float, is_read: bool = False) -> list[str]:
    """Store messages for the person, so many days after New Year; return their ids."""
    new = [
        a_notification(
            user_id=UserId(person.id),
            created_at=NEW_YEAR + day * DAY,
            is_read=is_read,
            read_at=NEW_YEAR if is_read else None,
        )
        for day in days
    ]
    await stored(api, *new)
    return [one.id for one in new]


async def stored(api: Api, *notifications: Notification) -> None:
    """Store messages past the application."""
    async with api.container.store().writing() as uow:
        await uow.notifications.add(notifications)
        await uow.commit()


async def listed(person: Person, **query: Any) -> list[str]:
    """Return the ids of a page."""
    return [one["id"] for one in (await person.get(PATH, **query)).json()["notifications"]]


async def test_an_empty_list_is_a_page(viewer: Person) -> None:
    """Nothing to tell is no error: no page, an open range."""
    assert (await viewer.get(PATH)).json() == {
        "notifications": [],
        "total": 0,
        "page": 1,
        "per_page": 20,
        "total_pages": 0,
        "range": OPEN,
    }
    assert (await viewer.get(f"{PATH}/unread-count")).json() == {"unread_count": 0, "range": OPEN}


async def test_one_sees_ones_own_newest_first(api: Api, admin: Person, user: Person) -> None:
    """Nobody else's, admins included; each with all its keys."""
    ids = await told(api, user, 2, 0, 1)
    await told(api, admin, 5)
    body = (await user.get(PATH)).json()
    assert [one["id"] for one in body["notifications"]] == [ids[0], ids[2], ids[1]]
    assert (body["total"], body["total_pages"]) == (3, 1)
    assert all(set(one) == NOTIFICATION for one in body["notifications"])
    assert {one["user_id"] for one in body["notifications"]} == {user.id}
    assert check_instants(body) == 3


async def test_a_message_shows_what_it_is_about(api: Api, user: Person) -> None:
    """The frontend paints by `type` and links by the related ids."""
    job = await user.create_job()
    about = a_notification(
        user_id=UserId(user.id),
        title="Job Failed",
        message='Job "<x>" failed: 漢字',
        type=NotificationType.ERROR,
        related_job_id=job["id"],
        created_at=NEW_YEAR,
    )
    await stored(api, about)
    assert (await user.get(PATH)).json()["notifications"][-1] == {
        "id": about.id,
        "user_id": user.id,
        "title": "Job Failed",
        "message": 'Job "<x>" failed: 漢字',
        "type": "error",
        "related_job_id": job["id"],
        "related_execution_id": None,
        "is_read": False,
        "read_at": None,
        "created_at": "2025-01-01T00:00:00.000Z",
    }


async def test_pages_are_slices_of_one_list(api: Api, user: Person) -> None:
    """Messages of one instant stay in one order, so that no page repeats another's."""
    ids = await told(api, user, *([1] * 25))
    found: list[str] = []
    for number in (1, 2, 3):
        body = (await user.get(PATH, page=number, per_page=10)).json()
        assert (body["total"], body["page"], body["per_page"], body["total_pages"]) == (
            25,
            number,
            10,
            3,
        )
        found += [one["id"] for one in body["notifications"]]
    assert found == sorted(ids, reverse=True)
    assert await listed(user, page=4, per_page=10) == []


@pytest.mark.parametrize("size", ["100", "101", "9999", str(10**20)])
async def test_a_page_holds_a_hundred_at_most(api: Api, user: Person, size: str) -> None:
    """Section 4.11: asked for more, it is capped, and says so."""
    await told(api, user, *range(101))
    body = (await user.get(PATH, per_page=size)).json()
    assert (len(body["notifications"]), body["per_page"], body["total_pages"]) == (100, 100, 2)


@pytest.mark.parametrize("name", ["page", "per_page"])
@pytest.mark.parametrize("number", ["0", "-1", "abc", "", "1.5", "٣", "\0"])
async def test_a_page_that_is_none_is_400(user: Person, name: str, number: str) -> None:
    """Decision 0.19, C-01: told in the contract's shape, never 422."""
    answer = await user.get(PATH, **{name: number})
    body = answer.json()
    assert (answer.status_code, body["error"]) == (400, "Validation error")
    assert body["message"] == body["detail"] == body["details"][name]


@pytest.mark.parametrize(
    ("wish", "alone"), [("true", True), ("1", True), ("false", False), ("0", False)]
)
async def test_unread_ones_can_be_had_alone(
    api: Api, user: Person, wish: str, *, alone: bool
) -> None:
    """The dropdown's switch; the count is of the unread ones in any case."""
    (unread,) = await told(api, user, 0)
    (read,) = await told(api, user, 1, is_read=True)
    assert await listed(user, unread_only=wish) == ([unread] if alone else [read, unread])
    assert (await user.get(f"{PATH}/unread-count")).json()["unread_count"] == 1


@pytest.mark.parametrize(
    ("query", "shown", "days"),
    [
        (
            {"from": "2025-01-01", "to": "2025-01-01"},
            {"from": "2025-01-01T00:00:00", "to": "2025-01-02T00:00:00"},
            [0, 0.5],
        ),
        (
            {"from": "2025-01-01T12:00:00.000Z", "to": "2025-01-03T00:00:00.000Z"},
            {"from": "2025-01-01T12:00:00", "to": "2025-01-03T00:00:00"},
            [0.5, 1],
        ),
        ({"from": "2025-01-02"}, {"from": "2025-01-02T00:00:00", "to": None}, [1, 2]),
        ({"to": "2025-01-02T00:00:00"}, {"from": None, "to": "2025-01-02T00:00:00"}, [0, 0.5]),
        (
            {"from": "2025-01-02T09:00:00+09:00"},
            {"from": "2025-01-02T00:00:00", "to": None},
            [1, 2],
        ),
        (
            {"from": "2025-01-01T00:00:00.250Z"},
            {"from": "2025-01-01T00:00:00.250000", "to": None},
            [0.5, 1, 2],
        ),
        ({"from": "", "to": ""}, OPEN, [0, 0.5, 1, 2]),
    ],
)
async def test_a_range_is_shown_as_it_was_taken(
    api: Api, user: Person, query: dict[str, str], shown: dict[str, Any], days: list[float]
) -> None:
    """Section 14: naive UTC; the list, the count and the deletion go by the same bounds."""
    every = [0, 0.5, 1, 2]
    ids = dict(zip(every, await told(api, user, *every), strict=True))
    body = (await user.get(PATH, **query)).json()
    assert body["range"] == shown
    assert [one["id"] for one in body["notifications"]] == [ids[day] for day in reversed(days)]
    count = (await user.get(f"{PATH}/unread-count", **query)).json()
    assert count == {"unread_count": len(days), "range": shown}
    await user.put(f"{PATH}/read-all", {})
    deleted = await user.call("DELETE", f"{PATH}/delete-read", params=query)
    assert deleted.json() == {"deleted_count": len(days)}
    assert len(await listed(user)) == len(every) - len(days)


@RANGED
@pytest.mark.parametrize(
    "query",
    [
        {side: text}
        for side in ("from", "to")
        for text in ("nonsense", "2025-02-30", "0", "null", "2025-01-01\0")
    ],
    ids=ascii,
)
async def test_a_date_that_is_none_is_400(
    api: Api, user: Person, method: str, path: str, query: dict[str, str]
) -> None:
    """F-13: exactly these words, and nothing is deleted."""
    await told(api, user, 0, is_read=True)
    async with unchanged(api):
        answer = await user.call(method, path, params=query)
    assert (answer.status_code, answer.json()) == (400, NO_DATE)


@RANGED
@pytest.mark.parametrize(
    "query",
    [
        {"from": "2025-01-02", "to": "2025-01-01"},
        {"from": "2025-01-01T00:00:00Z", "to": "2025-01-01T09:00:00+09:00"},
    ],
)
async def test_a_range_that_runs_backwards_is_400(
    api: Api, user: Person, method: str, path: str, query: dict[str, str]
) -> None:
    """Compared as instants after the day of `to` was taken whole."""
    await told(api, user, 0, is_read=True)
    async with unchanged(api):
        answer = await user.call(method, path, params=query)
    assert (answer.status_code, answer.json()) == (400, NO_RANGE)


async def test_reading_one_is_noted_once(api: Api, user: Person) -> None:
    """Idempotent: the second time keeps the first `read_at`."""
    (wanted, _) = await told(api, user, 0, 1)
    first = await user.call("PUT", f"{PATH}/{wanted}/read")
    body = first.json()
    assert (first.status_code, set(body), body["message"]) == (
        200,
        {"message", "notification"},
        "Notification marked as read",
    )
    assert set(body["notification"]) == NOTIFICATION
    assert (body["notification"]["is_read"], body["notification"]["read_at"]) == (
        True,
        "2026-11-24T23:59:30.123Z",
    )
    api.clock.tick(60)
    async with unchanged(api):
        again = await user.call("PUT", f"{PATH}/{wanted}/read")
    assert again.json() == body
    assert (await user.get(f"{PATH}/unread-count")).json()["unread_count"] == 1


async def test_reading_all_ignores_ranges_and_other_people(
    api: Api, admin: Person, user: Person
) -> None:
    """The number is of those that were unread; read ones keep their time."""
    await told(api, user, 0, 1, 2)
    (read,) = await told(api, user, 3, is_read=True)
    await told(api, admin, 0)
    answer = await user.call("PUT", f"{PATH}/read-all", params={"from": "2030-01-01"})
    assert (answer.status_code, answer.json()) == (
        200,
        {"message": "All notifications marked as read", "updated_count": 3},
    )
    assert (await user.put(f"{PATH}/read-all", None)).json()["updated_count"] == 0
    shown = (await user.get(PATH)).json()["notifications"]
    assert {one["id"]: one["read_at"] for one in shown}[read] == "2025-01-01T00:00:00.000Z"
    assert (await admin.get(f"{PATH}/unread-count")).json()["unread_count"] == 1


async def test_one_is_deleted(api: Api, user: Person) -> None:
    """Section 14: exactly this body; the second time there is nothing to delete."""
    wanted, kept = await told(api, user, 0, 1)
    answer = await user.delete(f"{PATH}/{wanted}")
    assert (answer.status_code, answer.json()) == (
        200,
        {"message": "Notification deleted successfully"},
    )
    assert await listed(user) == [kept]
    again = await user.delete(f"{PATH}/{wanted}")
    assert (again.status_code, again.json()) == (404, NOT_FOUND)


async def test_only_ones_own_read_ones_are_deleted_together(
    api: Api, admin: Person, user: Person
) -> None:
    """Section 14: exactly this body."""
    (unread,) = await told(api, user, 0)
    await told(api, user, 1, 2, is_read=True)
    await told(api, admin, 1, is_read=True)
    answer = await user.delete(f"{PATH}/delete-read")
    assert (answer.status_code, answer.json()) == (200, {"deleted_count": 2})
    assert await listed(user) == [unread]
    assert len(await rows(api, "notifications")) == 2


@pytest.mark.parametrize("unknown", ["does-not-exist", "%00", "x" * 5000])
async def test_an_unknown_one_is_not_found(user: Person, unknown: str) -> None:
    """Section 14: one key, whatever the id looks like."""
    for answer in (
        await user.call("PUT", f"{PATH}/{unknown}/read"),
        await user.delete(f"{PATH}/{unknown}"),
    ):
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


async def test_other_peoples_messages_are_nobodys_business(
    api: Api, admin: Person, user: Person, other: Person
) -> None:
    """Section 14: admins neither; the two sentences differ by a word."""
    (wanted,) = await told(api, user, 0)
    async with unchanged(api):
        for person in (admin, other):
            read = await person.call("PUT", f"{PATH}/{wanted}/read")
            assert (read.status_code, read.json()) == (
                403,
                {"error": "Forbidden: Cannot access other users notifications"},
            )
            deleted = await person.delete(f"{PATH}/{wanted}")
            assert (deleted.status_code, deleted.json()) == (
                403,
                {"error": "Forbidden: Cannot delete other users notifications"},
            )


async def test_what_happens_to_a_job_is_told_before_the_answer(
    user: Person, viewer: Person
) -> None:
    """Section 8.1: the frontend re-reads at once; everybody who is active hears of it."""
    job = await user.create_job()
    (told_of,) = (await viewer.get(PATH)).json()["notifications"]
    assert (told_of["title"], told_of["type"], told_of["related_job_id"]) == (
        "New Job Created",
        "info",
        job["id"],
    )
    assert told_of["message"] == 'Job "Nightly report" was created by user@example.com.'
    await user.delete(f"/jobs/{job['id']}")
    shown = (await viewer.get(PATH)).json()["notifications"]
    assert sorted((one["title"], one["related_job_id"]) for one in shown) == [
        ("Job Deleted", None),
        ("New Job Created", None),
    ]


async def test_sleeping_users_hear_nothing(api: Api, user: Person) -> None:
    """Decision 0.6: every active user, and only those."""
    sleeper = await api.user(is_active=True)
    async with api.container.store().writing() as uow:
        stored_user = await uow.users.get(UserId(sleeper.id))
        assert stored_user is not None
        await uow.users.update(stored_user.change(is_active=False, at=NEW_YEAR))
        await uow.commit()
    await user.create_job()
    told_users = [row["user_id"] for row in await rows(api, "notifications")]
    assert sleeper.id not in told_users
    assert len(told_users) == 4
