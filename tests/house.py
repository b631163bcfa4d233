"""A whole instance of the core on fakes: what the use-case tests live in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cronjobs_core.assemble import Options, Ports, Services, assemble
from cronjobs_core.domain.executions import Execution, ExecutionFilter
from cronjobs_core.domain.ids import JobId, UserId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.notifications import Notification, NotificationFilter
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.domain.users import Actor, Role, User
from cronjobs_core.testing.builders import a_pic_team, a_user
from cronjobs_core.testing.fake_deliverer import FakeDeliverer
from cronjobs_core.testing.fakes import (
    CountingIds,
    FixedClock,
    ImmediateQueue,
    ManualScheduler,
    MemoryElection,
    PlainHasher,
    PlainTokens,
)
from cronjobs_core.testing.memory_store import MemoryStore

TOKYO = ZoneInfo("Asia/Tokyo")
START = datetime(2026, 11, 24, 23, 59, 30, tzinfo=UTC)
"""Half a minute before 09:00 on Wednesday, 25 November, in Tokyo."""
HOOK = "https://hooks.example.com/run"


class House:
    """One process: its ports, its services, and shorthands for what tests do all the time."""

    def __init__(self, *, neighbour: "House | None" = None, **options: Any) -> None:
        self.clock = neighbour.clock if neighbour else FixedClock(START)
        self.store = neighbour.store if neighbour else MemoryStore()
        self.election = neighbour.election if neighbour else MemoryElection(self.clock)
        self.new_id = CountingIds(2 if neighbour else 1)
        self.scheduler = ManualScheduler(self.clock)
        self.queue = ImmediateQueue()
        self.deliverer = FakeDeliverer()
        self.hasher = PlainHasher()
        self.tokens = PlainTokens()
        chosen: dict[str, Any] = {"zone": TOKYO, "targets": TargetRules(), **options}
        self.services: Services = assemble(
            Ports(
                store=self.store,
                clock=self.clock,
                new_id=self.new_id,
                scheduler=self.scheduler,
                leadership=self.election.candidate("two" if neighbour else "one"),
                queue=self.queue,
                deliverer=self.deliverer,
                hasher=self.hasher,
                tokens=self.tokens,
            ),
            Options(**chosen),
        )

    async def start(self) -> None:
        """Start the queue and the scheduler, as a process does."""
        await self.queue.start(self.services.run_jobs.deliver)
        await self.services.keep_schedule.start()

    async def pass_time(self, by: float | timedelta) -> None:
        """Let time pass and do what is due then: rounds, wake-ups, deliveries."""
        self.clock.tick(by)
        await self.scheduler.run_due()
        await self.queue.drain()

    async def user(self, role: Role = Role.USER, **overrides: Any) -> Actor:
        """A stored user, as an actor."""
        return Actor.of(await self.stored_user(role=role, **overrides))

    async def stored_user(self, **overrides: Any) -> User:
        """A stored user."""
        user = a_user(**overrides)
        async with self.store.writing() as uow:
            await uow.users.add(user)
            await uow.commit()
        return user

    async def team(self, name: str = "Payments", *, is_active: bool = True) -> None:
        """A stored PIC team."""
        slug = name.lower()
        async with self.store.writing() as uow:
            await uow.taxonomy.add_pic_team(a_pic_team(slug=slug, name=name, is_active=is_active))
            await uow.commit()

    async def job(self, actor: Actor, **fields: Any) -> Job:
        """A job made through the use case, with a team made for it."""
        async with self.store.reading() as view:
            known = await view.taxonomy.pic_teams()
        if not known:
            await self.team()
        return (await self.services.manage_jobs.create(actor, job_fields(**fields))).job

    async def stored_job(self, job: Job) -> None:
        """Put a job into the store past the use case: as old or foreign data would be."""
        async with self.store.writing() as uow:
            await uow.jobs.add(job)
            await uow.commit()

    async def history(self, job_id: str | None = None) -> list[Execution]:
        """All executions (of a job), oldest first."""
        where = ExecutionFilter(job_id=JobId(job_id) if job_id else None)
        async with self.store.reading() as view:
            found, _ = await view.executions.page(where, Page(1, 1000))
        return [one.execution for one in reversed(found)]

    async def messages(self, user_id: UserId) -> list[Notification]:
        """The user's notifications, oldest first."""
        async with self.store.reading() as view:
            where = NotificationFilter(user_id=user_id)
            found, _ = await view.notifications.page(where, Page(1, 1000))
        return list(reversed(found))

    async def audited(self) -> list[str]:
        """The actions in the audit log, oldest first."""
        async with self.store.reading() as view:
            entries, _ = await view.audit.page(Page(1, 1000))
        return [one.action for one in reversed(entries)]


def job_fields(**overrides: Any) -> dict[str, Any]:
    """The body of a request that creates an every-minute webhook job."""
    fields: dict[str, Any] = {
        "name": "Nightly report",
        "cron_expression": "* * * * *",
        "end_date": date(2026, 12, 31).isoformat(),
        "pic_team": "Payments",
        "target_url": HOOK,
        "metadata": {"kind": "nightly"},
    }
    return fields | overrides
