"""Everybody's own messages (contract 4.11)."""

from datetime import UTC, datetime, timedelta

import pytest

from cronjobs_core.domain.errors import Forbidden, NotFound
from cronjobs_core.domain.ids import NotificationId
from cronjobs_core.domain.notifications import Notification
from cronjobs_core.domain.paging import DateRange, Page
from cronjobs_core.domain.users import Actor, Role
from cronjobs_core.testing.builders import a_notification
from house import House

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
EVER = DateRange()
ALL = Page(1, 100)
UNKNOWN = NotificationId("does-not-exist")


async def told(house: House, actor: Actor, *instants: datetime, is_read: bool = False) -> list[str]:
    """Messages of the actor's at these instants; returns their ids."""
    read_at = MONDAY if is_read else None
    new = [
        a_notification(user_id=actor.user_id, created_at=at, is_read=is_read, read_at=read_at)
        for at in instants
    ]
    async with house.store.writing() as uow:
        await uow.notifications.add(new)
        await uow.commit()
    return [one.id for one in new]


async def page(
    house: House, actor: Actor, bounds: DateRange = EVER, *, unread_only: bool = False
) -> list[str]:
    """The ids of the actor's messages within the bounds, as the first page shows them."""
    reads = house.services.read_notifications
    found, total = await reads.page(actor, bounds, ALL, unread_only=unread_only)
    assert len(found) == total
    return [one.id for one in found]


async def one(house: House, actor: Actor) -> Notification:
    """An unread message of the actor's."""
    await told(house, actor, MONDAY)
    return (await house.messages(actor.user_id))[-1]


async def test_the_newest_comes_first_and_a_page_is_a_slice(house: House) -> None:
    """The total counts all of one's own, and nobody else's are among them."""
    user, other = await house.user(), await house.user(Role.ADMIN)
    ids = await told(house, user, *(MONDAY + n * DAY for n in range(5)))
    await told(house, other, MONDAY)
    reads = house.services.read_notifications
    found, total = await reads.page(user, EVER, Page(2, 2), unread_only=False)
    assert ([one.id for one in found], total) == ([ids[2], ids[1]], 5)
    beyond, total = await reads.page(user, EVER, Page(9, 2), unread_only=False)
    assert (beyond, total) == ([], 5)


async def test_unread_ones_can_be_had_alone(house: House) -> None:
    """The list and the count agree on what is unread."""
    user = await house.user()
    (unread,) = await told(house, user, MONDAY)
    (read,) = await told(house, user, MONDAY + DAY, is_read=True)
    assert await page(house, user) == [read, unread]
    assert await page(house, user, unread_only=True) == [unread]
    assert await house.services.read_notifications.unread(user, EVER) == 1


@pytest.mark.parametrize(
    ("bounds", "days"),
    [
        (DateRange(since=MONDAY + DAY), [2, 1]),
        (DateRange(until=MONDAY + DAY), [0]),
        (DateRange(MONDAY, MONDAY + 2 * DAY), [1, 0]),
        (DateRange(MONDAY + 5 * DAY, MONDAY + 6 * DAY), []),
    ],
)
async def test_bounds_include_their_begin_and_exclude_their_end(
    house: House, bounds: DateRange, days: list[int]
) -> None:
    """The list, the count and the deletion go by the same days."""
    user = await house.user()
    ids = await told(house, user, *(MONDAY + n * DAY for n in range(3)))
    reads = house.services.read_notifications
    assert await page(house, user, bounds) == [ids[n] for n in days]
    assert await reads.unread(user, bounds) == len(days)
    await reads.mark_all_read(user)
    assert await reads.unread(user, bounds) == 0
    assert await reads.delete_read(user, bounds) == len(days)
    assert len(await page(house, user)) == 3 - len(days)


async def test_a_message_is_read_once(house: House) -> None:
    """The second time changes nothing: the first reading counts."""
    user = await house.user()
    message = await one(house, user)
    reads = house.services.read_notifications
    first = await reads.mark_read(user, message.id)
    assert (first.is_read, first.read_at) == (True, house.clock.now())
    house.clock.tick(60)
    assert await reads.mark_read(user, message.id) == first
    assert await house.messages(user.user_id) == [first]


async def test_all_are_read_at_once_and_the_read_ones_keep_their_time(house: House) -> None:
    """The number is of those that were unread; nobody else's are touched."""
    user, other = await house.user(), await house.user()
    await told(house, user, MONDAY, MONDAY + DAY)
    (read,) = await told(house, user, MONDAY + 2 * DAY, is_read=True)
    await told(house, other, MONDAY)
    reads = house.services.read_notifications
    assert await reads.mark_all_read(user) == 2
    assert await reads.mark_all_read(user) == 0
    by_id = {one.id: one for one in await house.messages(user.user_id)}
    assert by_id[NotificationId(read)].read_at == MONDAY
    assert all(one.is_read for one in by_id.values())
    assert await reads.unread(other, EVER) == 1


async def test_a_message_is_deleted(house: House) -> None:
    """Once it is gone it is not found again."""
    user = await house.user()
    message = await one(house, user)
    reads = house.services.read_notifications
    await reads.delete(user, message.id)
    assert await house.messages(user.user_id) == []
    with pytest.raises(NotFound):
        await reads.delete(user, message.id)


async def test_only_ones_own_read_messages_are_deleted_together(house: House) -> None:
    """Unread ones stay, and so do other people's."""
    user, other = await house.user(), await house.user()
    (unread,) = await told(house, user, MONDAY)
    await told(house, user, MONDAY, MONDAY, is_read=True)
    await told(house, other, MONDAY, is_read=True)
    assert await house.services.read_notifications.delete_read(user, EVER) == 2
    assert await page(house, user) == [unread]
    assert len(await page(house, other)) == 1


@pytest.mark.parametrize("role", Role)
async def test_nobody_touches_other_peoples_messages(house: House, role: Role) -> None:
    """Admins neither; unknown ones are not found, whoever asks."""
    actor, owner = await house.user(role), await house.user()
    message = await one(house, owner)
    reads = house.services.read_notifications
    for attempt, verb in (
        (reads.mark_read(actor, message.id), "access"),
        (reads.delete(actor, message.id), "delete"),
    ):
        with pytest.raises(Forbidden) as refused:
            await attempt
        assert refused.value.error == f"Forbidden: Cannot {verb} other users notifications"
        assert refused.value.message is None
    for attempt in (reads.mark_read(actor, UNKNOWN), reads.delete(actor, UNKNOWN)):
        with pytest.raises(NotFound) as unknown:
            await attempt
        assert (unknown.value.error, unknown.value.message) == ("Notification not found", None)
    assert await house.messages(owner.user_id) == [message]
