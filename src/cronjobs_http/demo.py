"""`cronjobs demo`: the main job from end to end, in a temporary instance, within two minutes."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx2

from cronjobs_adapters.system import new_password
from cronjobs_http.app import API, create_app
from cronjobs_http.container import make_container
from cronjobs_http.server import make_server
from cronjobs_http.settings import Settings, load_settings

PATIENCE: Final = 90.0
"""Seconds to wait for the request of an every-minute job."""

Say = Callable[[str], None]


async def run_demo(receiver_port: int, say: Say) -> int:
    """Show the main job; returns the process's exit code, 0 where everything happened."""
    arrived: asyncio.Queue[str] = asyncio.Queue()
    password = new_password()
    with tempfile.TemporaryDirectory(prefix="cronjobs-demo-") as folder:
        async with (
            _receiver(receiver_port, arrived) as hook_url,
            _instance(_settings(Path(folder), password)) as base_url,
            httpx2.AsyncClient(base_url=base_url, trust_env=False, timeout=30) as client,
        ):
            say(f"A temporary instance runs at {base_url}, a receiver at {hook_url}.")
            await _sign_in(client, password)
            job = await _create_job(client, hook_url)
            say(f"Created the job {job['name']!r}: {job['cron_expression']!r} -> {hook_url}")
            say(f"It is due next at {job['next_execution_at']}. Waiting for it ...\n")
            try:
                request = await asyncio.wait_for(arrived.get(), PATIENCE)
            except TimeoutError:
                say("Nothing arrived: the demo failed.")
                return 1
            say(f"This request arrived:\n\n{_indented(request)}\n")
            row = await _finished_execution(client, job["id"])
            say(f"And this is its row in the history:\n\n{_indented(json.dumps(row, indent=2))}\n")
            say("Done. The instance and everything in it are gone.")
            return 0 if row["status"] == "success" else 1


def _settings(folder: Path, password: str) -> Settings:
    return load_settings(
        _env_file=None,
        app_env="development",
        host="127.0.0.1",
        port=1,
        secret_key=new_password() * 3,
        database_url=f"sqlite:///{folder / 'demo.db'}",
        fastapi_database_url=None,
        scheduler_lock_path=str(folder / "scheduler.lock"),
        scheduler_enabled="true",
        testing=False,
        default_admin_username="admin",
        default_admin_email="admin@example.com",
        default_admin_password=password,
        webhook_allow_http=True,
        webhook_allowed_networks="127.0.0.0/8",
    )


@asynccontextmanager
async def _instance(settings: Settings) -> AsyncIterator[str]:
    """A whole service on a free port of this machine."""
    ready = asyncio.Event()
    application = create_app(make_container(settings), announce=lambda _: None)
    server = make_server(application, settings.host, 0, ready.set)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001 -- signals stay ours
    try:
        await asyncio.wait_for(ready.wait(), 30)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def _receiver(port: int, arrived: asyncio.Queue[str]) -> AsyncIterator[str]:
    """A minimal HTTP server that keeps what it is sent and answers 200."""

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lengths = [
            int(line.split(":")[1])
            for line in head.lower().splitlines()
            if line.startswith("content-length:")
        ]
        body = await reader.readexactly(lengths[0] if lengths else 0)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()
        arrived.put_nowait(head.replace("\r\n", "\n") + body.decode())

    server = await asyncio.start_server(receive, "127.0.0.1", port)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


async def _sign_in(client: httpx2.AsyncClient, password: str) -> None:
    login = {"username": "admin", "password": password}
    answer = await client.post(f"{API}/auth/login", json=login)
    client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"


async def _create_job(client: httpx2.AsyncClient, hook_url: str) -> dict[str, Any]:
    team = {"name": "Demo", "slack_handle": "@demo"}
    (await client.post(f"{API}/pic-teams", json=team)).raise_for_status()
    answer = await client.post(
        f"{API}/jobs",
        json={
            "name": "Hello",
            "cron_expression": "* * * * *",
            "end_date": date.max.isoformat(),
            "pic_team": "demo",
            "target_url": hook_url,
            "metadata": {"greeting": "hello from cronjobs"},
        },
    )
    job: dict[str, Any] = answer.raise_for_status().json()["job"]
    return job


async def _finished_execution(client: httpx2.AsyncClient, job_id: str) -> dict[str, Any]:
    """The first execution of the job, as soon as its outcome is recorded."""
    async with asyncio.timeout(10):
        while True:
            answer = await client.get(f"{API}/jobs/{job_id}/executions")
            rows: list[dict[str, Any]] = answer.raise_for_status().json()["executions"]
            if rows and rows[-1]["status"] != "running":
                return rows[-1]
            await asyncio.sleep(0.1)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())
