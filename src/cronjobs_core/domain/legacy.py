"""What becomes different for the jobs and people of the previous backend (contract 5, 13).

That backend gave cron texts to APScheduler 3.10, which counts weekdays from Monday as 0 and wants
both day fields to match. It called any address, and any name of a repository.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.errors import InvalidCronExpression, InvalidTarget
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.targets import TargetRules, Webhook, check_webhook_url
from cronjobs_core.domain.users import normalise_login

FORMER_DEFAULT_PASSWORD: Final = "admin123"  # noqa: S105 -- well known, which is the finding
_WEEKDAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_LAST: Final = 6
_NAMED = re.compile(r"([A-Z]+)(?:-([A-Z]+))?")
_NUMBERED = re.compile(r"(?:\*|([0-9]+)(?:-([0-9]+))?)(?:/([0-9]+))?")
_NO_SCHEME: Final = "target_url must be an absolute URL."
_NO_TARGET: Final = (
    "It has neither a target_url nor all of github_owner, github_repo and github_workflow_name: "
    "its runs will fail, as they did."
)


class Change(StrEnum):
    """In what way a job will behave differently; the value is a heading for people."""

    INVALID_CRON = "Cron texts that are not valid here: these jobs are shown and do not fire"
    TIMES = "Jobs that will fire at other times"
    ENDED = "Jobs past their end date: they will be paused at the first start"
    TARGET = "Targets that will be refused with the present settings"
    GITHUB = "GitHub targets that will be refused with the present settings"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a job that somebody should know, in a sentence or two."""

    change: Change
    message: str


def what_changes(job: Job, now: datetime, zone: ZoneInfo, rules: TargetRules) -> list[Finding]:
    """All that will be different about the job, in the order of `Change`; empty for most."""
    findings = _about_times(job, now, zone)
    if job.is_active and job.is_expired(now, zone):
        findings.append(Finding(Change.ENDED, f"Its end date is {job.end_date}."))
    return [*findings, *_about_target(job, rules)]


def differing_in_case(texts: Iterable[str]) -> list[tuple[str, ...]]:
    """The groups of different texts that are one and the same in lower case, each sorted."""
    groups: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        groups[normalise_login(text)].add(text)
    return sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def former_weekdays(field: str) -> int | None:
    """The weekdays that the previous backend took an upper-case field for, None if it refused it.

    Bit n is set for day n, and Sunday is 0, as in `Pattern`. Steps after names were ignored.
    """
    try:
        days = {day for part in field.split(",") for day in _counted_from_monday(part)}
    except ValueError:
        return None
    return sum(1 << (day + 1) % 7 for day in days)


def _counted_from_monday(part: str) -> range:
    named = _NAMED.match(part)
    if named:
        first, last = (_WEEKDAYS.index(word) for word in (named[1], named[2] or named[1]))
        step = None
    else:
        first, last, step = _numbers(part)
    widest = (last or _LAST) - first  # a last day 0 was taken for none
    if not first <= last <= _LAST or (step is not None and not 0 < step <= widest):
        raise ValueError(part)
    return range(first, last + 1, step or 1)


def _numbers(part: str) -> tuple[int, int, int | None]:
    match = _NUMBERED.fullmatch(part)
    if match is None:
        raise ValueError(part)
    low, high, step = (None if text is None else int(text) for text in match.groups())
    if low is None:
        return 0, _LAST, step
    return low, (low if step is None else _LAST) if high is None else high, step


def _about_times(job: Job, now: datetime, zone: ZoneInfo) -> list[Finding]:
    try:
        cron = CronExpression.parse(job.cron_expression)
    except InvalidCronExpression as problem:
        return [Finding(Change.INVALID_CRON, f'"{job.cron_expression}": {problem}')]
    weekdays = former_weekdays(cron.text.split(" ")[4])
    if weekdays is None:
        message = f"The previous backend could not run it. {_plan('Now', cron, now, zone)}"
        return [Finding(Change.TIMES, message)]
    reasons = _reasons(cron, weekdays)
    if not reasons:
        return []
    former = CronExpression(cron.text, replace(cron.pattern, weekdays=weekdays, days_agree=True))
    plans = (_plan("Before", former, now, zone), _plan("Now", cron, now, zone))
    return [Finding(Change.TIMES, " ".join((*reasons, *plans)))]


def _reasons(cron: CronExpression, former_days: int) -> list[str]:
    """Why the expression stands for other days than before, a sentence each."""
    pattern, reasons = cron.pattern, []
    if former_days != pattern.weekdays:
        reasons.append("Weekday numbers count from Sunday as 0, no longer from Monday.")
    if not pattern.days_agree and not (pattern.every_date_by_day() and pattern.every_weekday()):
        reasons.append("Of two restricted day fields either is enough now, no longer both needed.")
    return reasons


def _plan(when: str, cron: CronExpression, now: datetime, zone: ZoneInfo) -> str:
    due = cron.next_after(now, zone)
    next_run = "never" if due is None else f"{due:%a %Y-%m-%d %H:%M}"
    return f'{when} "{cron}" is: {cron.describe()} (next run {next_run}).'


def _about_target(job: Job, rules: TargetRules) -> list[Finding]:
    target = job.target
    try:
        if target is None:
            return [Finding(Change.TARGET, _NO_TARGET)]
        if isinstance(target, Webhook):
            check_webhook_url(target.url, rules, help_text=_NO_SCHEME)
            return []
        target.check(rules)
    except InvalidTarget as problem:
        change = Change.TARGET if isinstance(target, Webhook) else Change.GITHUB
        return [Finding(change, f"{target}: {problem}")]
    if "None" in (target.owner, target.repo, target.workflow):
        return [Finding(Change.GITHUB, f'{target}: "None" is hardly the name that was meant.')]
    return []
