"""What a database of the previous backend holds."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from cronjobs_adapters.sqlalchemy.legacy_rows import Outcome
from cronjobs_core.domain.ids import JobId
from cronjobs_core.domain.jobs import Job


@dataclass(frozen=True, slots=True)
class Problem:
    """A stored row that could not be taken over as it is, and what was done about it."""

    table: str
    row_id: str | None
    text: str
    kept: bool


@dataclass(slots=True)
class Survey:
    """What a database of the previous backend holds: rows by table, and those worth a look at.

    `small` holds the converted rows of all tables but the executions and notifications.
    """

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    small: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def add(self, found: Iterable[Outcome]) -> None:
        """Count these rows in."""
        for one in found:
            self.counts[one.table] += 1
            if one.problems:
                problem = "; ".join(one.problems)
                self.problems.append(Problem(one.table, one.row["id"], problem, one.kept))
            if one.kept and one.table not in {"job_executions", "notifications"}:
                self.small.setdefault(one.table, []).append(one.row)

    def jobs(self) -> list[Job]:
        """The jobs, as far as it can be told from them what changes."""
        return [_job(row) for row in self.small.get("jobs", ())]


def _job(row: Mapping[str, Any]) -> Job:
    same = ("target_url", "github_owner", "github_repo", "github_workflow_name", "category")
    return Job(
        id=JobId(row["id"]),
        name=row["name"],
        cron_expression=row["cron_expression"],
        **{name: row[name] for name in (*same, "pic_team", "end_date", "is_active")},
        created_at=row["created_at"].replace(tzinfo=UTC),
        updated_at=row["updated_at"].replace(tzinfo=UTC),
    )
