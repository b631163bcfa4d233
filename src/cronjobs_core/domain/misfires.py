"""What becomes of occurrences that could not be claimed in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.timetable import Occurrence


@dataclass(frozen=True, slots=True)
class MisfirePolicy:
    """Of one job's late occurrences the newest runs if it is at most `window` late, no other does.

    So an outage is followed by at most one run per job, never by a storm (promise 5 of the
    reliability page).
    """

    window: timedelta = timedelta(seconds=300)

    def missed(self, due: Iterable[Occurrence], now: datetime) -> set[Occurrence]:
        """Those of the occurrences that are too late to run at `now`."""
        newest: dict[JobId, Occurrence] = {}
        missed: set[Occurrence] = set()
        for occurrence in sorted(due, key=lambda one: one.scheduled_for):
            previous = newest.get(occurrence.job_id)
            if previous is not None:
                missed.add(previous)
            newest[occurrence.job_id] = occurrence
        return missed | {one for one in newest.values() if now - one.scheduled_for > self.window}
