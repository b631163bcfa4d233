"""When a job is due: a cron expression in a zone, up to and including an end date."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from cronjobs_core.domain.cron import CronExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The plan of one job. All instants are aware and in UTC.

    The end date is a day in `zone` and inclusive: a job may still run on it.
    """

    cron: CronExpression
    zone: ZoneInfo
    end_date: date | None = None

    def next_after(self, instant: datetime) -> datetime | None:
        """The first occurrence strictly after `instant`; None where the plan has ended."""
        local = self.cron.next_after(instant, self.zone)
        if local is None or (self.end_date is not None and local.date() > self.end_date):
            return None
        return local.astimezone(UTC)

    def between(self, after: datetime, until: datetime, limit: int) -> list[datetime]:
        """The occurrences in (`after`, `until`], earliest first, at most `limit` of them."""
        found: list[datetime] = []
        due = self.next_after(after)
        while due is not None and due <= until and len(found) < limit:
            found.append(due)
            due = self.next_after(due)
        return found

    def expired(self, now: datetime) -> bool:
        """Whether the end date lies before today in the schedule's zone."""
        return self.end_date is not None and self.end_date < today(now, self.zone)


def today(now: datetime, zone: ZoneInfo) -> date:
    """The calendar day in `zone` at the instant `now`."""
    return now.astimezone(zone).date()
