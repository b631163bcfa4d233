"""The caller's own notifications (contract 4.11)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from cronjobs_core.domain.ids import NotificationId
from cronjobs_core.domain.notifications import NotificationType
from cronjobs_core.domain.paging import MAX_PAGE, DateRange, Page
from cronjobs_http.access import MayUseOwnNotifications, ServicesDep
from cronjobs_http.wire import Instant, NaiveUtc, Since, Until, WireModel

router = APIRouter(prefix="/notifications", tags=["notifications"])

MAX_PER_PAGE = 100


class NotificationOut(WireModel):
    """A message."""

    id: str
    user_id: str
    title: str
    message: str
    type: NotificationType
    related_job_id: str | None
    related_execution_id: str | None
    is_read: bool
    read_at: Instant | None
    created_at: Instant


class NotificationPage(WireModel):
    """One page, newest first. `range`: the effective bounds, naive UTC."""

    notifications: list[NotificationOut]
    total: int
    page: int
    per_page: int
    total_pages: int
    range: dict[str, NaiveUtc | None]


class UnreadCount(WireModel):
    """How many messages are unread."""

    unread_count: int
    range: dict[str, NaiveUtc | None]


class NotificationRead(WireModel):
    """A message was marked as read."""

    message: str = "Notification marked as read"
    notification: NotificationOut


class AllRead(WireModel):
    """All messages were marked as read."""

    message: str = "All notifications marked as read"
    updated_count: int


class NotificationDeleted(WireModel):
    """A message was deleted."""

    message: str = "Notification deleted successfully"


class ReadDeleted(WireModel):
    """The read messages were deleted."""

    deleted_count: int


async def bounds(
    since: Since = None,
    to: Until = None,
) -> DateRange:
    """The query's `from` and `to`; raises InvalidInput."""
    return DateRange.parse(since, to)


Bounds = Annotated[DateRange, Depends(bounds)]
Number = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@router.get("")
async def list_notifications(
    actor: MayUseOwnNotifications,
    core: ServicesDep,
    bounds: Bounds,
    *,
    page: Number = 1,
    per_page: Annotated[int, Query(ge=1)] = 20,
    unread_only: bool = False,
) -> NotificationPage:
    """List the caller's messages, newest first; at most 100 a page."""
    wanted = Page(page, min(per_page, MAX_PER_PAGE))
    found, total = await core.read_notifications.page(
        actor, bounds, wanted, unread_only=unread_only
    )
    return NotificationPage(
        notifications=[NotificationOut.model_validate(one) for one in found],
        total=total,
        page=wanted.number,
        per_page=wanted.size,
        total_pages=wanted.count(total),
        range=_shown(bounds),
    )


@router.get("/unread-count")
async def count_unread(
    actor: MayUseOwnNotifications, core: ServicesDep, bounds: Bounds
) -> UnreadCount:
    """Count the caller's unread messages."""
    count = await core.read_notifications.unread(actor, bounds)
    return UnreadCount(unread_count=count, range=_shown(bounds))


@router.put("/read-all")
async def mark_all_read(actor: MayUseOwnNotifications, core: ServicesDep) -> AllRead:
    """Mark all of the caller's messages as read."""
    return AllRead(updated_count=await core.read_notifications.mark_all_read(actor))


@router.put("/{notification_id}/read")
async def mark_read(
    notification_id: str, actor: MayUseOwnNotifications, core: ServicesDep
) -> NotificationRead:
    """Mark a message as read."""
    found = await core.read_notifications.mark_read(actor, NotificationId(notification_id))
    return NotificationRead(notification=NotificationOut.model_validate(found))


@router.delete("/delete-read")
async def delete_read(
    actor: MayUseOwnNotifications, core: ServicesDep, bounds: Bounds
) -> ReadDeleted:
    """Delete the caller's read messages."""
    return ReadDeleted(deleted_count=await core.read_notifications.delete_read(actor, bounds))


@router.delete("/{notification_id}")
async def delete_notification(
    notification_id: str, actor: MayUseOwnNotifications, core: ServicesDep
) -> NotificationDeleted:
    """Delete a message."""
    await core.read_notifications.delete(actor, NotificationId(notification_id))
    return NotificationDeleted()


def _shown(bounds: DateRange) -> dict[str, datetime | None]:
    return {"from": bounds.since, "to": bounds.until}
