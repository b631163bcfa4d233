"""The whole application with all that the API's examples name, which forgets what requests change.

Requests then do not depend on their order, and what fails fails again when it is sent alone.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx2
from starlette.types import Message, Receive, Scope, Send

from api import NOW, Api, settings_for
from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import (
    a_category,
    a_job,
    a_notification,
    a_pic_team,
    a_user,
    an_execution,
)
from cronjobs_core.testing.fake_deliverer import FakeDeliverer
from cronjobs_core.testing.fakes import FixedClock, ManualScheduler, MemoryElection
from cronjobs_http.app import create_app
from cronjobs_http.container import Container, make_container
from cronjobs_http.openapi_examples import (
    BY_NAME,
    CATEGORY_ID,
    EXECUTION_ID,
    JOB_ID,
    NOTIFICATION_ID,
    TEAM_ID,
    USER_ID,
)
from integration.api.contents import contents
from integration.api.town import Town, restore

NAMES: Final = {Role.ADMIN: "admin", Role.USER: BY_NAME["username"], Role.VIEWER: "viewer"}
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})


class SilentDeliverer(FakeDeliverer):
    """Calls nobody, and has no connections to close."""

    async def aclose(self) -> None:
        """Do nothing."""


class Forgetful:
    """An ASGI application. Once it has started, `tokens` holds the tokens of one user a role."""

    def __init__(self, folder: Path) -> None:
        self.tokens: dict[Role, dict[str, Any]] = {}
        self._folder = folder
        self._clock = FixedClock(NOW)
        self._container = _container(folder, self._clock)
        self._app = create_app(self._container)
        self._running = self._app.router.lifespan_context
        self._app.router.lifespan_context = self._settled
        self._remembered: tuple[Town, Api] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, and forget what was changed."""
        changed = False

        async def watch(message: Message) -> None:
            nonlocal changed
            if message["type"] == "http.response.start":
                changed = scope["method"] not in SAFE and message["status"] < 400
            await send(message)

        await self._app(scope, receive, watch)
        if changed and self._remembered is not None:
            restore(*self._remembered)

    def started(self) -> AbstractAsyncContextManager[None]:
        """Run it for the length of a block, for callers that know of no ASGI lifespan."""
        return self._settled(self._app)

    @asynccontextmanager
    async def _settled(self, app: Any) -> AsyncIterator[None]:
        transport = httpx2.ASGITransport(app=self._app)
        async with (
            self._running(app),
            httpx2.AsyncClient(transport=transport, base_url="http://api") as client,
        ):
            api = Api(client, self._container, self._clock)
            await self._container.services().keep_schedule.start()
            await _settle(api)
            for role, name in NAMES.items():
                login = {"username": name, "password": BY_NAME["password"]}
                self.tokens[role] = (await client.post("/api/v2/auth/login", json=login)).json()
            self._remembered = Town(self._folder, contents(api), {}), api
            yield


def _container(folder: Path, clock: FixedClock) -> Container:
    """The real adapters, but those that would call others or wait for the time to come."""
    container = make_container(settings_for(folder))
    container.clock.override(clock)
    container.deliverer.override(SilentDeliverer())
    container.scheduler.override(ManualScheduler(clock))
    container.leadership.override(MemoryElection(clock).candidate("one"))
    return container


async def _settle(api: Api) -> None:
    """Store what the examples name: the user's job and its run, a category, a team, a message."""
    hashed = await api.container.hasher().hash(BY_NAME["password"])
    async with api.container.store().writing() as uow:
        for role, name in NAMES.items():
            own = {"id": USER_ID} if role is Role.USER else {}
            email = f"{name}@example.com"
            await uow.users.add(
                a_user(username=name, email=email, role=role, password_hash=hashed, **own)
            )
        await uow.taxonomy.add_category(a_category(id=CATEGORY_ID))
        await uow.taxonomy.add_pic_team(a_pic_team(id=TEAM_ID, slug="payments", name="Payments"))
        end = date.fromisoformat(BY_NAME["end_date"])
        await uow.jobs.add(a_job(id=JOB_ID, created_by=USER_ID, pic_team="payments", end_date=end))
        await uow.executions.claim([an_execution(id=EXECUTION_ID, job_id=JOB_ID)])
        await uow.notifications.add([a_notification(id=NOTIFICATION_ID, user_id=USER_ID)])
        await uow.commit()
