"""One real minute: jobs fire on it, once, and runs that a stop or a death meets end truthfully."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from processes import LOOPBACK, Service, make_job, make_team, recorded, serving, until
from servers.hostile import HostileServer

GRACE = 8
SLOW = f"/late/{GRACE - 2}"
HANGING = "/blackhole"
QUICK = [f"/ok/{number}" for number in range(10)]
BUSY, DYING = "busy", "dying"
JOBS = {BUSY: [*QUICK, SLOW, HANGING], DYING: [HANGING]}
SETTINGS = {**LOOPBACK, "HTTP_TIMEOUT_SECONDS": "600", "SHUTDOWN_GRACE_SECONDS": str(GRACE)}


@dataclass(frozen=True, slots=True)
class Place:
    """A service and the target that its jobs call."""

    service: Service
    target: HostileServer


@dataclass(frozen=True, slots=True)
class Minute:
    """The full minute `at`, and services all of whose jobs are due then."""

    at: datetime
    places: dict[str, Place]

    async def has_come(self, name: str) -> Service:
        """Wait until each job of a service has called its target for this minute."""
        await asyncio.sleep((self.at - datetime.now(UTC)).total_seconds())

        async def all_called() -> bool:
            return {call["path"] for call in self.calls(name)} == set(JOBS[name])

        await until(all_called)
        return self.places[name].service

    def calls(self, name: str) -> list[dict[str, Any]]:
        """What a target was sent for this minute: path, method, type and parsed body."""
        planned = self.at.strftime("%Y-%m-%dT%H:%M:00Z")
        return [
            {
                "path": one.path,
                "method": one.method,
                "type": one.headers["content-type"],
                "body": json.loads(one.body),
            }
            for one in self.places[name].target.requests
            if one.headers["cronjobs-scheduled-for"] == planned
        ]

    def rows(self, name: str, *paths: str) -> list[dict[str, Any]]:
        """The rows of this minute in a service's database, of the jobs that call `paths`."""
        place = self.places[name]
        planned, urls = f"{self.at:%Y-%m-%d %H:%M:00.000000}", map(place.target.url, paths)
        wanted = set(urls)
        return [
            row
            for row in recorded(place.service.folder)
            if row["scheduled_for"] == planned and row["target"] in wanted
        ]


@pytest.fixture(scope="module")
async def minute(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Minute]:
    """Give services with jobs ahead of a minute: all tests of this file wait for the same one."""
    async with AsyncExitStack() as stack:
        places = {}
        for name, paths in JOBS.items():
            target = await stack.enter_async_context(HostileServer())
            folder = tmp_path_factory.mktemp(name)
            service = await stack.enter_async_context(serving(folder, SETTINGS))
            async with service.admin() as admin:
                await make_team(admin)
                for path in paths:
                    await make_job(admin, path, target.url(path), metadata={"for": path, "é": 1})
            places[name] = Place(service, target)
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        yield Minute(now + timedelta(minutes=1), places)


async def test_stop_gives_scheduled_runs_their_grace(minute: Minute) -> None:
    """Of two runs at a stop the one that ends in its grace is a success, the other interrupted."""
    service = await minute.has_come(BUSY)
    running = [row["status"] for row in minute.rows(BUSY, SLOW, HANGING)]
    assert running == ["running", "running"]
    assert await service.stop() == 0
    [slow], [hanging] = minute.rows(BUSY, SLOW), minute.rows(BUSY, HANGING)
    assert (slow["status"], slow["response_status"]) == ("success", 200)
    assert (hanging["status"], hanging["reason"]) == ("failed", "interrupted")
    assert '"error"' not in service.stderr


async def test_death_during_a_run_is_closed_by_the_next_start(minute: Minute) -> None:
    """After `kill -9` nothing is marked running for ever: the row is failed, as interrupted."""
    service = await minute.has_come(DYING)
    service.kill()
    assert [row["status"] for row in minute.rows(DYING, HANGING)] == ["running"]
    async with serving(service.folder, SETTINGS) as successor, successor.admin() as admin:
        found = (await admin.get("/executions", status="failed")).json()["executions"]
        planned = f"{minute.at:%Y-%m-%dT%H:%M:00.000Z}"
        [row] = [one for one in found if one["scheduled_for"] == planned]
        assert row["reason"] == "interrupted"
        assert "stopped during this run" in row["error_message"]


async def test_ten_jobs_reach_their_target_once_on_the_minute(minute: Minute) -> None:
    """Ten jobs due at one minute: ten JSON POSTs and ten rows, planned for exactly that minute."""
    await minute.has_come(BUSY)

    async def all_recorded() -> bool:
        return all(row["status"] != "running" for row in minute.rows(BUSY, *QUICK))

    await until(all_recorded)
    await asyncio.sleep(1)  # a second call of the same occurrence would come by now
    calls = [call for call in minute.calls(BUSY) if call["path"] in QUICK]
    assert sorted(calls, key=lambda call: str(call["path"])) == [
        {"path": path, "method": "POST", "type": "application/json", "body": {"for": path, "é": 1}}
        for path in QUICK
    ]
    rows = minute.rows(BUSY, *QUICK)
    assert Counter(row["job_id"] for row in rows).most_common(1)[0][1] == 1
    assert [(row["status"], row["response_status"]) for row in rows] == [("success", 200)] * 10
    assert {row["trigger_type"] for row in rows} == {"scheduled"}
