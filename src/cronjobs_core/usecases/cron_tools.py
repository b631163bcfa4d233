"""Checking, describing and previewing cron texts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.errors import InvalidCronExpression
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.world import Clock

MAX_PREVIEW: Final = 20
DEFAULT_PREVIEW: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CronCheck:
    """What is to be said of a cron text. `problem` is None for a good one."""

    problem: str | None
    description: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CronTools:
    """Cron texts, read with the very function that fires jobs."""

    clock: Clock
    zone: ZoneInfo

    def check(self, actor: Actor, text: str) -> CronCheck:
        """Whether `text` is a good cron expression, and what it says."""
        authorise(actor, Action.READ)
        try:
            cron = CronExpression.parse(text)
        except InvalidCronExpression as problem:
            return CronCheck(problem=problem.message)
        return CronCheck(problem=None, description=cron.describe(), warnings=cron.warnings())

    def describe(self, actor: Actor, text: str) -> str:
        """`text` in words; raises InvalidCronExpression."""
        authorise(actor, Action.READ)
        return CronExpression.parse(text).describe()

    def preview(self, actor: Actor, text: str, count: int) -> list[datetime]:
        """The next `count` (at most 20) occurrences from now, in the scheduler's zone."""
        authorise(actor, Action.READ)
        cron = CronExpression.parse(text)
        return cron.upcoming(self.clock.now(), self.zone, max(0, min(count, MAX_PREVIEW)))
