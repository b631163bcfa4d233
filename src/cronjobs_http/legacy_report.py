"""What the move from the previous backend brings, for people to read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cronjobs_adapters.sqlalchemy.legacy_survey import Survey
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.legacy import Change, Finding, differing_in_case, what_changes
from cronjobs_core.domain.taxonomy import SEED_CATEGORIES
from cronjobs_http.settings import Settings

MOST_ROWS: Final = 50
"""Rows with a problem that are named; the others are counted."""
_NAMES: Final = (
    ("user names", "users", "username"),
    ("e-mail addresses", "users", "email"),
    ("job names", "jobs", "name"),
    ("categories", "job_categories", "name"),
    ("slugs of categories", "job_categories", "slug"),
    ("PIC teams", "pic_teams", "name"),
    ("slugs of PIC teams", "pic_teams", "slug"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its findings."""

    title: str
    lines: Sequence[str]

    def __str__(self) -> str:
        return "\n".join(
            (f"{self.title} ({len(self.lines)})", *(f"  - {one}" for one in self.lines))
        )


def sections(survey: Survey, settings: Settings, now: datetime) -> list[Section]:
    """All that needs attention; empty where nothing does."""
    found = [
        *(_about(change, found) for change, found in _changes(survey, settings, now).items()),
        Section("Names that differ in upper and lower case only", _alike(survey.small)),
        Section("Jobs whose category or PIC team has no entry", _without_entry(survey)),
        Section("Rows that cannot be taken over as they are", _problems(survey)),
    ]
    return [one for one in found if one.lines]


def invalid_crons(survey: Survey, settings: Settings, now: datetime) -> list[str]:
    """The jobs that will not fire because of their cron texts, a line each."""
    found = _changes(survey, settings, now).get(Change.INVALID_CRON, [])
    return list(_about(Change.INVALID_CRON, found).lines)


def counts(survey: Survey) -> str:
    """How many rows each table holds."""
    return "\n".join(f"  {name:<30} {number:>9,}" for name, number in survey.counts.items())


Changes = Mapping[Change, list[tuple[Job, Finding]]]


def _changes(survey: Survey, settings: Settings, now: datetime) -> Changes:
    found: dict[Change, list[tuple[Job, Finding]]] = defaultdict(list)
    for job in survey.jobs():
        for finding in what_changes(job, now, settings.zone, settings.target_rules):
            found[finding.change].append((job, finding))
    return {change: found[change] for change in Change if change in found}


def _about(change: Change, found: Iterable[tuple[Job, Finding]]) -> Section:
    lines = [
        f'"{job.name}" ({job.id}{"" if job.is_active else ", inactive"}): {finding.message}'
        for job, finding in found
    ]
    return Section(change.value, lines)


def _alike(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    return [
        f"{what}: {', '.join(group)}"
        for what, table, column in _NAMES
        for group in differing_in_case(row[column] for row in rows.get(table, ()))
    ]


def _without_entry(survey: Survey) -> list[str]:
    categories = {row["slug"] for row in survey.small.get("job_categories", ())}
    categories |= {slug for slug, _ in SEED_CATEGORIES}
    teams = {row["slug"] for row in survey.small.get("pic_teams", ())}
    lines = []
    for job in survey.jobs():
        if job.category not in categories:
            lines.append(f'"{job.name}" ({job.id}): category {job.category}')
        if job.pic_team and job.pic_team not in teams:
            lines.append(f'"{job.name}" ({job.id}): PIC team {job.pic_team}')
    return lines


def _problems(survey: Survey) -> list[str]:
    lines = [
        f"{one.table} {one.row_id}: {one.text} ({'kept' if one.kept else 'moved to legacy_rows'})"
        for one in survey.problems[:MOST_ROWS]
    ]
    left_out = len(survey.problems) - len(lines)
    return [*lines, f"and {left_out:,} more"] if left_out else lines
