"""Jobs as CSV, so that importing the file where none of them is makes the same jobs.

Ids, creators, instants and mail settings are not in it. A file of more than 5,000 jobs, of jobs
past their end date, or of metadata above 64 KiB is complete, but an import does not take it whole.
"""

import csv
import json
from collections.abc import Iterable
from io import StringIO
from typing import Any, Final

from cronjobs_core.domain.csv_table import defused
from cronjobs_core.domain.jobs import Job

TEAM_COLUMNS: Final = (
    "Job Name",
    "Repo",
    "Workflow Name",
    "Branch",
    "Cron schedule (JST)",
    "Status",
    "End Date",
    "PIC Team",
    "Request Body",
)
"""The columns of the team's own file (contract 10)."""
MORE_COLUMNS: Final = ("GitHub Owner", "Target URL", "Secondary URL", "Category", "Options")


def csv_of_jobs(jobs: Iterable[Job]) -> str:
    """A line for each job, every cell quoted; what a spreadsheet would run is defused."""
    return _csv((TEAM_COLUMNS + MORE_COLUMNS, *map(_cells, jobs)))


def csv_template() -> str:
    """The team's columns, to be filled in."""
    return _csv([TEAM_COLUMNS])


def _cells(job: Job) -> tuple[str, ...]:
    has_github = bool(job.github_owner or job.github_repo or job.github_workflow_name)
    branch = job.metadata.get("branchDetails")
    return (
        job.name,
        job.github_repo or "",
        job.github_workflow_name or "",
        branch if isinstance(branch, str) else "",
        job.cron_expression,
        "Enable" if job.is_active else "Disable",
        job.end_date.isoformat() if job.end_date is not None else "",
        job.pic_team or "",
        _json(job.metadata),
        job.github_owner or "",
        "" if has_github else job.target_url or "",
        job.target_url or "" if has_github else "",
        job.category,
        _json(job.options) if job.options else "",
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _csv(lines: Iterable[tuple[str, ...]]) -> str:
    text = StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows(map(defused, line) for line in lines)
    return text.getvalue()
