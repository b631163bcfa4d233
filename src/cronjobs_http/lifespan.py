"""Starting and stopping, in order."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from cronjobs_adapters.sqlalchemy.migrate import upgrade
from cronjobs_adapters.system import new_password
from cronjobs_core.assemble import Services
from cronjobs_core.domain.executions import Run
from cronjobs_http.container import Container
from cronjobs_http.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """The admin made at this start. `password` is None where the operator chose it."""

    username: str
    password: str | None


@asynccontextmanager
async def running(container: Container) -> AsyncIterator[FirstAdmin | None]:
    """A whole instance, up to date and at work; what was made for it is undone in reverse.

    On the way out nothing new is claimed, what is being delivered gets its grace, what could not
    be finished is recorded as interrupted, and only then may another process lead.
    """
    settings, services = container.settings(), container.services()
    for sentence in settings.warnings():
        logger.warning(sentence)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(container.engine().dispose)
        stack.callback(container.hasher().close)
        stack.push_async_callback(container.deliverer().aclose)
        await upgrade(container.engine())
        first_admin = await _seed(settings, services)
        await container.queue().start(services.run_jobs.deliver)
        stack.push_async_callback(services.keep_schedule.stop)
        stack.push_async_callback(_drain, container)
        if settings.runs_scheduler:
            await services.keep_schedule.start()
        logger.info("started")
        yield first_admin
        logger.info("stopping")


async def wind_down(container: Container) -> list[Run]:
    """Claim nothing more and give what is being delivered its grace; returns what is left.

    Twice is as good as once.
    """
    await container.services().keep_schedule.stop_firing()
    return await container.queue().stop(container.settings().shutdown_grace_seconds)


async def _drain(container: Container) -> None:
    await container.services().recover_runs.close(await wind_down(container))


async def _seed(settings: Settings, services: Services) -> FirstAdmin | None:
    """The built-in categories, and a first admin where there is no user at all."""
    if settings.testing:
        return None
    await services.manage_taxonomy.seed()
    chosen = settings.default_admin_password or ("admin123" if settings.allow_default_admin else "")
    password = chosen or new_password()
    user = await services.manage_users.ensure_first_admin(
        settings.default_admin_username or "admin",
        settings.default_admin_email or "admin@example.com",
        password,
    )
    if user is None:
        return None
    return FirstAdmin(user.username, None if chosen else password)
