"""The big lists of the API at scale, with the time of a trivial answer as the floor.

The database is filled by plain inserts, the requests go through the real application in process:
what is measured is the server's time, without a network. Bounded: about two minutes.
"""

import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2

from cronjobs_http.app import create_app
from cronjobs_http.container import Container, make_container
from cronjobs_http.settings import load_settings

RESULTS: Final = Path(__file__).parent / "results" / "api.json"
PASSWORD: Final = "a-password-of-the-benchmark"  # noqa: S105 -- of a database that lives for a minute
START: Final = datetime(2026, 1, 1, tzinfo=UTC)
REPEATS: Final = 9


async def measure(jobs: int, executions: int, paths: dict[str, str]) -> dict[str, float]:
    """Milliseconds (median) of a GET of each path, with so many rows in the database."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.db"
        container = _container(file)
        app = create_app(container, announce=lambda _: None)
        async with app.router.lifespan_context(app):
            await asyncio.to_thread(_fill, file, jobs, executions)
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://api") as client:
                await _sign_in(client)
                return {label: await _median(client, path) for label, path in paths.items()}


def _container(file: Path) -> Container:
    settings = load_settings(
        _env_file=None,
        database_url=f"sqlite:///{file}",
        secret_key=PASSWORD * 2,
        scheduler_enabled="false",
        default_admin_password=PASSWORD,
    )
    return make_container(settings)


async def _sign_in(client: httpx2.AsyncClient) -> None:
    login = {"username": "admin", "password": PASSWORD}
    answer = await client.post("/api/v2/auth/login", json=login)
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


async def _median(client: httpx2.AsyncClient, path: str) -> float:
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        answer = await client.get(f"/api/v2{path}")
        times.append(time.perf_counter() - begin)
        assert answer.status_code == 200, answer.text
    return round(statistics.median(times) * 1000, 1)


def _fill(file: Path, jobs: int, executions: int) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.executemany(
            "INSERT INTO jobs (id, name, cron_expression, target_url, job_metadata, category,"
            " enable_email_notifications, notify_on_success, is_active, created_at, updated_at)"
            " VALUES (?, ?, ?, 'https://example.com/hook', '{\"kind\": \"bench\"}',"
            " 'general', 0, 0, 1, ?, ?)",
            _jobs(jobs),
        )
        connection.executemany(
            "INSERT INTO job_executions (id, job_id, status, trigger_type, started_at,"
            " completed_at, duration_seconds, execution_type, target, response_status, output,"
            " scheduled_for) VALUES (?, ?, 'success', 'scheduled', ?, ?, 0.2, 'webhook',"
            " 'https://example.com/hook', 200, 'ok', ?)",
            _executions(jobs, executions),
        )
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _jobs(count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        at = _text(START + timedelta(seconds=number))
        cron = f"{number % 60} {number // 60 % 24} * * *"
        yield _id(number), f"Job {number:06d}", cron, at, at


def _executions(jobs: int, count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        at = _text(START + timedelta(minutes=number // jobs))
        yield _id(10_000_000 + number), _id(number % jobs), at, at, at


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S.%f")


def main() -> None:
    """Measure, print, and write the figures down."""
    floor = {"floor: GET /auth/verify": "/auth/verify"}
    lists = {"GET /jobs": "/jobs", "GET /jobs?per_page=50": "/jobs?per_page=50"}
    history = {
        "GET /executions": "/executions",
        "GET /executions?status=failed": "/executions?status=failed",
        "GET /executions?page=1000": "/executions?page=1000",
        "GET /executions/statistics": "/executions/statistics?from=2026-01-01",
    }
    figures = {}
    for jobs, executions, paths in (
        (1_000, 0, lists),
        (1_000, 100_000, lists),
        (10_000, 100_000, lists),
        (1_000, 1_000_000, history),
    ):
        label = f"{jobs:,} jobs, {executions:,} executions"
        figures[label] = asyncio.run(measure(jobs, executions, floor | paths))
        print(label)
        for name, milliseconds in figures[label].items():
            print(f"    {name:34} {milliseconds:9.1f} ms", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"unit": "milliseconds", **figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
