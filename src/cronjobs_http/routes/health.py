"""Is it alive, and where to read on."""

from typing import Any

from fastapi import APIRouter

from cronjobs_core.domain.errors import Unavailable
from cronjobs_http.access import ServicesDep, SettingsDep, StoreDep
from cronjobs_http.wire import Instant, WireModel

router = APIRouter(tags=["health"])
root = APIRouter(include_in_schema=False)


class Health(WireModel):
    """Liveness. `database` is "ok" or "unavailable"; `scheduler_running` speaks of this process."""

    status: str
    service: str
    version: str
    timestamp: Instant
    api: str
    scheduler_running: bool
    scheduled_jobs_count: int
    docs_url: str
    database: str
    timezone: str


@router.get("/health")
async def health(core: ServicesDep, settings: SettingsDep, store: StoreDep) -> Health:
    """Answer 200 while the process lives, and say how its parts are."""
    try:
        await store.ping()
        database = "ok"
    except Unavailable:
        database = "unavailable"
    scheduler = core.keep_schedule.health()
    return Health(
        status="healthy" if database == "ok" else "degraded",
        service="cron-job-scheduler-fastapi",
        version=settings.app_version,
        timestamp=core.cron_tools.clock.now(),
        api="v2",
        scheduler_running=scheduler.running,
        scheduled_jobs_count=scheduler.scheduled_jobs,
        docs_url="/docs",
        database=database,
        timezone=str(settings.zone),
    )


@root.get("/")
async def index(settings: SettingsDep) -> dict[str, Any]:
    """Where to go from here."""
    return {
        "message": settings.app_name,
        "docs": "/docs",
        "redoc": "/redoc",
        "health": "/api/v2/health",
    }
