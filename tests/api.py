"""The real application on a database of its own, as HTTP clients see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import a_user
from cronjobs_core.testing.fakes import FixedClock
from cronjobs_http.app import create_app
from cronjobs_http.container import Container, make_container
from cronjobs_http.settings import Settings, load_settings

NOW = datetime(2026, 11, 24, 23, 59, 30, 123456, tzinfo=UTC)
"""Half a minute before 09:00 on Wednesday, 25 November, in Tokyo."""
PASSWORD = "secret1"  # noqa: S105 -- of accounts that live for one test


@dataclass(frozen=True, slots=True)
class Api:
    """A client without credentials, the container behind it, and its clock."""

    client: httpx2.AsyncClient
    container: Container
    clock: FixedClock

    async def user(self, role: Role = Role.USER, **overrides: Any) -> "Person":
        """A stored user with their own signed-in client."""
        hashed = await self.container.hasher().hash(PASSWORD)
        user = a_user(role=role, password_hash=hashed, **overrides)
        async with self.container.store().writing() as uow:
            await uow.users.add(user)
            await uow.commit()
        login = {"username": user.username, "password": PASSWORD}
        tokens = (await self.client.post("/api/v2/auth/login", json=login)).json()
        return Person(self.client, user.id, user.email, tokens)

    async def admin(self) -> "Person":
        """A stored admin with their own signed-in client."""
        return await self.user(Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in: requests carry their access token."""

    client: httpx2.AsyncClient
    id: str
    email: str
    tokens: dict[str, Any]

    async def call(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """Send a request to a path below `/api/v2`."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        headers |= request.pop("headers", {})
        return await self.client.request(method, f"/api/v2{path}", headers=headers, **request)

    async def get(self, path: str, **query: Any) -> httpx2.Response:
        """GET a path below `/api/v2`."""
        return await self.call("GET", path, params=query)

    async def post(self, path: str, body: Any = None) -> httpx2.Response:
        """POST a JSON body to a path below `/api/v2`."""
        return await self.call("POST", path, **({} if body is None else {"json": body}))

    async def put(self, path: str, body: Any) -> httpx2.Response:
        """PUT a JSON body to a path below `/api/v2`."""
        return await self.call("PUT", path, json=body)

    async def delete(self, path: str) -> httpx2.Response:
        """DELETE a path below `/api/v2`."""
        return await self.call("DELETE", path)

    async def create_job(self, **fields: Any) -> dict[str, Any]:
        """A job made through the API; the team `payments` must exist."""
        answer = await self.post("/jobs", job_body(**fields))
        assert answer.status_code == 201, answer.text
        job: dict[str, Any] = answer.json()["job"]
        return job


@asynccontextmanager
async def running_api(folder: Path, **settings: Any) -> AsyncIterator[Api]:
    """The application with a SQLite file in `folder`; its clock stands at NOW."""
    clock = FixedClock(NOW)
    container = make_container(settings_for(folder, **settings))
    container.clock.override(clock)
    app = create_app(container)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://api") as client,
    ):
        yield Api(client, container, clock)


def settings_for(folder: Path, **overrides: Any) -> Settings:
    """Settings for a test: nothing is read from the environment's `.env`."""
    values: dict[str, Any] = {
        "_env_file": None,
        "database_url": f"sqlite:///{folder / 'api.db'}",
        "secret_key": "a-signing-key-that-is-used-in-tests-only",
        "testing": True,
    }
    return load_settings(**values | overrides)


def job_body(**overrides: Any) -> dict[str, Any]:
    """The body of a request that creates an every-minute webhook job."""
    body: dict[str, Any] = {
        "name": "Nightly report",
        "cron_expression": "* * * * *",
        "end_date": "2026-12-31",
        "pic_team": "payments",
        "target_url": "https://hooks.example.com/run",
        "metadata": {"kind": "nightly"},
    }
    return body | overrides
