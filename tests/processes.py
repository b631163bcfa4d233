"""Real `cronjobs serve` processes, each with an environment and a folder of its own."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from api import Person
from servers.sockets import closed_port

ADMIN_PASSWORD = "a-password-of-the-tests"  # noqa: S105 -- of processes that live for one test
SECRET_KEY = "a-signing-key-that-is-used-in-tests-only"  # noqa: S105 -- the same
LOOPBACK = {"WEBHOOK_ALLOW_HTTP": "true", "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8"}
"""Settings under which jobs may call servers on this machine."""
PATIENCE = 90.0
"""Seconds after which what should happen counts as not happening."""
FAR = "2099-12-31"


@dataclass(frozen=True, slots=True)
class Service:
    """A process and what it wrote so far."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def stdout(self) -> str:
        """What it has told the person who started it."""
        return (self.folder / f"{self.port}.stdout").read_text()

    @property
    def stderr(self) -> str:
        """What it has logged."""
        return (self.folder / f"{self.port}.stderr").read_text()

    @asynccontextmanager
    async def admin(self, password: str = ADMIN_PASSWORD) -> AsyncIterator[Person]:
        """Give the first admin, signed in."""
        async with httpx2.AsyncClient(
            base_url=self.url, trust_env=False, timeout=PATIENCE
        ) as client:
            login = {"username": "admin", "password": password}
            answer = await client.post("/api/v2/auth/login", json=login)
            assert answer.status_code == 200, answer.text
            user = answer.json()["user"]
            yield Person(client, user["id"], user["email"], answer.json())

    async def ended(self, within: float = PATIENCE) -> int:
        """Wait for its end; returns the exit code, minus a signal's number where one killed it."""
        return await ended(self.process, within)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop; returns the exit code."""
        self.process.send_signal(how)
        return await self.ended()

    async def refuses(self) -> bool:
        """Whether its port is closed: the first thing that one told to stop does."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return True
        writer.close()
        await writer.wait_closed()
        return False

    async def answers(self) -> bool:
        """Whether it is healthy; fails with its log where it has ended."""
        assert self.process.poll() is None, self.stdout + self.stderr
        return await is_healthy(self.url)

    def kill(self) -> None:
        """End it as `kill -9` does; nothing where it has ended."""
        self.process.kill()
        self.process.wait(PATIENCE)


@asynccontextmanager
async def serving(
    folder: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Service]:
    """Give a process that answers; it has ended when the block ends."""
    port = closed_port()
    outputs = folder / f"{port}.stdout", folder / f"{port}.stderr"
    with outputs[0].open("wb") as stdout, outputs[1].open("wb") as stderr:
        process = subprocess.Popen(  # noqa: ASYNC220, S603 -- our own program, begun at once
            _command("serve"),
            cwd=folder,
            env=environment(settings or {}, port),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
    service = Service(folder, port, process)
    try:
        await until(service.answers)
        yield service
    finally:
        service.kill()


async def until(holds: Callable[[], Awaitable[bool]], within: float = PATIENCE) -> None:
    """Wait until something holds; raises TimeoutError after so many seconds."""
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110 -- other processes set no event of ours
            await asyncio.sleep(0.02)


async def ended(process: subprocess.Popen[bytes], within: float = PATIENCE) -> int:
    """Wait for the end of a process; returns its exit code."""

    async def has_ended() -> bool:
        return process.poll() is not None

    await until(has_ended, within)
    return int(process.returncode)


async def is_healthy(url: str) -> bool:
    """Whether a service answers there."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        try:
            answer = await client.get(f"{url}/api/v2/health")
        except httpx2.TransportError:
            return False
    return answer.status_code == 200


def run_cronjobs(
    folder: Path, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(  # noqa: S603 -- our own program
        _command(*arguments),
        cwd=folder,
        env=environment(settings, closed_port()),
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def environment(settings: Mapping[str, str], port: int) -> dict[str, str]:
    """The whole environment of a process: of this one's it gets the search path alone."""
    chosen = {
        "PATH": os.environ["PATH"],
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": "sqlite:///service.db",
        "DEFAULT_ADMIN_PASSWORD": ADMIN_PASSWORD,
    }
    return chosen | dict(settings)


async def make_team(admin: Person) -> None:
    """Make the PIC team that `Person.create_job` names."""
    answer = await admin.post("/pic-teams", {"name": "Payments", "slack_handle": "@payments"})
    assert answer.status_code == 201, answer.text


async def make_job(admin: Person, name: str, url: str, **fields: Any) -> str:
    """Make an every-minute job that calls `url`; returns its id."""
    job = await admin.create_job(name=name, target_url=url, end_date=FAR, **fields)
    return str(job["id"])


def recorded(folder: Path) -> list[dict[str, Any]]:
    """The history as it stands in the database of a folder, past any service."""
    with closing(sqlite3.connect(folder / "service.db")) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute("SELECT * FROM job_executions ORDER BY started_at")
        return [dict(row) for row in found]


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "cronjobs_http", *arguments]
