"""What is due when: every active job with its next occurrence, the earliest first.

A binary heap with lazy deletion: `put`, `drop` and the removal of one due occurrence cost
O(log n); an entry that was replaced or dropped stays in the heap until it comes to the top.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One due instant (UTC) of a job."""

    job_id: JobId
    scheduled_for: datetime


class Timetable:
    """The leader's memory of the plan. Not safe for use by several threads."""

    def __init__(self) -> None:
        self._entries: dict[JobId, tuple[datetime, Schedule]] = {}
        self._heap: list[tuple[datetime, JobId]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._entries

    def __iter__(self) -> Iterator[JobId]:
        return iter(self._entries)

    def schedule_of(self, job_id: JobId) -> Schedule | None:
        """The schedule under which the job stands here, or None."""
        entry = self._entries.get(job_id)
        return None if entry is None else entry[1]

    def put(self, job_id: JobId, schedule: Schedule, after: datetime) -> datetime | None:
        """Enter the job at its first occurrence strictly after `after`, replacing what was there.

        Returns that occurrence; where there is none the job is dropped and None returned.
        """
        due = schedule.next_after(after)
        if due is None:
            self.drop(job_id)
            return None
        self._entries[job_id] = (due, schedule)
        heapq.heappush(self._heap, (due, job_id))
        return due

    def drop(self, job_id: JobId) -> bool:
        """Take the job off the timetable; returns whether it was on it."""
        return self._entries.pop(job_id, None) is not None

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._heap.clear()

    def next_instant(self) -> datetime | None:
        """The earliest occurrence of all, or None on an empty timetable."""
        while self._heap:
            due, job_id = self._heap[0]
            if self._is_current(due, job_id):
                return due
            heapq.heappop(self._heap)
        return None

    def pop_due(self, now: datetime) -> list[Occurrence]:
        """Every occurrence at or before `now`, earliest first; each job is put back at its next.

        The next one is counted from the occurrence, not from `now`, so a clock that is set back
        repeats nothing and a clock that jumps ahead leaves nothing out.
        """
        found: list[Occurrence] = []
        due = self.next_instant()
        while due is not None and due <= now:
            _, job_id = heapq.heappop(self._heap)
            found.append(Occurrence(job_id, due))
            self.put(job_id, self._entries[job_id][1], due)
            due = self.next_instant()
        return found

    def _is_current(self, due: datetime, job_id: JobId) -> bool:
        entry = self._entries.get(job_id)
        return entry is not None and entry[0] == due
