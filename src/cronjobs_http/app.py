"""The ASGI application: routes, errors and limits around a container of adapters."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware

from cronjobs_http.body_limit import BodyLimit
from cronjobs_http.container import Container, make_container
from cronjobs_http.docs import add_documentation
from cronjobs_http.errors import install_error_handlers
from cronjobs_http.lifespan import FirstAdmin, running, wind_down
from cronjobs_http.openapi import TAGS, describe
from cronjobs_http.routes import (
    auth,
    cron_tools,
    csv_jobs,
    executions,
    health,
    jobs,
    notifications,
    scheduler,
    slack,
    taxonomy,
    trials,
    users,
)
from cronjobs_http.settings import load_settings

API: Final = "/api/v2"
DESCRIPTION: Final = """Cron jobs that call webhooks and start GitHub Actions workflows.

Sign in with `POST /api/v2/auth/login` and send `Authorization: Bearer <access_token>`. Every error
has the keys `error` and, mostly, `message`; instants are UTC with `Z`.
"""
MAX_BODY: Final = 1024 * 1024
"""The largest JSON body that is read, in bytes."""


def _print_first_admin(admin: FirstAdmin) -> None:
    """Tell whoever reads the standard output: a password is never logged."""
    secret = admin.password or "as set in DEFAULT_ADMIN_PASSWORD"
    note = " (shown this once: keep it)" if admin.password else ""
    sys.stdout.write(
        "\nThe first admin was made.\n"
        f"  user name  {admin.username}\n"
        f"  password   {secret}{note}\n\n"
    )
    sys.stdout.flush()


def create_app(
    container: Container, announce: Callable[[FirstAdmin], None] = _print_first_admin
) -> FastAPI:
    """The application over `container`; its parts start and stop with the server's lifespan.

    `announce` is told of the first admin, at the start that makes it.
    """
    settings = container.settings()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running(container) as first_admin:
            if first_admin is not None:
                announce(first_admin)
            yield

    app = FastAPI(
        title=settings.app_name,
        version=settings.app_version,
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        openapi_tags=TAGS,
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.wind_down = partial(wind_down, container)
    app.state.services = container.services()
    app.state.store = container.store()
    larger = {f"{API}/jobs/bulk-upload": csv_jobs.MAX_UPLOAD}
    app.add_middleware(BodyLimit, limit=MAX_BODY, larger=larger)
    install_error_handlers(app, expose_details=settings.expose_error_details)
    app.add_middleware(  # around all of it, so that browsers may read errors too
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_credentials="*" not in settings.origins,
        allow_methods=["*"],
        allow_headers=["*"],
    )
    app.include_router(health.root)
    app.include_router(_api(), prefix=API)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # FastAPI's own way
    add_documentation(app)
    return app


def _api() -> APIRouter:
    """All routes, the fixed paths before those that take an id."""
    router = APIRouter()
    for part in (
        health,
        auth,
        users,
        cron_tools,
        trials,
        executions,
        csv_jobs,
        jobs,
        taxonomy,
        notifications,
        slack,
        scheduler,
    ):
        router.include_router(part.router)
    return router


def app() -> FastAPI:
    """The application as the environment configures it, for any ASGI server (`--factory`)."""
    return create_app(make_container(load_settings()))
