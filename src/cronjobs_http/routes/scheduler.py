"""The scheduler of this process (contract 4.14)."""

from fastapi import APIRouter

from cronjobs_http.access import MayManageScheduler, ServicesDep
from cronjobs_http.wire import Instant, WireModel

router = APIRouter(prefix="/scheduler", tags=["scheduler"])


class SchedulerStatusOut(WireModel):
    """How the scheduler of this process stands."""

    scheduler_running: bool
    scheduler_is_leader: bool
    scheduled_jobs_count: int
    last_resync_at: Instant | None


class ResyncOut(WireModel):
    """What a reconciliation found and did."""

    message: str = "Scheduler resync completed"
    ran_at: Instant
    db_jobs_total: int
    db_jobs_active: int
    scheduled_now: int
    scheduled_added: int
    scheduled_removed: int
    expired_auto_paused: int
    orphaned_removed: int
    invalid_cron: int


@router.get("/status")
async def status(actor: MayManageScheduler, core: ServicesDep) -> SchedulerStatusOut:
    """Say whether this process schedules, and leads."""
    found = core.keep_schedule.status(actor)
    return SchedulerStatusOut(
        scheduler_running=found.running,
        scheduler_is_leader=found.is_leader,
        scheduled_jobs_count=found.scheduled_jobs,
        last_resync_at=found.last_resync_at,
    )


@router.post("/resync")
async def resync(actor: MayManageScheduler, core: ServicesDep) -> ResyncOut:
    """Make the timetable what the database says, now."""
    report = await core.keep_schedule.resync(actor)
    return ResyncOut(
        ran_at=report.ran_at,
        db_jobs_total=report.db_jobs_total,
        db_jobs_active=report.db_jobs_active,
        scheduled_now=report.scheduled_now,
        scheduled_added=report.scheduled_added,
        scheduled_removed=report.scheduled_removed,
        expired_auto_paused=report.expired_auto_paused,
        orphaned_removed=report.scheduled_removed,
        invalid_cron=report.invalid_cron,
    )
