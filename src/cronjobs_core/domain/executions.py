"""Executions: the record of each occurrence and of each manual run, and how it ended."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from cronjobs_core.domain.errors import AlreadyFinished
from cronjobs_core.domain.ids import ExecutionId, JobId, UserId
from cronjobs_core.domain.targets import Target

MAX_OUTPUT: Final = 1000
MAX_TARGET: Final = 500
MAX_ERROR: Final = 4000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class ExecutionStatus(StrEnum):
    """Where an execution stands. Only RUNNING moves on, and once."""

    RUNNING = "running"
    """Claimed; it is being sent, or waits for its turn."""
    SUCCESS = "success"
    """The target took it."""
    FAILED = "failed"
    """It was sent in vain, or could not be sent; `reason` says why."""
    SKIPPED = "skipped"
    """It was due and deliberately not run; `reason` says why."""
    MISSED = "missed"
    """It was due while nobody could run it, and is too old to be made up for."""


class TriggerType(StrEnum):
    """What started an execution."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"


class Reason(StrEnum):
    """Stable words for why an execution did not succeed, or did not run."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    HTTP_STATUS = "http_status"
    BLOCKED_TARGET = "blocked_target"
    BAD_RESPONSE = "bad_response"
    INVALID_TARGET = "invalid_target"
    GITHUB_REJECTED = "github_rejected"
    GITHUB_TOKEN_MISSING = "github_token_missing"  # noqa: S105 -- a word, not a secret
    INTERRUPTED = "interrupted"
    INTERNAL = "internal"
    OVERLAP = "overlap"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one attempt came to. `target` replaces the recorded one where it changed on the way."""

    succeeded: bool
    response_status: int | None = None
    output: str | None = None
    error_message: str | None = None
    reason: Reason | None = None
    target: str | None = None

    @classmethod
    def failure(cls, reason: Reason, message: str, *, status: int | None = None) -> Self:
        """An attempt that did not succeed, with a sentence for people."""
        return cls(succeeded=False, reason=reason, error_message=message, response_status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One row of the history. Instants are UTC.

    `scheduled_for` is the plan (None for a manual run), `started_at` the deed. At most one
    execution exists for a job and a `scheduled_for`.
    """

    id: ExecutionId
    job_id: JobId
    status: ExecutionStatus
    trigger_type: TriggerType
    scheduled_for: datetime | None
    started_at: datetime
    completed_at: datetime | None = None
    duration_seconds: float | None = None
    execution_type: str | None = None
    target: str | None = None
    response_status: int | None = None
    error_message: str | None = None
    output: str | None = None
    reason: str | None = None
    attempt: int = 1
    triggered_by: UserId | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the outcome is known."""
        return self.status is not ExecutionStatus.RUNNING

    def finish(self, delivery: Delivery, at: datetime) -> Self:
        """The execution with its outcome; raises AlreadyFinished the second time."""
        if self.is_finished:
            raise AlreadyFinished(self.id)
        return replace(
            self,
            status=ExecutionStatus.SUCCESS if delivery.succeeded else ExecutionStatus.FAILED,
            completed_at=at,
            duration_seconds=max(0.0, (at - self.started_at).total_seconds()),
            target=storable(delivery.target or self.target, MAX_TARGET),
            response_status=delivery.response_status,
            error_message=storable(delivery.error_message, MAX_ERROR),
            output=storable(delivery.output, MAX_OUTPUT),
            reason=delivery.reason,
        )

    @classmethod
    def not_run(
        cls,
        status: ExecutionStatus,
        reason: Reason,
        *,
        id: ExecutionId,  # noqa: A002 -- the field's name
        job_id: JobId,
        scheduled_for: datetime,
        at: datetime,
    ) -> Self:
        """The record of an occurrence that was skipped or missed, made at `at`."""
        return cls(
            id=id,
            job_id=job_id,
            status=status,
            trigger_type=TriggerType.SCHEDULED,
            scheduled_for=scheduled_for,
            started_at=at,
            completed_at=at,
            reason=reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A claimed execution with all that its delivery needs, as the job was when it was claimed.

    `target` is None where the job names none that could be called. `deadline` is in seconds and
    covers the whole delivery. `github_token` is the caller's own, for this run only; it is
    never stored.
    """

    execution: Execution
    job_name: str
    target: Target | None
    metadata: Mapping[str, object]
    deadline: float
    created_by: UserId | None = None
    github_token: str | None = None

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt at one occurrence, different for any other."""
        planned = self.execution.scheduled_for
        if planned is None:
            return self.execution.id
        return f"{self.execution.job_id}:{planned.strftime('%Y-%m-%dT%H:%M:%SZ')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts by outcome. Averages are in seconds; None where there is nothing to average."""

    success: int = 0
    failed: int = 0
    running: int = 0
    skipped: int = 0
    missed: int = 0
    average_of_successes: float | None = None
    average_of_all: float | None = None

    @property
    def total(self) -> int:
        """Runs only: what was skipped or missed is reported beside it (contract 0.5)."""
        return self.success + self.failed + self.running

    @property
    def success_rate(self) -> float:
        """Successes in per cent of the total, two decimals; 0.0 where nothing ran."""
        return round(100 * self.success / self.total, 2) if self.total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFilter:
    """Which executions; None or empty means any. `since` is inclusive, `until` exclusive (UTC)."""

    job_id: JobId | None = None
    statuses: tuple[str, ...] = ()
    trigger_type: str | None = None
    execution_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedExecution:
    """An execution as lists show it: with the name and repository of its job."""

    execution: Execution
    job_name: str
    github_repo: str | None


def storable(text: str | None, limit: int) -> str | None:
    """`text` cut to `limit` characters, without what a database refuses.

    PostgreSQL cannot hold NUL in text and UTF-8 has no lone surrogates; both become U+FFFD.
    """
    if text is None:
        return None
    return _UNSTORABLE.sub("\ufffd", text[:limit])
